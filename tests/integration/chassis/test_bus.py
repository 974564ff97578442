"""Everything of a command is committed together or not at all, and once, whoever repeats it."""

import json
import select
import threading
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa

from services.chassis import tables
from services.chassis.errors import Forbidden, IdempotencyMismatch, StillRunning
from services.chassis.ids import new_id
from tests.integration.chassis.things import ANOTHER, SOMEBODY, Make, Thing, Things, together

LEFT = ("thing", "outbox", "idempotency", "audit", "inbox")


def left(service: Things) -> dict[str, int]:
    return {table: service.count(table) for table in LEFT}


NOTHING = dict.fromkeys(LEFT, 0)


class Crash(BaseException):
    """Stands for whatever ends a process in the middle; no `except Exception` sees it."""


def test_a_command_leaves_row_event_audit_and_answer(service: Things) -> None:
    answer = service.bus.handle(Make(word="a"), SOMEBODY, key="k")
    assert left(service) == {"thing": 1, "outbox": 1, "idempotency": 1, "audit": 1, "inbox": 0}
    entry = service.rows("SELECT actor, action, subject, outcome FROM audit")[0]
    assert tuple(entry) == ("somebody", "Make", answer["id"], "done")


@pytest.mark.parametrize("error", [Crash, RuntimeError])
def test_a_crash_before_the_commit_leaves_nothing(service: Things, error: type[BaseException]) -> None:
    def crash(_: Any) -> None:
        raise error

    service.meanwhile = crash
    with pytest.raises(error):
        service.bus.handle(Make(word="a"), SOMEBODY, key="k")
    assert left(service) == NOTHING


def test_a_server_that_drops_the_connection_before_the_commit_leaves_nothing(service: Things, postgres: Any) -> None:
    with pytest.raises(sa.exc.DBAPIError), service.work(SOMEBODY, service.clock.now()) as work:
        work.hold(Thing("a", work.now))
        work.write()
        pid = work.connection.scalar(sa.text("SELECT pg_backend_pid()"))
        connection = postgres.connect()
        connection.cursor().execute("SELECT pg_terminate_backend(%s)", (pid,))
        connection.close()
        work.commit()
    assert left(service) == NOTHING


def test_an_event_that_cannot_be_written_takes_its_row_with_it(service: Things) -> None:
    with service.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE outbox ADD CHECK (type <> 'things.made.v1')"))
    with pytest.raises(sa.exc.IntegrityError):
        service.bus.handle(Make(word="a"), SOMEBODY, key="k")
    assert left(service) == NOTHING


@pytest.mark.rule("PRV-03")
def test_a_forbidden_command_leaves_only_the_record_of_the_attempt(service: Things) -> None:
    with pytest.raises(Forbidden):
        service.bus.handle(Make(word="forbidden"), SOMEBODY, key="k")
    assert left(service) == {**NOTHING, "audit": 1}
    assert service.rows("SELECT outcome FROM audit")[0].outcome == "forbidden"


@pytest.mark.rule("ALL-04")
def test_the_same_key_and_body_gives_the_first_answer_and_has_one_effect(service: Things) -> None:
    first = service.bus.handle(Make(word="a"), SOMEBODY, key="k")
    assert service.bus.handle(Make(word="a"), SOMEBODY, key="k") == first
    assert service.count("thing") == service.count("outbox") == 1


@pytest.mark.rule("ALL-04")
def test_the_same_key_with_another_body_is_refused(service: Things) -> None:
    service.bus.handle(Make(word="a"), SOMEBODY, key="k")
    with pytest.raises(IdempotencyMismatch, match="k"):
        service.bus.handle(Make(word="b"), SOMEBODY, key="k")
    assert service.count("thing") == 1


@pytest.mark.rule("ALL-04")
def test_a_key_belongs_to_its_caller(service: Things) -> None:
    first = service.bus.handle(Make(word="a"), SOMEBODY, key="k")
    assert service.bus.handle(Make(word="b"), ANOTHER, key="k")["id"] != first["id"]


