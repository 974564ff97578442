"""On which days a patrol of the plan is due (PAT-01): recurrence by dateutil, moved only where the plan says so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal, Protocol

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from services.patrol.model.festivals import festival

Shift = Literal["none", "next-working-day", "previous-working-day"]
Period = Literal["week", "month", "quarter", "year"]

_DAY = timedelta(days=1)
_LONGEST_HOLIDAY = timedelta(days=31)
"""Farther than this nothing is moved: offices are never closed for a month."""
_LENGTH = {
    "week": relativedelta(weeks=1),
    "month": relativedelta(months=1),
    "quarter": relativedelta(months=3),
    "year": relativedelta(years=1),
}


class Workdays(Protocol):
    def is_workday(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Window:
    """How long something may take from its first day: `amount` of `unit` (working-days or calendar-days), that day
    included where it counts."""

    amount: int
    unit: str

    def last(self, first: date, workdays: Workdays) -> date:
        """The last day of a window that opens on `first`."""
        if self.unit != "working-days":
            return first + (max(1, self.amount) - 1) * _DAY
        left, day = self.amount - workdays.is_workday(first), first
        while left > 0:
            day += _DAY
            left -= workdays.is_workday(day)
        return day

    def first(self, last: date, workdays: Workdays) -> date:
        """The first day of a window that closes on `last`."""
        if self.unit != "working-days":
            return last - (max(1, self.amount) - 1) * _DAY
        left, day = self.amount - workdays.is_workday(last), last
        while left > 0:
            day -= _DAY
            left -= workdays.is_workday(day)
        return day


ONE_DAY = Window(1, "calendar-days")


@dataclass(frozen=True)
class Cadence:
    """When something recurs from the day `begins` on: by an RFC 5545 `rule`, `times` in each `per` or `festivals`.

    The window opens on the rule's day; with festivals it closes on theirs: people are visited before the feast.
    """

    begins: date
    rule: str | None = None
    times: int = 0
    per: Period = "month"
    shift: Shift = "none"
    window: Window = ONE_DAY
    festivals: tuple[str, ...] = ()

    @property
    def recurs(self) -> bool:
        """Whether it says on which days; one that does not is never due."""
        return bool(self.rule or self.times or self.festivals)


@dataclass(frozen=True)
class Occurrence:
    """Due from `day` to `until`, both included; `moved_from` is the rule's own day where the plan moved it.

    `number` counts those of one day from 1: a plan that asks for something three times a quarter makes three.
    """

    day: date
    until: date
    number: int = 1
    moved_from: date | None = None


def occurrences(cadence: Cadence, first: date, last: date, workdays: Workdays) -> list[Occurrence]:
    """Those that are due on some day from `first` to `last`, in order; the same for the same arguments.

    What a holiday moves onto a day that has one already is that one: nobody walks twice for it.
    """
    found: dict[tuple[date, int], Occurrence] = {}
    for each in _said(cadence, first, last, workdays):
        if (
            each.day <= last
            and each.until >= first
            and (each.moved_from is None or (each.day, each.number) not in found)
        ):
            found[each.day, each.number] = each
    return [found[key] for key in sorted(found)]


def _said(cadence: Cadence, first: date, last: date, workdays: Workdays) -> Iterator[Occurrence]:
    """What the plan says, by whichever of its ways."""
    if cadence.rule:
        return _of_rule(cadence, first, last, workdays)
    return _of_times(cadence, first, last) if cadence.times else _of_festivals(cadence, first, last, workdays)


def _of_rule(cadence: Cadence, first: date, last: date, workdays: Workdays) -> Iterator[Occurrence]:
    rule = rrulestr(cadence.rule or "", dtstart=_midnight(cadence.begins))
    earliest = first - _LONGEST_HOLIDAY - _span(cadence.window)
    for moment in rule.between(_midnight(earliest), _midnight(last + _LONGEST_HOLIDAY), inc=True):
        said = moment.date()
        day = _moved(said, cadence.shift, workdays)
        yield Occurrence(day, cadence.window.last(day, workdays), moved_from=said if day != said else None)


def _of_times(cadence: Cadence, first: date, last: date) -> Iterator[Occurrence]:
    """In a period that has begun before the plan, only from the plan on."""
    opens = start_of(cadence.per, first)
    while opens <= last:
        following = opens + _LENGTH[cadence.per]
        if following > cadence.begins:
            day = max(opens, cadence.begins)
            yield from (Occurrence(day, following - _DAY, number) for number in range(1, cadence.times + 1))
        opens = following


def _of_festivals(cadence: Cadence, first: date, last: date, workdays: Workdays) -> Iterator[Occurrence]:
    """A festival before the plan asks for nothing; two that fall together are one."""
    following = last + _span(cadence.window)
    feasts = (festival(name, year) for year in range(first.year, following.year + 1) for name in cadence.festivals)
    for day in sorted(day for day in feasts if day >= cadence.begins):
        yield Occurrence(max(cadence.window.first(day, workdays), cadence.begins), day)


def start_of(per: Period, day: date) -> date:
    """The first day of the week (Monday), month, quarter or year that `day` lies in."""
    match per:
        case "week":
            return day - day.weekday() * _DAY
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case _:
            return date(day.year, 1, 1)


def _moved(day: date, shift: Shift, workdays: Workdays) -> date:
    """The day itself, or the nearest working day in the direction of `shift`."""
    if shift == "none":
        return day
    step = _DAY if shift == "next-working-day" else -_DAY
    moved = day
    while not workdays.is_workday(moved):
        moved += step
        if abs(moved - day) > _LONGEST_HOLIDAY:
            return day  # a calendar without working days moves nothing
    return moved


def _span(window: Window) -> timedelta:
    """At least as long as the window: working days with their holidays."""
    return window.amount * _DAY if window.unit != "working-days" else 2 * window.amount * _DAY + _LONGEST_HOLIDAY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
