"""Coverage by the sums of months is always what counting the tasks gives (PAT-06)."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import new_id
from services.patrol.queries import CoverageFilter
from services.patrol.repository.coverage import settle
from tests.integration.patrol.conftest import GRID, LEADER, MEMBER, NEIGHBOUR, OPERATOR, County

pytestmark = pytest.mark.rule("PAT-06")
FIRST = date(2026, 1, 20)
STATES = ("due", "overdue", "sent-back", "finished", "signed", "submitted", "excused", "withdrawn")
DONE = ("finished", "signed", "submitted")
PEOPLE = (MEMBER.person_id, "person-other", None)
COUNTED = ("asked", "finished", "late", "overdue", "excused", "vacant", "problems")
_MADE = """
    INSERT INTO task (id, patrol, name, grid, person_id, day, until, number, plan, state, late, problems)
    VALUES (:id, :patrol, '巡查', :grid, :person_id, :day, :day, :number, 'p02/1', :state, :late, :problems)
"""
_CHANGED = """
    UPDATE task SET state = :state, late = :late, problems = :problems, person_id = :person_id
    WHERE id IN (SELECT id FROM task ORDER BY md5(id::text || :salt) LIMIT 7)
"""
_REMOVED = "DELETE FROM task WHERE id IN (SELECT id FROM task ORDER BY md5(id::text || :salt) LIMIT 2)"


def _values(draw: random.Random, number: int) -> dict[str, Any]:
    return {
        "id": new_id(),
        "patrol": draw.choice(("daily", "weekly")),
        "grid": draw.choice((GRID, NEIGHBOUR)),
        "person_id": draw.choice(PEOPLE),
        "day": FIRST + timedelta(days=draw.randrange(100)),
        "number": number,
        "state": draw.choice(STATES),
        "late": draw.random() < 0.3,
        "problems": draw.randrange(3),
    }


def _counted(tasks: list[dict[str, Any]], seen: Principal, wanted: CoverageFilter) -> list[dict[str, Any]]:
    """By the words of the interface, one task at a time."""
    found = []
    for grid in (GRID, NEIGHBOUR):
        own = [
            task
            for task in tasks
            if task["grid"] == grid
            and task["state"] != "withdrawn"
            and wanted.since <= task["day"].isoformat() <= wanted.until
            and wanted.patrol in ("", task["patrol"])
            and (task["person_id"] == seen.person_id or (seen is not MEMBER and grid.startswith(seen.areas)))
        ]
        if own:
            looked = [task["day"] for task in own if task["state"] in DONE]
            numbers = {
                "asked": len(own),
                "finished": len(looked),
                "late": sum(task["late"] for task in own),
                "overdue": sum(task["state"] == "overdue" for task in own),
                "excused": sum(task["state"] == "excused" for task in own),
                "vacant": sum(task["person_id"] is None for task in own),
                "problems": sum(task["problems"] for task in own),
            }
            found.append({"grid": grid, **numbers, "last_looked": max(looked, default=None)})
    return found


@pytest.mark.parametrize("seed", range(6))
def test_whatever_becomes_of_tasks_the_sums_are_what_counting_gives(county: County, seed: int) -> None:
    draw = random.Random(seed)
    engine = county.service.engine
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM task"))
    for number in range(30):
        with engine.begin() as connection:
            deed = draw.choice((_MADE, _MADE, _CHANGED, _CHANGED, _REMOVED))
            many = [_values(draw, 100 * number + each) for each in range(8 if deed is _MADE else 1)]
            connection.execute(sa.text(deed), [{**each, "salt": str(number)} for each in many])
        if draw.random() < 0.2:
            settle(engine)
        if number % 5 == 4:
            _compare(county, draw)


def _compare(county: County, draw: random.Random) -> None:
    with county.service.engine.connect() as connection:
        tasks = [dict(row) for row in connection.execute(sa.text("SELECT * FROM task")).mappings()]
    for _ in range(6):
        since = FIRST + timedelta(days=draw.randrange(-40, 100))
        until = since + timedelta(days=draw.choice((0, 1, 10, 40, 70, 140)))
        patrol = draw.choice(("", "daily"))
        wanted = CoverageFilter(since=since.isoformat(), until=until.isoformat(), patrol=patrol)
        for seen in (MEMBER, LEADER, OPERATOR):
            said = county.service.queries.coverage(wanted, seen)["items"]
            lines = [{name: line[name] for name in ("grid", *COUNTED, "last_looked")} for line in said]
            assert lines == _counted(tasks, seen, wanted), (wanted, seen.name)


def test_adding_up_while_tasks_change_loses_and_doubles_nothing(county: County) -> None:
    engine, draw = county.service.engine, random.Random(7)
    values = [_values(draw, 1000 + number) for number in range(400)]

    def make(each: dict[str, Any]) -> None:
        with engine.begin() as connection:
            connection.execute(sa.text(_MADE), each)

    with ThreadPoolExecutor(4) as pool:
        adding = [pool.submit(settle, engine) for _ in range(20)]
        list(pool.map(make, values))
        assert sum(each.result() for each in adding) >= 0
    _compare(county, draw)
    assert settle(engine) >= 0 and settle(engine) == 0
    _compare(county, draw)
