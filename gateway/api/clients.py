"""Calls to the services: one grpc.aio channel each, a deadline on every call, the caller's own token passed on.

A method is named by its protobuf descriptor, so that routes, documentation and calls use the same thing. A service's
refusal comes as status plus trailing metadata `wangge-error-bin` (JSON: code, zh, en, faults, http) and is raised as
`Refused`; anything else is mapped by its status code (BY_STATUS). What a call's outcome is after DEADLINE_EXCEEDED is
unknown; the idempotency key makes repeating safe (ALL-04), which is also why the channel repeats by itself what came
back UNAVAILABLE or CANCELLED: an api that is stopped cancels the calls that had reached it and not yet a handler.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from opentelemetry import propagate

from services.chassis.errors import (
    AlreadyExists,
    Conflict,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    TimedOut,
    Unauthenticated,
    Unavailable,
    WanggeError,
)

from .errors import Refused

ERROR_KEY = "wangge-error-bin"
MESSAGE_LIMIT = 4 * 1024 * 1024
METADATA_LIMIT = 64 * 1024
"""What a service's refusal with many faults needs (services.chassis.rpc.interceptor.MOST_SAID, in base64)."""
CALLS = {
    "loadBalancingConfig": [{"round_robin": {}}],
    "methodConfig": [
        {
            "name": [{}],
            "retryPolicy": {
                "maxAttempts": 3,
                "initialBackoff": "0.1s",
                "maxBackoff": "0.5s",
                "backoffMultiplier": 2,
                "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"],
            },
        }
    ],
}
OPTIONS: Sequence[tuple[str, Any]] = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.max_metadata_size", METADATA_LIMIT),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.service_config", json.dumps(CALLS)),
)
Metadata = Sequence[tuple[str, str]]


def target(address: str) -> str:
    """What gRPC connects to: `host:port`, any gRPC name (`dns:///…` with an address for each api), or several
    `address:port` of IPv4 with commas between them."""
    return f"ipv4:{address}" if "," in address else address


def methods(module: ModuleType, service: str) -> Mapping[str, MethodDescriptor]:
    """The methods of `service` of a generated `…_pb2` module, by name."""
    found: Mapping[str, MethodDescriptor] = module.DESCRIPTOR.services_by_name[service].methods_by_name
    return found


class Clients:
    """The channels to all services. Make it inside the running loop.

    `addresses` maps a service's name to what `target` takes; calls go round all apis behind it that answer.
    """

    def __init__(self, addresses: Mapping[str, str], deadline_seconds: float = 5.0) -> None:
        self.deadline_seconds = deadline_seconds
        self._channels = {
            name: grpc.aio.insecure_channel(target(at), options=OPTIONS) for name, at in addresses.items()
        }
        self._calls: dict[str, Any] = {}

    async def ask(
        self, method: MethodDescriptor, request: Message, metadata: Metadata = (), seconds: float | None = None
    ) -> Message:
        """Call `method` and return its reply. Raises the WanggeError that stands for the service's refusal."""
        call = self._call(method)
        try:
            reply: Message = await call(request, timeout=seconds or self.deadline_seconds, metadata=_traced(metadata))
            return reply
        except grpc.aio.AioRpcError as error:
            raise translate(error, service_of(method)) from error

    def _call(self, method: MethodDescriptor) -> Any:
        if method.full_name not in self._calls:
            channel = self._channels[service_of(method)]
            self._calls[method.full_name] = channel.unary_unary(
                f"/{method.containing_service.full_name}/{method.name}",
                request_serializer=GetMessageClass(method.input_type).SerializeToString,
                response_deserializer=GetMessageClass(method.output_type).FromString,
            )
        return self._calls[method.full_name]

    def states(self) -> dict[str, str]:
        """Each service's channel state ("ready", "idle", "connecting" …); an idle channel begins to connect."""
        return {name: channel.get_state(try_to_connect=True).value[1] for name, channel in self._channels.items()}

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()


def service_of(method: MethodDescriptor) -> str:
    """ "incident" for wangge.incident.v1.…"""
    return str(method.containing_service.file.package.split(".")[1])


def _traced(metadata: Metadata) -> list[tuple[str, str]]:
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return [*metadata, *carrier.items()]


Refusal = Callable[[str], WanggeError]
BY_STATUS: Mapping[grpc.StatusCode, Refusal] = {
    grpc.StatusCode.INVALID_ARGUMENT: lambda _: Invalid(),
    grpc.StatusCode.OUT_OF_RANGE: lambda _: Invalid(),
    grpc.StatusCode.UNAUTHENTICATED: lambda _: Unauthenticated(),
    grpc.StatusCode.PERMISSION_DENIED: lambda service: Forbidden(action=service),
    grpc.StatusCode.NOT_FOUND: lambda service: NotFound(kind=service, id=""),
    grpc.StatusCode.ALREADY_EXISTS: lambda service: AlreadyExists(kind=service, id=""),
    grpc.StatusCode.FAILED_PRECONDITION: lambda _: Conflict(),
    grpc.StatusCode.ABORTED: lambda _: Conflict(),
    grpc.StatusCode.RESOURCE_EXHAUSTED: lambda service: Unavailable(what=service),
    grpc.StatusCode.UNAVAILABLE: lambda service: Unavailable(what=service),
    grpc.StatusCode.CANCELLED: lambda service: Unavailable(what=service),
    grpc.StatusCode.DEADLINE_EXCEEDED: lambda _: TimedOut(),
    grpc.StatusCode.UNIMPLEMENTED: lambda service: Refused(
        http=501, code="not-implemented", zh=f"{service} 尚未提供此功能", en=f"{service} does not offer this yet"
    ),
}


def translate(error: grpc.aio.AioRpcError, service: str) -> WanggeError:
    """Our error for a failed call: the service's own words where it sent them, else by the status code."""
    detail = next((value for key, value in error.trailing_metadata() or () if key == ERROR_KEY), None)
    refused = _refused(detail) if detail else None
    if refused:
        return refused
    known: Refusal | None = BY_STATUS.get(error.code())
    return known(service) if known else WanggeError()


def _refused(detail: bytes | str) -> Refused | None:
    try:
        said = json.loads(detail)
        faults = [Fault(**{key: str(fault[key]) for key in ("path", "code", "zh", "en")}) for fault in said["faults"]]
        return Refused(http=int(said["http"]), code=said["code"], zh=said["zh"], en=said["en"], faults=faults)
    except (ValueError, KeyError, TypeError):
        return None
