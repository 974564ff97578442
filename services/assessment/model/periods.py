"""Periods: a day (2026-11-22), a month (2026-11), a quarter (2026-Q4) or a year (2026), in the county's zone."""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.assessment.errors import PeriodWrong

_FORM = re.compile(r"(?P<year>20\d\d)(?:-(?:Q(?P<quarter>[1-4])|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?")


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included, and how the period is written."""

    text: str
    first: date
    last: date

    @classmethod
    def of_day(cls, day: date) -> "Period":
        return cls(day.isoformat(), day, day)

    @classmethod
    def of_month(cls, day: date) -> "Period":
        """The month that `day` lies in."""
        return _months(f"{day:%Y-%m}", day.year, day.month, day.month)

    @classmethod
    def parse(cls, text: str, today: date) -> "Period":
        """Read a period; an empty text is the month of `today`. Raises PeriodWrong."""
        if not text:
            return cls.of_month(today)
        found = _FORM.fullmatch(text)
        if found is None:
            raise PeriodWrong(value=text)
        try:
            return _read(text, **{name: int(value) for name, value in found.groupdict().items() if value})
        except ValueError as error:
            raise PeriodWrong(value=text) from error


def spans_of(day: date) -> tuple["Period", ...]:
    """The year, quarter, month and day that `day` lies in."""
    quarter = (day.month + 2) // 3
    return (
        _months(f"{day.year}", day.year, 1, 12),
        _months(f"{day.year}-Q{quarter}", day.year, 3 * quarter - 2, 3 * quarter),
        Period.of_month(day),
        Period.of_day(day),
    )


def spans_between(first: date, last: date) -> Iterator[Period]:
    """The fewest years, quarters, months and days that are the days from `first` to `last`, in their order."""
    while first <= last:
        whole = next(span for span in spans_of(first) if span.first == first and span.last <= last)
        yield whole
        first = whole.last + timedelta(days=1)


def _read(text: str, year: int, quarter: int = 0, month: int = 0, day: int = 0) -> Period:
    if day:
        return Period.of_day(date(year, month, day))
    if quarter:
        return _months(text, year, 3 * quarter - 2, 3 * quarter)
    return _months(text, year, month or 1, month or 12)


def _months(text: str, year: int, first: int, last: int) -> Period:
    return Period(text, date(year, first, 1), date(year, last, monthrange(year, last)[1]))
