"""A gateway on a real port, served by uvicorn in a thread, fed by the session's RabbitMQ."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pika
import pika.exceptions
import pytest
import uvicorn
from joserfc.jwk import KeySet, OKPKey

from gateway.api.app import create
from gateway.api.settings import Settings
from infra.local.ports import free_block
from infra.local.rabbitmq import RabbitmqServer
from services.chassis.auth import Issuer, Principal
from services.chassis.ids import new_id

MEMBER = Principal("person-1", "张三", frozenset({"grid-member"}), areas=("371321106",))
GRID = "371321106201003"


@dataclass
class Gateway:
    """A running gateway: its address, and tokens that it accepts."""

    address: str
    issuer: Issuer

    def token(self, principal: Principal = MEMBER, lifetime: timedelta = timedelta(minutes=5)) -> str:
        return self.issuer.issue(principal, lifetime)[0]

    def ready(self) -> dict[str, Any]:
        return dict(httpx.get(f"{self.address}/readyz", trust_env=False).json())


@dataclass
class Publisher:
    """Publishes events as a relay does, on an exchange of this test's own."""

    channel: Any
    exchange: str

    def __call__(self, department: str = "-", grid: str = GRID, **fields: Any) -> str:
        """Publish one event; return its id."""
        event = {
            "specversion": "1.0",
            "id": new_id(),
            "source": "/wangge/371321/incident",
            "type": "incident.dispatched.v1",
            "subject": "case-1",
            "time": "2026-11-22T03:04:05.678901Z",
            "sequence": 1,
            "grid": grid,
            "data": {"secret": "words"},
            **({} if department == "-" else {"department": department}),
            **fields,
        }
        key = f"incident.dispatched.v1.{department}.371321.106.201.003"
        self.channel.basic_publish(self.exchange, key, json.dumps(event).encode())
        return str(event["id"])


@pytest.fixture
def exchange() -> str:
    return f"test-{uuid4().hex[:8]}.events"


@pytest.fixture
def publish(rabbitmq: RabbitmqServer, exchange: str) -> Iterator[Publisher]:
    connection = pika.BlockingConnection(pika.URLParameters(rabbitmq.amqp_uri))
    channel = connection.channel()
    channel.exchange_declare(exchange, "topic", durable=True)
    channel.confirm_delivery()
    yield Publisher(channel, exchange)
    with contextlib.suppress(pika.exceptions.AMQPError):
        connection.close()


@pytest.fixture
def settings(rabbitmq: RabbitmqServer, exchange: str, tmp_path: Path) -> Settings:
    addresses = {name: f"127.0.0.1:{port}" for name, port in zip(("liaison", "registry"), (9, 9), strict=True)}
    return Settings(tmp_path / "public.json", tmp_path / "blobs", addresses, rabbitmq.amqp_uri, exchanges=(exchange,))


@pytest.fixture
def start(settings: Settings, wait: Callable[..., None]) -> Iterator[Callable[..., Gateway]]:
    """Start a gateway whose settings may be changed by keyword; all are stopped at the end."""
    running: list[tuple[uvicorn.Server, threading.Thread]] = []

    def run(**changed: Any) -> Gateway:
        key = OKPKey.generate_key("Ed25519", {"kid": "test"})
        settings.public_keys.write_text(json.dumps(KeySet([key]).as_dict(private=False)))
        port = free_block(1)
        config = uvicorn.Config(create(replace(settings, **changed)), port=port, log_config=None, lifespan="on")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        running.append((server, thread))
        thread.start()
        gateway = Gateway(f"http://127.0.0.1:{port}", Issuer(key))
        wait(lambda: server.started)
        wait(lambda: gateway.ready()["stream"] == "connected")
        return gateway

    yield run
    for server, thread in running:
        server.should_exit = True
        thread.join(15)
        assert not thread.is_alive()


@pytest.fixture
def wait() -> Callable[..., None]:
    """Wait until a condition holds, at most `seconds`."""
    import time

    def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "the condition never held"
            threading.Event().wait(0.02)

    return until
