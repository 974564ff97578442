"""A split in the registry reaches the cases by the real relay, broker and worker, each its own process (REG-04)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pika
import pytest

from infra.local.process import wait_until
from services.chassis import migrate
from services.chassis.auth import PLATFORM
from services.chassis.config import Config
from services.incident import messages
from services.registry import bootstrap as registry
from services.registry import messages as wanted
from tests.integration.incident.conftest import GRID, NEIGHBOUR, TOWN, County, square
from tests.integration.incident.test_succession import IN_EAST, IN_WEST, at, box

pytestmark = pytest.mark.rule("REG-04", "XCH-03")

SOON = 60.0
DIVISIONS = (
    wanted.DivisionRow(code="371321000000", name="沂南县", parent_code="", kind="county"),
    wanted.DivisionRow(code="371321106000", name="依汶镇", parent_code="371321000000", kind="town"),
    wanted.DivisionRow(code=GRID[:12], name="某村", parent_code="371321106000", kind="village"),
)


def row(code: str, level: int, **values: Any) -> wanted.GridRow:
    plain = {"name": f"网格{code[-3:]}", "kind": "area", "effective": "2026-11-01", "drawn_how": "drawn"}
    return wanted.GridRow(code=code, level=level, division_codes=(code[:12],), **{**plain, **values})


GRIDS = (
    row(TOWN, 1, drawn_how=""),
    row(GRID, 3, parent_code=TOWN, boundary=square(118.4, 35.4)),
    row(NEIGHBOUR, 3, parent_code=TOWN, boundary=square(118.5, 35.4)),
)


@pytest.fixture
def of_registry(postgres: Any, county: County, tmp_path: Path) -> Iterator[registry.Service]:
    """A registry that knows the grids of the incident service's county."""
    uri = postgres.create_database("registry_of_succession")
    migrate.upgrade("registry", uri)
    mine = county.service.config
    none = tmp_path / "none"
    given = {"token_public_keys": none, "token_private_key": none, "field_key": mine.field_key, "pool_size": 5}
    config = Config("registry", mine.county, mine.timezone, tmp_path, uri, "127.0.0.1:0", **given)
    service = registry.build(config)
    service.bus.handle(wanted.ImportDivisions(rows=DIVISIONS), PLATFORM)
    service.bus.handle(wanted.ImportGrids(rows=GRIDS), PLATFORM)
    yield service
    service.bus.close()
    service.engine.dispose()
    postgres.drop_database("registry_of_succession")


@pytest.fixture
def processes(county: County, of_registry: registry.Service, vhost: str, tmp_path: Path) -> Iterator[list[Any]]:
    """Starts `wangge` processes between the two databases and a virtual host; ends them at the end."""
    mine = county.service.config
    environment = {
        **os.environ,
        "PYTHONWARNINGS": "ignore",
        "WANGGE_HOME": str(tmp_path),
        "WANGGE_COUNTY": mine.county,
        "WANGGE_AMQP_URI": vhost,
        "WANGGE_FIELD_KEY": str(mine.field_key),
        "WANGGE_INCIDENT_DATABASE_URI": mine.database_uri,
        "WANGGE_REGISTRY_DATABASE_URI": of_registry.config.database_uri,
        "WANGGE_WORKER_RETRY_DELAYS": "1",
    }
    running: list[Any] = []
    with (tmp_path / "processes.log").open("ab") as log:
        for role, service in (("worker", "incident"), ("relay", "registry")):
            argv = [sys.executable, "-m", "infra.cli", role, service]
            running.append(subprocess.Popen(argv, cwd=tmp_path, env=environment, stdout=log, stderr=log))
            if role == "worker":
                wait_until(lambda: _declared(vhost), seconds=SOON, what="the worker's queue")
        yield running
        for each in running:
            each.send_signal(signal.SIGTERM)
        for each in running:
            each.wait(30)


def _declared(vhost: str) -> bool:
    with suppress(pika.exceptions.AMQPError), pika.BlockingConnection(pika.URLParameters(vhost)) as connection:
        connection.channel().queue_declare("incident.on.registry", passive=True)
        return True
    return False


def test_a_split_moves_the_open_cases_by_the_bus(
    county: County, of_registry: registry.Service, processes: list[Any]
) -> None:
    ids = [county.do(at(place), county.member)["id"] for place in (IN_WEST, IN_EAST, IN_EAST)]
    halves = (box(118.4, 118.45), box(118.45, 118.5))
    split = wanted.SplitGrid(
        code=GRID,
        parts=tuple(wanted.GridPart(name="份", boundary=half, drawn_how="drawn") for half in halves),
        effective=of_registry.today().isoformat(),
        reason="户数超过规模",
    )
    west, east = of_registry.bus.handle(split, PLATFORM)["successors"]
    expected = [west, east, east]
    wait_until(
        lambda: [county.case(each)["grid_code"] for each in ids] == expected, seconds=SOON, what="the cases to follow"
    )
    assert all(process.poll() is None for process in processes)
    county.do(messages.Accept(case_id=ids[1]), county.handler)
    assert [each["action"] for each in county.case(ids[1])["history"]][-2:] == ["succeed-grid", "accept"]
