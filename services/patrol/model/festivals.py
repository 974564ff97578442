"""On which days the festivals fall that a plan may name (PAT-01, P16 节日慰问), by the sun and by the moon."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

from borax.calendars.lunardate import LunarDate, TermUtils


def _sun(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _moon(month: int, day: int) -> Callable[[int], date]:
    return lambda year: LunarDate(year, month, day).to_solar_date()


FESTIVALS: Mapping[str, Callable[[int], date]] = {
    "new-year": _sun(1, 1),
    "spring-festival": _moon(1, 1),
    "lantern-festival": _moon(1, 15),
    "tomb-sweeping": lambda year: TermUtils.day_start_from_term(year, "清明"),
    "labour-day": _sun(5, 1),
    "dragon-boat": _moon(5, 5),
    "mid-autumn": _moon(8, 15),
    "double-ninth": _moon(9, 9),
    "national-day": _sun(10, 1),
}
"""Each festival's day in a year from 1900 to 2100, by the plan's name of it; none lies in another sun's year."""


@lru_cache(maxsize=512)
def festival(name: str, year: int) -> date:
    """The day of a festival. Raises KeyError for a name that no plan may use."""
    return FESTIVALS[name](year)
