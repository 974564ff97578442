"""The worker dies while it makes the tasks of a county's day, or the plan changes: each task is there once."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from infra.local.process import wait_until
from services.chassis.auth import PLATFORM
from services.patrol import messages
from tests.integration.patrol.conftest import MONDAY, County, bare, field_key, migrated  # noqa: F401  (fixtures)

pytestmark = [pytest.mark.rule("PAT-02"), pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
GRIDS, PATROLS = 3_000, 4
DAY = date(2026, 11, 23)
_GRIDS = """
    INSERT INTO grid (code, name, kind, level, ancestors, active, sequence)
    SELECT '371321' || lpad((i / 100)::text, 3, '0') || lpad((i % 100)::text, 3, '0') || '001', '网格' || i, 'area', 3,
        '{}', true, 1
    FROM generate_series(1, :grids) AS i
"""
_POSTS = """
    INSERT INTO post (id, person_id, post, grid, starts, state, sequence)
    SELECT 'post-' || code, 'person-' || code, 'member', code, '2026-01-01', 'appointed', 1 FROM grid
"""
_MAKING = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO task%'"""
_TASKS = """SELECT patrol, count(*), count(DISTINCT (grid, person_id)) FROM task
    WHERE day = :day AND state <> 'withdrawn' GROUP BY 1"""


def plan(version: int, *patrols: str) -> messages.PlanActivated:
    """A plan whose members walk each of `patrols` daily in every grid."""
    each = {"name": "日巡查", "who": "grid-member", "level": "village", "rule": "FREQ=DAILY"}
    document = {
        "levels": [{"id": "village", "level": 3}],
        "posts": [{"id": "grid-member", "title": "网格员", "role": "grid-member"}],
        "patrols": [{"id": name, **each} for name in patrols],
    }
    at = datetime(2026, 11, 1, version, tzinfo=UTC)
    return messages.PlanActivated(plan_id="p", version=version, effective=date(2026, 1, 1), document=document, at=at)


OLD, NEW = ("a", "b", "c", "d"), ("b", "c", "d", "e")


@pytest.fixture
def large(bare: County) -> County:  # noqa: F811
    """A county of 3,000 grids with a member each, whose first plan was just activated: the day is to be made."""
    with bare.service.engine.begin() as connection:
        connection.execute(sa.text(_GRIDS), {"grids": GRIDS})
        connection.execute(sa.text(_POSTS))
    activate(bare, plan(1, *OLD), MONDAY.replace(hour=1))
    return bare


def activate(county: County, told: messages.PlanActivated, now: datetime) -> None:
    """As the worker does, in a transaction of its own; what follows from it is due at once."""
    with county.service.bus.works(PLATFORM, now, None) as work:
        county.service.bus.handlers[messages.PlanActivated](told, work)
        work.commit()


@contextmanager
def worker(county: County) -> Iterator["subprocess.Popen[str]"]:
    """A worker process, dead at the end."""
    config = county.service.config
    command = [sys.executable, "-m", "tests.faults.making", config.database_uri, str(config.field_key)]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


@contextmanager
def stuck(county: County, making: "subprocess.Popen[str]") -> Iterator[None]:
    """`making` has written all tasks of the day, and cannot go on to its commit while the block lasts."""
    with county.service.engine.begin() as held:
        held.execute(sa.text("LOCK TABLE coverage_change IN SHARE MODE"))
        wait_until(lambda: one(county, _MAKING) == 1, seconds=60, what="tasks are being written")
        yield


def one(county: County, statement: str) -> Any:
    with county.service.engine.connect() as connection:
        return connection.scalar(sa.text(statement))


def finish(making: "subprocess.Popen[str]") -> None:
    making.communicate(timeout=120)
    assert making.returncode == 0


def made(county: County, day: date = DAY) -> dict[str, int]:
    """How many tasks of each patrol there are; that nobody has two of one is checked."""
    with county.service.engine.connect() as connection:
        rows = connection.execute(sa.text(_TASKS), {"day": day}).all()
    assert all(count == different for _, count, different in rows)
    return {patrol: count for patrol, count, _ in rows}


def test_a_worker_killed_while_it_makes_twelve_thousand_tasks_leaves_none_and_the_next_makes_each_once(
    large: County,
) -> None:
    with worker(large) as making, stuck(large, making):
        making.kill()
        making.wait()
    assert made(large) == {}
    with worker(large) as second:
        finish(second)
    assert made(large) == dict.fromkeys(OLD, GRIDS)
    assert made(large, date(2026, 11, 24)) == dict.fromkeys(OLD, GRIDS)
    assert one(large, "SELECT sum(asked) FROM coverage_change") == 2 * GRIDS * PATROLS


def test_two_workers_of_which_one_is_killed_make_each_task_once(large: County) -> None:
    with worker(large) as making, worker(large) as second:
        with stuck(large, making):
            making.kill()
            making.wait()
        finish(second)
    with worker(large) as third:
        finish(third)
    assert made(large) == dict.fromkeys(OLD, GRIDS)


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "is killed"])
def test_a_plan_that_changes_while_tasks_are_made_is_what_they_follow_in_the_end(large: County, killed: bool) -> None:
    with ThreadPoolExecutor(1) as pool, worker(large) as making:
        with stuck(large, making):
            activating = pool.submit(activate, large, plan(2, *NEW), MONDAY)
            if killed:
                making.kill()
                making.wait()
                activating.result(60)
        if not killed:
            finish(making)
        activating.result(60)
    large.clock.advance(seconds=10)
    large.run()
    assert made(large) == dict.fromkeys(NEW, GRIDS)
    with large.service.engine.connect() as connection:
        states = Counter(connection.scalars(sa.text("SELECT state FROM task WHERE day = '2026-11-23'")))
    withdrawn = states.pop("withdrawn", 0)
    assert states == {"due": GRIDS * PATROLS} and withdrawn == (0 if killed else GRIDS)
    open_ones = one(
        large, "SELECT count(*) FROM deadline WHERE subject = 'tasks' AND fired_at IS NULL AND cancelled_at IS NULL"
    )
    assert open_ones == 1, "only that of the next midnight"
