"""The way that a case took: why it went to whom, who sent it back, and what a ruling said (INC-05)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Routing:
    """Why the case is where it is: `kind` is duty, precedent, operator, ruling or grid.

    A precedent names itself, and of the case in which it was ruled: number, when, by whom, and why. The other kinds
    name who dispatched and their reason, if they gave one.
    """

    kind: str
    at: datetime
    by: str = ""
    reason: str = ""
    precedent: str = ""
    number: str = ""
    ruled_at: datetime | None = None


@dataclass(frozen=True)
class Returned:
    """A department sent the case back (退回): when, who, why, and whose matter they think it is."""

    department: str
    at: datetime
    by: str
    reason: str
    proposed: str = ""


@dataclass(frozen=True)
class Seat:
    """Where a case is held: the plan's level ("3", "1", "county"; empty where unknown), by a grid or a department."""

    level: str
    title: str = ""
    grid: str | None = None
    department: str | None = None
    co_departments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Standing:
    """What the plan said of the seat when the case got there, and the seats below from which it climbed (INC-06).

    `up` is the level above, empty where there is none; `callers` are the roles that may call it, `needs` the meeting
    that must have consulted before, `automatic` whether the case climbs by itself when its limit has passed.
    """

    level: str = ""
    title: str = ""
    grid: str | None = None
    up: str = ""
    callers: tuple[str, ...] = ()
    needs: str = ""
    automatic: bool = False
    below: tuple[Seat, ...] = ()

    @property
    def grids(self) -> tuple[str, ...]:
        """The grids that hold the case or held it on its way up."""
        return tuple(code for code in (self.grid, *(seat.grid for seat in self.below)) if code)

    def moved(self, heirs: Mapping[str, str]) -> "Standing":
        """The same with `heirs` in the place of grids that are no more (REG-04)."""
        below = tuple(replace(seat, grid=heirs.get(seat.grid or "", seat.grid)) for seat in self.below)
        return replace(self, grid=heirs.get(self.grid or "", self.grid), below=below)


@dataclass(frozen=True)
class Consultation:
    """Somebody put the case on the agenda (`asked`), or a meeting decided about it (`decided`), INC-10.

    `meeting` is what the plan calls it, `day` on which day it met (ISO text).
    """

    kind: str
    at: datetime
    by: str
    words: str
    meeting: str = ""
    meeting_id: str = ""
    decision_id: str = ""
    day: str = ""

    @property
    def said(self) -> str:
        """The decision in one line, as the history and the level above read it."""
        return f"{self.meeting}({self.day}):{self.words}"


@dataclass(frozen=True)
class Climb:
    """The case went up (`escalate`) or down (`send-down`): when, from whom to whom, who, why, after what meeting."""

    action: str
    at: datetime
    from_level: str
    from_title: str
    from_holder: str
    to_level: str
    to_title: str
    to_holder: str
    by: str
    reason: str
    consultation: str = ""
    automatic: bool = False
