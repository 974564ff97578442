"""What the patrol service tells the incident service."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class ProblemFound:
    """A patrol found a problem, which is to be the case `case_id` (PAT-03).

    `sealed` is JSON of the finder's words, name and roles, closed for "patrol.sealed:<case_id>".
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
