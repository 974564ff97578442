"""A deadline fires once, whatever restarts, and one that cannot be handled holds up no other (INC-08)."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa

from infra.local.status import failing_deadlines
from services.chassis.deadlines import RETRY_SECONDS
from tests.integration.chassis.things import SOMEBODY, Thing, Things, together

pytestmark = pytest.mark.rule("INC-08")


def open_ones(service: Things) -> list[str]:
    rows = service.rows("SELECT subject FROM deadline WHERE fired_at IS NULL AND cancelled_at IS NULL ORDER BY 1")
    return [row.subject for row in rows]


def test_a_deadline_fires_when_it_has_passed_and_only_then(service: Things) -> None:
    service.set_deadline("soon", minutes=1)
    service.set_deadline("later", minutes=3)
    assert service.bus.sweep() == 0
    service.clock.advance(minutes=2)
    assert (service.bus.sweep(), service.fired) == (1, ["soon"])
    assert service.bus.sweep() == 0
    assert open_ones(service) == ["later"]


def test_two_sweepers_fire_each_once(service: Things) -> None:
    wanted = [f"{number:02}" for number in range(20)]
    for subject in wanted:
        service.set_deadline(subject, minutes=1)
    service.clock.advance(minutes=2)
    counts = together(service.bus.sweep, service.bus.sweep, service.bus.sweep)
    assert sum(counts) == 20
    assert sorted(service.fired) == wanted
    assert service.count("thing") == service.count("outbox") == 20


def test_the_earliest_go_first_and_a_sweep_takes_no_more_than_asked(service: Things) -> None:
    for minutes in (3, 1, 2):
        service.set_deadline(str(minutes), minutes=minutes)
    service.clock.advance(minutes=5)
    assert (service.bus.sweep(2), service.fired) == (2, ["1", "2"])


def test_what_cannot_be_handled_is_tried_again_later_and_others_go_on(service: Things) -> None:
    def fail(message: Any) -> None:
        if message.subject == "bad":
            raise RuntimeError("没有办法")

    service.meanwhile = fail
    service.set_deadline("bad", seconds=1)
    service.set_deadline("good", seconds=2)
    for pause in (*RETRY_SECONDS, RETRY_SECONDS[-1]):
        service.clock.advance(seconds=pause + 1)
        service.bus.sweep()
    assert service.fired == ["good"]
    row = service.rows("SELECT attempts, last_error, not_before FROM deadline WHERE subject = 'bad'")[0]
    assert (row.attempts, row.last_error) == (5, "RuntimeError: 没有办法")
    assert row.not_before == service.clock.now() + timedelta(seconds=RETRY_SECONDS[-1])
    assert service.count("thing") == service.count("outbox") == 1, "what the failed handler held was not written"
    shown = {"kind": "fade", "subject": "bad", "attempts": 5, "last_error": "RuntimeError: 没有办法"}
    with closing(service.engine.raw_connection()) as connection, closing(connection.cursor()) as reading:
        told = failing_deadlines(reading)
    assert told == {"failing": 1, "last": [shown | {"next_at": f"{row.not_before:%Y-%m-%dT%H:%M:%SZ}"}]}


def test_a_part_that_fails_is_undone_alone_and_tried_again_alone(service: Things) -> None:
    with service.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE thing ADD CHECK (word <> 'bad')"))
    with service.work(SOMEBODY, service.clock.now()) as work:
        errors = [work.apart(partial(work.hold, Thing(word, work.now))) for word in ("a", "bad", "b")]
        assert [type(each) for each in errors] == [type(None), sa.exc.IntegrityError, type(None)]
        work.deadlines.put_aside("batch", "alone:bad", work.now, errors[1])
        assert work.commit()
    assert [row.word for row in service.rows("SELECT word FROM thing ORDER BY 1")] == ["a", "b"]
    assert service.count("outbox") == 2
    assert service.bus.sweep() == 0
    service.clock.advance(seconds=RETRY_SECONDS[0])
    assert (service.bus.sweep(), service.fired) == (1, ["batch"])


def test_what_the_database_refuses_at_the_end_is_tried_again_later_too(service: Things) -> None:
    with service.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE thing ADD CHECK (word <> 'bad 13812345678')"))
    service.set_deadline("bad 13812345678", seconds=1)
    service.set_deadline("good", seconds=2)
    service.clock.advance(seconds=3)
    assert service.bus.sweep() == 2
    assert open_ones(service) == ["bad 13812345678"]
    assert [row.word for row in service.rows("SELECT word FROM thing")] == ["good"]
    assert "13812345678" not in service.rows("SELECT last_error FROM deadline WHERE attempts > 0")[0].last_error


def test_a_row_that_somebody_holds_too_long_holds_up_no_other(service: Things) -> None:
    """A lock timeout is an error of that deadline, not of the database."""
    with service.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO thing VALUES ('held', 'held')"))

    def wait(message: Any) -> None:
        if message.subject == "bad":
            with service.engine.begin() as connection:
                connection.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
                connection.execute(sa.text("SELECT 1 FROM thing WHERE id = 'held' FOR UPDATE"))

    service.meanwhile = wait
    service.set_deadline("bad", seconds=1)
    service.set_deadline("good", seconds=2)
    service.clock.advance(seconds=3)
    with service.engine.begin() as holder:
        holder.execute(sa.text("SELECT 1 FROM thing WHERE id = 'held' FOR UPDATE"))
        assert service.bus.sweep() == 2
    assert (service.fired, open_ones(service)) == (["good"], ["bad"])
    reason = service.rows("SELECT last_error FROM deadline WHERE attempts = 1")[0].last_error
    assert reason == "OperationalError: canceling statement due to lock timeout"
    service.clock.advance(seconds=RETRY_SECONDS[0] + 1)
    assert (service.bus.sweep(), service.fired) == (1, ["good", "bad"])


def test_what_the_database_refuses_at_the_very_commit_is_tried_again_later_too(service: Things) -> None:
    with service.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE thing ADD UNIQUE (word) DEFERRABLE INITIALLY DEFERRED"))
        connection.execute(sa.text("INSERT INTO thing VALUES ('first', 'twice')"))
    service.set_deadline("twice", seconds=1)
    service.set_deadline("good", seconds=2)
    service.clock.advance(seconds=3)
    assert service.bus.sweep() == 2
    assert open_ones(service) == ["twice"]
    assert service.count("outbox") == 1


def test_while_the_database_is_away_nothing_is_postponed_and_then_it_goes_on(service: Things) -> None:
    def leave(_: Any) -> None:
        raise psycopg2.OperationalError("server closed the connection unexpectedly")

    service.set_deadline("a", seconds=1)
    service.clock.advance(seconds=2)
    service.meanwhile = leave
    with pytest.raises(psycopg2.OperationalError):
        service.bus.sweep()
    service.meanwhile = lambda _: None
    others = "pid <> pg_backend_pid() AND datname = current_database()"
    service.rows(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
    service.engine.dispose()
    assert (service.bus.sweep(), service.fired) == (1, ["a"])
    assert service.rows("SELECT attempts FROM deadline") == [(0,)]


def test_a_sweeper_that_dies_in_the_middle_loses_none(service: Things) -> None:
    class Crash(BaseException):
        """Stands for kill -9."""

    def crash(_: Any) -> None:
        raise Crash

    service.set_deadline("a", seconds=1)
    service.clock.advance(seconds=2)
    service.meanwhile = crash
    with pytest.raises(Crash):
        service.bus.sweep()
    service.engine.dispose()
    service.meanwhile = lambda _: None
    assert (service.bus.sweep(), service.fired) == (1, ["a"])
    assert service.count("thing") == 1


def test_setting_again_moves_and_cancelling_ends(service: Things) -> None:
    service.set_deadline("a", minutes=1)
    service.set_deadline("a", minutes=5)
    service.set_deadline("b", minutes=1)
    with service.work(SOMEBODY, service.clock.now()) as work:
        work.deadlines.cancel("b")
        work.commit()
    service.clock.advance(minutes=2)
    assert service.bus.sweep() == 0
    service.clock.advance(minutes=4)
    assert (service.bus.sweep(), service.fired) == (1, ["a"])


def test_keeping_makes_exactly_what_is_wanted_and_touches_only_what_differs(service: Things) -> None:
    soon, late = service.clock.now() + timedelta(hours=1), service.clock.now() + timedelta(hours=2)
    for wanted in ({"x": soon, "y": soon}, {"x": soon, "y": late, "z": late}, {"x": soon}):
        with service.work(SOMEBODY, service.clock.now()) as work:
            work.deadlines.keep("a", wanted)
            work.commit()
        found = service.rows("SELECT kind, due_at FROM deadline WHERE fired_at IS NULL AND cancelled_at IS NULL")
        assert {row.kind: row.due_at for row in found} == wanted
    assert service.rows("SELECT count(*) FROM deadline WHERE kind = 'x'")[0][0] == 1


def test_one_that_fires_at_this_moment_is_not_awaited_any_more(service: Things) -> None:
    """Who wants it to see what was just written waits for its end, and then sets it anew."""

    def awaited() -> bool:
        with service.work(SOMEBODY, service.clock.now()) as work:
            return work.deadlines.awaited("soon", "fade")

    assert not awaited()
    service.set_deadline("soon", minutes=1)
    assert awaited()
    service.clock.advance(minutes=2)
    waiting: list[Any] = []

    def fire(_: Any) -> None:
        waiting.append(pool.submit(awaited))
        with pytest.raises(TimeoutError):
            waiting[0].result(0.5)

    with ThreadPoolExecutor(1) as pool:
        service.meanwhile = fire
        assert service.bus.sweep() == 1
        assert waiting[0].result(30) is False
