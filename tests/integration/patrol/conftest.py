"""A patrol service on a database of its own, with a small county, its people and the plan P2 itself."""

import base64
import json
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
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
from services.chassis.personal import Seal
from services.patrol import messages, schemas
from services.patrol.bootstrap import Service, build
from services.patrol.queries import TaskFilter
from services.patrol.queries.visits import VisitFilter
from services.registry import plan

TOWN, WORK_AREA = "371321106000001", "371321106000101"
GRID, NEIGHBOUR = "371321106245001", "371321106245002"
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)


SOUTH, NORTH = "371321106245003", "371321106245004"
"""Two halves of GRID after it was split."""


def square(west: float, south: float) -> dict[str, Any]:
    """A boundary of a hundredth of a degree."""
    east, north = west + 0.01, south + 0.01
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


BOUNDARIES = {SOUTH: square(118.40, 35.40), NORTH: square(118.40, 35.42)}


def person(name: str, *roles: str, areas: tuple[str, ...] = (GRID,)) -> Principal:
    return Principal(f"person-{name}", name, frozenset(roles), None, areas)


MEMBER, COLLEAGUE = person("member", "grid-member"), person("colleague", "grid-member")
LEADER, GOVERNANCE = person("leader", "grid-leader"), person("governance", "governance-member")
OPERATOR = person("operator", "centre-operator", areas=("371321",))
STRANGER = person("stranger", "grid-member", areas=(NEIGHBOUR,))


