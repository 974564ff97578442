"""What all Open311 requests of one application share, and how they ask the services."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from google.protobuf.message import Message

from gateway.api import protojson
from gateway.api.clients import Clients, methods
from gateway.api.settings import Settings
from services.chassis.errors import Invalid
from wangge.incident.v1 import open311_pb2
from wangge.registry.v1 import registry_pb2

from .keys import Keys

SERVICES_SECONDS = 10.0
Values = dict[str, Any]


@dataclass
class Edge:
    """Keys, settings and the list of services, which is asked for at most every SERVICES_SECONDS."""

    settings: Settings
    clients: Clients
    keys: Keys = field(init=False)
    _services: tuple[float, Values] | None = None

    def __post_init__(self) -> None:
        self.keys = Keys.of(self._check_key, self.settings.open311_per_address)
        self.zone = ZoneInfo(self.settings.timezone)

    async def services(self) -> Values:
        """The services of the active plan: items, plan, activated_at."""
        now = time.monotonic()
        if self._services is None or now >= self._services[0]:
            self._services = now + SERVICES_SECONDS, await self.ask("ListServices", {})
        return self._services[1]

    async def service(self, code: str) -> Values | None:
        """The service `code`, None where there is none."""
        return next((each for each in (await self.services())["items"] if each["code"] == code), None)

    async def ask(self, name: str, values: Mapping[str, Any], **metadata: str) -> Values:
        """Call the method `name` of the incident service's Open311; the reply as JSON."""
        return _json(await self._ask(open311_pb2, "Open311", name, values, metadata))

    async def find(self, values: Mapping[str, Any]) -> Sequence[open311_pb2.PublicRequest]:
        """What FindRequests finds, as messages: a thousand of them are not made JSON on the way."""
        found: Any = await self._ask(open311_pb2, "Open311", "FindRequests", values, {})
        items: Sequence[open311_pb2.PublicRequest] = found.items
        return items

    async def _check_key(self, key: str) -> Values:
        return _json(await self._ask(registry_pb2, "Registry", "CheckApplication", {"key": key}, {}))

    async def _ask(
        self, module: ModuleType, service: str, name: str, values: Mapping[str, Any], metadata: Mapping[str, str]
    ) -> Message:
        method = methods(module, service)[name]
        try:
            request = protojson.to_message(method.input_type, values)
        except ValueError as error:
            raise Invalid from error
        pairs = [(key.replace("_", "-"), value) for key, value in metadata.items()]
        return await self.clients.ask(method, request, pairs)


def _json(message: Message) -> Values:
    answer: Values = protojson.to_json(message)
    return answer
