"""A whole platform with the demo's county on it, for measurements through its public doors."""

import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil

from infra.demo.accounts import PLANNER, STORY, Accounts
from infra.demo.arrival import wait_for_copies
from infra.demo.county import County, load_county
from infra.demo.divisions import P2_TOWN
from infra.demo.loading import Loading
from infra.demo.rest import Caller, Rest
from infra.local import process
from infra.local.operator import operator_token
from infra.local.platform import Platform
from infra.local.ports import answers, free_block
from infra.local.postgres import PostgresServer
from infra.local.programs import postgres_server, rabbitmq_server
from infra.local.rabbitmq import RabbitmqServer
from infra.local.settings import PORTS_PER_PLATFORM, Settings
from services.chassis import geography
from services.chassis.ids import new_id
from tests.bench.client import request

ROOT = Path(__file__).parents[2]
BASELINE_SECONDS = 30
SETTLING_SECONDS = 600.0


@dataclass
class CountyPlatform:
    """The platform, who may act on it, and what stands beside it for comparison."""

    platform: Platform
    rest: Rest
    accounts: Accounts
    county: County
    _keys: Iterator[int] = field(default_factory=itertools.count)

    @property
    def settings(self) -> Settings:
        return self.platform.settings

    @cached_property
    def postgres(self) -> PostgresServer:
        """The platform's own server, for looks and for the baselines' databases."""
        return postgres_server(self.settings)

    @cached_property
    def rabbitmq(self) -> RabbitmqServer:
        """The platform's own node. Raises RuntimeError where the broker is somebody else's."""
        node = rabbitmq_server(self.settings)
        if node is None:
            raise RuntimeError("the benchmarks need a broker of their own: unset WANGGE_AMQP_URI")
        return node

    def caller(self, username: str) -> Caller:
        """Somebody signed in a moment ago: tokens last minutes, measurements longer."""
        return self.accounts.sign_in(username, anew=True)

    def load(self) -> None:
        """The demo's county by REST, and every service's copies of it."""
        operator = self.rest.with_token(operator_token(self.settings))
        Loading(self.accounts, self.county, operator, lambda *_: None).run()
        wait_for_copies(self.settings, self.accounts.sign_in(PLANNER))

    @cached_property
    def places(self) -> list[tuple[str, float, float]]:
        """A point in each of the smallest grids: code, longitude, latitude."""
        shapes = ((grid.code, geography.parse_boundary(grid.boundary)) for grid in self.county.grids if grid.leaf)
        inside = ((code, shape.representative_point()) for code, shape in shapes)
        return [(code, round(point.x, 6), round(point.y, 6)) for code, point in inside]

    def reports(self, token: str) -> Iterator[bytes]:
        """Reports without end, all different, each with its own idempotency key and a point that has to be located."""
        url = f"{self.settings.gateway_url}/api/v1/cases"
        for number, (_, lon, lat) in zip(itertools.count(), itertools.cycle(self.places)):
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id()}
            yield request("POST", url, headers, report_body(number, lon, lat))

    def reads(self, token: str, ids: list[str]) -> Iterator[bytes]:
        """Looks at cases without end."""
        url = f"{self.settings.gateway_url}/api/v1/cases/"
        return itertools.cycle([request("GET", url + each, {"Authorization": f"Bearer {token}"}) for each in ids])

    @contextmanager
    def without(self, *roles: str) -> Iterator[None]:
        """Hold these roles' processes (SIGSTOP) for the few seconds of the block: they take no core, lose nothing."""
        running = self.platform.supervisor.processes()
        held = [psutil.Process(running[role].pid) for role in roles]
        for each in held:
            each.suspend()
        try:
            yield
        finally:
            for each in held:
                each.resume()

    def settle(self) -> None:
        """Wait until everything that was written has reached every service: minutes after a load without workers."""
        wait_for_copies(self.settings, self.caller(PLANNER), SETTLING_SECONDS)

    @contextmanager
    def baseline(self, module: str, **environment: str) -> Iterator[int]:
        """A baseline of `tests.bench.baselines` under uvicorn while the block lasts; its port."""
        port = free_block(1)
        log = self.settings.logs / f"baseline-{module}.log"
        argv = [sys.executable, "-m", "uvicorn", "--factory", f"tests.bench.baselines.{module}:create"]
        argv += ["--port", str(port), "--no-access-log", "--log-level", "warning"]
        started = process.spawn(argv, log=log, env={**os.environ, "PYTHONPATH": str(ROOT), **environment})
        try:
            process.wait_ready(started, lambda: answers(port), seconds=BASELINE_SECONDS, what=module, log=log)
            yield port
        finally:
            process.stop(started)


def report_body(number: int, lon: float, lat: float) -> dict[str, Any]:
    """What a grid worker's phone sends."""
    return {
        "matter_code": "06026",
        "description": f"河水发黄,有异味,排水口在桥下,第 {number} 次巡查时看到",
        "point": {"lon": lon, "lat": lat},
        "address": "临河村东桥下",
        "channel": "grid-worker",
        "replies": [{"question": "water-colour", "value": "黄"}, {"question": "smell", "value": "是"}],
    }


def of_one_town(county: County) -> County:
    """The county with nothing in it but one town's grids and the people who have accounts."""
    town = P2_TOWN[:9]
    return replace(
        county,
        divisions=tuple(each for each in county.divisions if each.kind == "county" or each.prefix.startswith(town)),
        grids=tuple(each for each in county.grids if each.division.startswith(town)),
        people=tuple(each for each in county.people if each.username in STORY),
        posts=tuple(each for each in county.posts if each.username in STORY),
    )


@contextmanager
def county_platform(whole: bool = True) -> Iterator[CountyPlatform]:
    """The platform with its county while the block lasts; nothing of it is left. Call from the main thread.

    A trial has the town of the demo's story alone, and of its people those of the story.
    """
    county = load_county() if whole else of_one_town(load_county())
    folder = Path(tempfile.mkdtemp(prefix="wangge-bench-", dir=os.environ.get("WANGGE_BENCH_FOLDER")))
    folder.chmod(0o711)
    before = {name: value for name, value in os.environ.items() if name.startswith("WANGGE_")}
    os.environ.update(WANGGE_HOME=str(folder / "home"), WANGGE_PORT=str(free_block(PORTS_PER_PLATFORM)))
    settings = Settings.from_environment()
    platform = Platform(settings)
    settings.prepare_demo()
    try:
        with platform.running(lambda _: None), Rest(settings.gateway_url) as rest:
            stage = CountyPlatform(platform, rest, Accounts.of(settings.home, rest), county)
            stage.load()
            yield stage
    finally:
        for name in ("WANGGE_HOME", "WANGGE_PORT"):
            os.environ.pop(name, None)
        os.environ.update(before)
        for place in platform.data_folders():
            shutil.rmtree(place, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
