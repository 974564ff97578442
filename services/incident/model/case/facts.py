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
    """One line of the history: who, when, from, to, why; `about` are the departments that it concerns (INC-09)."""

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
    about: tuple[str, ...] = ()


@dataclass
class Inquiry:
    """A question to the reporter, which stops the clock while it is open (INC-07).

    `outcome` is empty while it is open, then answered, unanswered (the reporter's time is over) or withdrawn (the step
    ended without it).
    """

    number: int
    step: str
    round: int
    question: str
    asked_at: datetime
    asked_by: str
    asked_by_name: str
    answer_by: datetime
    outcome: str = ""
    ended_at: datetime | None = None
    answer: str = ""
    answered_by_name: str = ""


@dataclass
class Extension:
    """A request for a longer limit, in the limit's own unit (INC-07).

    `outcome` is empty while it is open, then granted, refused or lapsed (nobody decided before the limit passed, or the
    step ended first). `approver` is the role that decides, as the plan had it when it was asked.
    """

    number: int
    step: str
    round: int
    amount: float
    unit: str
    reason: str
    approver: str
    asked_at: datetime
    asked_by: str
    asked_by_name: str
    due_before: datetime
    outcome: str = ""
    decided_at: datetime | None = None
    decided_by_name: str = ""
    answer: str = ""
    due_after: datetime | None = None


@dataclass(frozen=True)
class Main:
    """The case that a merged one follows, as it is now: the end of a chain of merges (INC-16)."""

    id: str
    number: str
    state: str


@dataclass(frozen=True)
class Follower:
    """A case that was merged into another one; what its reporter and its grid are told by."""

    id: str
    number: str
    area: str
    reporter_id: str | None
