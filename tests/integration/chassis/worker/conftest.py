"""A worker process for each test, with queues of its own on the session's broker."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pika
import pytest

from services.chassis import topology
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.ids import new_id

ROOT = Path(__file__).parents[4]
PROGRAM = Path(__file__).parent / "program.py"


def until(condition: Callable[[], object], seconds: float = 15.0) -> object:
    """Wait for `condition` to be true and return what it gave; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {condition}"
        time.sleep(0.05)
    return result


class Probe:
    """The probe service: start and end its processes, send it events, see what it did and what rests in its queues."""

    def __init__(self, amqp_uri: str, folder: Path) -> None:
        self.amqp_uri, self.folder = amqp_uri, folder
        mark = uuid4().hex[:8]
        self.name, self.producer = f"probe-{mark}", f"maker-{mark}"
        self.queue = topology.queue_name(self.name, self.producer)
        self.dead = topology.dead_queue(self.queue)
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, **settings: object) -> "subprocess.Popen[bytes]":
        """Start a worker process with WANGGE_WORKER_<settings> and return when it consumes."""
        env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "PROBE_HOME": str(self.folder),
            "PROBE_NAME": self.name,
            "PROBE_PRODUCER": self.producer,
            "WANGGE_AMQP_URI": self.amqp_uri,
            "WANGGE_HOME": str(self.folder),
            "WANGGE_WORKER_RETRY_DELAYS": "1",
            "WANGGE_WORKER_PROBE_INTERVAL": "0.3",
            "WANGGE_WORKER_ON_DISK": "0",
            **{k if k.startswith("PROBE_") else f"WANGGE_WORKER_{k}": str(v) for k, v in settings.items()},
        }
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen([sys.executable, PROGRAM], env=env, stdout=log, stderr=log)
        self.processes.append(process)
        until(lambda: self.state(process.pid) == "consuming")
        return process

    until = staticmethod(until)

    def end(self, process: "subprocess.Popen[bytes]", signum: int = signal.SIGTERM) -> int:
        process.send_signal(signum)
        return process.wait(20)

    def state(self, pid: int | None = None) -> str | None:
        return self.status(pid).get("state")

    def status(self, pid: int | None = None) -> dict:
        """What the worker wrote about its queue; empty when it is not there or of another process than `pid`."""
        path = self.folder / "run" / f"worker-{self.name}.json"
        written = json.loads(path.read_text()) if path.exists() else {}
        return written.get("queues", {}).get(self.queue, {}) if pid in (None, written.get("pid")) else {}

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def journal(self, did: str, id: str | None = None) -> list[dict]:
        path = self.folder / "journal"
        entries = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [entry for entry in entries if entry["did"] == did and id in (None, entry.get("id"))]

    def channel(self) -> pika.adapters.blocking_connection.BlockingChannel:
        channel = pika.BlockingConnection(pika.URLParameters(self.amqp_uri)).channel()
        channel.confirm_delivery()
        return channel

    def send(self, do: str = "pass_", fact: str = "ordered", traceparent: str | None = None, **data: object) -> str:
        """Publish an event as the relay would; return its id."""
        return self.send_all([self.event(do, fact, traceparent, **data)])[0]

    def event(self, do: str, fact: str = "ordered", traceparent: str | None = None, **data: object) -> Envelope:
        return Envelope(
            id=new_id(),
            source="/wangge/371321/maker",
            type=f"{self.producer}.{fact}.v1",
            subject="case-1",
            time=datetime.now(UTC),
            sequence=1,
            grid="371321106201003",
            traceparent=traceparent,
            data={"do": do, **data},
        )

    def send_all(self, events: list[Envelope]) -> list[str]:
        channel = self.channel()
        for event in events:
            self.put(channel, event.to_bytes(), CONTENT_TYPE, message_id=event.id, fact=event.type)
        channel.connection.close()
        return [event.id for event in events]

    def put(self, channel, body: bytes, content_type: str | None, fact: str | None = None, **properties) -> None:
        """Publish raw bytes to the producer's exchange."""
        key = topology.routing_key(fact or f"{self.producer}.ordered.v1", None, "371321106201003")
        properties = pika.BasicProperties(content_type=content_type, delivery_mode=2, **properties)
        channel.basic_publish(topology.exchange_name(self.producer), key, body, properties, mandatory=True)

    def take(self, queue: str, seconds: float = 15.0) -> tuple[pika.BasicProperties, bytes]:
        """Take one message from `queue`, waiting for it; headers without the broker's own."""
        return self.take_all(queue, 1, seconds)[0]

    def take_all(self, queue: str, count: int, seconds: float = 15.0) -> list[tuple[pika.BasicProperties, bytes]]:
        """Take `count` messages from `queue`, waiting for them."""
        channel = self.channel()
        answers = [until(lambda: _found(channel.basic_get(queue, auto_ack=True)), seconds) for _ in range(count)]
        channel.connection.close()
        for _, properties, _ in answers:
            properties.headers = {k: v for k, v in (properties.headers or {}).items() if k != "x-delivery-count"}
        return [(properties, body) for _, properties, body in answers]

    def queue_exists(self, queue: str) -> bool:
        channel = self.channel()
        try:
            channel.queue_declare(queue, passive=True)
        except pika.exceptions.ChannelClosedByBroker:
            return False
        return True

    def depth(self, queue: str) -> int:
        """Messages in `queue` that are ready for delivery."""
        channel = self.channel()
        count = channel.queue_declare(queue, passive=True).method.message_count
        channel.connection.close()
        return count


def _found(answer):
    return answer if answer[0] is not None else None


@pytest.fixture
def probe(rabbitmq, tmp_path: Path) -> Iterator[Probe]:
    """The probe service, to be started by the test."""
    yield from _ended(Probe(rabbitmq.amqp_uri, tmp_path))


@pytest.fixture(scope="module")
def running(rabbitmq, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    """One worker for the tests of a module that leave it running: two delays, a timer, traces in `traces`."""
    probe = Probe(rabbitmq.amqp_uri, tmp_path_factory.mktemp("running"))
    probe.start(RETRY_DELAYS="1,2", PROBE_TICK="1", PROBE_TRACES=probe.folder / "traces")
    yield from _ended(probe)


def _ended(probe: Probe) -> Iterator[Probe]:
    yield probe
    for process in probe.processes:
        if process.poll() is None:
            process.kill()
            process.wait()
    print(probe.log()[-6000:] if probe.processes else "")
