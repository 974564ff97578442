"""Periods: a day (2026-11-22), a month (2026-11), a quarter (2026-Q4) or a year (2026), in the county's zone."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

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


def _read(text: str, year: int, quarter: int = 0, month: int = 0, day: int = 0) -> Period:
    if day:
        return Period.of_day(date(year, month, day))
    if quarter:
        return _months(text, year, 3 * quarter - 2, 3 * quarter)
    return _months(text, year, month or 1, month or 12)


def _months(text: str, year: int, first: int, last: int) -> Period:
    return Period(text, date(year, first, 1), date(year, last, monthrange(year, last)[1]))
