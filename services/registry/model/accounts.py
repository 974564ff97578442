"""Accounts: passwords, locks and sessions (REG-14).

- A wrong password and an unknown name are one and the same refusal and take the same time.
- After MOST_FAILURES in a row a name is locked for a while, whether or not it exists; a success starts anew.
- A refresh token is random, stored as a hash, and good for one use. Using it again means that two parties hold it:
  the whole session ends.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.registry.errors import PasswordRefused, RefreshRefused, SignInLocked

MOST_FAILURES = 5
LOCK = timedelta(minutes=15)
FORGET_FAILURES = timedelta(hours=24)
ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(hours=12)
SESSION_LIFETIME = timedelta(days=7)
LEAST_PASSWORD, MOST_PASSWORD = 10, 200
INITIAL_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on paper."""


def is_strong(password: str, username: str) -> bool:
    """Whether it is long enough and does not hold the user name."""
    return LEAST_PASSWORD <= len(password) <= MOST_PASSWORD and username.lower() not in password.lower()


def check_password(new: str, username: str, old: str) -> None:
    """Raise PasswordRefused where `new` is too weak or the old one."""
    if not is_strong(new, username) or new == old:
        raise PasswordRefused(least=LEAST_PASSWORD)


def initial_password() -> str:
    """A random password to be read out and typed once: four groups of four, 79 bits."""
    groups = ("".join(secrets.choice(INITIAL_ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)


def new_refresh_token() -> str:
    """A random refresh token, 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a refresh token; it is random, so a plain hash gives nothing away."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass
class Account:
    """How a person signs in; `password_hash` is None until a password was set."""

    person_id: str
    password_hash: str | None = None
    must_change: bool = False
    version: int = 0

    def set_password(self, password_hash: str, must_change: bool) -> None:
        self.password_hash, self.must_change = password_hash, must_change
        self.version += 1


@dataclass
class Guard:
    """Counts the failures of one name in a row."""

    name_hash: str
    failures: int = 0
    failed_at: datetime | None = None
    locked_until: datetime | None = None

    def check(self, now: datetime) -> None:
        """Raise SignInLocked while the name is locked."""
        if self.locked_until is not None and now < self.locked_until:
            raise SignInLocked(seconds=int((self.locked_until - now).total_seconds()) + 1)

    def failed(self, now: datetime) -> None:
        """Note one more failure; the last one allowed locks the name."""
        forgotten = self.failed_at is None or now - self.failed_at > FORGET_FAILURES
        self.failures = 1 if forgotten else self.failures + 1
        self.failed_at = now
        if self.failures >= MOST_FAILURES:
            self.failures, self.locked_until = 0, now + LOCK

    def succeeded(self) -> None:
        """Start anew."""
        self.failures, self.failed_at, self.locked_until = 0, None, None


@dataclass
class Session:
    """The chain of refresh tokens that began with one sign-in."""

    id: str
    person_id: str
    created_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None

    def next_expiry(self, now: datetime) -> datetime:
        """When a token issued `now` expires; no session outlives SESSION_LIFETIME."""
        return min(now + REFRESH_LIFETIME, self.created_at + SESSION_LIFETIME)

    def end(self, reason: str, now: datetime) -> None:
        """End it once; later reasons do not replace the first."""
        if self.ended_at is None:
            self.ended_at, self.end_reason = now, reason


@dataclass
class RefreshToken:
    """One token of a session, known by its hash."""

    token_hash: str
    session_id: str
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def check(self, session: Session, now: datetime) -> None:
        """Raise RefreshRefused when it is over, or the session is."""
        if session.ended_at is not None or now >= self.expires_at:
            raise RefreshRefused