@dataclass
class SettableClock:
    """A clock that a test moves."""

    moment: datetime = field(default_factory=lambda: MONDAY)

    def now(self) -> datetime:
        self.moment += timedelta(microseconds=1)
        return self.moment

    def advance(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


@dataclass
class County:
    """The service with its clock."""

    service: Service
    clock: SettableClock

    def hear(self, fact: str, subject: str, data: dict[str, Any], sequence: int = 1, grid: str | None = None) -> None:
        """Let the service hear one event of the registry."""
        envelope = Envelope(
            id=new_id(), source="/wangge/371321/registry", type=f"registry.{fact}.v1", subject=subject,
            time=self.clock.now(), sequence=sequence, grid=grid, data=data,
        )  # fmt: skip
        self.service.bus.consume(schemas.read(envelope), "patrol.on.registry", envelope.id)

    def grid(
        self,
        code: str,
        level: int,
        *above: str,
        kind: str = "area",
        active: bool = True,
        sequence: int = 1,
        boundary: dict[str, Any] | None = None,
    ) -> None:
        data = {"code": code, "name": f"网格{code[-3:]}", "kind": kind, "level": level, "ancestors": list(above)}
        data["boundary"] = boundary
        self.hear("grid-changed", code, {**data, "active": active}, sequence)

    def succeed(self, predecessors: tuple[str, ...], *successors: str, kind: str = "split") -> None:
        """Let grids come in the place of others, as the registry tells it: the new ones, the succession, the old ones'
        end."""
        for code in successors:
            self.grid(code, 3, TOWN, WORK_AREA, boundary=BOUNDARIES.get(code))
        data = {"predecessors": list(predecessors), "successors": list(successors), "effective": "2026-11-23"}
        self.hear("grid-succeeded", predecessors[0], {"change_id": new_id(), "kind": kind, **data})
        for code in predecessors:
            self.grid(code, 3, TOWN, WORK_AREA, active=False, sequence=9)

    def appoint(self, who: Principal, post: str, grid: str = GRID, ends: date | None = None, sequence: int = 1) -> None:
        data = {"person_id": who.person_id, "post": post, "from": "2026-01-01", "to": ends and ends.isoformat()}
        state = "ended" if ends else "appointed"
        self.hear("post-changed", f"{who.name}-{post}-{grid}", {**data, "state": state}, sequence, grid)

    def activate(self, document: dict[str, Any], version: int = 1) -> None:
        data = {"plan_id": "p02", "version": version, "effective": document["plan"]["effective"], "document": document}
        self.hear("plan-activated", "p02", data, version)

    def care(
        self, entry_id: str, visit: str, *, help: str = "", grid: str = GRID, household: str = "household-1",
        expires: date | None = date(2027, 11, 22), active: bool = True, sequence: int = 1,
    ) -> None:  # fmt: skip
        """Let the service hear that a household is on the list for `visit`, or no longer is."""
        told = json.dumps({"visit": visit, "help": help}, ensure_ascii=False)
        sealed = Seal.from_file(self.service.config.field_key).close(told, f"care.sealed:{entry_id}")
        data = {"household_id": household, "active": active, "expires": expires and expires.isoformat()}
        self.hear("care-changed", entry_id, {**data, "sealed": sealed if active else None}, sequence, grid)

    def visits(self, who: Principal | None = None, **wanted: Any) -> list[dict[str, Any]]:
        """Visits, as `who` or the platform sees them."""
        platform = Principal("platform", "平台", frozenset({"platform"}))
        return self.service.visits.visits(VisitFilter(limit=200, **wanted), who or platform)["items"]

    def run(self) -> None:
        """Let the deadlines of this moment fire, and those that they set for now."""
        self.clock.advance(seconds=5)
        while self.service.bus.sweep():
            pass

    def tasks(self, **wanted: Any) -> list[dict[str, Any]]:
        """All tasks, as the centre sees them."""
        platform = Principal("platform", "平台", frozenset({"platform"}))
        found = self.service.queries.tasks(TaskFilter(limit=200, **wanted), platform)
        assert not found["next_cursor"]
        return found["items"]

    def daily(self, who: Principal | None = MEMBER, day: str = "2026-11-23") -> dict[str, Any]:
        person_id = who.person_id if who else None
        of_day = [each for each in self.tasks(patrol="daily") if each["day"] == day]
        return next(each for each in of_day if each["person_id"] == person_id and each["grid"] == GRID)

    def sync(
        self, *entries: messages.GivenEntry, who: Principal = MEMBER, key: str | None = None
    ) -> list[dict[str, Any]]:
        return self.service.bus.handle(messages.Sync(entries=entries), who, key)["items"]

    def entry(self, task: dict[str, Any], item: str = "", **more: Any) -> messages.GivenEntry:
        given = {"client_id": new_id(), "version": 1, "at": self.clock.now(), "task_id": task["id"], "item": item}
        default = {"answer": "fine"} if item else {"rest": "fine"}
        return messages.GivenEntry(**{**given, **default, **more})

    def events(self, fact: str) -> list[dict[str, Any]]:
        """The bodies of the outbox's events of one fact, in their order."""
        query = sa.text("SELECT convert_from(body, 'UTF8')::jsonb AS body FROM outbox WHERE type = :type ORDER BY id")
        with self.service.engine.connect() as connection:
            return [row.body for row in connection.execute(query, {"type": f"patrol.{fact}.v1"})]


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
def migrated(postgres: Any) -> str:
    """The address of a migrated database; tests work on copies of it."""
    uri = postgres.create_database("patrol_template")
    migrate.upgrade("patrol", uri)
    return uri


@pytest.fixture
def bare(postgres: Any, migrated: str, field_key: Path) -> Iterator[County]:
    """The service that has heard nothing yet."""
    name = f"patrol_{uuid4().hex[:12]}"
    with closing(postgres.connect()) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE patrol_template OWNER patrol_template")
    clock = SettableClock()
    service = build(config(f"{migrated.rpartition('/')[0]}/{name}", field_key), clock)
    yield County(service, clock)
    service.engine.dispose()
    service.bus.close()
    postgres.drop_database(name)


@pytest.fixture
def county(bare: County, plan_document: dict[str, Any]) -> County:
    """Its grids, people and plan are known, the tasks of today and tomorrow made."""
    bare.grid(TOWN, 1)
    bare.grid(WORK_AREA, 2, TOWN, kind="work-area")
    bare.grid(GRID, 3, TOWN, WORK_AREA)
    bare.grid(NEIGHBOUR, 3, TOWN, WORK_AREA)
    bare.appoint(MEMBER, "member")
    bare.appoint(COLLEAGUE, "member")
    bare.appoint(LEADER, "leader")
    bare.appoint(GOVERNANCE, "governance-member")
    bare.appoint(STRANGER, "member", NEIGHBOUR)
    bare.activate(plan_document)
    bare.run()
    return bare


def config(uri: str, field_key: Path) -> Config:
    return Config(
        service="patrol",
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


TOWN_AREA = TOWN[:9]
CENTRE = person("centre", "centre-operator", areas=(TOWN_AREA,))
OTHER_TOWN = person("other-town", "centre-operator", areas=("371321107",))
ENV = Principal("person-env", "env", frozenset({"department-handler"}), "env-office", (TOWN_AREA,))


@pytest.fixture
def town(county: County) -> County:
    """The county with accounts of the centre, of a department, and of another town."""
    for who in (CENTRE, ENV, OTHER_TOWN):
        data = {"person_id": who.person_id, "roles": sorted(who.roles), "department": who.department}
        county.hear("person-changed", who.person_id, {**data, "areas": list(who.areas), "active": True})
    county.run()
    return county