@pytest.mark.rule("ALL-04")
def test_a_refused_command_may_be_tried_again_with_its_key(service: Things) -> None:
    for _ in range(2):
        with pytest.raises(Forbidden):
            service.bus.handle(Make(word="forbidden"), SOMEBODY, key="k")
    assert service.bus.handle(Make(word="a"), SOMEBODY, key="k")["word"] == "a"


@pytest.mark.rule("ALL-04")
def test_while_the_first_runs_the_second_is_told_so(service: Things) -> None:
    entered, leave = threading.Event(), threading.Event()

    def wait(_: Any) -> None:
        entered.set()
        assert leave.wait(10)

    service.meanwhile = wait
    first: list[Any] = []
    thread = threading.Thread(target=lambda: first.append(service.bus.handle(Make(word="a"), SOMEBODY, key="k")))
    thread.start()
    assert entered.wait(10)
    try:
        with pytest.raises(StillRunning):
            service.bus.handle(Make(word="a"), SOMEBODY, key="k")
    finally:
        leave.set()
        thread.join(10)
    assert service.bus.handle(Make(word="a"), SOMEBODY, key="k") == first[0]
    assert service.count("thing") == 1


@pytest.mark.rule("ALL-04")
def test_many_at_the_same_time_have_one_effect(service: Things) -> None:
    results = together(*[lambda: service.bus.handle(Make(word="a"), SOMEBODY, key="k")] * 6)
    answers = [each for each in results if isinstance(each, dict)]
    assert answers and all(each == answers[0] for each in answers)
    assert all(isinstance(each, StillRunning) for each in results if not isinstance(each, dict))
    assert service.count("thing") == service.count("outbox") == 1


def test_an_event_that_arrives_twice_has_one_effect(service: Things) -> None:
    event_id = new_id()
    assert service.bus.consume(Make(word="a"), "things.on.others", event_id) is True
    assert service.bus.consume(Make(word="a"), "things.on.others", event_id) is False
    assert service.bus.consume(Make(word="a"), "others.on.others", event_id) is True
    assert service.count("thing") == 2


def test_an_event_that_arrives_twice_at_once_has_one_effect(service: Things) -> None:
    event_id = new_id()
    results = together(*[lambda: service.bus.consume(Make(word="a"), "things.on.others", event_id)] * 4)
    assert sorted(results) == [False, False, False, True]
    assert service.count("thing") == 1


def test_an_event_whose_handler_failed_is_handled_when_it_comes_again(service: Things) -> None:
    event_id = new_id()
    with pytest.raises(Forbidden):
        service.bus.consume(Make(word="forbidden"), "things.on.others", event_id)
    assert left(service) == NOTHING
    assert service.bus.consume(Make(word="a"), "things.on.others", event_id) is True


def test_the_relay_is_woken_after_the_commit_and_its_absence_harms_nothing(service: Things) -> None:
    listener = psycopg2.connect(service.uri.replace("postgresql+psycopg2://", "postgresql://", 1))
    listener.autocommit = True
    listener.cursor().execute("LISTEN outbox")
    service.bus.handle(Make(word="a"), SOMEBODY)
    arrived, _, _ = select.select([listener], [], [], 10)  # the server tells its other sessions after it answered ours
    assert arrived, "nobody was woken"
    listener.poll()
    assert [each.channel for each in listener.notifies] == ["outbox"]
    listener.close()
    service.bus.wakeup._connection.close()
    assert service.bus.handle(Make(word="b"), SOMEBODY)["word"] == "b"


def test_events_lie_in_the_outbox_in_the_order_in_which_they_were_made(service: Things) -> None:
    for word in "abc":
        service.bus.handle(Make(word=word), SOMEBODY)
    with service.engine.connect() as connection:
        bodies = connection.scalars(sa.select(tables.outbox.c.body).order_by(tables.outbox.c.id)).all()
    assert [json.loads(bytes(body))["data"]["word"] for body in bodies] == ["a", "b", "c"]
