"""A message that nobody can handle, or that kills who handles it, holds nobody else up and is not lost (XCH-05)."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pika
import psycopg2
import pytest

from infra.local.process import wait_until
from infra.local.status import states, worker_alarms
from services.chassis.envelope import CONTENT_TYPE
from services.chassis.topology import DELIVERY_LIMIT
from tests.faults.worker.probing import Effects, Operator
from tests.integration.chassis.worker.conftest import Probe

ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.rule("XCH-05"), pytest.mark.timeout(300)]


def test_an_always_failing_message_has_its_attempts_and_one_dead_letter_and_holds_nobody_up(
    probe: Probe, operator: Operator
) -> None:
    probe.start(RETRY_DELAYS="1,1,1", CONCURRENCY=1, PREFETCH=1)
    failing, after = probe.send("fail"), probe.send()
    probe.until(lambda: probe.journal("end", after), 30)
    assert len(probe.journal("begin", failing)) < 4, "the next message waited for the last attempt"
    wait_until(lambda: probe.depth(probe.dead) == 1, seconds=60, what="the dead letter")
    [letter] = operator.letters()
    assert (letter["id"], letter["attempts"], letter["reason"]) == (failing, 4, "RuntimeError: did not work")
    assert (letter["case"], letter["type"]) == ("case-1", f"{probe.producer}.ordered.v1")
    assert len(probe.journal("begin", failing)) == 4
    assert probe.depth(probe.queue) == 0


def test_a_message_that_kills_its_process_goes_by_the_delivery_limit_and_nothing_else_is_lost(
    probe: Probe, operator: Operator
) -> None:
    """The first deliveries are spent by connections that end; the last ones really kill a worker process."""
    probe.end(probe.start(), signal.SIGTERM)  # makes the queues
    killer = probe.send("vanish")
    healthy = [probe.send() for _ in range(8)]
    for _ in range(DELIVERY_LIMIT - 4):
        end_with(probe, 3)
    deaths = 0
    while probe.depth(probe.queue) or not settled(probe, healthy):
        process = probe.start(CONCURRENCY=1, PREFETCH=3)
        wait_until(
            lambda process=process: process.poll() is not None or settled(probe, healthy),
            seconds=60,
            what="the worker killed, or everything settled",
        )
        deaths += process.poll() == -signal.SIGKILL
        assert deaths <= 6, "the message goes on killing"
    assert deaths >= 4

    letters = {letter["id"]: letter for letter in operator.letters()}
    assert "delivery limit" in letters[killer]["reason"]
    together = [id for id in healthy if id in letters]
    assert len(together) <= 2, "only what was fetched with it may go too"
    assert handled(probe) == set(healthy) - set(together)
    assert killer in operator.run("show", killer).stdout
    for id in together:
        wait_until(lambda: probe.depth(probe.dead) == len(letters), seconds=30, what="letters back")
        assert operator.done("resend", id)["done"] == {probe.queue: 1}
        del letters[id]
    wait_until(lambda: handled(probe) == set(healthy), seconds=60, what="what had gone too, handled after all")
    operator.done("give-up", killer, "--why", "it kills every release")
    assert operator.letters() == []


def end_with(probe: Probe, count: int) -> None:
    """Take `count` messages and let the connection end without an answer: the broker counts a delivery."""
    connection = pika.BlockingConnection(pika.URLParameters(probe.amqp_uri))
    channel = connection.channel()
    taken = [channel.basic_get(probe.queue)[0] for _ in range(count)]
    assert None not in taken
    total = probe.depth(probe.queue) + count
    connection.close()
    wait_until(lambda: probe.depth(probe.queue) == total, seconds=30, what="the messages back in their queue")


def handled(probe: Probe) -> set[str]:
    return {entry["id"] for entry in probe.journal("end")}


def settled(probe: Probe, ids: list[str]) -> bool:
    """Whether all of `ids` and the one that kills are handled or dead."""
    return len(handled(probe) & set(ids)) + probe.depth(probe.dead) == len(ids) + 1


def test_a_bad_release_stops_itself_early_and_the_good_one_handles_everything(probe: Probe, operator: Operator) -> None:
    """500 wait; another type of event, which the bad release handles well, arrives all the time."""
    probe.end(probe.start())
    events = probe.send_all([probe.event("release") for _ in range(500)])
    bad = probe.start(PROBE_BAD="1", RETRY_DELAYS="1")
    noted = []
    while probe.state() != "stopped":
        noted.append(probe.send(fact="noted"))
        assert len(noted) < 2000, "the bad release goes on"
    [alarm] = worker_alarms(states(probe.folder / "run", "worker"))
    assert (alarm["kind"], alarm["where"]) == ("worker-stopped", probe.queue)
    assert "20 messages dead-lettered one after the other" in alarm["says"]
    assert "TypeError: this release cannot do that" in alarm["says"]
    assert probe.end(bad) == 0
    [said] = [line for line in probe.log().splitlines() if "consumer stopped itself" in line]
    assert json.loads(said)["level"] == "critical"
    dead = probe.depth(probe.dead)
    assert 20 <= dead <= 30, "the limit, and what was in hand when it was reached"

    probe.start()
    wait_until(lambda: len(handled(probe) & set(events)) == 500 - dead, seconds=120, what="all that was not dead")
    assert operator.done("resend", "--all", "--reason", "TypeError", "--yes")["done"] == {probe.queue: dead}
    wait_until(lambda: handled(probe) >= set(events), seconds=60, what="what was dead, handled after all")
    wait_until(lambda: len(probe.journal("noted")) == len(noted), seconds=60, what="the other type, too")
    assert operator.letters() == []
    assert worker_alarms(states(probe.folder / "run", "worker")) == []


def test_wangge_dead_killed_between_sending_and_acknowledging_loses_and_doubles_nothing(
    probe: Probe, operator: Operator, effects: Effects
) -> None:
    probe.end(probe.start(), signal.SIGTERM)
    event = probe.event("effect")
    channel = probe.channel()
    channel.basic_publish("", probe.dead, event.to_bytes(), as_event(event.id))
    channel.connection.close()
    audit = os.environ["WANGGE_LIAISON_DATABASE_URI"].replace("+psycopg2", "")
    with closing(psycopg2.connect(audit)) as holding:
        holding.cursor().execute("SELECT pg_advisory_lock(7)")
        hold_commits(audit)
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.cli", "dead", "resend", event.id, "--queue", probe.queue], cwd=ROOT
        )
        wait_until(lambda: probe.depth(probe.queue) == 1, seconds=60, what="the letter sent")
        assert probe.depth(probe.dead) == 0, "it is held, not yet taken out"
        process.send_signal(signal.SIGKILL)
        process.wait(30)
    wait_until(lambda: probe.depth(probe.dead) == 1, seconds=60, what="the letter back")
    assert operator.done("resend", event.id)["done"] == {probe.queue: 1}
    assert probe.depth(probe.queue) == 2
    probe.start(PROBE_DATABASE=effects.uri)
    wait_until(lambda: len(probe.journal("end", event.id)) == 2, seconds=60, what="both deliveries handled")
    effects.until([event.id])
    assert operator.letters() == []


def as_event(id: str) -> pika.BasicProperties:
    return pika.BasicProperties(message_id=id, content_type=CONTENT_TYPE, delivery_mode=2)


def hold_commits(uri: str) -> None:
    """Let every commit of an audit entry wait for the advisory lock 7."""
    with closing(psycopg2.connect(uri)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON audit DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION hold()"
        )
        connection.commit()
