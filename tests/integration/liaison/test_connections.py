"""A department's own queue on the real broker: it receives what is its own, and can do nothing else (XCH-01)."""

import queue as queues
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pika
import pytest
from pika.exceptions import AMQPError, ChannelClosedByBroker, ConnectionClosedByBroker, ProbableAuthenticationError

from infra.local.process import wait_until
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.liaison.bootstrap import build
from services.liaison.broker import BrokerSettings, RabbitBroker
from services.liaison.errors import (
    AreaWrong,
    BrokerAway,
    BrokerNotConfigured,
    ConnectionEnded,
    ConnectionNotFound,
    CursorWrong,
    DepartmentUnknown,
    TooManyConnections,
    TypeWrong,
)
from services.liaison.messages import ConnectDepartment, DisconnectDepartment
from services.liaison.model import Connection
from wangge_department import Department

from .conftest import ADMINISTRATOR, GRID, Liaison, event, person

SOON = 20.0
ELSEWHERE = "371321107201001"
DISPATCHED = {
    "number": "20261122-0001", "matter_code": "06026", "way": "dispatched", "state": "dispatched",
    "reporter_id": None, "actor_id": None, "matter_name": "河道污染", "co_departments": ["water-station"],
    "due_at": None, "urgent": False, "automatic": True, "on_time": True,
}  # fmt: skip


@pytest.fixture
def connected(liaison: Liaison) -> Iterator[dict[str, Any]]:
    """A connection of env-office for the whole county."""
    yield connect(liaison)


def connect(liaison: Liaison, department: str = "env-office", key: str | None = None, **asked: Any) -> dict[str, Any]:
    command = ConnectDepartment(department=department, **asked)
    return liaison.service.connecting.connect(command, ADMINISTRATOR, key)


def disconnect(liaison: Liaison, connection_id: str) -> None:
    liaison.service.connecting.disconnect(DisconnectDepartment(id=connection_id), ADMINISTRATOR)


def dispatched(department: str = "env-office", **values: Any) -> Any:
    return event(department=department, **{"grid": GRID, "data": DISPATCHED} | values)


def manage(liaison: Liaison, path: str, login: tuple[str, str] | None = None) -> httpx.Response:
    base = urlsplit(liaison.management_uri)
    own = (base.username or "", base.password or "")
    return httpx.get(f"http://{base.hostname}:{base.port}/api/{path}", auth=login or own, timeout=10, trust_env=False)


def users(liaison: Liaison) -> set[str]:
    return {user["name"] for user in manage(liaison, "users").json()}


def own_queues(liaison: Liaison) -> set[str]:
    vhost = urlsplit(liaison.amqp_uri).path.removeprefix("/")
    return {queue["name"] for queue in manage(liaison, f"queues/{vhost}?columns=name").json()}


def channel_of(uri: str) -> Any:
    return pika.BlockingConnection(pika.URLParameters(uri.partition("?")[0])).channel()


def refused(uri: str, act: Any) -> int:
    """The code with which the broker refuses what `act` does on a channel of the department's user."""
    channel = channel_of(uri)
    try:
        with pytest.raises(ChannelClosedByBroker) as error:
            act(channel)
    finally:
        channel.connection.close()
    return int(error.value.reply_code)


def received(liaison: Liaison, uri: str, last: str) -> list[str]:
    """The ids that the department's program gets, until the event `last`."""
    seen: queues.Queue[str] = queues.Queue()
    department = Department(uri)
    department.on("*")(lambda each: seen.put(each.id))
    ids: list[str] = []
    with department:
        while last not in ids:
            ids.append(seen.get(timeout=SOON))
    return ids


# --- what it receives -------------------------------------------------------------------------------------------------


@pytest.mark.rule("XCH-01", "XCH-03")
def test_a_department_receives_its_own_events_by_the_library(liaison: Liaison, connected: dict[str, Any]):
    own, helping, last = dispatched(), dispatched("water-station"), dispatched()
    liaison.publish(dispatched("water-station"))
    liaison.publish(own)
    liaison.publish(helping, concerned=("env-office",))
    liaison.publish(dispatched(None))
    liaison.publish(last)
    assert received(liaison, connected["uri"], last.id) == [own.id, helping.id, last.id]


