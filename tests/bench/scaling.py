"""Two `api incident` and two `worker incident`: what they serve more, and whether any is lost when one goes."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

from infra.local import process
from infra.local.ports import LOOPBACK, answers, free_block
from infra.local.process import wait_until
from services.chassis.envelope import CONTENT_TYPE
from services.chassis.ids import new_id
from tests.bench.client import load
from tests.bench.county_platform import ROOT, CountyPlatform
from tests.bench.ratios import HEAD, Rates, Scale, Series
from tests.bench.report import Report
from tests.bench.reports import id_of, member
from tests.bench.running import consumers, publish

QUEUE = "incident.on.registry"
GOLDEN = ROOT / "proto" / "events" / "registry.department-changed.v1.json"
PATIENCE = 90.0
SUBJECTS = 50


@dataclass
class Extra:
    """One more process of a role, which may be stopped and started while the block of `_extra` lasts."""

    start: Callable[[], None]
    stop: Callable[[], None]


def of_scale(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """One and two of each, then one that is stopped and started while the other works."""
    scale = Scale.of(whole)
    ports = free_block(2)
    both = f"{LOOPBACK}:{stage.settings.grpc_port('incident')},{LOOPBACK}:{ports}"
    address = f"{LOOPBACK}:{ports}"
    with _extra(stage, ["api", "incident"], ports, WANGGE_INCIDENT_GRPC_ADDRESS=address) as api:
        entry = {"WANGGE_INCIDENT_GRPC_ADDRESS": both, "WANGGE_PORT": str(ports + 1)}
        with _extra(stage, ["gateway"], ports + 1, **entry):
            _apis(stage, ports + 1, scale, report)
            _coming_and_going(stage, ports + 1, scale, api, report)
    stage.settle()
    _workers(stage, whole, report)


@contextmanager
def _extra(stage: CountyPlatform, arguments: list[str], port: int = 0, **environment: str) -> Iterator[Extra]:
    log = stage.settings.logs / f"second-{arguments[0]}.log"
    argv = [sys.executable, "-m", "infra.cli", *arguments]
    given = {**os.environ, **stage.settings.environment(), "WANGGE_API_HEALTH_ADDRESS": "", **environment}
    running = []

    def start() -> None:
        running.append(process.spawn(argv, log=log, env=given))
        if port:
            process.wait_ready(running[-1], lambda: answers(port), seconds=PATIENCE, what=arguments[0], log=log)

    def stop() -> None:
        process.stop(running.pop())

    start()
    try:
        yield Extra(start, stop)
    finally:
        while running:
            stop()


def _apis(stage: CountyPlatform, gateway: int, scale: Scale, report: Report) -> None:
    one, two = Series("one api incident"), Series("two")
    with stage.without("relay", "worker"):
        for _ in range(scale.rounds):
            one.take(load(stage.settings.port, stage.reports(member(stage)), scale.seconds))
            two.take(load(gateway, stage.reports(member(stage)), scale.seconds))
    said = "Reports; the gateway shares its calls out among the addresses that it is given. All on the same two cores."
    report.add("Scale out: apis", said, "", HEAD, *(each.row(one) for each in (one, two)))


def _coming_and_going(stage: CountyPlatform, gateway: int, scale: Scale, api: Extra, report: Report) -> None:
    """Stop the second api under load and start it again; what was answered is there, and nothing was refused."""
    told: list[str] = []
    began = time.monotonic()

    def work() -> None:
        answered.append(
            load(gateway, stage.reports(token), scale.seconds * 3, body=lambda body: told.append(id_of(body)))
        )

    token, answered = member(stage), []
    thread = Thread(target=work)
    thread.start()
    wait_until(lambda: len(told) > 10, seconds=PATIENCE, what="the first reports are answered")
    api.stop()
    stopped = time.monotonic() - began
    Thread.join(thread, scale.seconds)
    api.start()
    thread.join()
    missing = len(told) - _stored(stage, told)
    refused = answered[0].refused if answered else len(told)
    said = (
        f"The second api was stopped {stopped:.1f} s into a load of reports and started again. "
        f"Answered: {len(told):,}; refused or failed: {refused}; answered, yet not stored exactly once: {missing}."
    )
    report.add("Scale out: an api that goes and comes", said)
    if missing or refused:
        report.failures.append(f"scale: {missing} reports missing, {refused} refused")


def _stored(stage: CountyPlatform, ids: list[str]) -> int:
    with closing(stage.postgres.connect("incident")) as connection, connection.cursor() as cursor:
        cursor.execute('SELECT count(*) FROM "case" WHERE id = ANY(%s::uuid[])', (ids,))
        return int(cursor.fetchone()[0])


def _workers(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """Events of the registry by one worker, by two, and by two of which one is stopped half-way."""
    count = 4_000 if whole else 100
    one, two, going = Rates("one worker incident"), Rates("two"), Rates("two, one stopped half-way")
    one.take(_handled(stage, count, lambda: None))
    with _extra(stage, ["worker", "incident"]) as worker:
        amqp = stage.settings.environment()["WANGGE_AMQP_URI"]
        wait_until(lambda: consumers(amqp, QUEUE) == 2, seconds=PATIENCE, what="the second worker consumes")
        two.take(_handled(stage, count, lambda: None))
        going.take(_handled(stage, count, worker.stop))
    head = ["| | events a second | ratio | rounds |", "|---|---|---|---|"]
    said = f"{count:,} events of the registry, each noted in the inbox with its row; all were handled, each once."
    report.add("Scale out: workers", said, "", *head, *(each.row(one) for each in (one, two, going)))


def _handled(stage: CountyPlatform, count: int, meanwhile: Callable[[], None]) -> float:
    """Publish `count` events to the worker's queue; how many a second until the inbox has every one of them.

    Raises NotReady where one is lost; the inbox's key refuses a second effect.
    """
    event, ids = json.loads(GOLDEN.read_text("utf-8")), [new_id() for _ in range(count)]
    bodies = [json.dumps(_about(event, each, number)).encode() for number, each in enumerate(ids)]
    began = time.perf_counter()
    publish(stage.settings.environment()["WANGGE_AMQP_URI"], "", QUEUE, bodies, CONTENT_TYPE)
    wait_until(lambda: _noted(stage, ids) > 0, seconds=PATIENCE, what="the first event is handled")
    meanwhile()
    wait_until(lambda: _noted(stage, ids) == count, seconds=PATIENCE, what=f"{count} events are handled")
    return count / (time.perf_counter() - began)


def _about(event: dict[str, Any], event_id: str, number: int) -> dict[str, Any]:
    """The event about one of `SUBJECTS` departments: all about one would wait for each other's lock on its row."""
    subject = f"bench-{number % SUBJECTS}"
    return {**event, "id": event_id, "subject": subject, "data": {**event["data"], "id": subject}}


def _noted(stage: CountyPlatform, ids: list[str]) -> int:
    statement = "SELECT count(*) FROM inbox WHERE consumer = %s AND event_id = ANY(%s::uuid[])"
    with closing(stage.postgres.connect("incident")) as connection, connection.cursor() as cursor:
        cursor.execute(statement, (QUEUE, ids))
        return int(cursor.fetchone()[0])
