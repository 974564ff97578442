"""What the incident service and the registry say that meetings and returns need."""

from dataclasses import dataclass
from datetime import datetime

from services.patrol.messages.diary import CaseActed


@dataclass(frozen=True, kw_only=True)
class CaseChanged:
    """Something happened to a case: `fact` is the event's name, `why` a reason that nobody could settle it.

    `acted` says who did it, where a person did.
    """

    case_id: str
    sequence: int
    at: datetime
    fact: str
    number: str
    matter_code: str
    state: str
    grid: str
    department: str | None
    why: str = ""
    acted: CaseActed | None = None


@dataclass(frozen=True, kw_only=True)
class OfficerChanged:
    """Roles, department and areas of a person's account; no name."""

    id: str
    sequence: int
    roles: tuple[str, ...]
    department: str | None
    areas: tuple[str, ...]
    active: bool
