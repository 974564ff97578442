"""Making the tasks of a day for 3,000 grids and workers, beside plain bulk inserts of the same rows (PAT-02).

Both write the same table with its indexes and its coverage trigger, on top of a month of tasks, each day in one
transaction of its own. The plain one has its rows ready before the clock starts and sends a thousand at once. What is
compared is the core time of this process and of its PostgreSQL backend, which neighbours on the machine hardly change.
"""

import base64
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from psycopg2.extras import execute_values

from services.chassis.auth import PLATFORM
from services.chassis.ids import new_id
from services.chassis.personal import Seal
from services.patrol import schemas
from services.patrol.repository import Ground, works
from tests.bench import county, patrol
from tests.bench.lists import FixedClock
from tests.bench.measuring import CoreTime
from tests.bench.ratios import ROUNDS, Rates, in_turn
from tests.bench.report import Report

LEAST = 0.5
AGAIN = 0.1
"""A second run of the same day takes at most this part of the first."""
SEEDED = 100_000
PAGE = 1_000
_COLUMNS = "id, patrol, name, grid, person_id, day, until, number, moved_from, plan, state"
_WRITTEN = "SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_user_tables"


class Making:
    """A patrol service's database, and the day that comes next."""

    def __init__(self, its: sa.Engine, ground: Ground) -> None:
        self._its, self._works, self._core = its, works(ground), CoreTime.of(its)
        self._day = patrol.TODAY + timedelta(days=1)
        self.first: list[float] = []
        self.again: list[float] = []
        self.ours, self.bare = Rates("the tasks of a day"), Rates("plain bulk inserts")
        self.written = 0

    def ours_makes(self) -> None:
        """A day, and the same day once more."""
        day = self._next()
        before, began = self._count(day), self._core.seconds()
        self._make(day)
        self.first.append(self._core.seconds() - began)
        self.ours.take((self._count(day) - before) / self.first[-1])
        written = self._written()
        began = self._core.seconds()
        self._make(day)
        self.again.append(self._core.seconds() - began)
        self.written += self._written() - written

    def bare_inserts(self) -> None:
        """The rows of the last day as those of the next."""
        day = self._next()
        with self._its.connect() as connection:
            rows = connection.execute(sa.text(f"SELECT {_COLUMNS} FROM task WHERE day = :day"), {"day": self._last})
            made = [(new_id(), *row[1:5], day, day, *row[7:]) for row in rows]
        began = self._core.seconds()
        with self._its.begin() as connection:
            cursor: Any = connection.connection.cursor()
            execute_values(cursor, f"INSERT INTO task ({_COLUMNS}) VALUES %s", made, page_size=PAGE)
        self.bare.take(len(made) / (self._core.seconds() - began))

    def _next(self) -> date:
        self._last, self._day = self._day, self._day + timedelta(days=1)
        return self._day

    def _make(self, day: date) -> None:
        with self._works(PLATFORM, FixedClock().now(), None) as work:
            work.generation.make(day)
            work.commit()

    def _count(self, day: date) -> int:
        with self._its.connect() as connection:
            return int(connection.scalar(sa.text("SELECT count(*) FROM task WHERE day = :day"), {"day": day}) or 0)

    def _written(self) -> int:
        """Rows that were ever written to any table; the server counts a transaction's when its session says so."""
        with self._its.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("SELECT pg_stat_force_next_flush()"))
            connection.execute(sa.text("SELECT 1"))
            return int(connection.scalar(sa.text(_WRITTEN)) or 0)


def of_generation(its: sa.Engine, whole: bool, report: Report) -> None:
    """Days in turn with plain inserts; how long the same day takes again, and what it writes."""
    with _ground(its) as ground:
        making = Making(its, ground)
        in_turn(ROUNDS if whole else 1, making.ours_makes, making.bare_inserts)
    first, again = sorted(making.first)[len(making.first) // 2], sorted(making.again)[len(making.again) // 2]
    said = f"{patrol.GRIDS:,} grids and workers, {patrol.PATROLS} patrols a day; {first:.2f} s of a core for a day."
    report.rates("Making the tasks of a day", said, making.ours, making.bare, LEAST if whole else 0.0)
    once_more = (
        f"The same day again: {again * 1000:.0f} ms, {again / first:.3f} of the first; {making.written} rows written."
    )
    report.sections[-1] += f"\n{once_more} Asked: under {AGAIN}, and none.\n"
    print(once_more, flush=True)
    if whole and (again > AGAIN * first or making.written):
        report.failures.append(f"the same day again: {once_more}")


@contextmanager
def _ground(its: sa.Engine) -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        key = Path(folder) / "field.key"
        key.write_text(base64.b64encode(os.urandom(32)).decode())
        yield Ground(its, schemas.EVENTS, "/wangge/371321/patrol", patrol.ZONE, Seal.from_file(key), county.COUNTY)
