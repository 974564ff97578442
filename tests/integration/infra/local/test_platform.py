"""A platform's ground under its supervisor: starts, heals, stops, and two of them beside each other.

Run through the command `wangge`, as an operator does. The platform's own roles have their end-to-end tests.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.local.ports import free_block, is_free
from infra.local.process import wait_until
from infra.local.settings import PORTS_PER_PLATFORM

pytestmark = pytest.mark.timeout(240)


class Operator:
    """Somebody at a terminal with WANGGE_HOME and WANGGE_PORT set."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        ours = {name: value for name, value in os.environ.items() if not name.startswith("WANGGE_")}
        self._environment = {**ours, "WANGGE_HOME": str(home), "WANGGE_PORT": str(port)}

    def wangge(self, *arguments: str, status: int = 0) -> str:
        done = subprocess.run(self._argv(arguments), env=self._environment, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def in_foreground(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(self._argv(arguments), env=self._environment, stdout=subprocess.PIPE, text=True)

    def processes(self) -> dict[str, dict[str, Any]]:
        found = json.loads(self.wangge("status", "--json"))
        return {process["name"]: process for process in found["processes"] if process["pid"]}

    def family(self) -> list[psutil.Process]:
        supervisord = psutil.Process(int((self.home / "run" / "supervisord.pid").read_text()))
        return [supervisord, *supervisord.children(recursive=True)]

    def _argv(self, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "infra.cli", *arguments]


@pytest.fixture
def operator() -> Iterator[Operator]:
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-"))
    folder.chmod(0o711)
    operator = Operator(folder / "home", free_block(PORTS_PER_PLATFORM))
    try:
        yield operator
    finally:
        operator.wangge("down", "--purge")
        shutil.rmtree(folder, ignore_errors=True)


def _gone(family: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in family)


def test_a_platform_heals_what_dies_beside_another_and_down_leaves_nothing(operator: Operator) -> None:
    neighbour = Operator(operator.home.with_name("neighbour"), free_block(PORTS_PER_PLATFORM))
    operator.wangge("up", "--base", "--detach")
    before = operator.processes()
    assert set(before) == {"postgres", "epmd", "rabbitmq", "traces"}
    assert before["postgres"]["address"] == f"127.0.0.1:{operator.port + 1}"
    for victim in ("traces", "postgres"):
        os.kill(before[victim]["pid"], signal.SIGKILL)
    try:
        neighbour.wangge("up", "--base", "--detach")
        wait_until(lambda: _healed(before, operator.processes()), seconds=30, what="traces and postgres again")
        family = operator.family()
        operator.wangge("down")
        assert set(neighbour.processes()) == set(before)
    finally:
        neighbour.wangge("down", "--purge")
    assert _gone(family)
    assert all(map(is_free, range(operator.port, operator.port + PORTS_PER_PLATFORM)))
    operator.wangge("status", status=3)


def _healed(before: dict[str, Any], now: dict[str, Any]) -> bool:
    new = [name for name in ("traces", "postgres") if name in now and now[name]["pid"] != before[name]["pid"]]
    return len(new) == 2 and now["rabbitmq"]["pid"] == before["rabbitmq"]["pid"]


def test_killing_the_supervisor_ends_its_processes_and_up_in_the_foreground_works_again(operator: Operator) -> None:
    operator.wangge("up", "--base", "--detach")
    supervisord, *orphans = operator.family()
    supervisord.kill()
    up = operator.in_foreground("up", "--base")
    assert up.stdout is not None
    assert any("Ctrl-C" in line for line in up.stdout)
    assert _gone(orphans)
    family = operator.family()
    up.send_signal(signal.SIGINT)
    assert up.wait(60) == 0
    assert _gone(family)


def test_a_taken_port_is_named_with_the_remedy(operator: Operator) -> None:
    with socket.create_server(("127.0.0.1", operator.port)):
        done = subprocess.run(
            operator._argv(("up", "--base")), env=operator._environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 1
    assert str(operator.port) in done.stderr
    assert "WANGGE_PORT" in done.stderr


def test_down_is_fine_when_nothing_runs(operator: Operator) -> None:
    assert "Not running" in operator.wangge("down")
