"""An incident service on a database of its own, with a small county, the duties of P2 and the plan P2 itself."""

import base64
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.chassis import migrate
from services.chassis.auth import Principal
from services.chassis.config import Config
from services.chassis.envelope import Envelope
from services.chassis.ids import new_id
from services.incident import schemas
from services.incident.bootstrap import Service, build
from services.registry import plan

TOWN, GRID, NEIGHBOUR = "371321106000001", "371321106245001", "371321106245002"
INSIDE = (118.45, 35.45)


@dataclass
class SettableClock:
    """A clock that a test moves."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 2, 0, tzinfo=UTC))

    def now(self) -> datetime:
        self.moment += timedelta(microseconds=1)
        return self.moment

    def advance(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


def square(west: float, south: float) -> dict[str, Any]:
    east, north = west + 0.1, south + 0.1
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def person(name: str, *roles: str, department: str | None = None, areas: tuple[str, ...] = ()) -> Principal:
    return Principal(f"person-{name}", name, frozenset(roles), department, areas)


MEMBER = person("member", "grid-member", areas=(GRID,))
LEADER = person("leader", "grid-leader", areas=(GRID,))
OPERATOR = person("operator", "centre-operator", areas=("371321",))
VERIFIER = person("verifier", "verifier", areas=("371321",))
HANDLER = person("handler", "department-handler", department="env-office")
HELPER = person("helper", "department-handler", department="water-station")


@dataclass
class County:
    """The service with its clock and its people."""

    service: Service
    clock: SettableClock
    member: Principal = MEMBER
    leader: Principal = LEADER
    operator: Principal = OPERATOR
    verifier: Principal = VERIFIER
    handler: Principal = HANDLER
    helper: Principal = HELPER

    def do(self, command: Any, caller: Principal, key: str | None = None) -> dict[str, Any]:
        return self.service.bus.handle(command, caller, key)

    def case(self, case_id: str, caller: Principal | None = None, purpose: str = "") -> dict[str, Any]:
        return self.service.queries.case(case_id, caller or self.operator, purpose)

    def rows(self, statement: str) -> list[Any]:
        with self.service.engine.connect() as connection:
            return list(connection.execute(sa.text(statement)))


def aside(county: County) -> list[tuple[str, int]]:
    """Kind and attempts of the deadlines that failed and are not over."""
    failed = "attempts > 0 AND last_error <> '' AND fired_at IS NULL AND cancelled_at IS NULL"
    return [tuple(row) for row in county.rows(f"SELECT kind, attempts FROM deadline WHERE {failed} ORDER BY kind")]


@contextmanager
def unreadable(county: County, case_id: str) -> Iterator[None]:
    """While it lasts, what is sealed of the case cannot be opened: whoever loads it fails."""
    change = sa.text('UPDATE "case" SET reporter_phone = :sealed WHERE id = :id')
    with county.service.engine.begin() as connection:
        connection.execute(change, {"sealed": "broken", "id": case_id})
    yield
    with county.service.engine.begin() as connection:
        connection.execute(change, {"sealed": None, "id": case_id})


def hear(service: Service, type: str, subject: str, data: dict[str, Any], sequence: int = 1) -> None:
    """Let the service hear one event of the registry."""
    envelope = Envelope(
        id=new_id(),
        source="/wangge/371321/registry",
        type=type,
        subject=subject,
        time=datetime.now(UTC),
        sequence=sequence,
        data=data,
    )
    service.bus.consume(schemas.read(envelope), "incident.on.registry", envelope.id)


@pytest.fixture(scope="session")
def plan_document() -> dict[str, Any]:
    text = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
    return plan.load(text).document


@pytest.fixture(scope="session")
def field_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys") / "field.key"
    path.write_text(base64.b64encode(os.urandom(32)).decode())
    return path


@pytest.fixture(scope="session")
def known_county(postgres: Any, plan_document: dict[str, Any], field_key: Path) -> str:
    """The address of a database that has heard everything of the registry; tests work on copies of it."""
    uri = postgres.create_database("incident_template")
    migrate.upgrade("incident", uri)
    service = build(config(uri, field_key))
    tell_of_registry(service, plan_document)
    service.engine.dispose()
    service.bus.close()
    return uri


@pytest.fixture
def county(postgres: Any, known_county: str, field_key: Path) -> Iterator[County]:
    name = f"incident_{uuid4().hex[:12]}"
    with closing(postgres.connect()) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE incident_template OWNER incident_template")
    clock = SettableClock()
    service = build(config(f"{known_county.rpartition('/')[0]}/{name}", field_key), clock)
    yield County(service, clock)
    service.engine.dispose()
    service.bus.close()
    postgres.drop_database(name)


def config(uri: str, field_key: Path) -> Config:
    return Config(
        service="incident",
        county="371321",
        timezone="Asia/Shanghai",
        home=field_key.parent,
        database_uri=uri,
        grpc_address="127.0.0.1:0",
        token_public_keys=field_key.parent / "none",
        token_private_key=field_key.parent / "none",
        field_key=field_key,
        pool_size=5,
    )


def tell_of_registry(service: Service, document: dict[str, Any]) -> None:
    grids = ((TOWN, 1, (), None), (GRID, 3, (TOWN,), square(118.4, 35.4)), (NEIGHBOUR, 3, (TOWN,), square(118.5, 35.4)))
    for code, level, ancestors, boundary in grids:
        data = {"code": code, "name": f"网格{code[-3:]}", "kind": "area", "level": level, "active": True}
        hear(
            service,
            "registry.grid-changed.v1",
            code,
            {**data, "ancestors": list(ancestors), "boundary": boundary},
        )
    for each in document["departments"]:
        data = {"id": each["id"], "name": each["name"], "active": True}
        hear(service, "registry.department-changed.v1", each["id"], data)
    for each in document["duties"]:
        data = {
            "key": each["id"],
            "lead": each["lead"],
            "co_departments": each["with"],
            "grid_part": each["grid"],
        }
        hear(service, "registry.duty-changed.v1", each["id"], data)
    hear(
        service,
        "registry.plan-activated.v1",
        "p02",
        {"plan_id": "p02", "version": 1, "document": document},
    )
