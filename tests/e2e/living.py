"""A quarter of a plan in simulated time, on a real patrol service: day after day passes, then its tasks are read."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.patrol import tables
from services.registry import plan
from tests.integration.patrol.conftest import County

DAY = timedelta(days=1)
Span = tuple[date, date]
"""The first and the last day on which something is due."""
Happening = Callable[[], None]


@cache
def shipped(name: str) -> dict[str, Any]:
    """The expanded document of a plan that ships with the platform."""
    text = (Path(plan.__file__).parents[1] / "plans" / f"{name}.yaml").read_text("utf-8")
    return plan.load(text).document


def announce(
    county: County, name: str, effective: date, version: int = 1, document: dict[str, Any] | None = None
) -> None:
    """Let the service hear that a plan was activated and holds from `effective` on."""
    data = {"plan_id": name, "version": version, "effective": effective.isoformat()}
    county.hear("plan-activated", name, {**data, "document": document or shipped(name)}, version)


def morning(day: date) -> datetime:
    """Ten o'clock in the county."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def live(county: County, first: date, last: date, happenings: Mapping[date, Happening]) -> None:
    """Each day in the morning what happens on it, then what is due by the clock."""
    assert all(first <= day <= last for day in happenings)
    for number in range((last - first).days + 1):
        county.clock.moment = morning(first + number * DAY)
        happenings.get(first + number * DAY, _nothing)()
        county.run()


def _nothing() -> None:
    """An ordinary day."""


def lived(county: County, first: date, last: date) -> dict[tuple[str, str, str | None], list[Span]]:
    """The tasks due within the days, by patrol, grid (or the place in it) and person; without what was withdrawn."""
    table = tables.tasks.c
    where = sa.func.coalesce(table.place_id, table.grid).label("where")
    query = sa.select(table.patrol, where, table.person_id, table.day, table.until).where(
        table.state != "withdrawn", table.day <= last, table.until >= first
    )
    found = defaultdict(list)
    with county.service.engine.connect() as connection:
        for row in connection.execute(query.order_by(table.day, table.number)):
            found[row.patrol, row.where, row.person_id].append((row.day, row.until))
    return dict(found)


def meetings(county: County, first: date, last: date) -> dict[tuple[str, str], list[tuple[date, date | None]]]:
    """The meetings held within the days, by the plan's id and grid: on which day, and from which it was moved."""
    table = tables.meetings.c
    query = sa.select(table.meeting, table.grid, table.day, table.moved_from).where(
        table.state != "withdrawn", table.day.between(first, last)
    )
    found = defaultdict(list)
    with county.service.engine.connect() as connection:
        for row in connection.execute(query.order_by(table.day)):
            found[row.meeting, row.grid].append((row.day, row.moved_from))
    return dict(found)


def returns(county: County, first: date, last: date) -> dict[tuple[str, str, str | None], list[Span]]:
    """What was asked from below within the days, by the plan's id, grid and person: from when until when."""
    table = tables.returns.c
    query = sa.select(table.form, table.grid, table.person_id, table.day, table.until).where(
        table.state != "withdrawn", table.day.between(first, last)
    )
    found = defaultdict(list)
    with county.service.engine.connect() as connection:
        for row in connection.execute(query.order_by(table.day)):
            found[row.form, row.grid, row.person_id].append((row.day, row.until))
    return dict(found)


def visits(county: County, first: date, last: date) -> dict[tuple[str, str, str | None], list[Span]]:
    """The visits due within the days, by household, grid and person; without what was withdrawn."""
    table = tables.visits.c
    query = sa.select(table.household_id, table.grid, table.person_id, table.day, table.until).where(
        table.state != "withdrawn", table.day <= last, table.until >= first
    )
    found = defaultdict(list)
    with county.service.engine.connect() as connection:
        for row in connection.execute(query.order_by(table.day)):
            found[row.household_id, row.grid, row.person_id].append((row.day, row.until))
    return dict(found)


def finish(county: County, patrol: str, who: Principal, day: date, grid: str) -> None:
    """Let somebody finish the first open task of a patrol in a grid that is due on `day`, all being well."""
    tasks = county.tasks(patrol=patrol, states=("due",), area=grid)
    due = [each for each in tasks if each["person_id"] == who.person_id and str(each["day"]) <= f"{day}"]
    due = [each for each in due if f"{day}" <= str(each["until"])]
    (answer,) = county.sync(county.entry(due[-1]), who=who)
    assert answer["outcome"] == "accepted", answer


def weeks(first: date, last: date) -> list[Span]:
    """Monday to Sunday, each that begins from `first` to `last`."""
    monday = first + (-first.weekday() % 7) * DAY
    return [(monday + n * 7 * DAY, monday + (n * 7 + 6) * DAY) for n in range((last - monday).days // 7 + 1)]


def days(first: date, last: date) -> list[Span]:
    """Each day by itself."""
    return [(first + n * DAY, first + n * DAY) for n in range((last - first).days + 1)]
