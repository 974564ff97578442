"""A service with an outbox of its own, its relay as a real process, and queues to see what arrives."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pika
import pytest
import sqlalchemy as sa

from services.chassis import tables
from services.chassis.ids import new_id

RUN = (
    "import json, sys; from services.chassis.relay import Settings, run;"
    " run(sys.argv[1].split(), Settings(**json.loads(sys.argv[2])))"
)
KEY = "things.happened.v1.-.371321.106.201.003"


def eventually(condition: Callable[[], Any], seconds: float = 20.0) -> Any:
    """The first true value of `condition`; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)
    return value


class Freezer:
    """A TCP proxy before a server. `freeze` leaves its present connections open and mute; later ones pass."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._frozen: set[socket.socket] = set()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self) -> None:
        self._frozen |= self._open

    def close(self) -> None:
        self._listener.close()
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ends = self._listener.accept()[0], socket.create_connection(("127.0.0.1", self._target))
                self._open.update(ends)
                for source, sink in (ends, ends[::-1]):
                    threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if source not in self._frozen:
                    sink.sendall(data)
            if source not in self._frozen:
                sink.shutdown(socket.SHUT_RDWR)


class Bench:
    """One service: database, exchange, relays, queues."""

    eventually = staticmethod(eventually)

    def __init__(self, database: str, amqp_uri: str, home: Path) -> None:
        self.service = f"svc{uuid4().hex[:8]}"
        self.exchange = f"{self.service}.events"
        self.engine = sa.create_engine(database, poolclass=sa.NullPool)
        tables.CHASSIS.create_all(self.engine)
        self.amqp_uri, self.home = amqp_uri, home
        self.relays: list[subprocess.Popen[bytes]] = []
        self._environment = {
            **os.environ,
            "WANGGE_AMQP_URI": amqp_uri,
            "WANGGE_HOME": str(home),
            f"WANGGE_{self.service.upper()}_DATABASE_URI": database,
        }

    def start_relay(
        self, neighbour: str = "", environment: Mapping[str, str] = MappingProxyType({}), **settings: Any
    ) -> subprocess.Popen[bytes]:
        """A relay process of this service, and of a `neighbour` where one is named."""
        names = " ".join(name for name in (self.service, neighbour) if name)
        command = [sys.executable, "-c", RUN, names, json.dumps(settings)]
        self.relays.append(subprocess.Popen(command, env={**self._environment, **environment}))
        return self.relays[-1]

    def state(self, service: str = "") -> dict[str, Any]:
        """What the relay wrote for the operator; empty before it did."""
        path = self.home / "run" / f"relay-{service or self.service}.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def until_leading(self) -> None:
        eventually(lambda: self.state().get("leader"))

    def write(self, count: int = 1, notify: bool = False, **columns: Any) -> list[str]:
        """Insert rows in one transaction; answers their event ids in order."""
        ids = [new_id() for _ in range(count)]
        common = {"exchange": self.exchange, "routing_key": KEY, "type": "things.happened.v1", **columns}
        rows = [{"body": b"{}", **common, "event_id": each} for each in ids]
        with self.engine.begin() as connection:
            connection.execute(sa.insert(tables.outbox), rows)
        if notify:
            self.sql("NOTIFY outbox")
        return ids

    def sql(self, statement: str, **parameters: Any) -> list[Any]:
        with self.engine.begin() as connection:
            result = connection.execute(sa.text(statement), parameters)
            return result.scalars().all() if result.returns_rows else []

    def marked(self) -> list[str]:
        return self.sql("SELECT event_id::text FROM outbox WHERE published_at IS NOT NULL ORDER BY id")

    def channel(self) -> Any:
        """A fresh channel on a connection of its own; closing its connection is the caller's."""
        return pika.BlockingConnection(pika.URLParameters(self.amqp_uri)).channel()

    def queue(self, *bindings: str) -> str:
        """A quorum queue bound to the service's exchange."""
        name = f"{self.service}.{uuid4().hex[:6]}"
        channel = self.channel()
        channel.exchange_declare(self.exchange, "topic", durable=True)
        channel.queue_declare(name, durable=True, arguments={"x-queue-type": "quorum"})
        for binding in bindings:
            channel.queue_bind(name, self.exchange, binding)
        channel.connection.close()
        return name

    def collect(self, queue: str, ids: list[str], seconds: float = 20.0) -> list[Any]:
        """Properties and bodies in the order of arrival: until all of `ids` have arrived, and what came with them."""
        missing, arrived = set(ids), []
        channel = self.channel()
        for _, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=seconds):
            assert properties is not None, f"{len(missing)} of {len(ids)} missing after {seconds} s"
            arrived.append((properties, body))
            missing.discard(properties.message_id)
            if not missing and not channel.get_waiting_message_count():
                break
        channel.connection.close()
        return arrived

    def ids(self, queue: str, ids: list[str], seconds: float = 20.0) -> list[str]:
        """Like `collect`, event ids only."""
        return [properties.message_id for properties, _ in self.collect(queue, ids, seconds)]

    def drain(self, queue: str) -> list[str]:
        """Event ids of everything that lies in the queue, which gets no more meanwhile."""
        channel = self.channel()
        count = channel.queue_declare(queue, passive=True).method.message_count
        messages = channel.consume(queue, auto_ack=True)
        arrived = [next(messages)[1].message_id for _ in range(count)]
        channel.connection.close()
        return arrived

    def purge(self, queue: str) -> None:
        channel = self.channel()
        channel.queue_purge(queue)
        channel.connection.close()

    def stop(self) -> None:
        for relay in self.relays:
            if relay.poll() is None:
                relay.send_signal(signal.SIGKILL)
            relay.wait()
        self.engine.dispose()


@pytest.fixture
def freezer(rabbitmq: Any) -> Iterator[Freezer]:
    """A proxy before the broker."""
    freezer = Freezer(urlsplit(rabbitmq.amqp_uri).port)
    yield freezer
    freezer.close()


@pytest.fixture
def bench(database: str, rabbitmq: Any, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(database, rabbitmq.amqp_uri, tmp_path)
    yield bench
    bench.stop()
