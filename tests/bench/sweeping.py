"""What it costs to look every second for deadlines that have passed, at 100,000 open ones (INC-08).

The bus, the unit of work and the tables are the chassis' own; what a deadline does is what the smallest service of the
tests does: one row and one event. Core time is that of this process and of its PostgreSQL backend.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from infra.local.postgres import PostgresServer
from tests.bench.measuring import Backend, engine
from tests.bench.report import Report
from tests.integration.chassis.things import SOMEBODY, Things

MOST_OF_A_CORE = 0.01
EVERY = 5
"""A trickle: 17,000 deadlines a day, the 100,000 in six days."""
_FILL = """
    INSERT INTO deadline (id, subject, kind, due_at, not_before, fired_at)
    SELECT gen_random_uuid(), 'case-' || i % 40000, 'handle:yellow', due, due, CASE WHEN i > :open THEN due END
    FROM generate_series(1, :rows) AS i, LATERAL (
        SELECT CAST(:now AS timestamptz) + (CASE WHEN i > :open THEN -1 ELSE 1 END) * (1 + random() * 300)
            * interval '1 day' AS due) AS drawn
"""


@dataclass
class Sweeping:
    """A service with its open deadlines and fired ones, and the two processes that its sweeps keep busy."""

    service: Things
    backend: Backend
    pace: float
    sweeps: int

    def share(self, every: int = 0) -> tuple[float, int]:
        """The part of a core that a sweep each second takes, one falling due `every` so many, and how many fired."""
        used, fired = 0.0, 0
        for number in range(self.sweeps):
            if every and number % every == 0:
                make_due(self.service, 1)
            began, its = time.process_time(), self.backend.core_seconds()
            fired += self.service.bus.sweep()
            used += time.process_time() - began + self.backend.core_seconds() - its
            time.sleep(self.pace)
        return used / self.sweeps, fired


def of_deadlines(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Sweeps with nothing due, with one due each second, and how fast many are fired."""
    whole = cases >= 100_000
    opened = 100_000 if whole else cases
    uri = postgres.create_database("deadlines", "for-the-bench")
    service = Things(engine(uri), uri)
    with service.engine.begin() as connection:
        values = {"open": opened, "rows": opened * 10, "now": service.clock.now()}
        connection.execute(sa.text(_FILL), values)
    with service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE deadline")
    sweeping = Sweeping(service, Backend.of(service.engine), 1.0 if whole else 0.01, 60 if whole else 10)
    service.bus.sweep()
    _say(sweeping, opened, report)
    service.close()
    postgres.drop_database("deadlines")


def _say(sweeping: Sweeping, opened: int, report: Report) -> None:
    idle, none = sweeping.share()
    trickle, some = sweeping.share(every=EVERY)
    make_due(sweeping.service, 500)
    began = time.perf_counter()
    many = sweeping.service.bus.sweep(500)
    rate = many / (time.perf_counter() - began)
    rows = [f"| nothing due | {idle:.3%} | {none} |", f"| one due each {EVERY} seconds | {trickle:.3%} | {some} |"]
    over = [name for name, share in (("nothing due", idle), ("one due", trickle)) if share >= MOST_OF_A_CORE]
    report.failures += [f"sweep, {name}: over {MOST_OF_A_CORE:.0%} of a core" for name in over]
    said = f"{opened:,} open deadlines beside {opened * 9:,} fired ones, {sweeping.sweeps} sweeps, one a second."
    head = ["| sweep | of one core | fired |", "|---|---|---|"]
    report.add("Deadlines", said, "", *head, *rows, "", f"When many are due, {rate:,.0f} a second are fired (wall).")


def make_due(service: Things, count: int) -> None:
    with service.work(SOMEBODY, service.clock.now()) as work:
        for number in range(count):
            passed = service.clock.now() - timedelta(seconds=1)
            work.deadlines.set(f"due-{number}", "fade", passed)
        work.commit()
