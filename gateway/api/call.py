"""What a route's function knows of the request it answers, and how it asks the services."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from starlette.requests import Request

from services.chassis.auth import Principal

from . import protojson
from .clients import Clients
from .declare import Declaration

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """One request, checked: `path`, `query` and `body` are what the declaration's schemas let through.

    `key` is the idempotency key of a write (the caller's, or a new one), `expected_version` what If-Match said.
    """

    request: Request
    declaration: Declaration
    caller: Principal | None
    language: str
    clients: Clients
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    token: str | None = None
    key: str | None = None
    expected_version: int | None = None

    @property
    def state(self) -> Any:
        """What the whole application shares (gateway.api.app.Shared)."""
        return self.request.app.state.shared

    @property
    def person(self) -> Principal:
        """The caller of a route that is not public."""
        if self.caller is None:
            raise RuntimeError("a public route has no caller")
        return self.caller

    async def ask(self, method: MethodDescriptor, values: Mapping[str, Any] | None = None) -> Any:
        """Call `method` with `values` and the caller's token; return the reply as JSON."""
        return protojson.to_json(await self.ask_message(method, values))

    async def ask_message(self, method: MethodDescriptor, values: Mapping[str, Any] | None = None) -> Message:
        """As `ask`, returning the message itself."""
        request = protojson.to_message(method.input_type, values or {})
        return await self.clients.ask(method, request, self.metadata(), self.declaration.seconds or None)

    async def in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        """Run a function that blocks without holding the event loop."""
        return await asyncio.to_thread(function, *arguments)

    def metadata(self) -> list[tuple[str, str]]:
        """What travels beside every gRPC request: token, idempotency key, language, address, version."""
        pairs = {
            "authorization": f"Bearer {self.token}" if self.token else None,
            "idempotency-key": self.key,
            "accept-language": self.language,
            "expected-version": None if self.expected_version is None else str(self.expected_version),
            "peer-address": self.address,
        }
        return [(name, value) for name, value in pairs.items() if value is not None]

    @property
    def address(self) -> str:
        """Where the request came from; empty where the server does not know."""
        return self.request.client.host if self.request.client else ""
