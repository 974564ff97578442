"""The county's working calendar: when a limit ends, and how much of it has passed (PAT-01, INC-07).

Which days are worked: the county's own table first, then `chinesecalendar` (State Council holidays and
make-up workdays). A year that neither knows is an error, CalendarUnknown, never a guess, unless the caller
has asked for `assume_weekends`; `assumed_years` then tells which years were guessed, so that it can be shown.

How each unit counts, from `start`:

| unit | rule |
|---|---|
| `urgent-hours` | hours round the clock, holidays included |
| `calendar-days` | the same time of day, so many days later, holidays included |
| `working-hours` | only office hours of working days count; ends as soon as they are used up |
| `working-days` | the same time of day, so many working days later; a part of a day counts in office hours |

A start outside office hours (night, lunch, holiday) counts from the next opening in the two working units.
Opening belongs to the office hours, closing does not. One working day is the day's whole office time, so that
`elapsed(start, due(start, n, unit), unit) == n` in every unit; `due` grows with start and amount.

Pure: no I/O and no clock. Times in and out are aware; `due` answers in UTC.
"""

from calendar import isleap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal, get_args
from zoneinfo import ZoneInfo

import chinese_calendar

from services.chassis.errors import WanggeError

Unit = Literal["urgent-hours", "working-hours", "working-days", "calendar-days"]
UNITS: tuple[str, ...] = get_args(Unit)

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SATURDAY = 5
FESTIVALS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


class CalendarUnknown(WanggeError):
    """Nobody has said which days of `year` are worked."""

    code = "calendar-unknown"
    zh = "不知道{year}年的工作日安排:请在方案的工作日历中录入{year}年放假调休表(国务院办公厅通知发布后)"
    en = "The working days of {year} are not known: add that year's holidays to the plan's working calendar"


