"""A department's program against a real RabbitMQ: what its developer may rely on."""

import json
import queue as queues
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wangge_department import Department, Event, Refused
from wangge_department.contracts import Contracts

SOON_S = 20.0
FAST = {"pause": 0.05}


def until(condition: Callable[[], bool], seconds: float = SOON_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


class Seen:
    """A callback that keeps what it gets, and fails where it is told to."""

    def __init__(self, *poison: str) -> None:
        self._events: queues.Queue[Event] = queues.Queue()
        self._poison = poison

    def __call__(self, event: Event) -> None:
        self._events.put(event)
        if event.id in self._poison:
            raise ValueError("poison")

    def next(self, seconds: float = SOON_S) -> Event:
        return self._events.get(timeout=seconds)

    def take(self, count: int) -> list[str]:
        return [self.next().id for _ in range(count)]

    @property
    def nothing_more(self) -> bool:
        return self._events.empty()


def department(queue: Any, callback: Callable[[Event], object], **habits: Any) -> Department:
    made = Department(queue.uri, **habits)
    made.on("*")(callback)
    return made


@pytest.mark.rule("XCH-03")
def test_an_event_arrives_within_a_second_and_is_acknowledged_after_the_callback(queue: Any) -> None:
    seen = Seen()
    with department(queue, seen):
        queue.publish("case-0")
        seen.next()
        started = time.monotonic()
        queue.publish("case-1", sequence=3)
        event = seen.next()
        assert time.monotonic() - started < 1
    assert (event.subject, event.sequence, event.attempt, event.known) == ("case-1", 3, 1, True)
    assert event.data["matter_name"] == "河道污染"
    assert queue.waiting() == 0  # after leaving: what was not acknowledged would be here again


def test_an_event_whose_callback_has_not_returned_is_not_acknowledged(queue: Any) -> None:
    entered, release = threading.Event(), threading.Event()

    def slow(_event: Event) -> None:
        entered.set()
        release.wait(SOON_S)

    working = department(queue, slow)
    working.start()
    for _ in range(3):
        queue.publish()
    assert entered.wait(SOON_S)
    stopping = threading.Thread(target=working.stop)
    stopping.start()
    release.set()
    stopping.join(SOON_S)
    assert not stopping.is_alive()
    assert queue.waiting() == 2  # the one in progress was finished, those fetched ahead are given back


def test_a_callback_longer_than_two_heartbeats_keeps_the_connection(queue: Any) -> None:
    release, seen = threading.Event(), Seen()

    def slow(event: Event) -> None:
        seen(event)
        release.wait(60)

    queue.uri += "&heartbeat=5"
    with department(queue, slow, duplicates="show") as working:
        first = queue.publish()
        assert seen.next().id == first
        assert working.wait(13) is False
        release.set()
        second = queue.publish()
        event = seen.next()
        assert (event.id, event.attempt) == (second, 1)  # a lost connection would bring the first again
    assert queue.waiting() == 0


@pytest.mark.rule("XCH-05")
def test_a_poisonous_event_is_tried_with_pauses_then_dead_lettered_and_others_pass(queue: Any) -> None:
    poison, sound = queue.publish("case-1"), queue.publish("case-2")
    seen = Seen(poison)
    with department(queue, seen, attempts=3, **FAST):
        events = [seen.next() for _ in range(4)]
        until(lambda: queue.dead() == 1)
    assert [event.attempt for event in events if event.id == poison] == [1, 2, 3]
    assert [event.id for event in events][1] == sound
    assert queue.waiting() == 0


def test_with_order_a_case_is_seen_in_its_sequence(queue: Any) -> None:
    late, first, second = (queue.publish("case-1", number) for number in (3, 1, 2))
    other = queue.publish("case-2", 1)
    seen = Seen()
    with department(queue, seen, ordered=True, patience=30):
        assert [id_ for id_ in seen.take(4) if id_ != other] == [first, second, late]
    again = Seen(first)
    for id_, number in ((late, 3), (first, 1), (second, 2)):
        queue.publish("case-3", number, id=id_)
    with department(queue, again, ordered=True, patience=30, attempts=2, **FAST):
        assert again.take(4) == [first, first, second, late]


def test_a_duplicate_is_filtered_or_shown(queue: Any) -> None:
    seen = Seen()
    with department(queue, seen):
        for id_ in ("twice", "twice", "last"):
            queue.publish(id=id_)
        assert seen.take(2) == ["twice", "last"]
    with department(queue, seen, duplicates="show"):
        for id_ in ("twice", "twice"):
            queue.publish(id=id_)
        assert [seen.next().duplicate for _ in range(2)] == [False, True]
    assert queue.waiting() == 0


def test_what_is_no_event_or_breaks_its_schema_is_dead_lettered_unseen(queue: Any, tmp_path: Path) -> None:
    schema = {"required": ["matter_name"]}
    (tmp_path / "incident.dispatched.v1.json").write_text(json.dumps(schema), encoding="utf-8")
    seen = Seen()
    with department(queue, seen, contracts=Contracts(tmp_path)):
        queue.publish_raw(b"nothing")
        queue.publish(data={})
        good, unknown = queue.publish(), queue.publish(type="incident.newer.v1", data={})
        events = [seen.next(), seen.next()]
        until(lambda: queue.dead() == 2)
    assert [(event.id, event.known) for event in events] == [(good, True), (unknown, False)]


def test_events_nobody_asked_for_do_not_stay_in_the_queue(queue: Any) -> None:
    seen, made = Seen(), Department(queue.uri)
    made.on("incident.closed.v1")(seen)
    with made:
        queue.publish()
        closed = queue.publish(type="incident.closed.v1")
        assert seen.take(1) == [closed]
    assert queue.waiting() == 0


def test_it_reconnects_within_two_seconds_of_the_brokers_return(queue: Any, rabbitmq: Any) -> None:
    entered, release, seen = threading.Event(), threading.Event(), Seen()

    def first_slow(event: Event) -> None:
        seen(event)
        if not entered.is_set():
            entered.set()
            release.wait(120)

    with department(queue, first_slow):
        during = queue.publish()
        assert entered.wait(SOON_S)
        rabbitmq.restart()
        started = time.monotonic()
        after = queue.publish()
        release.set()
        assert seen.take(2) == [during, after]  # handled while the broker was away: not shown again
        assert time.monotonic() - started < 3
    assert queue.waiting() == 0
    assert seen.nothing_more


@pytest.mark.rule("XCH-01")
def test_a_wrong_password_and_a_foreign_queue_are_refused_at_once(queue: Any) -> None:
    wrongs = (
        queue.uri.replace("@", "x@", 1),
        queue.uri.replace("?queue=", "?queue=other."),
        queue.uri.replace("/%2F", "/elsewhere"),
        queue.uri.replace("?queue=", f"?queue={queue.name}.dead&not="),
    )
    for wrong in wrongs:
        refused = Department(wrong)
        refused.on("*")(print)
        with pytest.raises(Refused):
            refused.run()
    assert queue.waiting() == 0


def test_a_department_that_starts_before_the_broker_waits_for_it(queue: Any, rabbitmq: Any) -> None:
    seen = Seen()
    rabbitmq.stop()
    with department(queue, seen) as working:
        assert working.wait(1) is False
        rabbitmq.start()
        id_ = queue.publish()
        assert seen.take(1) == [id_]
