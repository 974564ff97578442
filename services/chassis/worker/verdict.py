"""What becomes of a message after its handler was called: pure decisions, no broker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .failures import PermanentFailure, reason_of

ATTEMPT = "wangge-attempt"
REASON = "wangge-reason"
FIRST_FAILED, LAST_FAILED = "wangge-first-failed", "wangge-last-failed"
"""When the first and the latest attempt failed, as text (RFC 3339, UTC)."""
RESENT = "wangge-resent"
"""How often a person took the message out of the dead queue and sent it again."""

_ROUTING = frozenset({"CC", "BCC"})
_NOT_COPIED = frozenset({"application_headers", "user_id", "expiration", "delivery_mode", "cluster_id"})


@dataclass(frozen=True)
class Done:
    """Acknowledge."""


@dataclass(frozen=True)
class Retry:
    """A copy waits `seconds`, then comes as attempt number `attempt`."""

    seconds: int
    attempt: int
    reason: str


@dataclass(frozen=True)
class Dead:
    """A copy goes to the dead queue, after `attempt` attempts."""

    attempt: int
    reason: str


Verdict = Done | Retry | Dead


def decide(error: BaseException | None, attempt: int, delays: Sequence[int]) -> Verdict:
    """The verdict after attempt number `attempt` (from 1) ended with `error`, which is not transient, or with None."""
    if error is None:
        return Done()
    if isinstance(error, PermanentFailure) or attempt > len(delays):
        return Dead(attempt, reason_of(error))
    return Retry(delays[attempt - 1], attempt + 1, reason_of(error))


def attempt_of(headers: Mapping[str, Any]) -> int:
    """The number of the attempt that a message with `headers` is; 1 where the header is absent or makes no sense."""
    value = headers.get(ATTEMPT)
    return value if type(value) is int and value >= 1 else 1


def copied_headers(headers: Mapping[str, Any], verdict: Retry | Dead, at: datetime) -> dict[str, Any]:
    """Headers of the copy of a message that failed `at`: its own, how many attempts, why, since when."""
    now = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    first = headers.get(FIRST_FAILED)
    return {
        **_own_headers(headers),
        ATTEMPT: verdict.attempt,
        REASON: verdict.reason,
        FIRST_FAILED: first if isinstance(first, str) else now,
        LAST_FAILED: now,
    }


def resent_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Headers of a dead letter that is sent again: its own, all attempts before it, and how often it was sent again."""
    ended = (ATTEMPT, REASON, FIRST_FAILED, LAST_FAILED)
    kept = {k: v for k, v in _own_headers(headers).items() if k not in ended}
    return {**kept, RESENT: resent_of(headers) + 1}


def resent_of(headers: Mapping[str, Any]) -> int:
    """How often the message was sent again by a person."""
    value = headers.get(RESENT)
    return value if type(value) is int and value >= 0 else 0


def _own_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Without x- (the broker's own) and CC, BCC (they route)."""
    return {k: v for k, v in headers.items() if not k.lower().startswith("x-") and k not in _ROUTING}


def copied_properties(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Properties of the copy: persistent, and without what would expire it or make the broker refuse it."""
    return {**{k: v for k, v in properties.items() if k not in _NOT_COPIED}, "delivery_mode": 2}


class BadReleaseGuard:
    """Counts distinct messages of one type dead-lettered one after the other; a success in between starts anew."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._dead: set[str] = set()

    def succeeded(self) -> None:
        self._dead.clear()

    def died(self, key: str) -> bool:
        """Note that the message `key` was dead-lettered. Return True when the limit is reached."""
        self._dead.add(key)
        return len(self._dead) >= self._limit
