"""Spans go from the real SDK, in processes of their own, through a real receiver into the tree."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from infra.tracing.tree import NoTrace, edges, tree, walk

THREADED = """
from services.chassis import telemetry
telemetry.configure("incident", "api"); telemetry.configure("registry", "api")
with telemetry.tracer("incident").start_as_current_span("report") as span:
    with telemetry.tracer("registry").start_as_current_span("look up"):
        pass
    print(telemetry.current_traceparent())
"""
GREEN = """
import eventlet; eventlet.monkey_patch()
import sys
from services.chassis import telemetry
telemetry.configure("liaison", "worker")
def handle(number):
    with telemetry.tracer().start_as_current_span(f"handle {number}", context=telemetry.context_from(sys.argv[1])):
        eventlet.sleep(0.01)
pool = eventlet.GreenPool()
for number in range(600):
    pool.spawn_n(handle, number)
pool.waitall()
"""
FAILING = """
import sys
from services.chassis import telemetry
telemetry.configure("assessment", "worker")
with telemetry.tracer().start_as_current_span("score", context=telemetry.context_from(sys.argv[1])):
    raise ValueError("no plan")
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], object], seconds: float = 20) -> object:
    """What `look` gives as soon as it raises nothing; its last error after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return look()
        except Exception:
            if time.monotonic() > deadline:
                raise
        time.sleep(0.05)


class Receiver:
    def __init__(self, home: Path) -> None:
        self.base = f"http://127.0.0.1:{free_port()}"
        self.database = home / "traces.db"
        self.environment = os.environ | {"WANGGE_HOME": str(home), "WANGGE_OTLP_ENDPOINT": f"{self.base}/v1/traces"}
        self.process = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-m", "infra.tracing.receiver"], env=self.environment)
        until(lambda: self.request("/healthz"))
        return process

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(10)

    def request(self, path: str, body: bytes | None = None, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.base + path, body, named), timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return refused.code

    def program(self, source: str, *arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-c", source, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == status, done.stderr
        return done.stdout.strip()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    running = Receiver(tmp_path)
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0


def names(found: dict[str, object]) -> list[str]:
    return [node["name"] for _, node, _ in walk(found)]


def test_one_trace_through_threads_green_threads_and_a_failure(receiver: Receiver) -> None:
    parent = receiver.program(THREADED)
    receiver.program(GREEN, parent)
    receiver.program(FAILING, parent, status=1)
    found = tree(parent.split("-")[1], path=receiver.database)
    assert found["spans"] == 603  # nothing was lost, neither at a batch's end nor at a process's
    assert names(found)[:2] == ["report", "look up"]
    assert [root["orphan"] for root in found["roots"]] == [False]
    assert edges(found) == {("incident", "registry"), ("incident", "liaison"), ("incident", "assessment")}
    failed = next(node for _, node, _ in walk(found) if node["error"])
    assert (failed["role"], failed["message"]) == ("worker", "ValueError: no plan")


def test_spans_wait_for_a_receiver_that_starts_late(receiver: Receiver) -> None:
    assert receiver.stop() == 0
    waiting = subprocess.Popen(
        [sys.executable, "-c", THREADED + "\nprint('ended', flush=True); input()"],
        env=receiver.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert waiting.stdout
    parent = waiting.stdout.readline().strip()
    receiver.process = receiver.start()
    waiting.communicate("\n", timeout=30)
    assert tree(parent.split("-")[1], path=receiver.database)["spans"] == 2


def test_without_a_receiver_a_process_still_ends_soon(receiver: Receiver) -> None:
    receiver.stop()
    started = time.monotonic()
    assert receiver.program(THREADED).startswith("00-")
    assert time.monotonic() - started < 15


def test_what_is_no_export_of_spans_is_refused(receiver: Receiver) -> None:
    protobuf = {"Content_Type": "application/x-protobuf"}
    assert receiver.request("/v1/traces", b"\xff\xff", **protobuf) == 400
    assert receiver.request("/v1/traces", b"not gzip", Content_Encoding="gzip", **protobuf) == 400
    assert receiver.request("/v1/traces", b"{}", Content_Type="application/json") == 415
    assert receiver.request("/v1/logs", b"", **protobuf) == 404
    assert receiver.request("/elsewhere") == 404
    assert receiver.request("/v1/traces", b"", Content_Length="99999999999", **protobuf) == 413
    assert receiver.request("/v1/traces", b"", **protobuf) == 200


def test_the_receiver_is_small_and_its_file_is_private(receiver: Receiver) -> None:
    receiver.program(THREADED)
    assert psutil.Process(receiver.process.pid).memory_info().rss < 40 * 2**20
    assert receiver.database.stat().st_mode & 0o077 == 0


def test_it_refuses_to_listen_outside(tmp_path: Path) -> None:
    environment = os.environ | {"WANGGE_HOME": str(tmp_path), "WANGGE_OTLP_ENDPOINT": "http://0.0.0.0:4318"}
    done = subprocess.run(
        [sys.executable, "-m", "infra.tracing.receiver"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    assert done.returncode == 1
    assert "loopback" in done.stderr


def test_a_trace_that_was_never_sent_is_not_there(receiver: Receiver) -> None:
    receiver.program(THREADED)
    with pytest.raises(NoTrace):
        tree("f" * 32, path=receiver.database)
