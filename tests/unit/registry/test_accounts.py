"""Locks, sessions, passwords and how they are kept out of sight (REG-14)."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from services.chassis.idempotency import fingerprint
from services.registry.errors import PasswordRefused, RefreshRefused, SignInLocked
from services.registry.messages import Secret, SignIn
from services.registry.model.accounts import (
    LOCK,
    MOST_FAILURES,
    REFRESH_LIFETIME,
    SESSION_LIFETIME,
    Guard,
    RefreshToken,
    Session,
    check_password,
    initial_password,
    is_strong,
    new_refresh_token,
    token_hash,
)
from services.registry.model.people import ROLES

ROOT = Path(__file__).parents[3]

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.mark.rule("REG-14")
def test_guard_locks_after_so_many_failures_and_for_so_long() -> None:
    guard = Guard("hash")
    for _ in range(MOST_FAILURES):
        guard.check(NOW)
        guard.failed(NOW)
    with pytest.raises(SignInLocked) as locked:
        guard.check(NOW + timedelta(minutes=10))
    assert "301" in locked.value.sentence("en")
    guard.check(NOW + LOCK)


def test_guard_forgets_failures_after_a_day() -> None:
    guard = Guard("hash")
    for day in range(10):
        guard.failed(NOW + timedelta(days=1.1 * day))
    assert (guard.failures, guard.locked_until) == (1, None)


def test_session_ends_once_and_never_lives_longer_than_its_life() -> None:
    session = Session("id", "person", NOW)
    assert session.next_expiry(NOW) == NOW + REFRESH_LIFETIME
    assert session.next_expiry(NOW + SESSION_LIFETIME) == NOW + SESSION_LIFETIME
    session.end("signed-out", NOW)
    session.end("refresh-token-reused", NOW + LOCK)
    assert (session.end_reason, session.ended_at) == ("signed-out", NOW)
    with pytest.raises(RefreshRefused):
        RefreshToken("hash", "id", NOW, NOW + LOCK).check(session, NOW)


def test_tokens_are_random_and_hashed() -> None:
    assert len({new_refresh_token() for _ in range(100)}) == 100
    assert len(token_hash("x")) == 64


def test_initial_passwords_are_readable_and_strong() -> None:
    password = initial_password()
    assert is_strong(password, "wang")
    assert not set(password) & set("01loi")
    assert initial_password() != password


@pytest.mark.parametrize(
    ("new", "old"), [("short", "x"), ("wang-has-a-name", "x"), ("the-same-one-1", "the-same-one-1")]
)
def test_weak_passwords(new: str, old: str) -> None:
    with pytest.raises(PasswordRefused):
        check_password(new, "wang", old)


def test_secrets_show_nowhere() -> None:
    command = SignIn(username="wang", password=Secret("correct-horse-1"))
    assert "horse" not in repr(command)
    assert "horse" not in json.dumps(dataclasses.asdict(command), default=str)
    assert fingerprint(command) == fingerprint(SignIn(username="wang", password=Secret("other")))


@pytest.mark.rule("REG-14")
def test_registry_and_plan_know_the_same_roles() -> None:
    plan = yaml.safe_load((ROOT / "services/registry/plan/schema.yaml").read_text("utf-8"))
    assert set(ROLES) == set(plan["$defs"]["role"]["enum"])
