"""A gateway on a real port before a registry and an incident service on real databases: all that Open311 needs.

The county is the one of the incident service's tests; the plan in it is P2.
"""

import base64
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from joserfc.jwk import OKPKey

from gateway.api.app import create
from gateway.api.settings import Settings
from infra.local.ports import free_block
from infra.local.process import wait_until
from services.chassis import migrate
from services.chassis.auth import Issuer, Principal, Verifier
from services.chassis.config import Config
from services.chassis.rpc import serve
from services.incident import api as incident
from services.incident.bootstrap import build as build_incident
from services.registry import api as registry
from services.registry import plan
from tests.integration.incident.conftest import tell_of_registry

ADMINISTRATOR = Principal("0193-admin", "安全管理员", frozenset({"security-administrator"}))
OPERATOR = Principal("0193-operator", "话务员", frozenset({"centre-operator"}), areas=("371321",))


@dataclass
class Platform:
    """The running gateway, people who may sign in, and a key that may read and write."""

    url: str
    issuer: Issuer
    key: str = ""

    @property
    def open311(self) -> str:
        return f"{self.url}/open311/v2"

    def token(self, principal: Principal) -> str:
        return self.issuer.issue(principal, timedelta(hours=1))[0]

    def call(self, method: str, path: str, principal: Principal, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token(principal)}"}
        return httpx.request(method, f"{self.url}/api/v1{path}", headers=headers, trust_env=False, **options)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.open311}/{path}", trust_env=False)

    def report(self, **form: str) -> Any:
        answer = httpx.post(f"{self.open311}/requests.json", data={"api_key": self.key, **form}, trust_env=False)
        answer.raise_for_status()
        return answer.json()[0]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    pair = OKPKey.generate_key("Ed25519", {"kid": "test"})
    (folder / "private.json").write_text(json.dumps(pair.as_dict(private=True)))
    (folder / "public.json").write_text(json.dumps({"keys": [pair.as_dict(private=False)]}))
    (folder / "field.key").write_text(base64.b64encode(os.urandom(32)).decode())
    return folder


def _config(service: str, uri: str, keys: Path) -> Config:
    return Config(
        service=service,
        county="371321",
        timezone="Asia/Shanghai",
        home=keys,
        database_uri=uri,
        grpc_address="127.0.0.1:0",
        token_public_keys=keys / "public.json",
        token_private_key=keys / "private.json",
        field_key=keys / "field.key",
        pool_size=5,
    )


def _tell(config: Config) -> None:
    """Let the incident service hear of the county and its plan."""
    service = build_incident(config)
    text = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
    tell_of_registry(service, plan.load(text).document)
    service.engine.dispose()
    service.bus.close()


@contextmanager
def _serving(made: serve.Api, keys: Path) -> Iterator[str]:
    server, port = serve.server(made, Verifier.from_file(keys / "public.json"), "127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


@contextmanager
def _gateway(settings: Settings) -> Iterator[str]:
    port = free_block(1)
    server = uvicorn.Server(uvicorn.Config(create(settings), port=port, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started, seconds=20, what="the gateway")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(15)


@pytest.fixture(scope="session")
def platform(postgres: Any, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    apis: dict[str, Callable[[Config], serve.Api]] = {"registry": registry.build, "incident": incident.build}
    addresses = {"assessment": "127.0.0.1:9", "liaison": "127.0.0.1:9"}
    with ExitStack() as stack:
        for name, build in apis.items():
            config = _config(name, str(postgres.create_database(f"open311_{name}")), keys)
            migrate.upgrade(name, config.database_uri)
            if name == "incident":
                _tell(config)
            addresses[name] = stack.enter_context(_serving(build(config), keys))
        settings = Settings(keys / "public.json", tmp_path_factory.mktemp("blobs"), addresses)
        url = stack.enter_context(_gateway(settings))
        running = Platform(url, Issuer.from_file(keys / "private.json"))
        body = {"name": "随手拍", "may": ["read", "write"], "per_minute": 6000}
        made = running.call("POST", "/applications", ADMINISTRATOR, json=body)
        running.key = made.json()["key"]
        yield running


@pytest.fixture(scope="session", autouse=True)
def connections_end(postgres: Any) -> Iterator[None]:
    """Databases are the session's; their connections end with the services above."""
    yield
    with closing(postgres.connect()):
        pass
