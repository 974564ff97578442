"""The assessment service on a real PostgreSQL, its gRPC server with real tokens, a log that answers as liaison does."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import sqlalchemy as sa
from joserfc.jwk import KeySet, OKPKey

from services.assessment import schemas, tables
from services.assessment.api import Servicer
from services.assessment.bootstrap import Service, build
from services.assessment.log import LiaisonLog
from services.assessment.model.facts import COUNTERS, Fact, facts_of
from services.assessment.model.weighing import FactKey, Weight, count
from services.chassis.auth import Issuer, Principal, Verifier
from services.chassis.config import Config
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.ids import new_id
from services.chassis.migrate import upgrade
from services.chassis.rpc.serve import Api, server
from wangge.assessment.v1 import assessment_pb2_grpc as rpc
from wangge.liaison.v1 import liaison_pb2 as log_pb
from wangge.liaison.v1 import liaison_pb2_grpc as log_rpc

GRID = "371321106201003"
OTHER_GRID = "371321107202001"
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
RATIO = {"kind": "ratio", "assumed": True}
SCORE = {
    "total": 1000,
    "schemes": [
        {
            "id": kind,
            "subject": kind,
            "name": kind,
            "departments": [],
            "indicators": [
                {
                    **RATIO,
                    "id": "closing",
                    "name": "结案率",
                    "weight": 1000,
                    "formula": "closed / dispatched_right",
                    "numerator": "closed",
                    "denominator": "dispatched_right",
                }
            ],
        }
        for kind in ("member", "grid", "department")
    ],
}


class FixedClock:
    """The afternoon of the day on which the stories play."""

    def now(self) -> datetime:
        return NOON + timedelta(hours=4)


@dataclass
class Assessment:
    """The service under test; `take` handles events as the worker does, by way of their bytes."""

    service: Service
    log: list[Envelope] = field(default_factory=list)

    def take(self, *envelopes: Envelope, logged: bool = True) -> list[bool]:
        """Consume events in this order; say of each whether it was new."""
        return [self._take(envelope, logged) for envelope in envelopes]

    def _take(self, envelope: Envelope, logged: bool) -> bool:
        if logged:
            self.log.append(envelope)
        read = Envelope.parse(envelope.to_bytes(), CONTENT_TYPE)
        consumer = f"assessment.on.{envelope.type.partition('.')[0]}"
        return self.service.bus.consume(schemas.read(read), consumer, read.id)

    def counters(self) -> dict[tuple[str, ...], float]:
        """Every stored counter that is not 0, by kind, subject, counter, and day, month, quarter or year."""
        with self.service.engine.connect() as connection:
            rows = connection.execute(sa.select(tables.tallies)).mappings().all()
        return {
            (row["subject_kind"], row["subject_id"], name, row["span"]): row[name]
            for row in rows
            for name in COUNTERS
            if round(row[name], 6)
        }

    def modelled(self, envelopes: Iterable[Envelope]) -> dict[tuple[str, ...], Any]:
        """What `counters` has to be, about: what the model alone makes of these events."""
        found: dict[tuple[str, ...], float] = defaultdict(float)
        for cell, amount in count(self.facts_of(envelopes)).items():
            day = cell.day
            for span in (f"{day}", f"{day:%Y-%m}", f"{day:%Y}-Q{(day.month + 2) // 3}", f"{day:%Y}"):
                found[cell.subject_kind, cell.subject_id, cell.counter, span] += amount
        return {key: pytest.approx(amount) for key, amount in found.items() if round(amount, 6)}

    def facts_of(self, envelopes: Iterable[Envelope]) -> list[Fact]:
        """The facts that these events are."""
        zone = self.service.recomputation(None).zone
        return [fact for each in envelopes for fact in facts_of(schemas.read(each), zone)]

    def weights(self) -> dict[FactKey, Weight]:
        """How much each stored fact counts."""
        with self.service.engine.connect() as connection:
            rows = connection.execute(sa.select(tables.facts)).all()
        return {
            (row.event_id, row.counter, row.subject_kind, row.subject_id): Weight(row.counted, row.reason)
            for row in rows
        }

    def empty(self) -> None:
        """As if nothing had happened yet."""
        with self.service.engine.begin() as connection:
            for table in reversed(tables.METADATA.sorted_tables):
                connection.execute(sa.delete(table))

    def areas(self) -> set[tuple[str, ...]]:
        """Where the subjects have cases."""
        with self.service.engine.connect() as connection:
            return {tuple(row) for row in connection.execute(sa.select(tables.subject_areas))}

    def fact_keys(self) -> set[tuple[str, ...]]:
        with self.service.engine.connect() as connection:
            return {tuple(row) for row in connection.execute(sa.select(*tables.facts.primary_key.columns))}


@pytest.fixture(scope="session")
def migrated(postgres: Any) -> str:
    """A database at the newest version, emptied by each test that uses it; its commits do not wait for the disk."""
    uri = postgres.create_database("assessment_tests")
    upgrade("assessment", uri)
    owner = sa.create_engine(uri, poolclass=sa.NullPool)
    with owner.begin() as connection:
        connection.execute(sa.text("ALTER ROLE CURRENT_USER SET synchronous_commit = off"))
    return uri


@pytest.fixture
def config(migrated: str, tmp_path: Path) -> Config:
    return Config(
        service="assessment",
        county="371321",
        timezone="Asia/Shanghai",
        home=tmp_path,
        database_uri=migrated,
        grpc_address="127.0.0.1:0",
        token_public_keys=tmp_path / "public.json",
        token_private_key=tmp_path / "private.json",
        field_key=tmp_path / "field.key",
        pool_size=5,
    )


@pytest.fixture
def assessment(config: Config) -> Iterator[Assessment]:
    made = Assessment(build(config, FixedClock()))
    made.empty()
    yield made
    made.service.engine.dispose()


@pytest.fixture
def event() -> Callable[..., Envelope]:
    """Makes an event of a case, one minute after the one before it; `data` overrides what is sensible."""

    def make(fact: str, sequence: int, case: str, department: str | None = None, **data: Any) -> Envelope:
        at = data.pop("at", NOON + timedelta(minutes=sequence))
        given = {
            "number": f"371321-20261122-{case[-6:]}",
            "matter_code": "06026",
            "way": "dispatched",
            "state": "handling",
            "reporter_id": "member-1",
        }
        return Envelope(
            id=new_id(),
            source="/wangge/371321/incident",
            type=f"incident.{fact}.v1",
            subject=case,
            time=at,
            sequence=sequence,
            grid=data.pop("grid", GRID),
            department=department,
            data=given | data,
        )

    return make


@pytest.fixture
def story(event: Callable[..., Envelope]) -> Callable[..., list[Envelope]]:
    """A whole case with one rework: reported by a member, handled by the department, closed as satisfied."""

    def make(case: str | None = None, department: str = "env-office", **given: Any) -> list[Envelope]:
        case = case or new_id()
        return [
            event("reported", 1, case, channel="grid-worker", first_report=True, settled=False, **given),
            event("filed", 2, case, on_time=True, **given),
            event("dispatched", 3, case, department, **given),
            event("accepted", 4, case, department, **given),
            event("answered", 5, case, department, round=1, on_time=True, **given),
            event("refused", 6, case, department, round=1, **given),
            event("answered", 7, case, department, round=2, on_time=False, **given),
            event("verified", 8, case, department, rounds=2, spot_check=False, on_time=True, **given),
            event("evaluated", 9, case, department, contacted=True, solved=True, satisfaction="satisfied", **given),
            event("closed", 10, case, department, reworks=1, on_time=False, **given),
        ]

    return make


@pytest.fixture
def counted() -> Callable[[list[Envelope]], list[Envelope]]:
    """The events that the worker's binding lets through."""
    return lambda envelopes: [each for each in envelopes if each.type in schemas.FROM_INCIDENT]


