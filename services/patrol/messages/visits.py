"""What is asked about visits, what they tell, and what the registry tells of the list (PAT-07)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from services.chassis.messages import Command, Event


@dataclass(frozen=True, kw_only=True)
class ExcuseVisit(Command):
    """A visit need not be made: why, and by whom."""

    visit_id: str
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class CareChanged:
    """An entry `id` of the list counts until the day `expires`, or no longer does (`sealed` None)."""

    id: str
    sequence: int
    household_id: str
    grid: str
    active: bool
    expires: date | None
    sealed: str | None


@dataclass(frozen=True, kw_only=True)
class Visited(Event):
    """Somebody went to see a household; `outcome` is met, nobody-home or declined. Which household is not told."""

    TYPE: ClassVar[str] = "patrol.visited.v1"

    day: date
    person_id: str
    outcome: str
    late: bool
    visited_at: datetime
