"""Broker and processes go away at the worst moment: nothing is lost, and work is taken up again soon."""

import signal
import time

import pytest


def test_sigterm_lets_the_handler_finish_and_acknowledges_once(probe):
    process = probe.start(PREFETCH=3, CONCURRENCY=1)
    slow, waiting = probe.send("slow", seconds=2), probe.send()
    probe.until(lambda: probe.journal("begin", slow))
    assert probe.end(process) == 0
    assert len(probe.journal("begin", slow)) == len(probe.journal("end", slow)) == 1
    assert not probe.journal("begin", waiting)
    assert probe.depth(probe.queue) == 1
    probe.start()
    probe.until(lambda: probe.journal("end", waiting))
    assert len(probe.journal("begin", slow)) == 1


def test_killed_in_the_middle_of_a_handler_the_event_comes_again(probe):
    process = probe.start()
    slow = probe.send("slow", seconds=1)
    probe.until(lambda: probe.journal("begin", slow))
    assert probe.end(process, signal.SIGKILL) == -signal.SIGKILL
    assert not probe.journal("end", slow)
    probe.start()
    probe.until(lambda: probe.journal("end", slow))


def test_heartbeats_go_on_while_a_handler_is_slow(probe, monkeypatch):
    process = probe.start(HEARTBEAT=1)
    slow = probe.send("slow", seconds=6)
    probe.until(lambda: probe.journal("end", slow))
    probe.end(process)
    assert len(probe.journal("begin", slow)) == 1
    assert b"connection dropped" not in (probe.folder / "log").read_bytes()


@pytest.mark.timeout(120)
def test_broker_restart_under_load_loses_nothing_and_work_resumes_within_five_seconds(probe, rabbitmq):
    probe.start()
    before = probe.send_all([probe.event("slow", seconds=0.02) for _ in range(400)])
    probe.until(lambda: len(probe.journal("end")) > 20)
    rabbitmq.restart()
    assert len(probe.journal("end")) < len(before), "the broker went away after the work was done"
    probe.until(lambda: probe.state() == "consuming", 5)
    began = time.monotonic()
    after = probe.send()
    probe.until(lambda: {*before, after} <= {entry["id"] for entry in probe.journal("end")}, 20)
    assert time.monotonic() - began < 20
    assert probe.depth(probe.dead) == 0


def test_worker_started_before_its_broker_is_declared_ready_consumes_when_a_queue_was_deleted(probe):
    probe.start()
    channel = probe.channel()
    channel.queue_delete(probe.queue)
    channel.connection.close()
    probe.until(lambda: probe.state() == "connecting", 5)
    probe.until(lambda: probe.state() == "consuming", 5)
    event = probe.send()
    probe.until(lambda: probe.journal("end", event))