@pytest.fixture
def registry_event() -> Callable[..., Envelope]:
    def make(fact: str, subject: str, sequence: int = 1, at: datetime = NOON, **data: Any) -> Envelope:
        return Envelope(
            id=new_id(),
            source="/wangge/371321/registry",
            type=f"registry.{fact}.v1",
            subject=subject,
            time=at,
            sequence=sequence,
            data=data,
        )

    return make


@pytest.fixture
def with_plan(assessment: Assessment, registry_event: Callable[..., Envelope]) -> Assessment:
    """The service with a small scheme, and names of a grid and a department."""
    document = {"plan": {"id": "small"}, "score": SCORE, "credit": {}, "matters": []}
    activated = registry_event("plan-activated", "small", plan_id="small", version=1, title="小方案", document=document)
    grid = registry_event("grid-changed", GRID, code=GRID, name="第一网格", kind="area", level=3, active=True)
    department = registry_event("department-changed", "env-office", id="env-office", name="生态环境办", active=True)
    assessment.take(activated, grid, department, logged=False)
    return assessment


class Log:
    """Answers ReadLog as liaison does, in small pages, for callers whose token holds."""

    PAGE = 3

    def __init__(self, events: list[Envelope]) -> None:
        self._events = events
        self.callers: list[str] = []

    def ReadLog(self, request: log_pb.ReadLogRequest, call: Any) -> log_pb.ReadLogReply:
        self.callers.append(call.caller.person_id)
        size = min(self.PAGE, request.limit)
        rest = list(enumerate(self._events, 1))[request.after_position :]
        items = [_logged(position, each) for position, each in rest[:size]]
        last = items[-1].position if items else request.after_position
        return log_pb.ReadLogReply(items=items, last_position=last, more=len(rest) > size)

    def __getattr__(self, name: str) -> Any:
        return lambda request, call: None


