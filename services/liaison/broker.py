"""The broker's management interface (HTTP): a department's queue, user, permissions and limits.

A department's user may do one thing: read its own queue. It configures and writes nothing (the default exchange
included), has no tag and so no way into the management interface, and few connections and channels. Order matters:
the queue is there before the user, and the user before its permissions, so what is half made admits nobody.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import httpx

from services.chassis import topology
from services.liaison.errors import BrokerAway, BrokerNotConfigured
from services.liaison.model import Connection
from services.liaison.ports import Depth

SECONDS = 3.0
LIMITS = {"max-connections": 8, "max-channels": 32}
NOTHING = "^$"
_PREFIX = "department."


@dataclass(frozen=True)
class BrokerSettings:
    """Where the broker is. `public` is scheme, host and port as departments reach it, where that differs.

    `on_disk`: seconds between making a queue and binding it.
    """

    amqp_uri: str = field(repr=False)
    management_uri: str = field(default="", repr=False)
    public: str = ""
    on_disk: float = topology.ON_DISK_SECONDS


class RabbitBroker:
    """RabbitMQ by its management interface; safe to share between threads."""

    def __init__(self, settings: BrokerSettings) -> None:
        self._settings = settings
        broker = urlsplit(settings.amqp_uri)
        self._vhost = unquote(broker.path.removeprefix("/")) or "/"
        self._public = settings.public or f"{broker.scheme}://{broker.hostname}:{broker.port or 5672}"
        self._client = _client(settings.management_uri) if settings.management_uri else None

    def make(self, connection: Connection, password: str) -> None:
        dead = topology.dead_queue(connection.queue)
        self._put_queue(dead, topology.dead_arguments())
        self._put_queue(connection.queue, topology.main_arguments(connection.queue))
        self._put_user(connection, password)
        time.sleep(self._settings.on_disk)
        for binding in connection.bindings():
            self._bind(binding)

    def remove(self, connection: Connection) -> None:
        self._delete(f"users/{connection.user}")
        for queue in (connection.queue, topology.dead_queue(connection.queue)):
            self._delete(f"queues/{self._here}/{queue}")

    def depths(self) -> Mapping[str, Depth]:
        queues = self._ask("GET", f"queues/{self._here}?columns=name,messages,consumers").json()
        mine = (queue for queue in queues if queue["name"].startswith(_PREFIX))
        return {queue["name"]: Depth(queue.get("messages", 0), queue.get("consumers", 0)) for queue in mine}

    def address(self, connection: Connection, password: str) -> str:
        scheme, _, place = self._public.partition("://")
        login = f"{connection.user}:{quote(password, safe='')}"
        return f"{scheme}://{login}@{place}/{self._here}?queue={connection.queue}&department={connection.department}"

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    @property
    def _here(self) -> str:
        return quote(self._vhost, safe="")

    def _put_queue(self, name: str, arguments: Mapping[str, Any]) -> None:
        self._ask("PUT", f"queues/{self._here}/{name}", {"durable": True, "arguments": dict(arguments)})

    def _bind(self, binding: topology.Binding) -> None:
        exchange = topology.Exchange(binding.exchange, "topic")
        self._ask("PUT", f"exchanges/{self._here}/{exchange.name}", {"type": exchange.kind, "durable": True})
        path = f"bindings/{self._here}/e/{exchange.name}/q/{binding.queue}"
        self._ask("POST", path, {"routing_key": binding.key})

    def _put_user(self, connection: Connection, password: str) -> None:
        self._ask("PUT", f"users/{connection.user}", {"password": password, "tags": ""})
        for name, value in LIMITS.items():
            self._ask("PUT", f"user-limits/{connection.user}/{name}", {"value": value})
        own = f"^{connection.queue.replace('.', chr(92) + '.')}$"
        rights = {"configure": NOTHING, "write": NOTHING, "read": own}
        self._ask("PUT", f"permissions/{self._here}/{connection.user}", rights)

    def _delete(self, path: str) -> None:
        self._ask("DELETE", path, missing_is_fine=True)

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, missing_is_fine: bool = False
    ) -> httpx.Response:
        if self._client is None:
            raise BrokerNotConfigured
        try:
            response = self._client.request(method, path, json=body)
            if not (missing_is_fine and response.status_code == httpx.codes.NOT_FOUND):
                response.raise_for_status()
        except httpx.HTTPError as error:
            raise BrokerAway from error
        return response


def _client(uri: str) -> httpx.Client:
    """A client whose addresses carry no password, so that no log does."""
    parts = urlsplit(uri)
    login = (unquote(parts.username or ""), unquote(parts.password or ""))
    port = f":{parts.port}" if parts.port else ""
    base = f"{parts.scheme}://{parts.hostname}{port}{parts.path.rstrip('/')}/api/"
    return httpx.Client(base_url=base, auth=login, timeout=SECONDS, trust_env=False)
