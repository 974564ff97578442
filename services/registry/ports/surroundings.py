"""What a transaction has besides rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Passwords(Protocol):
    """Hashes passwords."""

    def hash(self, password: str) -> str: ...

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; takes the same time where there is no hash."""


class Seal(Protocol):
    """Encrypts personal fields (PRV-02)."""

    def close(self, text: str, bound_to: str) -> str: ...

    def open(self, sealed: str, bound_to: str) -> str: ...

    def look_up(self, text: str) -> str:
        """A keyed hash, the same for the same text."""
        ...


class Deadlines(Protocol):
    """What falls due later (`services.chassis.deadlines`)."""

    def set(self, subject: str, kind: str, due_at: datetime) -> None: ...

    def cancel(self, subject: str, *kinds: str) -> None: ...

    def kinds(self, subject: str) -> Sequence[str]:
        """The kinds that are open."""
        ...
