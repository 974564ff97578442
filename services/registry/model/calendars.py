"""The county's own working days: what goes before the State Council's holidays when limits are counted (INC-07)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import fault
from services.registry.messages import CalendarChanged, CalendarDay
from services.registry.model.values import bad_day, is_day, repeated

FIRST_YEAR, LAST_YEAR = 2004, 2099
"""What a working calendar may be entered for: from the first year that the State Council's table is known for."""


@dataclass(eq=False)
class CalendarYear(Aggregate):
    """The own days of one year. Other days follow the State Council's notice; where there is none, the week."""

    year: int
    days: tuple[CalendarDay, ...] = ()
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def take(self, days: Sequence[CalendarDay], at: datetime) -> bool:
        """Take over the checked `days`, in order; say whether anything changed."""
        ordered = tuple(sorted(days, key=lambda each: each.day))
        if self.version and ordered == self.days:
            return False
        self.days = ordered
        self.version += 1
        told = tuple({"day": date.fromisoformat(each.day), "worked": each.worked} for each in ordered)
        self.record(CalendarChanged(subject=str(self.year), at=at, year=self.year, days=told))
        return True


def calendar_faults(year: int, days: Sequence[CalendarDay]) -> Iterator[Fault]:
    """What is wrong with the days entered for `year`."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        yield fault(
            "year",
            "year-out-of-range",
            f"年份 {year} 不可用;应为 {FIRST_YEAR} 至 {LAST_YEAR}",
            f"The year {year} cannot be entered; it is {FIRST_YEAR} to {LAST_YEAR}",
        )
    yield from repeated((f"days[{number}].day", each.day) for number, each in enumerate(days))
    for number, each in enumerate(days):
        path = f"days[{number}]"
        if not is_day(each.day) or date.fromisoformat(each.day).isoformat() != each.day:
            yield bad_day(f"{path}.day", each.day)
        elif date.fromisoformat(each.day).year != year:
            yield fault(
                f"{path}.day",
                "other-year",
                f"{each.day} 不在 {year} 年内",
                f"{each.day} does not lie in {year}",
            )
        if len(each.name) > 40:
            yield fault(f"{path}.name", "name-too-long", "名称最多 40 字", "A name has at most 40 characters")