@pytest.mark.rule("XCH-01")
def test_types_and_area_narrow_what_is_received(liaison: Liaison):
    made = connect(liaison, types=("incident.dispatched.v1", "incident.closed.*"), area="371321106")
    for other in (dispatched(grid=ELSEWHERE), event("incident.accepted.v1", department="env-office", grid=GRID)):
        liaison.publish(other)
    town = dispatched(grid="371321106")
    closed = event("incident.closed.v1", department="env-office", grid=GRID, data={"reworks": 0})
    last = dispatched()
    for each in (town, last):
        liaison.publish(each)
    assert received(liaison, made["uri"], last.id) == [town.id, last.id]
    liaison.publish(closed)
    wait_until(lambda: waiting(liaison, made["id"]) == 1, seconds=SOON, what="the closed case in the queue")


def waiting(liaison: Liaison, connection_id: str) -> int:
    lines = liaison.service.queries.connections(ADMINISTRATOR)["items"]
    return next(int(line["waiting"]) for line in lines if line["id"] == connection_id)


@pytest.mark.rule("XCH-03")
def test_nothing_is_lost_while_the_department_is_away(liaison: Liaison, connected: dict[str, Any]):
    events = [dispatched(sequence=number, subject="case-1") for number in (1, 2, 3)]
    for each in events:
        liaison.publish(each)
    assert received(liaison, connected["uri"], events[-1].id) == [each.id for each in events]


# --- what it cannot do ------------------------------------------------------------------------------------------------


@pytest.mark.rule("XCH-01")
def test_a_department_can_do_nothing_but_read_its_own_queue(liaison: Liaison, connected: dict[str, Any]):
    uri, queue = connected["uri"], connected["queue"]
    other = connect(liaison, "water-station")["queue"]
    attempts = {
        "read another queue": lambda channel: channel.basic_consume(other, print),
        "read dead letters": lambda channel: channel.basic_get(f"{queue}.dead"),
        "purge another queue": lambda channel: channel.queue_purge(other),
        "declare": lambda channel: channel.queue_declare("mine"),
        "declare a private one": lambda channel: channel.queue_declare("", exclusive=True),
        "delete its own": lambda channel: channel.queue_delete(queue),
        "declare an exchange": lambda channel: channel.exchange_declare("mine"),
        "bind": lambda channel: channel.queue_bind(queue, "incident.events", "#"),
        "unbind": lambda channel: channel.queue_unbind(queue, "incident.events", "#"),
    }
    assert {what: refused(uri, act) for what, act in attempts.items()} == dict.fromkeys(attempts, 403)


@pytest.mark.rule("XCH-01")
@pytest.mark.parametrize("exchange", ["incident.events", ""])
def test_a_department_publishes_nowhere(liaison: Liaison, connected: dict[str, Any], exchange: str):
    def publish(channel: Any) -> None:
        channel.confirm_delivery()
        channel.basic_publish(exchange, connected["queue"], b"forged")

    assert refused(connected["uri"], publish) == 403


@pytest.mark.rule("XCH-01")
def test_a_department_enters_neither_the_management_nor_another_virtual_host(
    liaison: Liaison, connected: dict[str, Any]
):
    login = urlsplit(connected["uri"])
    assert manage(liaison, "whoami", (login.username or "", login.password or "")).status_code == 401
    outside = f"amqp://{login.username}:{login.password}@{login.hostname}:{login.port}/%2F"
    with pytest.raises((ConnectionClosedByBroker, AMQPError)):
        channel_of(outside)


def test_there_is_no_guest(liaison: Liaison):
    assert "guest" not in users(liaison)
    broker = urlsplit(liaison.amqp_uri)
    with pytest.raises(ProbableAuthenticationError):
        channel_of(f"amqp://guest:guest@{broker.hostname}:{broker.port}/%2F")


def test_a_user_has_few_connections_and_channels(liaison: Liaison, connected: dict[str, Any]):
    limits = manage(liaison, f"user-limits/{connected['user']}").json()
    assert limits[0]["value"] == {"max-connections": 8, "max-channels": 32}


