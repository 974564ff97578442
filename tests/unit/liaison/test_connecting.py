"""How rows and broker go together, on fakes of both: what is asked in which order, and what stops it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.chassis.auth import PLATFORM, Principal
from services.liaison.connecting import PATIENCE, Connecting
from services.liaison.errors import BrokerAway, ConnectionEnded, ConnectionNotFound
from services.liaison.handlers import HANDLERS
from services.liaison.messages import ConnectDepartment, DisconnectDepartment
from services.liaison.model import Connection
from services.liaison.ports import Depth

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
COMMAND = ConnectDepartment(department="env-office")


@dataclass
class Rows:
    """Connections, the unit of work and the register in one: rows in a dictionary."""

    caller: Principal = PLATFORM
    now: datetime = NOW
    county: str = "371321"
    kept: dict[str, Connection] = field(default_factory=dict)

    @property
    def connections(self) -> "Rows":
        return self

    departments = connections
    log = connections

    def exists(self, department: str) -> bool:
        return department == "env-office"

    def add(self, connection: Connection) -> None:
        self.kept[connection.id] = connection

    def get(self, connection_id: str) -> Connection:
        if connection_id not in self.kept:
            raise ConnectionNotFound(id=connection_id)
        return self.kept[connection_id]

    connection = get

    def save(self, connection: Connection) -> None:
        self.kept[connection.id] = connection

    def count_open(self, department: str) -> int:
        return len(self.kept)

    def unfinished(self, before: datetime) -> Iterable[Connection]:
        return [each for each in self.kept.values() if each.state in ("making", "ending") and each.created_at < before]


@dataclass
class Bus:
    """Carries commands straight to the handlers."""

    rows: Rows

    @property
    def clock(self) -> "Bus":
        return self

    def now(self) -> datetime:
        return self.rows.now

    def handle(self, command: Any, caller: Principal, key: str | None = None) -> dict[str, Any]:
        self.rows.caller = caller
        return HANDLERS[type(command)](command, self.rows) or {}


@dataclass
class FakeBroker:
    """Remembers whose things it has."""

    there: dict[str, str] = field(default_factory=dict)
    away: bool = False

    def make(self, connection: Connection, password: str) -> None:
        self._answer()
        self.there[connection.id] = password

    def remove(self, connection: Connection) -> None:
        self._answer()
        self.there.pop(connection.id, None)

    def depths(self) -> Mapping[str, Depth]:
        return {}

    def address(self, connection: Connection, password: str) -> str:
        return f"amqp://{connection.user}:{password}@broker"

    def _answer(self) -> None:
        if self.away:
            raise BrokerAway


@pytest.fixture
def office() -> tuple[Connecting, Rows, FakeBroker]:
    rows, broker = Rows(), FakeBroker()
    return Connecting(Bus(rows), rows, broker), rows, broker  # type: ignore[arg-type]  # fakes


Office = tuple[Connecting, Rows, FakeBroker]


@pytest.mark.rule("XCH-01")
def test_the_answer_carries_the_password_that_the_broker_got(office: Office):
    connecting, rows, broker = office
    answer = connecting.connect(COMMAND, PLATFORM)
    assert broker.there[answer["id"]] in answer["uri"]
    assert rows.kept[answer["id"]].state == "active"


def test_while_the_broker_is_away_the_row_says_making_and_is_undone_later(office: Office):
    connecting, rows, broker = office
    broker.away = True
    with pytest.raises(BrokerAway):
        connecting.connect(COMMAND, PLATFORM)
    (connection,) = rows.kept.values()
    assert connection.state == "making"
    rows.now += PATIENCE
    assert connecting.reconcile() == 0
    rows.now += timedelta(seconds=1)
    broker.away = False
    assert connecting.reconcile() == 1
    assert connection.state == "ended"


def test_one_that_was_finished_meanwhile_is_left_alone(office: Office):
    connecting, rows, broker = office
    answer = connecting.connect(COMMAND, PLATFORM)
    stale = Connection(**{**rows.kept[answer["id"]].__dict__, "state": "making"})
    rows.unfinished = lambda before: [stale]  # type: ignore[method-assign]  # what was read a moment before
    connecting.reconcile()
    assert rows.kept[answer["id"]].state == "active"
    assert answer["id"] in broker.there


def test_a_connection_taken_away_while_it_is_made_is_not_finished(office: Office):
    connecting, _, broker = office
    whole = broker.make

    def overtaken(connection: Connection, password: str) -> None:
        connecting.disconnect(DisconnectDepartment(id=connection.id), PLATFORM)
        whole(connection, password)

    broker.make = overtaken  # type: ignore[method-assign]
    with pytest.raises(ConnectionEnded):
        connecting.connect(COMMAND, PLATFORM)
    assert broker.there == {}
