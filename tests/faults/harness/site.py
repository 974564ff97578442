"""One whole platform for fault tests: supervised as `wangge up` does it, with a small county, points that can be armed,
further processes beside the supervised ones, and a department's program that writes down what it receives.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import psutil

from infra.demo.accounts import Accounts
from infra.demo.arrival import wait_for_copies
from infra.demo.broker import depth
from infra.demo.county import County, load_county
from infra.demo.divisions import P2_TOWN
from infra.demo.loading import Loading
from infra.demo.rest import Rest
from infra.local import process
from infra.local.operator import operator_token
from infra.local.platform import Platform
from infra.local.settings import PORTS_PER_PLATFORM, SERVICES, Settings
from tests.faults.harness.points import Points

DEPARTMENT = "env-office"
PEOPLE = (
    "member", "leader", "operator", "verifier", "env-handler", "env-head", "county-leader", "system-admin",
    "security-admin",
)  # fmt: skip
"""Who can sign in: hashing a password takes long by design."""
RECEIVING = Path(__file__).with_name("receiving.py")
_ROLE_SECONDS = 90


class Site:
    """The platform in `folder`, on thirty ports from `port`. Start it from the main thread, and stop it."""

    def __init__(self, folder: Path, port: int) -> None:
        self.settings = Settings(folder / "home", port, "371321", "Asia/Shanghai", None)
        self.platform = Platform(self.settings)
        self.points = Points(folder / "points")
        self.received = folder / "received"
        self.rest = Rest(self.settings.gateway_url)
        self.accounts = Accounts.of(self.settings.home, self.rest)
        self._beside: list[subprocess.Popen[bytes]] = []

    @cached_property
    def county(self) -> County:
        return small_county()

    @cached_property
    def grids(self) -> list[str]:
        """Grids in which something can be reported."""
        return [grid.code for grid in self.county.grids if grid.leaf]

    @cached_property
    def supervisor(self):  # type: ignore[no-untyped-def]
        return self.platform.supervisor

    # The whole

    def start(self) -> None:
        """Everything up, the county in every service, the department's program on its queue. Raises LocalError."""
        self.settings.prepare_demo()
        with _environment(self.points.environment):
            self._supervisord = self.platform.start(print)
        self._load()
        self._connect_department()

    def stop(self) -> None:
        """Nothing of it is left."""
        for beside in self._beside:
            process.stop(beside)
        self.platform.stop()
        self._supervisord.wait()
        self.rest.__exit__(None, None, None)

    def _load(self) -> None:
        operator = self.rest.with_token(operator_token(self.settings))
        Loading(self.accounts, self.county, operator, lambda *said: print("   ", *said)).run()
        wait_for_copies(self.settings, self.accounts.sign_in("county-leader"))

    def _connect_department(self) -> None:
        made = self.accounts.sign_in("system-admin").post(f"/departments/{DEPARTMENT}/connections")
        self.department_queue: str = made["queue"]
        self._department_uri: str = made["uri"]
        self.start_department()

    def start_department(self) -> "subprocess.Popen[bytes]":
        """The department's program; returns once the broker counts it on the department's queue."""
        argv = [sys.executable, "-I", "-X", "utf8", str(RECEIVING), str(self.received)]
        environment = {"LANG": "C.UTF-8", "WANGGE_DEPARTMENT_URI": self._department_uri}
        program = process.spawn(argv, log=self.settings.logs / "department.log", env=environment)
        self._beside.append(program)
        queue = self.department_queue
        process.wait_until(lambda: depth(self.amqp_uri, queue).consumers > 0, seconds=60, what="the department reads")
        return program

    # Addresses

    @property
    def spare_port(self) -> int:
        """The first of ten ports that nobody of the platform takes."""
        return self.settings.port + PORTS_PER_PLATFORM

    @property
    def amqp_uri(self) -> str:
        return self.settings.environment()["WANGGE_AMQP_URI"]

    def database_uri(self, service: str) -> str:
        return self.settings.environment()[f"WANGGE_{service.upper()}_DATABASE_URI"]

    # Single processes

    def pid(self, name: str) -> int:
        """The pid of a supervised program; 0 while it does not run."""
        found = self.supervisor.processes().get(name)
        return found.pid if found else 0

    def kill(self, name: str) -> int:
        """SIGKILL for a supervised program, which is started again at once; returns the pid that is gone."""
        return self.end(name, signal.SIGKILL)

    def end(self, name: str, number: int = signal.SIGTERM) -> int:
        """The signal for a supervised program, which is started again; returns when the old process is gone."""
        pid = self.pid(name)
        gone = psutil.Process(pid)
        gone.send_signal(number)
        psutil.wait_procs([gone], timeout=60)
        process.wait_until(lambda: not gone.is_running(), seconds=1, what=f"{name} gone")
        return pid

    def take_away(self, name: str) -> None:
        """Kill a supervised program and leave it down until `bring_back`."""
        pid = self.pid(name)
        self.supervisor.stop_program(name)
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)
        process.wait_until(lambda: not self.pid(name), seconds=30, what=f"{name} away")

    def bring_back(self, name: str) -> float:
        """Start what was taken away; returns how many seconds it took to be ready."""
        begun = time.monotonic()
        self.supervisor.start_program(name)
        self.wait_ready(name)
        return time.monotonic() - begun

    def wait_ready(self, name: str, *, other_than: int = 0) -> None:
        """Wait until a supervised program is at work again, in another process than `other_than`."""
        program = self.supervisor.programs[name]

        def ready() -> bool:
            pid = self.pid(name)
            return pid not in (0, other_than) and program.ready(pid)

        process.wait_until(ready, seconds=_ROLE_SECONDS, what=f"{name} at work")

    def all_ready(self) -> None:
        """Wait until every supervised program is at work."""
        for name in self.supervisor.programs:
            self.wait_ready(name)

    # Processes beside the supervised ones

    def run(self, *arguments: str, **environment: str) -> "subprocess.Popen[bytes]":
        """`wangge ARGUMENTS…` as a further process of this platform, with these variables instead of its own."""
        name = "-".join(arguments)
        whole = {**os.environ, **self.points.environment, **self.settings.environment(), **environment}
        argv = [sys.executable, "-m", "infra.cli", *arguments]
        started = process.spawn(argv, log=self.settings.logs / f"beside-{name}-{len(self._beside)}.log", env=whole)
        self._beside.append(started)
        return started

    # What is there

    def consumers(self) -> dict[str, int]:
        """How many consumers each main queue and the department's has now. Raises while the broker is away."""
        names = [f"{consumer}.on.{producer}" for consumer, producer in PAIRS]
        return {name: depth(self.amqp_uri, name).consumers for name in [*names, self.department_queue]}

    def receipts(self) -> list[dict[str, object]]:
        """What the department's program has written down, in its order."""
        lines = self.received.read_text("utf-8").splitlines() if self.received.exists() else []
        return [json.loads(line) for line in lines]


PAIRS = (
    ("incident", "registry"), ("assessment", "registry"), ("liaison", "registry"),
    ("assessment", "incident"), ("liaison", "incident"), ("liaison", "assessment"), ("patrol", "registry"),
    ("incident", "patrol"), ("liaison", "patrol"),
)  # fmt: skip
"""Who consumes whose events."""

assert {service for pair in PAIRS for service in pair} == set(SERVICES)


def small_county() -> County:
    """The demo's county with one town's grids and PEOPLE: enough for the life of a case."""
    whole, town = load_county(), P2_TOWN[:9]
    codes = {grid.code for grid in whole.grids if grid.division.startswith(town)}
    return replace(
        whole,
        grids=tuple(grid for grid in whole.grids if grid.code in codes),
        people=tuple(person for person in whole.people if person.username in PEOPLE),
        posts=tuple(post for post in whole.posts if post.username in PEOPLE and post.grid in {None, *codes}),
    )


@contextmanager
def _environment(more: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
