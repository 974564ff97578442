"""The county's working days as the registry tells them, and limits that moved by them (INC-07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from services.chassis.errors import Fault, Invalid
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class CalendarChanged:
    """All own days of a year: worked or not."""

    year: int
    sequence: int
    days: Mapping[date, bool]


@dataclass(frozen=True)
class GivenDay:
    """A day as a request names it."""

    day: str
    worked: bool


@dataclass(frozen=True, kw_only=True)
class GivenCalendar:
    """All own days of a year as they would be set. Raises Invalid, naming the entries that are no day of the year."""

    year: int
    days: tuple[GivenDay, ...]

    def __post_init__(self) -> None:
        zh, en = f"应为 {self.year} 年内的日期", f"must be a day of {self.year}"
        wrong = [number for number, each in enumerate(self.days) if not self._has(each.day)]
        if wrong:
            raise Invalid(faults=[Fault(f"days[{number}].day", "other-year", zh, en) for number in wrong])

    def _has(self, day: str) -> bool:
        try:
            return date.fromisoformat(day).year == self.year
        except ValueError:
            return False


@dataclass(frozen=True, kw_only=True)
class LimitMoved(CaseEvent):
    TYPE: ClassVar[str] = "incident.limit-moved.v1"
    step: str
    round: int
    due_before: datetime
    due_at: datetime
