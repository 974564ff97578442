"""v3 before v2: a copy ends with v3, a department that wants order gets v2 first, nobody waits for ever (XCH-03)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pika
import pytest
import sqlalchemy as sa

from infra.local.process import wait_until
from services.chassis import migrate
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.ids import new_id
from services.chassis.topology import dead_queue, exchange_name, queue_name, routing_key
from tests.integration.chassis.worker.conftest import Probe
from wangge_department import Department

pytestmark = [pytest.mark.rule("XCH-03"), pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[3]


def test_v3_before_v2_ends_with_v3_and_holds_nobody_up(
    database: str, vhost: str, rabbitmq: Any, tmp_path: Path
) -> None:
    """To the liaison service's own worker process, whose copy of a department needs order (by `sequence`)."""
    migrate.upgrade("liaison", database)
    said = [changed(1, "一"), changed(3, "三"), changed(2, "二"), changed(1, "别的", "other")]
    queue = queue_name("liaison", "registry")
    with liaison_worker(database, vhost, rabbitmq.management_uri, tmp_path), pika_channel(vhost) as channel:
        wait_until(lambda: consumers(vhost, queue) == 1, seconds=60, what="the worker consuming")
        for event in said:
            key = routing_key(event.type, None, None)
            kind = pika.BasicProperties(content_type=CONTENT_TYPE, message_id=event.id, delivery_mode=2)
            channel.basic_publish(exchange_name("registry"), key, event.to_bytes(), kind, mandatory=True)
        wait_until(lambda: len(rows(database, "SELECT 1 FROM event")) == 4, seconds=60, what="all logged")
        wait_until(lambda: len(copies(database)) == 2, seconds=60, what="both departments")
        wait_until(lambda: copies(database)["env-office"] == ("三", 3), seconds=60, what="v3")
    assert copies(database) == {"env-office": ("三", 3), "other": ("别的", 1)}
    assert depth(vhost, queue) == depth(vhost, dead_queue(queue)) == 0


def test_v3_before_v2_reaches_a_department_that_wants_order_as_v2_and_v3(probe: Probe) -> None:
    """And a number that never comes is waited for no longer than the patience."""
    probe.end(probe.start())
    broker, seen = urlsplit(probe.amqp_uri), []
    uri = f"amqp://{broker.netloc}{broker.path}?queue={probe.queue}&department=env-office"
    department = Department(uri, ordered=True, patience=20)
    department.on("*")(lambda event: seen.append(event.sequence))
    with department:
        numbered(probe, 1, 3)
        wait_until(lambda: seen == [1], seconds=30, what="v1")
        numbered(probe, 2)
        wait_until(lambda: len(seen) == 3, seconds=30, what="v2 and v3")
        assert seen == [1, 2, 3]
        numbered(probe, 5)
        wait_until(lambda: seen == [1, 2, 3, 5], seconds=60, what="v5, though v4 never comes")
    assert probe.depth(probe.queue) == probe.depth(probe.dead) == 0


def numbered(probe: Probe, *sequences: int) -> None:
    probe.send_all([replace(probe.event("effect"), sequence=sequence) for sequence in sequences])


def changed(sequence: int, name: str, department: str = "env-office") -> Envelope:
    return Envelope(
        id=new_id(),
        source="/wangge/371321/registry",
        type="registry.department-changed.v1",
        subject=department,
        time=datetime.now(UTC),
        sequence=sequence,
        data={"id": department, "name": name, "active": True},
    )


@contextmanager
def liaison_worker(database: str, vhost: str, management_uri: str, home: Path) -> Iterator[None]:
    environment = {
        **os.environ,
        "WANGGE_HOME": str(home),
        "WANGGE_AMQP_URI": vhost,
        "WANGGE_AMQP_MANAGEMENT_URI": management_uri,
        "WANGGE_LIAISON_DATABASE_URI": database,
    }
    with (home / "log").open("ab") as log:
        argv = [sys.executable, "-m", "infra.cli", "worker", "liaison"]
        process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)
        print((home / "log").read_text()[-3000:])


@contextmanager
def pika_channel(uri: str) -> Iterator[Any]:
    with closing(pika.BlockingConnection(pika.URLParameters(uri))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        yield channel


def consumers(uri: str, queue: str) -> int:
    with pika_channel(uri) as channel:
        try:
            return channel.queue_declare(queue, passive=True).method.consumer_count
        except pika.exceptions.ChannelClosedByBroker:
            return 0


def depth(uri: str, queue: str) -> int:
    with pika_channel(uri) as channel:
        return channel.queue_declare(queue, passive=True).method.message_count


def rows(uri: str, statement: str) -> list[Any]:
    engine = sa.create_engine(uri, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(sa.text(statement)))


def copies(uri: str) -> dict[str, tuple[str, int]]:
    return {row.id: (row.name, row.sequence) for row in rows(uri, "SELECT id, name, sequence FROM department")}
