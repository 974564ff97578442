"""Lets a method see the token that its call came with, so that it can ask another service on the caller's behalf.

The chassis checks the token and hands on the principal only; grpcio shows metadata to whoever looks the method up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import grpc

from services.chassis.rpc.call import Call


@dataclass(frozen=True)
class BearerCall(Call):
    """A call with the token that the chassis has checked; no representation shows it."""

    token: str = field(default="", repr=False)


def bearing(server: grpc.Server) -> Any:
    """`server` for adding methods to, so that each call they get is a BearerCall."""
    return _Bearing(server)


class _Bearing:
    """Takes the place of a server while methods are added to it."""

    def __init__(self, server: grpc.Server) -> None:
        self._server = server

    def add_generic_rpc_handlers(self, handlers: Iterable[grpc.GenericRpcHandler]) -> None:
        self._server.add_generic_rpc_handlers([_WithToken(each) for each in handlers])

    def add_registered_method_handlers(self, _service: str, _handlers: Any) -> None:
        """Leave them out: a registered method is not looked up, so nobody would see its metadata."""


class _WithToken(grpc.GenericRpcHandler):
    def __init__(self, inner: grpc.GenericRpcHandler) -> None:
        self._inner = inner

    def service(self, details: Any) -> Any:
        handler: Any = self._inner.service(details)
        if handler is None:
            return None
        token = _token(details.invocation_metadata)

        def answer(request: Any, call: Any) -> Any:
            return handler.unary_unary(request, BearerCall(**vars(call), token=token))

        return grpc.unary_unary_rpc_method_handler(answer, handler.request_deserializer, handler.response_serializer)


def _token(metadata: Iterable[tuple[str, Any]]) -> str:
    """The token of an `authorization: Bearer …` header; empty where there is none."""
    authorization = next((value for name, value in metadata if name == "authorization"), "")
    return str(authorization).partition(" ")[2]
