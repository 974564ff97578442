"""A command for every action of the workflow's table, made from the table and the commands themselves.

The command of an action is the one that is named like it (`follow-up`: `FollowUp`), or stands in `NAMED` with what
makes it that action. Its fields are filled by name from `VALUES`. An action without a command or a field without a
value is a LookupError that says what to add: a new action is tried by everybody from the day that it is in the table.
"""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from services.incident import messages
from services.incident.model.workflow import ACTIONS
from tests.unit.incident.fakes import GRID, OTHER_GRID

ONLY_PLATFORM = {action.name for action in ACTIONS if action.who == ("platform",)}
NAMED: Mapping[str, tuple[type[messages.CaseCommand], Mapping[str, Any]]] = {
    "pass": (messages.Verify, {"passed": True}),
    "refuse": (messages.Verify, {"passed": False}),
    "confirm": (messages.Evaluate, {"solved": True, "satisfaction": "satisfied"}),
    "dispute": (messages.Evaluate, {"solved": False, "satisfaction": "dissatisfied"}),
}
WHY = object()
"""Stands for the words that the attempt comes with, which may be none."""

VALUES: Mapping[str, tuple[Any, ...]] = {
    "expected_version": (None,),
    "attachments": ((),),
    "reason": (WHY,),
    "note": (WHY,),
    "question": (WHY,),
    "amount": (2.0, 1.0, 99.0),
    "result": (WHY,),
    "words": (WHY,),
    "matter_code": (None,),
    "point": (None,),
    "way": (None, "urgent", "coordinated"),
    "grid_code": (GRID, OTHER_GRID),
    "department": ("env-office", "water-station", "unknown-office", "county-water"),
    "departments": (("county-ecology", "county-water"), ("county-water",), ("env-office",)),
    "lead": ("county-ecology", None, "county-water", "env-office"),
    "co_departments": (("water-station", "env-office"), ()),
    "contacted": (True,),
    "confirmed": (True, False),
    "harm": (False, True, False),
    "harm_words": (WHY,),
    "duplicates": (("another case",), ("another case", "and one more")),
    "consultation": ("", "周例会研究:镇级无力解决"),
    "proposed": (None, "water-station"),
}
"""Field name to what it may hold; which one is used depends on the attempt's `variant`. `duplicates` stand for cases
that only the attempt knows."""

Driver = Callable[[str, str, int], messages.CaseCommand]
"""Makes the command for a case with words of reason and a variant."""


def driver(action: str) -> Driver:
    """Raises LookupError where no command carries out `action` or a field of it has no value."""
    command, fixed = NAMED[action] if action in NAMED else (_command_of(action), {})
    fields = [each.name for each in dataclasses.fields(command) if each.name not in ("case_id", *fixed)]
    if missing := [name for name in fields if name not in VALUES]:
        raise LookupError(f"{command.__name__} has fields that no driver fills: {missing}; add them to VALUES")

    def make(case_id: str, why: str, variant: int = 0) -> messages.CaseCommand:
        chosen = {name: VALUES[name][variant % len(VALUES[name])] for name in fields}
        return command(case_id=case_id, **fixed, **{name: why if it is WHY else it for name, it in chosen.items()})

    return make


def _command_of(action: str) -> type[messages.CaseCommand]:
    name = "".join(part.capitalize() for part in action.split("-"))
    command = getattr(messages, name, None)
    if not (isinstance(command, type) and issubclass(command, messages.CaseCommand)):
        raise LookupError(f"the action {action} has no command {name}; name it so, or add it to NAMED")
    return command


DRIVERS: Mapping[str, Driver] = {
    action.name: driver(action.name) for action in ACTIONS if action.name not in ONLY_PLATFORM
}
