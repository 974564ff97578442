"""Calls to the liaison service with an operator's token, made on the spot from the platform's private key."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import grpc

from infra.local.operator import operator_token
from infra.local.settings import Settings
from wangge.liaison.v1 import liaison_pb2_grpc as rpc

DEADLINE_SECONDS = 30
_ERROR_KEY = "wangge-error-bin"


class Liaison:
    """The liaison service of one platform. Refusals leave as click.ClickException in both languages."""

    def __init__(self, stub: Any, token: str) -> None:
        self._stub = stub
        self._metadata = (("authorization", f"Bearer {token}"),)

    def ask(self, method: str, request: Any) -> Any:
        """The reply of `method` to `request`."""
        try:
            call = getattr(self._stub, method)
            return call(request, timeout=DEADLINE_SECONDS, metadata=self._metadata, wait_for_ready=False)
        except grpc.RpcError as error:
            raise click.ClickException(_sentence(error)) from error


@contextmanager
def liaison(settings: Settings, address: str) -> Iterator[Liaison]:
    """The service at `address`. Raises click.ClickException where no platform was prepared in WANGGE_HOME."""
    if not (settings.keys / "private.json").exists():
        raise click.ClickException(
            f"{settings.home} 中没有平台,请先运行 wangge up,或设置 WANGGE_HOME\n"
            f"There is no platform in {settings.home}: run wangge up first, or set WANGGE_HOME"
        )
    with grpc.insecure_channel(address) as channel:
        yield Liaison(rpc.LiaisonStub(channel), operator_token(settings))


def _sentence(error: Any) -> str:
    metadata = dict(error.trailing_metadata() or ())
    if _ERROR_KEY in metadata:
        content = json.loads(metadata[_ERROR_KEY])
        sentences = [content, *content["faults"]]
        lines = [f"{each['zh']}\n{each['en']}" for each in sentences]
        return "\n".join(dict.fromkeys(lines))
    return f"平台没有应答({error.code().name}),请用 wangge status 查看\nThe platform does not answer; see wangge status"
