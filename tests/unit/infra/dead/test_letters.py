"""What a dead letter says of itself, and what of it may be printed."""

from datetime import UTC, datetime

import pytest
from pika import BasicProperties

from infra.dead.auditing import auditor
from infra.dead.box import looking_counts
from infra.dead.letters import Letter
from infra.dead.showing import HIDDEN, content, hidden, printable, without_secrets

DIED = {"queue": "a.on.b", "reason": "delivery_limit", "time": datetime(2026, 11, 27, 9, 0, tzinfo=UTC), "count": 1}


def letter(body: bytes = b"{}", **headers: object) -> Letter:
    return Letter.read("a.on.b", BasicProperties(message_id="m", headers=dict(headers)), body)


def test_what_the_broker_gave_up_says_so_and_since_when():
    found = letter(**{"x-death": [DIED], "wangge-attempt": 2, "wangge-reason": "an earlier failure"})
    assert found.reason.startswith("delivery limit")
    assert (found.attempts, found.last_failed) == (None, "2026-11-27T09:00:00Z")


def test_a_wait_in_a_retry_queue_is_no_death():
    found = letter(**{"x-death": [{**DIED, "queue": "a.retry.1s", "reason": "expired"}], "wangge-reason": "mine"})
    assert (found.reason, found.last_failed) == ("mine", None)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[1]", b"null", b'{"type": 1, "subject": null}', b"[" * 100_000])
def test_any_body_is_a_letter(body: bytes):
    found = letter(body, **{"wangge-attempt": "x", "wangge-reason": 5, "x-death": 7, "wangge-first-failed": 1})
    assert (found.type, found.case, found.reason, found.size) == (None, None, "no reason given", len(body))


def test_properties_that_are_no_utf8_are_escaped():
    found = Letter.read("a.on.b", BasicProperties(message_id=b"\xffm", type=b"\xfe"), b"{}")
    assert (found.id, found.type) == ("\\xffm", "\\xfe")


@pytest.mark.parametrize("name", ["password", "callerPhone", "id_number", "access-token", "sealed_name", "联系电话"])
def test_secret_names_are_hidden_however_deep(name: str):
    assert hidden({"data": [{name: "x"}]}) == {"data": [{name: HIDDEN}]}


@pytest.mark.parametrize("name", ["telling", "type", "tokenised", "grid", "area"])
def test_ordinary_names_are_not(name: str):
    assert hidden({name: "x"}) == {name: "x"}


def test_secrets_in_text_that_is_no_json_are_hidden():
    shown = content(b'\xffpassword=abc token: "def" tel:13812345678 amqp://me:ghi@host v1:' + b"Q" * 40)
    assert not any(secret in shown for secret in ("abc", "def", "13812345678", "ghi", "QQQ"))
    assert without_secrets("371321106201003 019ab000-0000-7000-8000-000000000001") == (
        "371321106201003 019ab000-0000-7000-8000-000000000001"
    )


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["x", "amqp://a:"])
def test_ten_megabytes_are_looked_through_in_seconds(text: str):
    assert without_secrets(text * (10_000_000 // len(text.encode())))


def test_nothing_steers_a_terminal():
    assert printable("a\x1b[0m\r\n\u202e\u200b\ud800河") == "a\\x1b[0m\\r\\n\\u202e\\u200b\\ud800河"


def test_a_long_body_is_cut_unless_asked_for():
    body = b"x" * 5000
    assert content(body).startswith("x" * 4000 + "\n…")
    assert content(body, None) == "x" * 5000


@pytest.mark.parametrize(("version", "counts"), [("3.10.8", False), ("4.0.1", True), ("10.2", True), ("", False)])
def test_looking_counts_since_rabbitmq_4(version: str, counts: bool):
    assert looking_counts(version) is counts


@pytest.mark.parametrize(
    ("queue", "service"),
    [("assessment.on.incident", "assessment"), ("department.env.1", "liaison"), ("other.on.incident", "liaison")],
)
def test_each_queue_has_an_audit_log(queue: str, service: str):
    assert auditor(queue) == service