def test_the_password_is_kept_nowhere(liaison: Liaison, connected: dict[str, Any]):
    password = urlsplit(connected["uri"]).password or ""
    tables = ("connection", "idempotency", "audit", "outbox", "event")
    content = "".join(str(liaison.rows(f"SELECT * FROM {table}")) for table in tables)
    assert connected["id"] in content
    assert password not in content
    assert len(password) >= 32


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.rule("XCH-01", "PRV-03")
def test_a_head_connects_the_own_department_and_no_other(liaison: Liaison):
    head = person("department-head", department="env-office", name="head")
    made = liaison.service.connecting.connect(ConnectDepartment(department="env-office"), head)
    with pytest.raises(Forbidden):
        liaison.service.connecting.connect(ConnectDepartment(department="water-station"), head)
    with pytest.raises(Forbidden):
        handler = person("department-handler", department="env-office")
        liaison.service.connecting.connect(ConnectDepartment(department="env-office"), handler)
    foreign = connect(liaison, "water-station")
    with pytest.raises(ConnectionNotFound):
        liaison.service.connecting.disconnect(DisconnectDepartment(id=foreign["id"]), head)
    assert [line["id"] for line in liaison.service.queries.connections(head)["items"]] == [made["id"]]
    audit = liaison.rows("SELECT action, actor, outcome FROM audit ORDER BY id")
    assert audit[:3] == [
        ("ConnectDepartment", "person-head", "done"),
        ("ConfirmConnection", "platform", "done"),
        ("ConnectDepartment", "person-head", "forbidden"),
    ]


def test_what_is_wrong_is_refused_before_the_broker_is_asked(liaison: Liaison):
    liaison.know("closed-office", active=False)
    with pytest.raises(DepartmentUnknown, match="closed-office"):
        connect(liaison, "closed-office")
    with pytest.raises(TypeWrong, match=r"patrol\.\*"):
        connect(liaison, types=("patrol.*",))
    with pytest.raises(AreaWrong, match="3713"):
        connect(liaison, area="3713")
    assert own_queues(liaison) == set()


