"""The worker as the platform runs it: a process of its own between the real broker and the real database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pika
import pytest

from infra.local.process import wait_until
from services.liaison.errors import DepartmentUnknown
from services.liaison.messages import ConnectDepartment

from .conftest import ADMINISTRATOR, GRID, Liaison, event

ROOT = Path(__file__).parents[3]
SOON = 40.0

RECONCILE = """
import eventlet
eventlet.monkey_patch()
from services.liaison import worker
worker.Worker().reconcile()
"""


class Workers:
    """Worker processes of one service; their output is in `log`."""

    def __init__(self, liaison: Liaison, home: Path) -> None:
        self.liaison, self.home = liaison, home
        self._running: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONWARNINGS": "ignore",
            "WANGGE_HOME": str(home),
            "WANGGE_COUNTY": "371321",
            "WANGGE_AMQP_URI": liaison.amqp_uri,
            "WANGGE_AMQP_MANAGEMENT_URI": liaison.management_uri,
            "WANGGE_LIAISON_DATABASE_URI": liaison.service.config.database_uri,
            "WANGGE_WORKER_RETRY_DELAYS": "1",
        }

    def start(self, arguments: tuple[str, ...] = ("-m", "infra.cli", "worker", "liaison")) -> "subprocess.Popen[bytes]":
        with (self.home / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=self.home, env=self.environment, stdout=log, stderr=log
            )
        self._running.append(process)
        return process

    def stop(self) -> None:
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            process.wait(20)


@pytest.fixture
def workers(liaison: Liaison, tmp_path: Path) -> Iterator[Workers]:
    made = Workers(liaison, tmp_path)
    yield made
    made.stop()


def consumed(liaison: Liaison, queue: str) -> bool:
    """Whether a worker reads `queue`: a new one is bound a while after it was made, so that it is on disk by then."""
    with pika.BlockingConnection(pika.URLParameters(liaison.amqp_uri)) as connection:
        try:
            return bool(connection.channel().queue_declare(queue, passive=True).method.consumer_count)
        except pika.exceptions.ChannelClosedByBroker:
            return False


def depth(liaison: Liaison, queue: str) -> int:
    with pika.BlockingConnection(pika.URLParameters(liaison.amqp_uri)) as connection:
        try:
            return int(connection.channel().queue_declare(queue, passive=True).method.message_count)
        except pika.exceptions.ChannelClosedByBroker:
            return -1


@pytest.mark.rule("XCH-03")
def test_two_workers_log_every_event_of_every_service_once(liaison: Liaison, workers: Workers):
    workers.start()
    workers.start()
    queues = [f"liaison.on.{producer}" for producer in ("registry", "incident", "assessment")]
    for queue in queues:
        wait_until(lambda queue=queue: consumed(liaison, queue), seconds=SOON, what=queue)
    sent = [event(f"{service}.said.v1", grid=GRID) for service in ("registry", "incident", "assessment") for _ in "ab"]
    for each in (*sent, *sent):
        liaison.publish(each)
    wait_until(lambda: len(liaison.ids()) == len(sent), seconds=SOON, what="the events in the log")
    assert sorted(liaison.ids()) == sorted(each.id for each in sent)


def test_the_worker_knows_departments_from_the_registry_and_refuses_what_is_malformed(
    liaison: Liaison, workers: Workers
):
    workers.start()
    wait_until(lambda: consumed(liaison, "liaison.on.registry"), seconds=SOON, what="the queue")
    data = {"id": "town-office", "name": "镇政府", "active": True, "level": "town", "kind": "block"}
    with pytest.raises(DepartmentUnknown):
        connect(liaison, "town-office")
    liaison.publish(event("registry.department-changed.v1", subject="town-office", data=data))
    liaison.publish(event("registry.department-changed.v1", subject="broken", data={"id": "broken"}))
    wait_until(lambda: depth(liaison, "liaison.on.registry.dead") == 1, seconds=SOON, what="the dead letter")
    wait_until(lambda: len(liaison.ids()) == 2, seconds=SOON, what="both events in the log")
    wait_until(lambda: ("town-office",) in liaison.rows("SELECT id FROM department"), seconds=SOON, what="the copy")
    assert connect(liaison, "town-office")["queue"].startswith("department.town-office.")


def test_the_worker_makes_a_place_for_this_month_before_the_first_event(liaison: Liaison, workers: Workers):
    month = f"event_{datetime.now(UTC):%Y_%m}"
    with liaison.service.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE {month}")
    workers.start()
    wait_until(lambda: consumed(liaison, "liaison.on.incident"), seconds=SOON, what="the queue")
    liaison.publish(event())
    wait_until(lambda: bool(liaison.ids()), seconds=SOON, what="the event")
    assert liaison.rows("SELECT tableoid::regclass::text FROM event") == [(month,)]


def test_reconciling_works_among_green_threads(liaison: Liaison, workers: Workers, monkeypatch: pytest.MonkeyPatch):
    def die(*_: Any) -> str:
        raise KeyboardInterrupt

    liaison.clock.advance(minutes=-6)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(type(liaison.service.broker), "_bind", die)
        connect(liaison, "env-office")
    (queue,) = liaison.rows("SELECT queue FROM connection WHERE state = 'making'")
    assert depth(liaison, queue[0]) == 0
    assert workers.start(("-c", RECONCILE)).wait(SOON) == 0
    assert depth(liaison, queue[0]) == -1
    assert liaison.rows("SELECT state FROM connection") == [("ended",)]


def connect(liaison: Liaison, department: str) -> dict[str, Any]:
    return liaison.service.connecting.connect(ConnectDepartment(department=department), ADMINISTRATOR)
