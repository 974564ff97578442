"""Programs that run beside the platform for a measurement, and what they say."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pika
import psutil

from infra.local import process
from infra.local.process import wait_until

ROOT = Path(__file__).parents[2]
QUORUM = {"x-queue-type": "quorum"}


@dataclass
class Running:
    """One program of `tests.bench` and the log that it writes."""

    name: str
    pid: int
    log: Path

    def suspend(self) -> None:
        """Hold it (SIGSTOP) until `resume`."""
        psutil.Process(self.pid).suspend()

    def resume(self) -> None:
        psutil.Process(self.pid).resume()

    def seconds(self, patience: float) -> float:
        """What it says that its work took, once it does. Raises NotReady after `patience` seconds."""
        wait_until(lambda: self._said() is not None, seconds=patience, what=self.name)
        return float((self._said() or {})["seconds"])

    def _said(self) -> dict[str, Any] | None:
        lines = self.log.read_text("utf-8", "replace").splitlines() if self.log.exists() else []
        return next((json.loads(line) for line in lines if line.startswith('{"seconds"')), None)


@contextmanager
def running(folder: Path, module: str, *arguments: object, **environment: str) -> Iterator[Running]:
    """`python -m tests.bench.<module> arguments…` while the block lasts. Call from the main thread."""
    folder.mkdir(exist_ok=True)
    log = folder / f"{module}.log"
    log.unlink(missing_ok=True)
    argv = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    started = process.spawn(argv, log=log, env={**os.environ, "PYTHONPATH": str(ROOT), **environment})
    try:
        yield Running(module, started.pid, log)
    finally:
        psutil.Process(started.pid).resume()
        process.stop(started)


@contextmanager
def channel(amqp_uri: str) -> Iterator[Any]:
    """A channel of pika's own, on a connection that ends with the block."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp_uri))
    try:
        yield connection.channel()
    finally:
        connection.close()


def publish(amqp_uri: str, exchange: str, key: str, bodies: Iterable[bytes], content_type: str) -> None:
    """Publish `bodies`, each confirmed: a quorum queue may lose what it had not taken when the connection closed."""
    properties = pika.BasicProperties(content_type=content_type, delivery_mode=2)
    with channel(amqp_uri) as to:
        to.confirm_delivery()
        for body in bodies:
            to.basic_publish(exchange, key, body, properties, mandatory=True)


def depth(amqp_uri: str, queue: str) -> int:
    """How many messages wait in `queue`; none where there is no such queue yet."""
    try:
        with channel(amqp_uri) as asked:
            return int(asked.queue_declare(queue, passive=True).method.message_count)
    except pika.exceptions.ChannelClosedByBroker:
        return 0


def consumers(amqp_uri: str, queue: str) -> int:
    """How many consume from `queue`."""
    try:
        with channel(amqp_uri) as asked:
            return int(asked.queue_declare(queue, passive=True).method.consumer_count)
    except pika.exceptions.ChannelClosedByBroker:
        return 0
