"""The way that a case took: why it went to whom, who sent it back, and what a ruling said (INC-05)."""

from dataclasses import dataclass
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
