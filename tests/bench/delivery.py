"""From a commit to the callback in a department's program, beside a bare publish to a bare consumer."""

import json
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pika

from infra.demo.story import DEPARTMENT
from infra.local.process import wait_until
from services.chassis.ids import new_id
from services.chassis.outbox import Wakeup
from services.chassis.topology import exchange_name, routing_key
from tests.bench.county_platform import CountyPlatform
from tests.bench.ratios import in_turn
from tests.bench.relaying import GOLDEN
from tests.bench.report import Report
from tests.bench.running import QUORUM, channel, consumers, running

MOST = 4.0
A_SECOND = 200
PATIENCE = 60.0
QUEUE = "bench-delivery"
_EVENT = json.loads(GOLDEN.read_text("utf-8"))
_INSERT = "INSERT INTO outbox (event_id, exchange, routing_key, type, body) VALUES (%s, %s, %s, %s, %s)"


@dataclass
class Delays:
    """How long one contender's messages were under way, milliseconds, round by round."""

    name: str
    half: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def take(self, sent: dict[str, float], seen: dict[str, float]) -> None:
        """Note one round. Raises KeyError where a message did not come."""
        delays = sorted((seen[each] - at) * 1000 for each, at in sent.items())
        self.half.append(delays[len(delays) // 2])
        self.most.append(delays[min(len(delays) - 1, int(len(delays) * 0.99))])

    @property
    def p99(self) -> float:
        return statistics.median(self.most)

    def row(self, base: "Delays") -> str:
        rounds = ", ".join(f"{each:.1f}" for each in self.most)
        half = statistics.median(self.half)
        return f"| {self.name} | {half:.2f} | {self.p99:.2f} | {self.p99 / base.p99:.2f} | {rounds} |"


def of_delivery(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """The p99 at 200 events a second, everything of the platform running."""
    count, rounds = (2_000, 3) if whole else (100, 1)
    ours, bare = Delays("commit to the department's callback"), Delays("bare publish to consume")
    folder = stage.settings.home / "bench-delivery"
    amqp = stage.settings.environment()["WANGGE_AMQP_URI"]
    stage.settle()

    def platform() -> None:
        made = stage.caller("system-admin").post(f"/departments/{DEPARTMENT}/connections")
        file = _fresh(folder, "ours.json")
        with running(folder, "programs.receiving", file, count, WANGGE_DEPARTMENT_URI=made["uri"]):
            wait_until(lambda: consumers(amqp, made["queue"]) == 1, seconds=PATIENCE, what="the department")
            sent = _commit(stage, count)
            ours.take(sent, _seen(file))
        stage.caller("system-admin").delete(f"/connections/{made['id']}")
        stage.settle()

    def lean() -> None:
        with channel(amqp) as on:
            on.queue_declare(QUEUE, durable=True, arguments=QUORUM)
        file = _fresh(folder, "lean.json")
        with running(folder, "baselines.consuming", file, count, QUEUE, WANGGE_AMQP_URI=amqp):
            wait_until(lambda: consumers(amqp, QUEUE) == 1, seconds=PATIENCE, what="the bare consumer")
            sent = _publish(amqp, count)
            bare.take(sent, _seen(file))

    in_turn(rounds, platform, lean)
    with channel(amqp) as on:
        on.queue_delete(QUEUE)
    _say(report, ours, bare, whole)


def _say(report: Report, ours: Delays, bare: Delays, whole: bool) -> None:
    ratio = ours.p99 / bare.p99
    said = (
        f"{A_SECOND} events a second: outbox, NOTIFY, relay, exchange, the department's own quorum queue, its program."
    )
    head = ["| milliseconds | p50 | p99 | ratio | p99 of the rounds |", "|---|---|---|---|---|"]
    asked = f"At most {MOST:.0f} times the bare p99 is asked; reached: {ratio:.2f}."
    report.add("From a commit to a department", said, "", *head, bare.row(bare), ours.row(bare), "", asked)
    if whole and ratio > MOST:
        report.failures.append(f"commit to department: {ratio:.2f} times the bare p99, {MOST:.0f} is asked")


def _fresh(folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).unlink(missing_ok=True)
    return folder / name


def _seen(file: Path) -> dict[str, float]:
    wait_until(lambda: file.exists() and file.stat().st_size > 0, seconds=PATIENCE, what="all messages have come")
    found: dict[str, float] = json.loads(file.read_text("utf-8"))
    return found


def _paced(count: int, send: Callable[[str], None]) -> None:
    """Send `count` messages, A_SECOND of them a second, each about something new."""
    began = time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, began + number / A_SECOND - time.monotonic()))
        send(new_id())


def _commit(stage: CountyPlatform, count: int) -> dict[str, float]:
    """Commit events as the incident service does: the row in a transaction, then the word to the relay."""
    uri = stage.settings.environment()["WANGGE_INCIDENT_DATABASE_URI"]
    key = routing_key(_EVENT["type"], DEPARTMENT, _EVENT["grid"])
    committed: dict[str, float] = {}
    with ExitStack() as stack:
        wakeup = Wakeup(uri)
        stack.callback(wakeup.close)
        connection = stack.enter_context(closing(stage.postgres.connect("incident")))
        cursor = stack.enter_context(connection.cursor())

        def send(subject: str) -> None:
            event = {**_EVENT, "id": new_id(), "subject": subject, "time": datetime.now(UTC).isoformat()}
            body = json.dumps({**event, "department": DEPARTMENT}, ensure_ascii=False).encode()
            cursor.execute(_INSERT, (event["id"], exchange_name("incident"), key, event["type"], body))
            committed[subject] = time.monotonic()
            wakeup.send()

        _paced(count, send)
    return committed


def _publish(amqp: str, count: int) -> dict[str, float]:
    body = json.dumps(_EVENT).encode()
    began: dict[str, float] = {}
    with channel(amqp) as on:

        def send(message_id: str) -> None:
            began[message_id] = time.monotonic()
            on.basic_publish("", QUEUE, body, pika.BasicProperties(message_id=message_id, delivery_mode=2))

        _paced(count, send)
    return began
