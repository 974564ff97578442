"""Broker and processes go away at the worst moment: nothing is lost, and work is taken up again soon."""

import os
import signal
import time

import psutil
import pytest

from services.chassis.topology import ON_DISK_SECONDS, plan


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


def test_heartbeats_go_on_while_a_handler_is_slow(probe):
    process = probe.start(HEARTBEAT=1)
    slow = probe.send("slow", seconds=4)
    probe.until(lambda: probe.journal("end", slow))
    probe.end(process)
    assert len(probe.journal("begin", slow)) == 1
    assert "connection dropped" not in probe.log()


@pytest.mark.timeout(120)
def test_broker_restart_under_load_loses_nothing_and_work_resumes_within_five_seconds(probe, rabbitmq):
    probe.start(CONCURRENCY=2, DEAD_LIMIT=1000)
    before = probe.send_all([probe.event("slow", seconds=0.2) for _ in range(60)])
    failing = probe.send_all([probe.event("fail") for _ in range(5)])
    probe.until(lambda: len(probe.journal("end")) > 5)
    rabbitmq.restart()
    assert len(probe.journal("end")) < len(before), "the broker went away after the work was done"
    probe.until(lambda: probe.state() == "consuming", 5)
    began = time.monotonic()
    after = probe.send()
    probe.until(lambda: {*before, after} <= {entry["id"] for entry in probe.journal("end")}, 20)
    assert time.monotonic() - began < 20
    dead: set[str] = set()
    while dead != set(failing):
        dead.add(probe.take(probe.dead)[0].message_id)


def test_frozen_broker_is_noticed_and_does_not_keep_the_worker_from_ending(probe, rabbitmq):
    process = probe.start(HEARTBEAT=1)
    slow = probe.send("slow", seconds=4)
    probe.until(lambda: probe.journal("begin", slow))
    broker = listener(rabbitmq.ports.amqp)
    os.kill(broker, signal.SIGSTOP)
    try:
        probe.until(lambda: probe.state() == "connecting", 6)
        assert probe.end(process) == 0
    finally:
        os.kill(broker, signal.SIGCONT)
    assert len(probe.journal("end", slow)) == 1


def listener(port: int) -> int:
    """The process that listens on `port`."""
    connections = psutil.net_connections("tcp4")
    return next(c.pid for c in connections if c.status == psutil.CONN_LISTEN and c.laddr.port == port)


def test_a_new_queue_survives_a_power_cut_from_the_moment_at_which_it_receives(probe, rabbitmq):
    probe.start(ON_DISK=ON_DISK_SECONDS)
    queues = [queue.name for queue in plan(probe.name, probe.producer, (), (1,)).queues]
    assert [queue for queue in queues if not rabbitmq.is_on_disk(queue)] == []


def test_deleted_queue_is_declared_again(probe):
    probe.start()
    channel = probe.channel()
    channel.queue_delete(probe.queue)
    channel.connection.close()
    probe.until(lambda: probe.state() == "connecting", 5)
    probe.until(lambda: probe.state() == "consuming", 5)
    event = probe.send()
    probe.until(lambda: probe.journal("end", event))
