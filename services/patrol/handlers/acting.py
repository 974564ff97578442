"""The county's day, and which device times are believed; and who holds the office that may act."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from services.patrol.model.plan import Office
from services.patrol.ports import Work

Answer = dict[str, Any]
Handlers = dict[type, Callable[[Any, Any], Answer | None]]
CLOCK_LEEWAY = timedelta(minutes=2)
"""How far a device's clock may be ahead before its time is not believed and the platform's stands instead."""


def today(work: Work) -> date:
    """The day that it is in the county."""
    return work.now.astimezone(work.zone).date()


def believed(at: datetime, now: datetime) -> datetime:
    """The device's time, unless its clock is ahead."""
    return now if at > now + CLOCK_LEEWAY else at


def holds(office: Office | None, grid: str, work: Work) -> bool:
    """Whether the caller has the office today in the grid or above it."""
    return office is not None and work.posts.holds(work.caller.person_id, office, grid, today(work))


def title(office: Office | None) -> str:
    """How the office is called."""
    return office.title if office else "-"
