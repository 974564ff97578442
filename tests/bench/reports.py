"""Reporting a case and looking at one, beside a lean service that writes and reads the bare rows."""

import itertools
import json
from collections.abc import Iterator

from tests.bench.client import Answers, load, request
from tests.bench.county_platform import CountyPlatform, report_body
from tests.bench.ratios import HEAD, Scale, Series, in_turn
from tests.bench.report import Report

LEAST = 0.5
DATABASE = "baseline"
OTHERS = ("relay", "worker")


def of_reports(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """`POST /cases` and `GET /cases/{id}` through gateway, gRPC and database, with everything on."""
    scale = Scale.of(whole)
    uri = stage.postgres.create_database(DATABASE, "for-the-bench")
    alone, together, lean = (Series(name) for name in ("the platform", "the same, relay and worker busy too", "lean"))
    look, lean_look = Series("the platform"), Series("lean")
    written: list[str] = []
    with stage.baseline("reporting", BASELINE_DATABASE_URI=uri) as port:
        lean_ids = LeanIds(stage, port)

        def platform_reports() -> None:
            with stage.without(*OTHERS):
                alone.take(_report(stage, scale.seconds, written))

        def platform_works() -> None:
            stage.settle()
            together.take(_report(stage, scale.seconds, written))

        def platform_looks() -> None:
            look.take(load(stage.settings.port, stage.reads(member(stage), written[-500:]), scale.seconds))

        in_turn(
            scale.rounds,
            platform_reports,
            lambda: lean.take(load(port, lean_ids.reports(), scale.seconds, body=lean_ids.note)),
            platform_works,
            platform_looks,
            lambda: lean_look.take(load(port, lean_ids.reads(), scale.seconds)),
        )
    stage.postgres.drop_database(DATABASE)
    _say(report, "Reporting a case", [lean, alone, together], alone, whole)
    _say(report, "Looking at a case", [lean_look, look], look, whole)
    stage.settle()


def _say(report: Report, title: str, rows: list[Series], held: Series, whole: bool) -> None:
    ratio = held.rate / rows[0].rate
    note = f"At least {LEAST} of the lean service's rate is asked; reached: {ratio:.2f}."
    report.add(title, CONDITIONS[title], "", HEAD, *(each.row(rows[0]) for each in rows), "", note)
    if whole and ratio < LEAST:
        report.failures.append(f"{title}: {ratio:.2f} of the lean service's rate, {LEAST} is asked")


CONDITIONS = {
    "Reporting a case": (
        "`POST /api/v1/cases`, 16 connections: token, scope, validation, point to grid, routing, limits, idempotency, "
        "audit, outbox, tracing. A report is filed and dispatched in the same transaction: a case, three changes, "
        "three events, messages, limits, deadlines. Lean: one process, Starlette, marshmallow, SQLAlchemy Core, "
        "psycopg2, 4 threads, the rows case, log and outbox (tests/bench/baselines/reporting.py)."
    ),
    "Looking at a case": (
        "`GET /api/v1/cases/{id}`, 16 connections: the case with history, limits, notices, names, what the "
        "caller may do, masked. Lean: the case and its log."
    ),
}


def member(stage: CountyPlatform) -> str:
    """A grid worker's token."""
    return stage.caller("member").token


def _report(stage: CountyPlatform, seconds: float, written: list[str]) -> Answers:
    return load(
        stage.settings.port, stage.reports(member(stage)), seconds, body=lambda body: written.append(id_of(body))
    )


def id_of(body: bytes) -> str:
    """The id in an answer."""
    return str(json.loads(body).get("id"))


class LeanIds:
    """The lean service's requests, and the ids it gave."""

    def __init__(self, stage: CountyPlatform, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/incidents"
        bodies = [report_body(number, lon, lat) for number, (_, lon, lat) in enumerate(stage.places)]
        self._reports = [request("POST", self._url, {}, body) for body in bodies]
        self._ids: list[str] = []

    def note(self, body: bytes) -> None:
        self._ids.append(id_of(body))

    def reports(self) -> Iterator[bytes]:
        return itertools.cycle(self._reports)

    def reads(self) -> Iterator[bytes]:
        return itertools.cycle([request("GET", f"{self._url}/{each}", {}) for each in self._ids[-500:]])
