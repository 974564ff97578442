"""How long open cases take to follow when their grid is split (REG-04), and limits when a working day turns (INC-07).

The service is the real one on its own schema and plan P2; one case is reported through the bus and copied with its
history, limits and deadlines by SQL. The registry's event is consumed as the worker does, then the bus sweeps until
nothing is due, as the worker's timer has it do, each batch following the one before. RabbitMQ's part is one message.
"""

import base64
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from infra.local.postgres import PostgresServer
from services.chassis import migrate
from services.incident import messages
from services.incident.bootstrap import build
from services.registry import plan
from tests.bench.measuring import CoreTime
from tests.bench.report import Report
from tests.integration.incident.conftest import County, SettableClock, config, hear, tell_of_registry
from tests.integration.incident.test_loop import report as reporting
from tests.integration.incident.test_succession import EAST, GRID, IN_EAST, SPLIT

FOLLOWING, COUNTED = 10_000, 100_000
_COPY = """
    INSERT INTO "{table}" SELECT (jsonb_populate_record(t, jsonb_build_object('{key}', fresh) || {changed})).*
    FROM "{table}" AS t, generate_series(1, :times) AS i,
        LATERAL (SELECT left(CAST(:id AS text), 24) || lpad(to_hex(i), 12, '0') AS fresh) AS named
    WHERE t.{key} = :id
"""
_PARTS = (
    ("case", "id", "jsonb_build_object('number', 'copy-' || i)"),
    ("change", "case_id", "'{}'::jsonb"),
    ("limit", "case_id", "'{}'::jsonb"),
    ("deadline", "subject", "jsonb_build_object('id', gen_random_uuid())"),
)


@dataclass(frozen=True)
class Moved:
    """How many rows moved, in which time by the wall's clock and on a core; seconds."""

    what: str
    rows: int
    wall: float
    core: float

    def row(self) -> str:
        each = self.core / self.rows * 1000
        return f"| {self.what} | {self.rows:,} | {self.wall:,.1f} s | {self.rows / self.wall:,.0f} | {each:.1f} ms |"


def of_moves(postgres: PostgresServer, cases: int, report: Report) -> None:
    """A split of a grid with a hundredth of `cases` open, a turned day under a tenth of them."""
    split, turned = (
        _on_a_county(postgres, max(cases // part, 10), most, run)
        for part, most, run in ((100, FOLLOWING, _split), (10, COUNTED, _turn))
    )
    head = ["| what | rows | wall | rows a second | core each |", "|---|---|---|---|---|"]
    said = (
        "One sweeper, batch after batch; each row is one case with its history, limits, deadlines, event and messages."
    )
    report.add("Moves", said, "", *head, split.row(), turned.row())


def _on_a_county(postgres: PostgresServer, rows: int, most: int, run: Callable[[County, int], Moved]) -> Moved:
    rows = min(rows, most)
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "field.key"
        key.write_text(base64.b64encode(os.urandom(32)).decode())
        uri = postgres.create_database("moves", "for-the-bench")
        migrate.upgrade("incident", uri)
        clock = SettableClock()
        service = build(config(uri, key), clock)
        with closing(service.bus):
            tell_of_registry(service, plan.load(_PLAN.read_text("utf-8")).document)
            county = County(service, clock)
            copy(county, rows - 1)
            moved = run(county, rows)
        service.engine.dispose()
        postgres.drop_database("moves")
    return moved


_PLAN = Path(plan.__file__).parents[1] / "plans" / "p02.yaml"


def copy(county: County, times: int) -> None:
    """One reported case and `times` copies of it, in the grid that is split."""
    point = messages.GivenPoint(*IN_EAST)
    case_id = county.do(reporting(point=point), county.member)["id"]
    with county.service.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        for table, key, changed in _PARTS:
            text = _COPY.format(table=table, key=key, changed=changed)
            connection.execute(sa.text(text), {"id": case_id, "times": times})
    with county.service.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM ANALYZE")
    county.service.bus.sweep()


def _split(county: County, rows: int) -> Moved:
    for event in SPLIT[:3]:
        hear(county.service, *event)
    moved = _timed(county, "a grid's open cases follow its split", rows, lambda: hear(county.service, *SPLIT[3]))
    left = county.rows(f"SELECT grid, count(*) FROM \"case\" WHERE grid IN ('{GRID}', '{EAST}') GROUP BY grid")
    assert left == [(EAST, rows)], left
    return moved


def _turn(county: County, rows: int) -> Moved:
    days = [{"day": "2026-11-24", "worked": False}]
    told = ("registry.calendar-changed.v1", "2026", {"year": 2026, "days": days})
    moved = _timed(county, "open limits counted anew, a working day less", rows, lambda: hear(county.service, *told))
    counted = county.rows("SELECT examined, moved, done_at IS NOT NULL FROM calendar_change")
    assert counted == [(rows, rows, True)], counted
    return moved


def _timed(county: County, what: str, rows: int, event: Callable[[], None]) -> Moved:
    core = CoreTime.of(county.service.engine)
    began, used = time.perf_counter(), core.seconds()
    event()
    while county.service.bus.sweep():
        pass
    return Moved(what, rows, time.perf_counter() - began, core.seconds() - used)
