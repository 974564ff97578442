"""A department's queue on the real broker, made as the platform makes it, with a user that may read it and
no more.
"""

import itertools
import json
import secrets
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pika
import pytest

ROOT = Path(__file__).parents[4]
CLIENT = ROOT / "services" / "liaison" / "client"
GOLDEN = ROOT / "proto" / "events"
sys.path.insert(0, str(CLIENT))


def golden_data(event_type: str) -> dict[str, Any]:
    """What the platform sends with an event of that type."""
    path = GOLDEN / f"{event_type}.json"
    return json.loads(path.read_text("utf-8"))["data"] if path.exists() else {}


class Queue:
    """Publishes to one department's queue and looks into it, as the platform's user."""

    def __init__(self, amqp_uri: str, management_uri: str) -> None:
        self.name = f"department.test-{secrets.token_hex(4)}"
        self._amqp, self._management = amqp_uri, management_uri
        self._numbers = itertools.count(1)
        self._declare()
        self.uri = self._user()

    def publish(self, subject: str = "case-1", sequence: int | None = None, **changed: Any) -> str:
        """One event, confirmed; returns its id. Its data are those of the type's golden message where there is one."""
        number = next(self._numbers)
        fields = {
            "specversion": "1.0",
            "id": f"id-{number}",
            "source": "/wangge/371321/incident",
            "type": "incident.dispatched.v1",
            "subject": subject,
            "time": datetime.now(UTC).isoformat(),
            "sequence": sequence or number,
            "department": "env-office",
        } | changed
        fields.setdefault("data", golden_data(str(fields["type"])))
        self.publish_raw(json.dumps(fields).encode())
        return str(fields["id"])

    def publish_raw(self, body: bytes) -> None:
        with self._connected() as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.basic_publish("", self.name, body, pika.BasicProperties(delivery_mode=2), mandatory=True)

    def waiting(self, name: str = "") -> int:
        """Messages that are ready in the queue (or in another one)."""
        with self._connected() as connection:
            found = connection.channel().queue_declare(name or self.name, passive=True)
            return int(found.method.message_count)

    def dead(self) -> int:
        return self.waiting(f"{self.name}.dead")

    def delete(self) -> None:
        with self._connected() as connection:
            for name in (self.name, f"{self.name}.dead"):
                connection.channel().queue_delete(name)
        self._put("DELETE", f"users/{self.name}")

    def _connected(self) -> pika.BlockingConnection:
        return pika.BlockingConnection(pika.URLParameters(self._amqp))

    def _declare(self) -> None:
        limits = {
            "x-queue-type": "quorum",
            "x-delivery-limit": 20,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": f"{self.name}.dead",
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        with self._connected() as connection:
            channel = connection.channel()
            channel.queue_declare(f"{self.name}.dead", durable=True, arguments={"x-queue-type": "quorum"})
            channel.queue_declare(self.name, durable=True, arguments=limits)

    def _user(self) -> str:
        password = secrets.token_urlsafe(12)
        self._put("PUT", f"users/{self.name}", {"password": password, "tags": ""})
        rights = {"configure": "^$", "write": "^$", "read": f"^{self.name}$"}
        self._put("PUT", f"permissions/%2F/{self.name}", rights)
        broker = urlsplit(self._amqp)
        where = f"{broker.hostname}:{broker.port}/%2F"
        return f"amqp://{self.name}:{quote(password)}@{where}?queue={self.name}&department=env-office"

    def _put(self, method: str, path: str, body: dict[str, Any] | None = None) -> None:
        base = urlsplit(self._management)
        address = f"http://{base.hostname}:{base.port}/api/{path}"
        login = (base.username or "", base.password or "")
        httpx.request(method, address, json=body, auth=login, timeout=30).raise_for_status()


@pytest.fixture
def queue(rabbitmq: Any) -> Iterator[Queue]:
    made = Queue(rabbitmq.amqp_uri, rabbitmq.management_uri)
    yield made
    made.delete()


@pytest.fixture
def client_path() -> str:
    """Where a program of its own finds the library."""
    return str(CLIENT)
