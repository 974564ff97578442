"""The parts of the benchmark by name; each makes a database, fills it, measures, reports."""

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from infra.local.postgres import PostgresServer
from services.chassis import migrate
from tests.bench import (
    assessment,
    candidates,
    generating,
    liaison,
    lists,
    moves,
    open311,
    patrol,
    registry,
    seeding,
    sweeping,
)
from tests.bench.county_platform import CountyPlatform
from tests.bench.delivery import of_delivery
from tests.bench.disks import of_slow_disk
from tests.bench.lives import of_lives
from tests.bench.measuring import WHOLE, Ask, Backend, Figure, engine, measure
from tests.bench.memory import of_memory
from tests.bench.relaying import of_relay
from tests.bench.report import Report
from tests.bench.reports import of_reports
from tests.bench.scaling import of_scale
from tests.bench.serving import serving
from tests.bench.syncing import of_sync
from tests.bench.workers import of_workers

PASSWORD = "for-the-bench"
LISTS: Mapping[str, str] = {
    "listCases": "cases",
    "listMessages": "messages",
    "listPrecedents": "precedents",
    "listCalendarChanges": "calendar changes",
    "listMovedCases": "moved limits",
    "listLooks": "looks",
    "listDivisions": "divisions",
    "listGrids": "grids",
    "listGridChanges": "grid changes",
    "listPeople": "people",
    "listPosts": "posts",
    "listDepartments": "departments",
    "listDuties": "duties",
    "listPlans": "plans",
    "listPlaces": "places",
    "listPlaceRecords": "records of a place",
    "listApplications": "applications",
    "listLetters": "duty letters",
    "listRolloutMarks": "rollout marks",
    "listShifts": "duty shifts",
    "listCards": "cards",
    "listCardsReached": "cards reached",
    "listGridSizes": "grid sizes",
    "listScores": "scores",
    "listFacts": "facts",
    "getDailyReport": "daily report",
    "listEvents": "events",
    "listConnections": "connections",
    "listHouseholds": "households",
    "listHouseholdLooks": "household looks",
    "listCare": "care",
    "listErasures": "erasures",
    "listVisits": "visits",
    "listVisitCoverage": "visit coverage",
    "listTasks": "patrol tasks",
    "listInspections": "inspections",
    "listTargets": "targets",
    "listCorrections": "corrections",
    "listCoverage": "coverage",
    "listDiaries": "diaries",
    "listMeetings": "meetings",
    "listDecisions": "decisions",
    "listReturns": "returns",
}
"""With which word the questions about each list of the interface begin, by operation (tests/contract/rest)."""


