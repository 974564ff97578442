"""A relay is killed (SIGKILL): what it published but had not marked goes out again, and has one effect."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pika
import pytest
import sqlalchemy as sa

from services.chassis import inbox, tables
from services.chassis.ids import new_id

RUN = "import sys; from services.chassis.relay import run; run([sys.argv[1]])"


class Service:
    """A service with an outbox, its relays, one bound queue, and a consumer with an inbox."""

    def __init__(self, database: str, amqp_uri: str, home: str) -> None:
        self.name = f"svc{uuid4().hex[:8]}"
        self.engine = sa.create_engine(database)
        tables.CHASSIS.create_all(self.engine)
        self.environment = {
            **os.environ,
            "WANGGE_HOME": home,
            "WANGGE_AMQP_URI": amqp_uri,
            f"WANGGE_{self.name.upper()}_DATABASE_URI": database,
        }
        self.channel = pika.BlockingConnection(pika.URLParameters(amqp_uri)).channel()
        self.channel.exchange_declare(f"{self.name}.events", "topic", durable=True)
        self.channel.queue_declare(self.name, durable=True, arguments={"x-queue-type": "quorum"})
        self.channel.queue_bind(self.name, f"{self.name}.events", "#")
        self.relays: list[subprocess.Popen[bytes]] = []

    def start_relay(self) -> subprocess.Popen[bytes]:
        self.relays.append(subprocess.Popen([sys.executable, "-c", RUN, self.name], env=self.environment))
        return self.relays[-1]

    def write(self) -> str:
        """One more row, announced; answers its event id."""
        event_id = new_id()
        columns = {"exchange": f"{self.name}.events", "routing_key": "a.b", "type": "a.b.v1", "body": b"{}"}
        with self.engine.begin() as connection:
            connection.execute(sa.insert(tables.outbox).values(event_id=event_id, **columns))
        with self.engine.begin() as connection:
            connection.execute(sa.text("NOTIFY outbox"))
        return event_id

    def next_event(self, seconds: float = 20.0) -> str:
        """The id of the next message of the queue."""
        for _, properties, _ in self.channel.consume(self.name, auto_ack=True, inactivity_timeout=seconds):
            assert properties is not None, f"no message within {seconds} s"
            return properties.message_id
        raise AssertionError("the queue is gone")

    def handle(self, event_id: str) -> bool:
        """Do the event's effect once: whether this delivery was the one that did."""
        with self.engine.begin() as connection:
            return inbox.is_new(connection, "consumer", event_id)

    def one(self, statement: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(sa.text(statement)).scalar()

    def until(self, statement: str, seconds: float = 20.0) -> None:
        """Wait until the query answers something true."""
        deadline = time.monotonic() + seconds
        while not self.one(statement):
            assert time.monotonic() < deadline, f"not within {seconds} s: {statement}"
            time.sleep(0.02)

    def close(self) -> None:
        for relay in self.relays:
            relay.kill()
            relay.wait()
        self.channel.connection.close()
        self.engine.dispose()


@pytest.fixture
def service(database: str, rabbitmq: Any, tmp_path: Any) -> Iterator[Service]:
    service = Service(database, rabbitmq.amqp_uri, str(tmp_path))
    yield service
    service.close()


MARKED = "SELECT bool_and(published_at IS NOT NULL) FROM outbox"
MARK_IS_STUCK = """
    SELECT count(*) FROM pg_stat_activity
    WHERE application_name LIKE 'wangge-relay-%' AND wait_event_type = 'Lock' AND query LIKE 'UPDATE outbox%'"""
RELAYS_ARE_GONE = "SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name LIKE 'wangge-relay-%'"
LEADERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = " + (
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest.mark.rule("XCH-03")
def test_killed_between_confirm_and_mark_it_publishes_again_with_one_effect(service):
    event_id = service.write()
    with service.engine.begin() as somebody:
        somebody.execute(sa.text("SELECT 1 FROM outbox FOR UPDATE"))
        relay = service.start_relay()
        assert service.next_event() == event_id
        service.until(MARK_IS_STUCK)
        relay.send_signal(signal.SIGKILL)
        relay.wait()
        service.until(RELAYS_ARE_GONE)
    assert service.one(MARKED) is False
    service.start_relay()
    assert service.next_event() == event_id
    service.until(MARKED)
    assert [service.handle(event_id), service.handle(event_id)] == [True, False]


@pytest.mark.rule("XCH-03")
def test_a_second_relay_waits_and_takes_over_when_the_leader_is_killed(service):
    leader = service.start_relay()
    service.until(LEADERS)
    service.start_relay()
    service.until("SELECT count(*) = 2 FROM pg_stat_activity WHERE application_name LIKE 'wangge-relay-%'")
    first = [service.write() for _ in range(20)]
    assert [service.next_event() for _ in first] == first
    service.until(MARKED)
    assert service.one(LEADERS) == 1

    leader.send_signal(signal.SIGKILL)
    leader.wait()
    begun = time.monotonic()
    second = [service.write() for _ in range(20)]
    assert [service.next_event() for _ in second] == second
    print(f"taken over after {time.monotonic() - begun:.2f} s")
    service.until(MARKED)
