"""What the patrol service tells the incident service."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class ProblemFound:
    """A patrol found a problem, which is to be the case `case_id` (PAT-03).

    `sealed` is JSON of the finder's words, name and roles, closed for "patrol.sealed:<case_id>". `overlooked_by` is
    the task of an earlier patrol that had called it fine, where a check found it (PAT-05).
    """

    task_id: str
    case_id: str
    grid: str
    item: str
    title: str
    matter_code: str
    sealed: str
    lon: float | None
    lat: float | None
    attachments: tuple[str, ...]
    found_at: datetime
    found_by: str
    overlooked_by: str | None = None
    overlooked_title: str = ""
    overlooked_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class PatrolFinished:
    """A patrol of a grid is over; `fine` are the codes of the matters that it called fine (INC-20)."""

    task_id: str
    grid: str
    patrol: str
    title: str
    day: date
    finished_at: datetime
    fine: tuple[str, ...]
