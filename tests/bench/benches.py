"""The parts of the benchmark by name; each makes a database, fills it, measures, reports."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing

import sqlalchemy as sa

from infra.local.postgres import PostgresServer
from services.chassis import migrate
from tests.bench import candidates, lists, seeding, sweeping
from tests.bench.county_platform import CountyPlatform
from tests.bench.delivery import of_delivery
from tests.bench.lives import of_lives
from tests.bench.measuring import Backend, engine, measure
from tests.bench.relaying import of_relay
from tests.bench.report import Report
from tests.bench.reports import of_reports
from tests.bench.workers import of_workers

WHOLE = 100_000
"""Fewer cases are a trial: each question is asked once."""


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
    figures = measure(questions, lists.baseline(its), Backend.of(its), cases < WHOLE)
    note = f"{cases:,} cases in 320 grids over three years, seeded in {seeded:.0f} s."
    report.lists("Lists of the incident service", figures, note)
    _candidates(its, cases < WHOLE, report)
    its.dispose()
    postgres.drop_database("incident")


def _candidates(its: sa.Engine, quick: bool, report: Report) -> None:
    figures = measure(dict(candidates.questions(its)), lists.baseline(its), Backend.of(its), quick)
    report.lists("Candidates for duplicates", figures, "", limit=50.0)
    plan = candidates.explained(its)
    report.add("How candidates are found", "500 m, 7 days, the group, in the busiest grid:", "", "```", plan, "```")


BENCHES: Mapping[str, Callable[[PostgresServer, int, Report], None]] = {
    "lists": of_lists,
    "deadlines": sweeping.of_deadlines,
}


ON_PLATFORM: Mapping[str, Callable[[CountyPlatform, bool, Report], None]] = {
    "reports": of_reports,
    "workers": of_workers,
    "relay": of_relay,
    "delivery": of_delivery,
    "lives": of_lives,
}
"""Those that need a whole platform with its county; one platform serves all of them."""
