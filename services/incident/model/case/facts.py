"""What a case is made of: where, which matter, who called, what the reporter said, one line of its history."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Place:
    """Where: a point (WGS 84 degrees) where one is known, the grid that it lies in, words for people."""

    grid: str | None
    lon: float | None = None
    lat: float | None = None
    address: str = ""


@dataclass(frozen=True)
class Matter:
    """The category of a case as the plan has it (INC-04)."""

    code: str
    name: str
    group: str
    bottom_line: bool = False


@dataclass(frozen=True)
class Reporter:
    """Who called, when it is not the person who typed. Personal: encrypted at rest, masked on the way out."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Evaluation:
    """The reporter's word (INC-15)."""

    contacted: bool
    solved: bool
    satisfaction: str = ""
    words: str = ""


@dataclass(frozen=True)
class Change:
    """One line of the history: who, when, from, to, why."""

    sequence: int
    at: datetime
    action: str
    actor_id: str
    actor_name: str
    actor_role: str
    from_state: str
    to_state: str
    reason: str = ""
    attachments: tuple[str, ...] = ()
