"""`wangge department` against the real service: gRPC, operator's token, broker."""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pika
import pytest
from click.testing import CliRunner, Result

from infra.department import group
from infra.local.settings import Settings
from services.chassis import config, migrate
from services.chassis.auth import Verifier
from services.chassis.envelope import Envelope
from services.chassis.ids import new_id
from services.chassis.rpc import serve
from services.liaison import api, schemas
from services.liaison.bootstrap import BrokerSettings, Service, build
from wangge.liaison.v1 import liaison_pb2_grpc as rpc

sys.path.insert(0, str(Path(__file__).parents[4] / "services" / "liaison" / "client"))
from wangge_department import address  # the client is a distribution of its own


@pytest.fixture
def service(
    postgres: Any, rabbitmq: Any, vhost: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    """A liaison service behind its gRPC server, with the keys of a platform in WANGGE_HOME; env-office is known."""
    name = f"liaison_{uuid4().hex[:10]}"
    uri = postgres.create_database(name)
    migrate.upgrade("liaison", uri)
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WANGGE_LIAISON_DATABASE_URI", uri)
    settings = Settings.from_environment()
    settings.prepare()
    made = build(config.read("liaison"), BrokerSettings(vhost, rabbitmq.management_uri, on_disk=0))
    _know(made, "env-office")
    served = serve.Api("liaison", api.Servicer(made), rpc.add_LiaisonServicer_to_server)
    server, port = serve.server(served, Verifier.from_file(settings.keys / "public.json"), "127.0.0.1:0")
    monkeypatch.setenv("WANGGE_LIAISON_GRPC_ADDRESS", f"127.0.0.1:{port}")
    server.start()
    yield made
    server.stop(None).wait()
    made.close()
    postgres.drop_database(name)


def _know(service: Service, department: str) -> None:
    now = service.bus.clock.now()
    data = {"id": department, "name": "环保所", "active": True}
    envelope = Envelope(
        id=new_id(), source="/x", type=schemas.DEPARTMENT_CHANGED, subject="d", time=now, sequence=1, data=data
    )
    service.bus.consume(schemas.department(envelope), "test", envelope.id)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(group, list(arguments))


@pytest.mark.rule("XCH-01", "XCH-06")
def test_a_department_is_connected_listed_and_disconnected(service: Service):
    made = run("connect", "env-office", "--types", "incident.dispatched.*,incident.closed.v1", "--area", "371321106")
    assert made.exit_code == 0, made.output
    secret = address.parse(made.stdout.strip())
    assert secret.department == "env-office"
    assert "只显示这一次" in made.stderr
    assert secret.password not in made.stderr
    with closing(pika.BlockingConnection(secret.parameters())) as connection:
        connection.channel().basic_get(secret.queue)

    listed = run("list").stdout
    assert "env-office  正常  待取 0" in listed
    assert "incident.dispatched.*,incident.closed.v1  371321106" in listed

    ended = run("disconnect", listed.split()[0])
    assert ended.exit_code == 0
    with pytest.raises(pika.exceptions.AMQPError):
        pika.BlockingConnection(secret.parameters())
    assert run("list").stdout == ""
    assert _actors(service) == {("operator",), ("platform",)}


def _actors(service: Service) -> set[tuple[str]]:
    with service.engine.connect() as connection:
        return {tuple(row) for row in connection.exec_driver_sql("SELECT DISTINCT actor FROM audit")}


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("connect", "nobody"), ("没有部门 nobody", "There is no department nobody")),
        (("connect", "env-office", "--types", "patrol.*"), ("patrol.*", "incident.*")),
        (("connect", "env-office", "--area", "1"), ("371321", "6、9、12")),
        (("disconnect", "nothing"), ("没有找到部门接入 nothing",)),
    ],
)
def test_a_refusal_says_what_would_be_right(service: Service, arguments: tuple[str, ...], words: tuple[str, ...]):
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert all(word in result.stderr for word in words)


def test_a_platform_that_is_down_or_not_there_is_named(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WANGGE_LIAISON_GRPC_ADDRESS", "127.0.0.1:9")
    assert "wangge status" in run("list").stderr
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "elsewhere"))
    result = run("list")
    assert (result.exit_code, "wangge up" in result.stderr) == (1, True)


def test_help_needs_no_platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WANGGE_HOME", str(tmp_path / "nowhere"))
    for command in ("connect", "list", "disconnect"):
        assert run(command, "--help").exit_code == 0