def of_lists(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Every list of the incident service."""
    its, seeded = _incident(postgres, cases)
    asked = lists.queries(its)
    questions = {
        **dict(lists.of_cases(asked)),
        **dict(lists.of_messages(asked)),
        **dict(lists.of_rulings(its)),
    }
    figures = measure(questions, lists.baseline(its), Backend.of(its), cases < WHOLE)
    note = f"{cases:,} cases in 320 grids over three years{seeded}."
    report.lists("Lists of the incident service", figures, note)
    _candidates(its, cases < WHOLE, report)
    its.dispose()


def _candidates(its: sa.Engine, quick: bool, report: Report) -> None:
    figures = measure(dict(candidates.questions(its)), lists.baseline(its), Backend.of(its), quick)
    report.lists("Candidates for duplicates", figures, "", limit=50.0)
    plan = candidates.explained(its)
    report.add("How candidates are found", "500 m, 7 days, the group, in the busiest grid:", "", "```", plan, "```")


def of_open311(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Open311's lists, through gateway and service."""
    its, _ = _incident(postgres, cases)
    with closing(postgres.connect("incident")) as connection:
        open311.seed(connection)
    with tempfile.TemporaryDirectory(prefix="wangge-bench-") as folder:
        uri = postgres.uri("incident", PASSWORD)
        with serving(uri, its, Path(folder)) as served:
            figures = measure(dict(open311.questions(served)), open311.baseline(served), served, cases < WHOLE)
    note = f"{cases:,} cases; REST, gateway, gRPC and SQL, the core time of all their processes."
    report.lists("Lists of Open311", figures, note)
    its.dispose()


def of_registry(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Every list of the registry."""
    its = _database(postgres, "registry")
    registry.seed(its, cases >= WHOLE)
    note = f"{_rows(its, 'division')} divisions, {_rows(its, 'grid')} grids, {_rows(its, 'person')} people."
    _report(its, registry.questions(its), registry.baseline(its), cases, report, "Lists of the registry", note)
    postgres.drop_database("registry")


def of_assessment(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Every list of the assessment service."""
    its = _database(postgres, "assessment")
    with closing(postgres.connect("assessment")) as connection:
        assessment.seed(connection, cases)
    note = (
        f"{_rows(its, 'grid')} grids, {_rows(its, 'fact')} facts, {_rows(its, 'tally')} sums of subjects and periods."
    )
    _report(its, assessment.questions(its), assessment.baseline(its), cases, report, "Lists of the assessment", note)
    postgres.drop_database("assessment")


def of_patrol(postgres: PostgresServer, cases: int, report: Report) -> None:
    """Every list of the patrol service, and making the tasks of a day."""
    its = _database(postgres, "patrol")
    with closing(postgres.connect("patrol")) as connection:
        patrol.seed(connection, cases)
    note = f"{_rows(its, 'task')} tasks of {_rows(its, 'grid')} grids."
    whole = cases >= WHOLE
    figures = measure(dict(patrol.questions(its)), patrol.baseline(its), Backend.of(its), not whole)
    report.lists("Lists of the patrol service", figures, note)
    patrol.compare(figures, report, whole)
    generating.of_generation(its, whole, report)
    its.dispose()
    postgres.drop_database("patrol")


def of_liaison(postgres: PostgresServer, cases: int, report: Report) -> None:
    """The event log and the connections."""
    its = _database(postgres, "liaison")
    with closing(postgres.connect("liaison")) as connection:
        liaison.seed(connection, its, cases)
    note = f"{_rows(its, 'event')} events in ten months."
    _report(its, liaison.questions(its, cases), liaison.baseline(its), cases, report, "Lists of the liaison", note)
    postgres.drop_database("liaison")


def _report(
    its: sa.Engine,
    questions: Iterable[tuple[str, Ask]],
    baseline: Ask,
    cases: int,
    report: Report,
    title: str,
    note: str,
) -> None:
    figures: list[Figure] = measure(dict(questions), baseline, Backend.of(its), cases < WHOLE)
    report.lists(title, figures, note)
    its.dispose()


def _incident(postgres: PostgresServer, cases: int) -> tuple[sa.Engine, str]:
    """The incident service's database, filled by the first part that asks for it; how long that took."""
    its = _database(postgres, "incident")
    with its.connect() as connection:
        if connection.scalar(sa.text('SELECT count(*) FROM (SELECT FROM "case" LIMIT 1) AS found')):
            return its, ""
    began = time.monotonic()
    with closing(postgres.connect("incident")) as connection:
        seeding.incident(connection, cases)
    return its, f", seeded in {time.monotonic() - began:.0f} s"


def _database(postgres: PostgresServer, service: str) -> sa.Engine:
    uri = postgres.create_database(service, PASSWORD)
    migrate.upgrade(service, uri)
    return engine(uri)


def _rows(its: sa.Engine, table: str) -> str:
    with its.connect() as connection:
        return f"{connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))):,}"


BENCHES: Mapping[str, Callable[[PostgresServer, int, Report], None]] = {
    "lists": of_lists,
    "open311": of_open311,
    "registry": of_registry,
    "assessment": of_assessment,
    "liaison": of_liaison,
    "patrol": of_patrol,
    "deadlines": sweeping.of_deadlines,
    "moves": moves.of_moves,
}


ON_PLATFORM: Mapping[str, Callable[[CountyPlatform, bool, Report], None]] = {
    "reports": of_reports,
    "workers": of_workers,
    "relay": of_relay,
    "delivery": of_delivery,
    "lives": of_lives,
    "scale": of_scale,
    "slow_disk": of_slow_disk,
    "sync": of_sync,
}
"""Those that need a whole platform with its county; one platform serves all of them."""

AT_REST: Mapping[str, Callable[[CountyPlatform, bool, Report], None]] = {"memory": of_memory}
"""Those that need a platform that has done nothing yet."""
