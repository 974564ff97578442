"""The parts of the benchmark by name; each makes a database, fills it, measures, reports."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing

from infra.local.postgres import PostgresServer
from services.chassis import migrate
from tests.bench import lists, seeding
from tests.bench.measuring import Backend, engine, measure
from tests.bench.report import Report


def of_lists(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Every list of the incident service."""
    uri = postgres.create_database("incident", "for-the-bench")
    migrate.upgrade("incident", uri)
    began = time.monotonic()
    with closing(postgres.connect("incident")) as connection:
        seeding.incident(connection, cases)
    seeded = time.monotonic() - began
    its = engine(uri)
    asked = lists.queries(its)
    questions = {**dict(lists.of_cases(asked)), **dict(lists.of_messages(asked))}
    figures = measure(questions, lists.baseline(its), Backend.of(its))
    note = f"{cases:,} cases in 320 grids over three years, seeded in {seeded:.0f} s."
    report.lists("Lists of the incident service", figures, note)
    its.dispose()
    postgres.drop_database("incident")


BENCHES: Mapping[str, Callable[[PostgresServer, int, Report], None]] = {"lists": of_lists}