def test_a_department_has_a_bounded_number_of_connections(liaison: Liaison, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.liaison.handlers.MOST_OPEN", 1)
    first = connect(liaison)
    with pytest.raises(TooManyConnections):
        connect(liaison)
    disconnect(liaison, first["id"])
    connect(liaison)


# --- taking away, repeating, breaking off -----------------------------------------------------------------------------


@pytest.mark.rule("XCH-01")
def test_disconnecting_ends_a_running_consumer_and_leaves_nothing(liaison: Liaison, connected: dict[str, Any]):
    channel = channel_of(connected["uri"])
    channel.basic_consume(connected["queue"], lambda *_: None)
    disconnect(liaison, connected["id"])
    with pytest.raises(AMQPError):
        channel.connection.process_data_events(time_limit=SOON)
    with pytest.raises(ProbableAuthenticationError):
        channel_of(connected["uri"])
    assert connected["user"] not in users(liaison)
    assert own_queues(liaison) == set()
    assert liaison.service.queries.connections(ADMINISTRATOR)["items"] == []
    disconnect(liaison, connected["id"])


def test_the_same_key_gives_the_same_connection_and_a_fresh_password(liaison: Liaison):
    lost, repeated = connect(liaison, key="once"), connect(liaison, key="once")
    assert (lost["id"], lost["queue"]) == (repeated["id"], repeated["queue"])
    with pytest.raises(ProbableAuthenticationError):
        channel_of(lost["uri"])
    channel_of(repeated["uri"]).connection.close()
    disconnect(liaison, repeated["id"])
    with pytest.raises(ConnectionEnded):
        connect(liaison, key="once")
    assert own_queues(liaison) == set()


@pytest.mark.parametrize("step", ["_put_queue", "_bind", "_put_user", "address"])
def test_breaking_off_at_any_step_leaves_nothing_after_reconciling(
    liaison: Liaison, monkeypatch: pytest.MonkeyPatch, step: str
):
    """The process dies right after the step: everything that comes behind it is not done."""
    broker = type(liaison.service.broker)
    whole = getattr(broker, step)

    def die(self: Any, *args: Any) -> None:
        whole(self, *args)
        raise KeyboardInterrupt

    before = users(liaison)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(broker, step, die)
        connect(liaison)
    finished = step == "address"
    assert liaison.service.connecting.reconcile() == 0  # it may still be going on elsewhere
    liaison.clock.advance(minutes=6)
    assert liaison.service.connecting.reconcile() == (0 if finished else 1)
    assert liaison.service.connecting.reconcile() == 0
    assert (users(liaison) == before, own_queues(liaison) == set()) == (not finished, not finished)
    assert liaison.rows("SELECT state FROM connection") == [("active" if finished else "ended",)]


def test_what_is_taken_away_while_it_is_made_does_not_come_back(liaison: Liaison, monkeypatch: pytest.MonkeyPatch):
    whole, before = type(liaison.service.broker).make, users(liaison)

    def slow(self: Any, connection: Any, password: str) -> None:
        whole(self, connection, password)
        disconnect(liaison, connection.id)
        whole(self, connection, password)

    monkeypatch.setattr(type(liaison.service.broker), "make", slow)
    with pytest.raises(ConnectionEnded):
        connect(liaison)
    assert (users(liaison), own_queues(liaison)) == (before, set())


def test_a_removal_that_the_broker_missed_is_finished_later(liaison: Liaison, connected: dict[str, Any]):
    away = build(liaison.service.config, BrokerSettings(liaison.amqp_uri, "http://a:b@127.0.0.1:9"), liaison.clock)
    with pytest.raises(BrokerAway):
        away.connecting.disconnect(DisconnectDepartment(id=connected["id"]), ADMINISTRATOR)
    away.close()
    liaison.clock.advance(minutes=6)
    assert liaison.service.connecting.reconcile() == 1
    assert own_queues(liaison) == set()
    assert connected["user"] not in users(liaison)


def test_without_a_management_address_the_refusal_names_the_variable(log: Liaison):
    log.know("env-office")
    with pytest.raises(BrokerNotConfigured, match="WANGGE_AMQP_MANAGEMENT_URI"):
        connect(log)


def test_the_list_shows_consumers_and_queues_that_vanished(liaison: Liaison, connected: dict[str, Any]):
    channel = channel_of(connected["uri"])
    channel.basic_consume(connected["queue"], lambda *_: None)

    def line() -> dict[str, Any]:
        channel.connection.process_data_events(0)
        return liaison.service.queries.connections(ADMINISTRATOR)["items"][0]

    wait_until(lambda: line()["consumers"] == 1, seconds=SOON, what="the consumer in the list")
    assert (line()["state"], line()["types"], line()["area"]) == ("active", ["incident.*"], "")
    channel.connection.close()
    with pika.BlockingConnection(pika.URLParameters(liaison.amqp_uri)) as platform:
        platform.channel().queue_delete(connected["queue"])
    assert line_state(liaison) == "missing"


def line_state(liaison: Liaison) -> str:
    return str(liaison.service.queries.connections(ADMINISTRATOR)["items"][0]["state"])


def test_a_departments_queue_survives_a_power_cut_from_the_moment_at_which_it_receives(
    liaison: Liaison, rabbitmq: Any
) -> None:
    broker = RabbitBroker(BrokerSettings(liaison.amqp_uri, liaison.management_uri))
    connection = Connection.make(new_id(), "env-office", (), "", "371321", liaison.clock.now())
    broker.make(connection, "for-tests")
    assert rabbitmq.is_on_disk(connection.queue)
    broker.remove(connection)
    broker.close()


def test_connections_come_by_pages(liaison: Liaison):
    made = sorted(connect(liaison)["id"] for _ in range(3))
    first = liaison.service.queries.connections(ADMINISTRATOR, 2)
    second = liaison.service.queries.connections(ADMINISTRATOR, 2, first["next_cursor"])
    assert [line["id"] for page in (first, second) for line in page["items"]] == made
    assert (len(first["items"]), second["next_cursor"]) == (2, "")
    with pytest.raises(CursorWrong):
        liaison.service.queries.connections(ADMINISTRATOR, 2, "the next one")
