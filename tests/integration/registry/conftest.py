"""A registry behind its real gRPC server, on a database of its own, with a clock that tests move.

`registry` is empty but for the operator's token; `county` holds a town of three villages with its grids and people.
"""

import base64
import importlib
import json
import os
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import pytest
import sqlalchemy as sa
from joserfc.jwk import OKPKey

from services.chassis import migrate
from services.chassis.auth import Issuer, Principal, Verifier
from services.chassis.config import Config
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.ids import new_id
from services.chassis.rpc import serve
from services.registry import api
from services.registry.bootstrap import Service, build
from wangge.registry import v1

COUNTY, TOWN = "371321000000", "371321106000"
VILLAGES = ("371321106201", "371321106202", "371321106203")
OPERATOR = Principal(
    "operator", "平台操作员", frozenset({"system-administrator", "security-administrator", "platform"})
)
LONG = timedelta(days=400)
"""Tokens that hold while a test lets months pass."""
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass
class SettableClock:
    """A clock that a test moves."""

    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment

    def advance(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


class Refused(Exception):
    """A refusal as a client sees it."""

    def __init__(self, error: grpc.RpcError) -> None:
        self.status = error.code()
        trailing = dict(error.trailing_metadata() or ())
        self.content: dict[str, Any] = json.loads(trailing["wangge-error-bin"])
        super().__init__(self.content)

    @property
    def code(self) -> str:
        return str(self.content["code"])

    @property
    def faults(self) -> dict[str, str]:
        """Code by path."""
        return {fault["path"]: fault["code"] for fault in self.content["faults"]}


class Stubs:
    """The methods of all gRPC services of the registry, and their requests, by the method's name."""

    _modules = tuple(
        importlib.import_module(each.name) for each in pkgutil.iter_modules(v1.__path__, f"{v1.__name__}.")
    )

    def __init__(self, channel: grpc.Channel) -> None:
        names = ((module, name) for module in self._modules for name in vars(module) if name.endswith("Stub"))
        self._stubs = [getattr(module, name)(channel) for module, name in names]

    def __getattr__(self, method: str) -> Any:
        return next(getattr(stub, method) for stub in self._stubs if hasattr(stub, method))

    @classmethod
    def request(cls, method: str) -> Any:
        name = f"{method}Request"
        return next(getattr(module, name) for module in cls._modules if hasattr(module, name))


@dataclass
class Client:
    """Calls by method name: `client("ListGrids", prefix="371321")`."""

    stub: "Stubs"
    token: str | None = None

    def __call__(self, method: str, *, key: str | None = None, if_match: int | None = None, **values: Any) -> Any:
        request = self.stub.request(method)(**values)
        given = {"authorization": self.token and f"Bearer {self.token}", "idempotency-key": key}
        given["expected-version"] = None if if_match is None else str(if_match)
        metadata = [(name, value) for name, value in given.items() if value]
        try:
            return getattr(self.stub, method)(request, metadata=metadata, timeout=20)
        except grpc.RpcError as error:
            raise Refused(error) from error


@dataclass
class Registry:
    """The running service; `anyone` has no token, `operator` is the platform's command."""

    service: Service
    stub: "Stubs"
    issuer: Issuer
    clock: SettableClock
    ids: dict[str, str] = field(default_factory=dict)
    address: str = ""

    @property
    def anyone(self) -> Client:
        return Client(self.stub)

    @property
    def operator(self) -> Client:
        return self.as_(OPERATOR)

    def as_(self, principal: Principal) -> Client:
        return Client(self.stub, self.issuer.issue(principal, LONG)[0])

    def with_roles(self, *roles: str, areas: Sequence[str] = (), department: str | None = None) -> Client:
        return self.as_(Principal(new_id(), "某人", frozenset(roles), department, tuple(areas)))

    def signed_in(self, username: str, password: str) -> Client:
        return Client(self.stub, self.anyone("SignIn", username=username, password=password).access_token)

    def rows(self, statement: str, **values: Any) -> Sequence[Any]:
        with self.service.engine.connect() as connection:
            return connection.execute(sa.text(statement), values).all()

    def events(self, type: str | None = None, subject: str | None = None) -> list[Envelope]:
        """The events in the outbox, oldest first."""
        bodies = [row.body for row in self.rows("SELECT body FROM outbox ORDER BY id")]
        found = [Envelope.parse(bytes(body), CONTENT_TYPE) for body in bodies]
        wanted = [each for each in found if type in (None, each.type.split(".")[1])]
        return [each for each in wanted if subject in (None, each.subject)]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a key pair for tokens and a key for fields."""
    folder = tmp_path_factory.mktemp("keys")
    pair = OKPKey.generate_key("Ed25519", {"kid": "test"})
    (folder / "private.json").write_text(json.dumps(pair.as_dict(private=True)))
    (folder / "public.json").write_text(json.dumps({"keys": [pair.as_dict(private=False)]}))
    (folder / "field.key").write_text(base64.b64encode(os.urandom(32)).decode())
    return folder


def config_of(uri: str, keys: Path, home: Path) -> Config:
    return Config(
        service="registry",
        county="371321",
        timezone="Asia/Shanghai",
        home=home,
        database_uri=uri,
        grpc_address="127.0.0.1:0",
        token_public_keys=keys / "public.json",
        token_private_key=keys / "private.json",
        field_key=keys / "field.key",
        pool_size=5,
    )


@contextmanager
def serving(uri: str, keys: Path, home: Path) -> Iterator[Registry]:
    """The registry on the database at `uri` behind its gRPC server."""
    config, clock = config_of(uri, keys, home), SettableClock()
    service, issuer = build(config, clock), Issuer.from_file(config.token_private_key, clock)
    made = api.serving(service, issuer)
    server, port = serve.server(made, Verifier.from_file(config.token_public_keys, clock), "127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Registry(service, Stubs(channel), issuer, clock, address=f"127.0.0.1:{port}")
    server.stop(None).wait()
    service.bus.close()
    service.engine.dispose()


@contextmanager
def copied(postgres: Any, template: str) -> Iterator[str]:
    """The address of a copy of the database at `template`, dropped at the end."""
    name, server = f"registry_{uuid4().hex[:10]}", template.rpartition("/")[0]
    with closing(postgres.connect()) as connection:
        connection.autocommit = True
        original = template.rpartition("/")[2]
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {original} OWNER registry_empty")
    yield f"{server}/{name}"
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def empty(postgres: Any) -> str:
    """The address of a migrated, empty database; tests work on copies of it."""
    uri = str(postgres.create_database("registry_empty"))
    migrate.upgrade("registry", uri)
    return uri


@pytest.fixture(scope="session")
def seeded(postgres: Any, empty: str, keys: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of a database with the small county, and its ids; tests work on copies of it."""
    with copied(postgres, empty) as uri:
        with serving(uri, keys, keys) as registry:
            _seed(registry)
        yield uri, registry.ids


@pytest.fixture
def registry(postgres: Any, empty: str, keys: Path, tmp_path: Path) -> Iterator[Registry]:
    """An empty registry behind its gRPC server."""
    with copied(postgres, empty) as uri, serving(uri, keys, tmp_path) as registry:
        yield registry


@pytest.fixture
def county(postgres: Any, seeded: tuple[str, dict[str, str]], keys: Path, tmp_path: Path) -> Iterator[Registry]:
    """A town with three villages, five grids, two departments and four people; `ids` by ref and username."""
    with copied(postgres, seeded[0]) as uri, serving(uri, keys, tmp_path) as registry:
        registry.ids.update(seeded[1])
        yield registry


def square(west: float, south: float, size: float = 0.1) -> dict[str, Any]:
    """A square boundary in degrees."""
    east, north = round(west + size, 6), round(south + size, 6)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def grid_row(ref: str, name: str, level: int, divisions: Sequence[str], **values: Any) -> dict[str, Any]:
    """A row of ImportGrids; `boundary` is marked as drawn."""
    drawn = {"drawn_how": "drawn"} if "boundary" in values else {}
    plain = {"ref": ref, "name": name, "kind": "area", "level": level, "division_codes": list(divisions)}
    return {**plain, "effective": "2026-11-01", **drawn, **values}


DIVISIONS = [
    {"code": COUNTY, "name": "沂南县", "kind": "county"},
    {"code": TOWN, "name": "依汶镇", "parent_code": COUNTY, "kind": "town"},
    *(
        {"code": code, "name": f"{name}村", "parent_code": TOWN, "kind": "village"}
        for code, name in zip(VILLAGES, ("东", "西", "南"), strict=True)
    ),
]
DEPARTMENTS = [
    {"id": "env-office", "name": "环保办", "level": "town", "kind": "office", "division_code": TOWN},
    {"id": "water-station", "name": "水利站", "level": "town", "kind": "station", "division_code": TOWN},
]
GRIDS = [
    grid_row("town", "依汶镇网格", 1, [TOWN], boundary=square(118.0, 35.0, 0.4)),
    grid_row("east-work", "东部工作区", 2, VILLAGES[:2], kind="work-area", parent_ref="town"),
    grid_row("v1", "东村网格", 3, VILLAGES[:1], parent_ref="east-work", boundary=square(118.0, 35.0)),
    grid_row("v2", "西村网格", 3, VILLAGES[1:2], parent_ref="east-work", boundary=square(118.1, 35.0)),
    grid_row("v3", "南村网格", 3, VILLAGES[2:], parent_ref="town", boundary=square(118.2, 35.0)),
]
PHONE = "13812345678"
PEOPLE = [
    {
        "username": "wang",
        "name": "王东",
        "roles": ["grid-member"],
        "private_phone": "13812345678",
        "duty_phone": "3211001",
    },
    {"username": "li", "name": "李长", "roles": ["grid-leader"], "duty_phone": "3211002"},
    {"username": "zhao", "name": "赵环", "roles": ["department-handler"], "department": "env-office"},
    {"username": "sec", "name": "安管", "roles": ["security-administrator"]},
]
PASSWORD = "correct-horse-1"


def _seed(registry: Registry) -> None:
    operator = registry.operator
    operator("ImportDivisions", rows=DIVISIONS)
    operator("ImportDepartments", rows=DEPARTMENTS)
    people = [{**row, "password": PASSWORD} for row in PEOPLE]
    imported = [operator("ImportGrids", rows=GRIDS), operator("ImportPeople", rows=people)]
    registry.ids.update({row.ref: row.id for reply in imported for row in reply.rows})


Appoint = Callable[..., str]


@pytest.fixture
def appoint(county: Registry) -> Appoint:
    """Give somebody of the county a post: `appoint("wang", "v1", "member")` returns the post's id."""

    def give(username: str, grid: str, post: str, starts: str = "2026-11-01", **values: Any) -> str:
        ids = {"person_id": county.ids[username], "grid_code": county.ids[grid]}
        return str(county.operator("Appoint", **ids, post=post, starts=starts, **values).id)

    return give
