"""What becomes of a message, decided without a broker."""

from datetime import UTC, datetime, timedelta

import psycopg2
import pytest
from sqlalchemy import exc

from services.chassis.errors import Conflict, Unavailable
from services.chassis.worker.failures import MAX_REASON, PermanentFailure, Transient, is_transient, reason_of
from services.chassis.worker.verdict import (
    BadReleaseGuard,
    Dead,
    Done,
    Retry,
    attempt_of,
    copied_headers,
    copied_properties,
    decide,
    resent_headers,
)

DELAYS = (1, 5)


def test_each_delay_is_used_once_and_then_it_is_over():
    error = RuntimeError("no")
    assert decide(None, 1, DELAYS) == Done()
    assert decide(error, 1, DELAYS) == Retry(1, 2, "RuntimeError: no")
    assert decide(error, 2, DELAYS) == Retry(5, 3, "RuntimeError: no")
    assert decide(error, 3, DELAYS) == Dead(3, "RuntimeError: no")
    assert decide(error, 99, DELAYS) == Dead(99, "RuntimeError: no")
    assert decide(PermanentFailure("never"), 1, DELAYS) == Dead(1, "never")


@pytest.mark.parametrize(
    ("headers", "attempt"),
    [({}, 1), ({"wangge-attempt": 4}, 4), *(({"wangge-attempt": v}, 1) for v in (0, -1, "4", True, None, 1.5))],
)
def test_attempt_is_read_from_our_header_only(headers, attempt):
    assert attempt_of({"x-delivery-count": 7, **headers}) == attempt


def test_copy_leaves_out_what_the_broker_adds_and_what_routes():
    came = {"x-death": [1], "X-Other": 1, "CC": ["a"], "BCC": ["b"], "theirs": "kept", "wangge-attempt": 1}
    at = datetime(2026, 11, 27, 8, 30, tzinfo=UTC)
    copied = copied_headers(came, Retry(1, 2, "why"), at)
    assert copied == {
        "theirs": "kept",
        "wangge-attempt": 2,
        "wangge-reason": "why",
        "wangge-first-failed": "2026-11-27T08:30:00Z",
        "wangge-last-failed": "2026-11-27T08:30:00Z",
    }
    later = copied_headers(copied, Dead(2, "again"), at + timedelta(minutes=1))
    assert later["wangge-first-failed"] == "2026-11-27T08:30:00Z"
    assert (later["wangge-last-failed"], later["wangge-reason"]) == ("2026-11-27T08:31:00Z", "again")
    properties = {"message_id": "1", "user_id": "u", "expiration": "5", "delivery_mode": 1, "application_headers": {}}
    assert copied_properties(properties) == {"message_id": "1", "delivery_mode": 2}


def test_what_is_sent_again_begins_anew_and_says_how_often():
    dead = copied_headers({"theirs": "kept", "x-death": [1]}, Dead(3, "why"), datetime(2026, 11, 27, tzinfo=UTC))
    assert resent_headers(dead) == {"theirs": "kept", "wangge-resent": 1}
    assert resent_headers({"wangge-resent": 4}) == {"wangge-resent": 5}
    assert resent_headers({"wangge-resent": "many"}) == {"wangge-resent": 1}


def test_reason_is_one_short_line():
    assert reason_of(ValueError("a\n  b")) == "ValueError: a b"
    assert len(reason_of(ValueError("x" * 5000))) == MAX_REASON


def test_reason_of_a_database_error_carries_no_values():
    cause = psycopg2.IntegrityError("duplicate key\nDETAIL:  Key (phone)=(13812345678) already exists.")
    error = exc.IntegrityError("INSERT INTO people VALUES (%(phone)s)", {"phone": "13812345678"}, cause)
    assert reason_of(error) == "IntegrityError: duplicate key"


def test_guard_counts_distinct_messages_in_a_row():
    guard = BadReleaseGuard(2)
    assert not guard.died("a")
    assert not guard.died("a")
    guard.succeeded()
    assert not guard.died("a")
    assert guard.died("b")


class Driver(psycopg2.OperationalError):
    """psycopg2's own errors take no SQLSTATE in Python."""

    def __init__(self, code):
        self.code = code

    @property
    def pgcode(self):
        return self.code


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (Transient("x"), True),
        (Unavailable(what="registry"), True),
        (Conflict(), False),
        (exc.TimeoutError("pool"), True),
        (psycopg2.OperationalError("connection refused"), True),
        (psycopg2.InterfaceError("connection already closed"), True),
        (exc.OperationalError("", None, psycopg2.OperationalError("server closed the connection")), True),
        (exc.InterfaceError("", None, psycopg2.InterfaceError("closed")), True),
        (exc.DBAPIError("", None, Exception(), connection_invalidated=True), True),
        *((exc.OperationalError("", None, Driver(code)), True) for code in ("08006", "53300", "57P01", "57P03")),
        *((exc.OperationalError("", None, Driver(code)), False) for code in ("40P01", "55P03", "57014")),
        (exc.IntegrityError("", None, psycopg2.IntegrityError("twice")), False),
        (exc.ProgrammingError("", None, psycopg2.ProgrammingError("syntax")), False),
        (PermanentFailure("x"), False),
        (ConnectionError("some other service"), False),
    ],
    ids=repr,
)
def test_only_a_database_that_is_away_is_transient(error, away):
    assert is_transient(error) is away