@dataclass(frozen=True)
class WorkingCalendar:
    """Office hours and working days of one county.

    - `timezone`: IANA name, decides what a day is.
    - `office_hours`: (opening, closing) local times, ascending, not overlapping: morning and afternoon.
    - `own_days`: the county's own table, True worked, False not; it goes before everything else.
    - `own_years`: years whose exceptions `own_days` lists completely: their other days follow the weekday.
    - `assume_weekends`: in years nobody knows, take Monday to Friday as worked instead of raising.

    Raises ValueError for office hours that are empty, reversed or overlapping, ZoneInfoNotFoundError for a
    zone that does not exist.
    """

    timezone: str
    office_hours: Sequence[tuple[time, time]]
    own_days: Mapping[date, bool] = field(default_factory=dict)
    own_years: Collection[int] = ()
    assume_weekends: bool = False

    def __post_init__(self) -> None:
        ZoneInfo(self.timezone)
        moments = [moment for span in self.office_hours for moment in span]
        if not moments or any(a >= b for a, b in self.office_hours) or any(a > b for a, b in pairwise(moments)):
            raise ValueError(f"office hours must be ascending and not overlap: {self.office_hours!r}")

    def is_workday(self, day: date) -> bool:
        """Say whether the offices work on `day`. Raises CalendarUnknown where nobody knows."""
        if day in self.own_days:
            return self.own_days[day]
        if day.year in self.own_years:
            return day.weekday() < _SATURDAY
        if is_published(day.year):
            return _published_workday(day)
        if self.assume_weekends:
            return day.weekday() < _SATURDAY
        raise CalendarUnknown(year=day.year)

    def assumed_years(self, first: date, last: date) -> frozenset[int]:
        """Years from `first` to `last` whose holidays are assumed, not known: to be shown as a warning."""
        if not self.assume_weekends:
            return frozenset()
        years = range(first.year, last.year + 1)
        return frozenset(y for y in years if y not in self.own_years and not is_published(y))

    def due(self, start: datetime, amount: float, unit: str) -> datetime:
        """The moment (UTC) when `amount` of `unit`, counted from `start`, is used up; see the table above.

        Raises ValueError for a naive start, an unknown unit or an amount that is not above 0, CalendarUnknown
        where a year on the way is not known.
        """
        local = self._local(start)
        if amount <= 0:
            raise ValueError(f"a limit must be above 0, not {amount!r}")
        match _known(unit):
            case "urgent-hours":
                return start.astimezone(UTC) + amount * _HOUR
            case "calendar-days":
                return (local + amount * _DAY).astimezone(UTC)
            case "working-hours":
                return self._after_office_time(local, amount * _HOUR).astimezone(UTC)
            case _:
                return self._after_working_days(local, amount).astimezone(UTC)

    def elapsed(self, start: datetime, end: datetime, unit: str) -> float:
        """How much of `unit` passed from `start` to `end`; 0 where end is not later. Errors as in `due`."""
        first, last = self._local(start), self._local(end)
        if end <= start:
            return 0.0
        match _known(unit):
            case "urgent-hours":
                return (end - start) / _HOUR
            case "calendar-days":
                return (last.replace(tzinfo=None) - first.replace(tzinfo=None)) / _DAY
            case "working-hours":
                return self._office_time(first, last) / _HOUR
            case _:
                return self._office_time(first, last) / self.office_day

    @property
    def office_day(self) -> timedelta:
        """The office time of one working day."""
        return sum((_since_midnight(b) - _since_midnight(a) for a, b in self.office_hours), timedelta())

    def next_opening(self, moment: datetime) -> datetime:
        """`moment` itself within office hours, otherwise the start of the next ones; in the county's zone."""
        local = self._local(moment)
        return next(max(opens, local) for opens, closes in self._spans(local.date()) if closes > local)

    def _after_office_time(self, start: datetime, left: timedelta) -> datetime:
        for opens, closes in self._spans(start.date()):
            begin = max(opens, start)
            if closes - begin >= left:
                return begin + left
            left -= max(closes - begin, timedelta())
        raise AssertionError("spans never end")

    def _after_working_days(self, start: datetime, amount: float) -> datetime:
        whole, part = divmod(amount, 1)
        opening = self.next_opening(start)
        day = opening.date()
        for _ in range(int(whole)):
            day = self._next_workday(day)
        same_time = datetime.combine(day, opening.timetz())
        return self._after_office_time(same_time, part * self.office_day) if part else same_time

    def _next_workday(self, day: date) -> date:
        day += _DAY
        while not self.is_workday(day):
            day += _DAY
        return day

    def _office_time(self, start: datetime, end: datetime) -> timedelta:
        total = timedelta()
        for opens, closes in self._spans(start.date()):
            if opens >= end:
                return total
            total += max(min(closes, end) - max(opens, start), timedelta())
        raise AssertionError("spans never end")

    def _spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Office hours from `day` on, without end, in the county's zone."""
        zone = ZoneInfo(self.timezone)
        while True:
            if self.is_workday(day):
                for opens, closes in self.office_hours:
                    yield datetime.combine(day, opens, zone), datetime.combine(day, closes, zone)
            day += _DAY

    def _local(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise ValueError(f"an aware time is needed, not {moment!r}")
        return moment.astimezone(ZoneInfo(self.timezone))


@lru_cache(maxsize=4096)
def _published_workday(day: date) -> bool:
    """What the State Council says of `day`; the library takes its time to check the date, and every limit asks."""
    return bool(chinese_calendar.is_workday(day))


@cache
def is_published(year: int) -> bool:
    """Say whether the State Council's holidays of `year` are known here (chinesecalendar knows whole years only)."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def published_exceptions(year: int) -> dict[date, tuple[bool, str]]:
    """The days of `year` that the State Council takes out of the week's rhythm: worked or not, and the festival's name.

    Empty for a year that is not known.
    """
    if not is_published(year):
        return {}
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(365 + isleap(year)))
    worked = {day: bool(chinese_calendar.is_workday(day)) for day in days}
    odd = {day: each for day, each in worked.items() if each != (day.weekday() < _SATURDAY)}
    return {day: (each, _festival(day)) for day, each in odd.items()}


def _festival(day: date) -> str:
    name = chinese_calendar.get_holiday_detail(day)[1]
    return FESTIVALS.get(name or "", name or "")


def _known(unit: str) -> str:
    if unit not in UNITS:
        raise ValueError(f"unknown unit {unit!r}; known are {', '.join(UNITS)}")
    return unit


def _since_midnight(moment: time) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
