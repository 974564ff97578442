"""The gateway in this process, in front of a real gRPC server whose answers a test decides."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import httpx
import pytest
from google.protobuf import descriptor_pool
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from joserfc.jwk import KeySet, OKPKey

from gateway.api.app import create
from gateway.api.settings import Settings
from services.chassis.auth import Issuer, Principal
from wangge.assessment.v1 import assessment_pb2
from wangge.incident.v1 import incident_pb2
from wangge.liaison.v1 import liaison_pb2
from wangge.patrol.v1 import patrol_pb2
from wangge.registry.v1 import registry_pb2

MEMBER = Principal("person-1", "张三", frozenset({"grid-member"}), areas=("371321106",))
ADMINISTRATOR = Principal("person-2", "李四", frozenset({"system-administrator"}), areas=("371321",))
SERVICES = {
    "registry": (registry_pb2, "Registry"),
    "incident": (incident_pb2, "Incident"),
    "assessment": (assessment_pb2, "Assessment"),
    "liaison": (liaison_pb2, "Liaison"),
    "patrol": (patrol_pb2, "Patrol"),
}
Behaviour = Callable[[Any, grpc.aio.ServicerContext], Any]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Services(grpc.GenericRpcHandler):
    """All services on one port: `answers["Report"] = lambda request, context: reply`; what was asked is in `asked`."""

    answers: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[tuple[str, Message, dict[str, str | bytes]]] = field(default_factory=list)
    address: str = ""

    def service(self, details: Any) -> Any:
        _, service, name = details.method.split("/")
        method = descriptor_pool.Default().FindServiceByName(service).methods_by_name[name]

        async def answer(request: Message, context: grpc.aio.ServicerContext) -> Any:
            self.asked.append((name, request, dict(context.invocation_metadata() or ())))
            reply = self.answers.get(name, lambda *_: GetMessageClass(method.output_type)())(request, context)
            return await reply if hasattr(reply, "__await__") else reply

        return grpc.unary_unary_rpc_method_handler(
            answer,
            request_deserializer=GetMessageClass(method.input_type).FromString,
            response_serializer=GetMessageClass(method.output_type).SerializeToString,
        )

    def refuse(self, name: str, status: grpc.StatusCode, detail: dict[str, Any] | None = None) -> None:
        """Let the method `name` fail with `status`, and with `detail` as wangge-error-bin."""

        async def behaviour(_: Any, context: grpc.aio.ServicerContext) -> None:
            trailing = (("wangge-error-bin", json.dumps(detail, ensure_ascii=False).encode()),) if detail else ()
            await context.abort(status, "refused", trailing)

        self.answers[name] = behaviour

    def last(self, name: str) -> tuple[Any, dict[str, str | bytes]]:
        """Request and metadata of the last call of `name`."""
        return next((request, metadata) for called, request, metadata in reversed(self.asked) if called == name)


@pytest.fixture
async def services() -> AsyncIterator[Services]:
    handler = Services()
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((handler,))
    handler.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    yield handler
    await server.stop(None)


@pytest.fixture(scope="session")
def signing_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "test"})


@pytest.fixture(scope="session")
def issue(signing_key: OKPKey) -> Callable[..., str]:
    """Sign a token for a principal."""

    def sign(principal: Principal = MEMBER, lifetime: timedelta = timedelta(minutes=5)) -> str:
        return Issuer(signing_key).issue(principal, lifetime)[0]

    return sign


@pytest.fixture
def settings(tmp_path: Path, signing_key: OKPKey, services: Services) -> Settings:
    keys = tmp_path / "public.json"
    keys.write_text(json.dumps(KeySet([signing_key]).as_dict(private=False)))
    addresses = dict.fromkeys(SERVICES, services.address)
    return Settings(public_keys=keys, blobs=tmp_path / "blobs", addresses=addresses, deadline_seconds=2.0)


@pytest.fixture
async def client(settings: Settings, issue: Callable[..., str]) -> AsyncIterator[httpx.AsyncClient]:
    """The gateway, signed in as MEMBER."""
    app = create(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {issue()}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway", headers=headers) as http:
            http.app = app  # type: ignore[attr-defined]
            yield http


@pytest.fixture
def administrator(issue: Callable[..., str]) -> dict[str, str]:
    """Headers that sign a request in as ADMINISTRATOR."""
    return {"Authorization": f"Bearer {issue(ADMINISTRATOR)}"}
