"""Declarations of routes: one object each, from which routing, validation and OpenAPI are made.

    routes = Routes("incident", zh="案件", en="Cases")

    @routes.add("POST", "/cases", body=ReportCase, reply=Receipt, status=201, zh="上报案件", en="Report a case")
    async def report_case(call: Call) -> Any:
        return await call.ask(INCIDENT["ReportCase"], call.body)

    routes.ask("GET", "/cases/{case_id}", INCIDENT["GetCase"], zh="案件详情", en="One case")

`ask` declares what needs no function: path, query and body together are the request of the gRPC method, its reply is
the answer.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor import Descriptor, MethodDescriptor
from marshmallow import fields as ma

from . import fields
from .body import JSON_LIMIT
from .fields import Request

PREFIX = "/api/v1"
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
Property = Mapping[str, Any] | Descriptor | list[Descriptor]
Endpoint = Callable[[Any], Awaitable[Any]]


@dataclass(frozen=True, eq=False)
class Shape:
    """An answer that is no message of a service: its properties are JSON Schemas, message types or lists of one."""

    properties: Mapping[str, Property]


Reply = Descriptor | Shape | None

PATH_FIELDS: Mapping[str, Callable[[], ma.Field[Any]]] = {
    "code": fields.GridCode,
    "grid_code": fields.GridCode,
    "department": fields.Code,
    "day": fields.Day,
    "year": lambda: fields.Whole(2004, 2099),
    "version": lambda: fields.Whole(0),
    "other_version": lambda: fields.Whole(0),
}


class Paged(Request):
    """Query of every list: how many at most, and where to go on."""

    limit = fields.Whole(1, 200, load_default=50, metadata={"description": "每页条数 / entries on a page"})
    cursor = fields.Text(1, 1000, metadata={"description": "上一页的 next_cursor / next_cursor of the page before"})


@dataclass(frozen=True)
class Declaration:
    """One operation. `roles` None means anybody signed in, `public` that nobody needs to be; `versioned` that If-Match
    is understood; `etag` is where the reply has its version; `media` the content types of an answer that is not JSON;
    `binary` that the body is bytes; `limit` the largest body in bytes; `seconds` the deadline of the calls, 0 the
    gateway's own; `later` that the answer may be 202 with the same reply; `refusals` are statuses that do not follow
    from the rest."""

    method: str
    path: str
    endpoint: Endpoint
    name: str
    tag: str
    zh: str
    en: str
    body: type[Request] | None = None
    query: type[Request] | None = None
    reply: Reply = None
    status: int = 200
    roles: frozenset[str] | None = None
    public: bool = False
    versioned: bool = False
    etag: str | None = None
    upload: bool = False
    binary: bool = False
    media: tuple[str, ...] = ()
    limit: int = JSON_LIMIT
    seconds: float = 0.0
    later: bool = False
    refusals: tuple[int, ...] = ()
    asks: MethodDescriptor | None = None

    @property
    def writes(self) -> bool:
        return self.method in WRITES

    @property
    def paged(self) -> bool:
        """Whether the reply is one page of a list."""
        return isinstance(self.reply, Descriptor) and "next_cursor" in self.reply.fields_by_name

    @property
    def parameters(self) -> dict[str, ma.Field[Any]]:
        """The fields of the path's parameters; those without a row in PATH_FIELDS are names."""
        names = re.findall(r"{(\w+)}", self.path)
        return {name: PATH_FIELDS.get(name, fields.Name)() for name in names}


@dataclass
class Routes:
    """The declarations of one part of the interface, in the order in which they are documented."""

    tag: str
    zh: str
    en: str
    prefix: str = PREFIX
    declarations: list[Declaration] = field(default_factory=list)

    def __iter__(self) -> Iterator[Declaration]:
        return iter(self.declarations)

    def add(self, method: str, path: str, *, zh: str, en: str, **options: Any) -> Callable[[Endpoint], Endpoint]:
        """Declare the decorated coroutine; its name in camelCase becomes the operationId."""

        def declare(endpoint: Endpoint) -> Endpoint:
            self._append(method, path, endpoint, endpoint.__name__, zh, en, options)
            return endpoint

        return declare

    def ask(self, method: str, path: str, asks: MethodDescriptor, *, zh: str, en: str, **options: Any) -> None:
        """Declare an operation that is exactly one gRPC call (module docstring)."""

        async def endpoint(call: Any) -> Any:
            return await call.ask(asks, {**call.query, **(call.body or {}), **call.path})

        options.setdefault("reply", asks.output_type)
        if asks.output_type.name == "Receipt":
            options.setdefault("etag", "version")
        self._append(method, path, endpoint, asks.name, zh, en, {**options, "asks": asks})

    def _append(self, method: str, path: str, endpoint: Endpoint, name: str, zh: str, en: str, options: Any) -> None:
        options = {**options, "zh": zh, "en": en, "tag": self.tag}
        if roles := options.get("roles"):
            options["roles"] = frozenset(roles)
        name = options.pop("name", name)
        self.declarations.append(Declaration(method, self.prefix + path, endpoint, camel(name), **options))


def camel(name: str) -> str:
    """ "report_case" and "ReportCase" give "reportCase"."""
    words = name.split("_")
    joined = words[0] + "".join(word[:1].upper() + word[1:] for word in words[1:])
    return joined[:1].lower() + joined[1:]
