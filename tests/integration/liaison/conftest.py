"""A liaison service on a database and a virtual host of its own."""

import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pika
import pytest
import sqlalchemy as sa

from services.chassis import migrate, topology
from services.chassis.auth import Principal
from services.chassis.config import Config
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.ids import new_id
from services.liaison import schemas
from services.liaison.bootstrap import Service, build
from services.liaison.broker import BrokerSettings
from services.liaison.queries import LogQuery, Page
from services.liaison.repository import make_ahead

CLIENT = Path(__file__).parents[3] / "services" / "liaison" / "client"
sys.path.insert(0, str(CLIENT))

GRID = "371321106201003"
ADMINISTRATOR = Principal("person-admin", "admin", frozenset({"system-administrator"}))


@dataclass
class SettableClock:
    """A clock that a test moves."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.moment

    def advance(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


def person(*roles: str, department: str | None = None, areas: tuple[str, ...] = (), name: str = "x") -> Principal:
    return Principal(f"person-{name}", name, frozenset(roles), department, areas)


def event(type: str = "incident.dispatched.v1", **values: Any) -> Envelope:
    """An event as a service would send it."""
    given = {"subject": new_id(), "time": datetime.now(UTC), "sequence": 1, "data": {}} | values
    return Envelope(id=new_id(), source=f"/wangge/371321/{type.partition('.')[0]}", type=type, **given)


@dataclass
class Liaison:
    """The service with its clock and its broker."""

    service: Service
    clock: SettableClock
    amqp_uri: str
    management_uri: str

    def hear(self, envelope: Envelope) -> Envelope:
        """Log `envelope` as the worker does."""
        producer = envelope.type.partition(".")[0]
        self.service.bus.consume(schemas.logged(envelope), f"liaison.on.{producer}", envelope.id)
        return envelope

    def know(self, department: str, active: bool = True, sequence: int = 1) -> None:
        """Let the registry say that there is such a department."""
        data = {"id": department, "name": department, "active": active, "level": "county", "kind": "line"}
        envelope = event("registry.department-changed.v1", subject=department, sequence=sequence, data=data)
        self.service.bus.consume(schemas.department(envelope), "liaison.departments", envelope.id)

    def read(self, caller: Principal = ADMINISTRATOR, **query: Any) -> Page:
        return self.service.queries.read_log(LogQuery(**query), caller)

    def ids(self, caller: Principal = ADMINISTRATOR, **query: Any) -> list[str]:
        return [row.id for row in self.read(caller, **query).items]

    def rows(self, statement: str) -> list[Any]:
        with self.service.engine.connect() as connection:
            return list(connection.execute(sa.text(statement)))

    def publish(self, envelope: Envelope, concerned: tuple[str, ...] = ()) -> None:
        """Publish as the relay does: confirmed, further departments by BCC."""
        exchange = topology.exchange_name(envelope.type.partition(".")[0])
        bcc = [topology.routing_key(envelope.type, other, envelope.grid) for other in concerned]
        properties = pika.BasicProperties(
            content_type=CONTENT_TYPE,
            delivery_mode=2,
            message_id=envelope.id,
            type=envelope.type,
            headers={"BCC": bcc} if bcc else None,
        )
        key = topology.routing_key(envelope.type, envelope.department, envelope.grid)
        with pika.BlockingConnection(pika.URLParameters(self.amqp_uri)) as connection:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.exchange_declare(exchange, "topic", durable=True)
            channel.basic_publish(exchange, key, envelope.to_bytes(), properties)


def config_of(uri: str, home: Path) -> Config:
    return Config(
        service="liaison",
        county="371321",
        timezone="Asia/Shanghai",
        home=home,
        database_uri=uri,
        grpc_address="127.0.0.1:0",
        token_public_keys=home / "none",
        token_private_key=home / "none",
        field_key=home / "none",
        pool_size=5,
    )


@pytest.fixture(scope="session")
def liaison_template(postgres: Any) -> str:
    """The address of a migrated, empty database; tests work on copies of it."""
    uri = str(postgres.create_database("liaison_template"))
    migrate.upgrade("liaison", uri)
    return uri


@pytest.fixture
def liaison_database(postgres: Any, liaison_template: str) -> Iterator[str]:
    name = f"liaison_{uuid4().hex[:12]}"
    with closing(postgres.connect()) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE liaison_template OWNER liaison_template")
    yield f"{liaison_template.rpartition('/')[0]}/{name}"
    postgres.drop_database(name)


@pytest.fixture
def log(liaison_database: str, tmp_path: Path) -> Iterator[Liaison]:
    """The service without a broker: what concerns the log alone."""
    yield from _liaison(liaison_database, tmp_path, "amqp://nobody:nothing@127.0.0.1:1/%2F", "")


@pytest.fixture
def liaison(liaison_database: str, tmp_path: Path, rabbitmq: Any, vhost: str) -> Iterator[Liaison]:
    """The service with a virtual host of its own, where env-office and water-station are known."""
    for made in _liaison(liaison_database, tmp_path, vhost, rabbitmq.management_uri):
        for department in ("env-office", "water-station"):
            made.know(department)
        yield made


def _liaison(uri: str, home: Path, amqp_uri: str, management_uri: str) -> Iterator[Liaison]:
    clock = SettableClock()
    service = build(config_of(uri, home), BrokerSettings(amqp_uri, management_uri, on_disk=0), clock)
    make_ahead(service.engine, clock.now())
    yield Liaison(service, clock, amqp_uri, management_uri)
    service.close()
