"""What it costs to look every second for deadlines that have passed, at 100,000 open ones, and to fire one (INC-08).

The bus, the unit of work, the tables and the engine's settings are the chassis' own; what a deadline does is what the
smallest service of the tests does: one row and one event. Core time is that of this process and of all its PostgreSQL
backends: the one that looks, the one that fires, the one that wakes the relay. nameko's timer comes on top.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from infra.local.postgres import PostgresServer
from tests.bench.measuring import CoreTime, engine
from tests.bench.report import Report
from tests.integration.chassis.things import SOMEBODY, Things

MOST_OF_A_CORE = 0.01
MANY = 500
_FILL = """
    INSERT INTO deadline (id, subject, kind, due_at, not_before, fired_at)
    SELECT gen_random_uuid(), 'case-' || i % 40000, 'handle:yellow', due, due, CASE WHEN i > :open THEN due END
    FROM generate_series(1, :rows) AS i, LATERAL (
        SELECT CAST(:now AS timestamptz) + (CASE WHEN i > :open THEN -1 ELSE 1 END) * (1 + random() * 300)
            * interval '1 day' AS due) AS drawn
"""


@dataclass(frozen=True)
class Spent:
    """Core time of `sweeps` sweeps that fired `fired` deadlines, and of the worst of them; seconds."""

    sweeps: int
    fired: int
    total: float
    worst: float

    @property
    def share(self) -> float:
        """The part of a core that one sweep a second takes."""
        return self.total / self.sweeps


@dataclass
class Sweeping:
    """A service with its open deadlines and fired ones, and the processes that its sweeps keep busy."""

    service: Things
    core: CoreTime
    pace: float
    sweeps: int

    def spent(self, due: int) -> Spent:
        """What sweeps cost that come one a second and find `due` deadlines each."""
        each, fired = [], 0
        for _ in range(self.sweeps):
            make_due(self.service, due)
            time.sleep(self.pace)
            began = self.core.seconds()
            fired += self.service.bus.sweep()
            each.append(self.core.seconds() - began)
        return Spent(self.sweeps, fired, sum(each), max(each))


def of_deadlines(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Sweeps with nothing due, with one due each second, and how fast many are fired."""
    whole = cases >= 100_000
    opened = 100_000 if whole else cases
    uri = postgres.create_database("deadlines", "for-the-bench")
    service = Things(engine(uri, pre_ping=True), uri)
    with service.engine.begin() as connection:
        values = {"open": opened, "rows": opened * 10, "now": service.clock.now()}
        connection.execute(sa.text(_FILL), values)
    with service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE deadline")
    make_due(service, 1)
    service.bus.sweep()
    sweeping = Sweeping(service, CoreTime.of(service.engine), 1.0 if whole else 0.01, 60 if whole else 10)
    _say(sweeping, opened, report)
    service.close()
    postgres.drop_database("deadlines")


def _say(sweeping: Sweeping, opened: int, report: Report) -> None:
    found = {"nothing due": sweeping.spent(0), "one due each second": sweeping.spent(1)}
    looking, firing = found["nothing due"].share, found["one due each second"].share - found["nothing due"].share
    make_due(sweeping.service, MANY)
    began, core = time.perf_counter(), sweeping.core.seconds()
    many = sweeping.service.bus.sweep(MANY)
    core, wall = sweeping.core.seconds() - core, time.perf_counter() - began
    rows = [
        f"| {name} | {each.share:.3%} | {each.worst * 1000:.1f} ms | {each.fired} |" for name, each in found.items()
    ]
    over = [name for name, each in found.items() if each.share >= MOST_OF_A_CORE]
    report.failures += [f"sweep, {name}: over {MOST_OF_A_CORE:.0%} of a core" for name in over]
    said = f"{opened:,} open deadlines beside {opened * 9:,} fired ones, {sweeping.sweeps} sweeps, one a second."
    head = ["| sweep | of one core | the worst | fired |", "|---|---|---|---|"]
    apart = f"Looking takes {looking * 1000:.1f} ms of a core, firing one {firing * 1000:.1f} ms beyond it."
    flood = (
        f"When {many} are due, each takes {core / many * 1000:.1f} ms of a core; {many / wall:,.0f} a second (wall)."
    )
    report.add("Deadlines", said, "", *head, *rows, "", apart, flood)


def make_due(service: Things, count: int) -> None:
    with service.work(SOMEBODY, service.clock.now()) as work:
        for number in range(count):
            passed = service.clock.now() - timedelta(seconds=1)
            work.deadlines.set(f"due-{number}", "fade", passed)
        work.commit()