def _logged(position: int, event: Envelope) -> log_pb.LoggedEvent:
    logged = log_pb.LoggedEvent(
        position=position,
        id=event.id,
        type=event.type,
        source=event.source,
        subject=event.subject,
        sequence=event.sequence,
        grid=event.grid or "",
        department=event.department or "",
    )
    logged.time.FromDatetime(event.time)
    logged.data.update(json.loads(json.dumps(dict(event.data))))
    return logged


@pytest.fixture(scope="session")
def key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "test"})


@dataclass
class Client:
    """Calls the service over gRPC as a person."""

    stub: rpc.AssessmentStub
    issuer: Issuer

    def __call__(self, method: str, request: Any, person: Principal) -> Any:
        token, _ = self.issuer.issue(person, timedelta(minutes=5))
        return getattr(self.stub, method)(request, timeout=10, metadata=(("authorization", f"Bearer {token}"),))


@pytest.fixture
def log(assessment: Assessment, key: OKPKey) -> Iterator[tuple[Log, str]]:
    """A running log of what the service has taken, and its address."""
    keeper = Log(assessment.log)
    verifier = Verifier(KeySet([key]))
    made, port = server(Api("liaison", keeper, log_rpc.add_LiaisonServicer_to_server), verifier, "127.0.0.1:0")
    made.start()
    yield keeper, f"127.0.0.1:{port}"
    made.stop(0).wait()


@pytest.fixture
def client(assessment: Assessment, key: OKPKey, log: tuple[Log, str]) -> Iterator[Client]:
    """The service's own gRPC server, and a client of it."""
    servicer = Servicer(assessment.service, LiaisonLog(log[1]))
    api = Api("assessment", servicer, rpc.add_AssessmentServicer_to_server)
    made, port = server(api, Verifier(KeySet([key])), "127.0.0.1:0")
    made.start()
    with closing(grpc.insecure_channel(f"127.0.0.1:{port}")) as channel:
        yield Client(rpc.AssessmentStub(channel), Issuer(key))
    made.stop(0).wait()


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Calls a function with each argument, four at a time."""

    def run(function: Callable[[Any], Any], arguments: list[Any]) -> list[Any]:
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(function, arguments))

    return run
