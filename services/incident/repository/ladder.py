"""The plan's ladder from its sections: levels, posts, escalation, meetings (INC-06)."""

from collections.abc import Mapping
from typing import Any

from services.incident.model.ladder import Ladder, Rung

SECTIONS = ("levels", "posts", "escalation", "meetings")
NAMES = {"county": "县", "city": "市"}
CALLS = "call-upper-level"
COVERS = {"town": ("town",), "village": ("village", "community", "natural-village")}
"""Which grids lie at the level of the registry's town and village departments."""

Section = Mapping[str, Any]


def ladder_of(section: Section) -> Ladder:
    """The ladder; one without rungs for a plan that was activated before this service kept these sections."""
    meetings = {each["id"]: each["name"] for each in section.get("meetings", ())}
    rungs = [_rung(each, meetings) for each in section.get("escalation", ())]
    levels = section.get("levels", ())
    callers = {post["role"] for post in section.get("posts", ()) if CALLS in post.get("may", ())}
    titles = {str(each["level"]): each["name"] for each in reversed(levels)}
    return Ladder(
        {each.level: each for each in rungs}, tuple(sorted(callers)), {**NAMES, **titles}, _departments(levels)
    )


def _rung(entry: Section, meetings: Mapping[str, str]) -> Rung:
    after = entry["after"]
    consulted = entry.get("needs") or ("consultation" if "consultation" in after else "")
    return Rung(
        level=str(entry["from"]),
        to=str(entry["to"]),
        by_person="on-request" in after or "consultation" in after,
        automatic="handle-limit" in after,
        needs=meetings.get(consulted, consulted and "会商"),
        holder=entry.get("holder"),
        holders={each["duty"]: each["lead"] for each in entry.get("holders", ())},
    )


def _departments(levels: Any) -> dict[str, str]:
    """The registry's level of a department to the plan's: the lowest grids of that kind."""
    found = {}
    for name, covers in COVERS.items():
        numbers = [each["level"] for each in levels if each.get("covers") in covers]
        if numbers:
            found[name] = str(max(numbers))
    return found
