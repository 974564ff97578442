"""What status makes of logs, of what workers wrote about themselves, and of the broker's queues."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from infra.cli.status import _print_deadlines
from infra.local.status import dead_alarms, dead_letters, deadline_alarms, last_error, worker_alarms


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "no route", "level": "error", "service": "incident"}',
        "2026-11-22 10:47:28.038 UTC [17189] incident@incident ERROR:  deadlock detected",
        "2026-11-22 10:47:28.038+00:00 [error] <0.223.0> closing AMQP connection",
        "sqlalchemy.exc.OperationalError: connection refused",
    ],
)
def test_an_error_is_found_and_later_calm_lines_do_not_hide_it(tmp_path: Path, line: str) -> None:
    log = tmp_path / "api.log"
    log.write_text(f'ERROR: older\n{line}\n{{"event": "errors: 0", "level": "info"}}\n')
    assert last_error(log) == line


def test_no_error_and_no_log_are_none(tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text('{"event": "listening", "level": "info"}\n')
    assert last_error(tmp_path / "api.log") is None
    assert last_error(tmp_path / "absent.log") is None


def test_a_queue_that_nobody_takes_from_is_an_alarm_and_a_consuming_one_is_not() -> None:
    error = {"at": "2026-11-27T08:00:00Z", "reason": "20 messages dead-lettered one after the other"}
    halted = {"state": "stopped", "since": "2026-11-27T08:00:01Z", "last_error": error}
    calm = {"state": "consuming", "since": "2026-11-27T07:00:00Z", "last_error": error}
    timers = {"seal": {"state": "failing", "last_error": error}, "clean": {"state": "running", "last_error": error}}
    workers = {"a": {"queues": {"a.on.b": halted, "a.on.c": calm}, "timers": timers}, "gone": {}}
    assert worker_alarms(workers) == [
        {"kind": "worker-stopped", "where": "a.on.b", "since": "2026-11-27T08:00:01Z", "says": error["reason"]},
        {"kind": "timer-failing", "where": "seal", "since": "2026-11-27T08:00:00Z", "says": error["reason"]},
    ]
    assert worker_alarms({"a": {"queues": {"a.on.b": calm | {"state": "paused"}}}})[0]["kind"] == "worker-paused"


def test_dead_letters_are_counted_for_the_queue_that_they_were_meant_for() -> None:
    queues = [
        {"name": "a.on.b", "messages": 5},
        {"name": "a.on.b.dead", "messages": 2},
        {"name": "c.dead", "messages": 0},
    ]
    assert dead_letters(queues) == {"a.on.b": 2}
    assert dead_alarms({"a.on.b": 2}) == [{"kind": "dead-letters", "where": "a.on.b", "since": None, "says": "2"}]
    assert (dead_letters(None), dead_alarms(None)) == (None, [])


def test_deadlines_that_failed_are_shown_with_their_error_and_nothing_is_where_none_did() -> None:
    last = {"kind": "follow-alone:7", "subject": "371321106", "attempts": 2, "next_at": "…", "last_error": "坏了"}
    shown, calm = StringIO(), StringIO()
    _print_deadlines(Console(file=shown, width=200), {"incident": {"failing": 9, "last": [last]}, "liaison": None})
    _print_deadlines(Console(file=calm, width=200), {"incident": {"failing": 0, "last": []}})
    assert all(word in shown.getvalue() for word in ("follow-alone:7", "371321106", " 9 ", "坏了"))
    assert calm.getvalue() == ""


def test_a_deadline_that_keeps_failing_is_an_alarm_and_one_that_failed_once_is_not() -> None:
    once = {"kind": "k", "subject": "s", "attempts": 1, "next_at": "…", "last_error": "被占用"}
    often = once | {"attempts": 3, "last_error": "坏了"}
    assert deadline_alarms({"incident": {"failing": 1, "last": [once]}, "liaison": None}) == []
    assert deadline_alarms({"incident": {"failing": 2, "last": [often, once]}}) == [
        {"kind": "deadlines-failing", "where": "incident", "since": None, "says": "坏了"}
    ]
