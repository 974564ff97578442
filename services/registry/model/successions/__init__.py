"""The four changes of grids (REG-04): each is checked wholly (`faults`), then carried out on the loaded grids.

`succession_of(command, ground, day)` gives the change that a command wants. Nothing is loaded or saved here.
"""

from datetime import date
from typing import Any

from services.registry.model.grid_changes import kind_of
from services.registry.model.successions.ground import Ground, Outcome, Succession
from services.registry.model.successions.merge import Merge
from services.registry.model.successions.reparent import Reparent
from services.registry.model.successions.retire import Retire
from services.registry.model.successions.split import Split

__all__ = ["Ground", "Outcome", "Succession", "named_codes", "succession_of"]

_CLASSES = {"split": Split, "merge": Merge, "reparent": Reparent, "retire": Retire}


def succession_of(command: Any, ground: Ground, day: date) -> Succession:
    """The change that `command` wants, from `day` on."""
    return _CLASSES[kind_of(command)](command, ground, day)


def named_codes(command: Any) -> tuple[str, ...]:
    """The codes of the grids that a command names, without repetition; the one it is about comes first."""
    others = (getattr(command, name, "") for name in ("parent_code", "successor_code"))
    return tuple(dict.fromkeys(code for code in (command.code, *getattr(command, "others", ()), *others) if code))
