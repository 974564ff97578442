"""The county's own working days, and which days a change of them turns (INC-07)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.chassis.working_calendar import WorkingCalendar, is_published

RECOUNT = "recount"
"""The kind of the deadline by which limits are counted anew, batch after batch."""
RECOUNT_ALONE = "recount-alone:"
"""Before a case's id the kind of the deadline by which its limit is counted alone, after it failed among others."""

ANY_HOURS = ((time(9), time(17)),)


@dataclass(frozen=True)
class OwnDays:
    """The own days of all years that the county entered, worked or not."""

    years: Mapping[int, Mapping[date, bool]] = field(default_factory=dict)

    def replaced(self, year: int, days: Mapping[date, bool]) -> "OwnDays":
        """The same with other days of `year`."""
        return OwnDays({**self.years, year: days})

    @property
    def days(self) -> dict[date, bool]:
        return {day: worked for each in self.years.values() for day, worked in each.items()}

    @property
    def complete(self) -> frozenset[int]:
        """Years that the State Council's table does not have: of these the county's is the whole truth."""
        return frozenset(year for year in self.years if not is_published(year))

    def turned(self, other: "OwnDays", year: int) -> dict[date, bool]:
        """The days of `year` that are worked in `other` and not here, or the other way round: worked as in `other`."""
        here, there = self._calendar(), other._calendar()
        first, last = date(year, 1, 1), date(year, 12, 31)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return {day: there.is_workday(day) for day in days if here.is_workday(day) != there.is_workday(day)}

    def _calendar(self) -> WorkingCalendar:
        return WorkingCalendar("UTC", ANY_HOURS, self.days, self.complete, assume_weekends=True)


@dataclass(frozen=True)
class CalendarChange:
    """A change that is carried out batch after batch: `reached` is the last case that was counted anew."""

    id: str
    changed: Mapping[date, bool]
    reached: str | None = None
    done_at: datetime | None = None

    @property
    def subject(self) -> str:
        """Whose deadlines carry it out."""
        return f"calendar/{self.id}"

    @property
    def why(self) -> str:
        """The reason for people: which days turned."""
        words = [f"{day.isoformat()}改为{'上班' if worked else '休息'}" for day, worked in sorted(self.changed.items())]
        return "工作日历调整:" + "、".join(words[:5]) + (f"等{len(words)}天" if len(words) > 5 else "")


def span_of(changed: Mapping[date, bool], timezone: str) -> tuple[datetime, datetime]:
    """From the beginning of the first to the end of the last of the turned days in the county."""
    zone = ZoneInfo(timezone)
    first = datetime.combine(min(changed), time(0), zone)
    last = datetime.combine(max(changed) + timedelta(days=1), time(0), zone)
    return first.astimezone(UTC), last.astimezone(UTC)
