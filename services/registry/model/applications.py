"""Applications that report and read by Open311 (INC-21): a key of their own, what they may do, how often.

The key is random (256 bits) and shown once; what is kept is its hash and its first letters, so that an operator can
tell two keys apart. A revoked application stays in the list: reports name it.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.model.values import among, named

RIGHTS = ("read", "write")
PREFIX = "wg_"
HINT_LETTERS = len(PREFIX) + 6
MOST_PER_MINUTE = 100_000


def new_key() -> str:
    """A random key; the prefix lets scanners of published sources recognise one."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """What is stored of a key; it is random, so a plain hash gives nothing away."""
    return hashlib.sha256(key.encode()).hexdigest()


def hint_of(key: str) -> str:
    """The first letters of a key, of which 220 bits stay secret."""
    return key[:HINT_LETTERS]


@dataclass
class Application:
    """One registered application; `per_minute` is the most requests in any minute."""

    id: str
    name: str
    may: tuple[str, ...]
    per_minute: int
    key_hash: str
    key_hint: str
    created_by: str
    created_at: datetime
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    version: int = 1

    def revoke(self, by: str, at: datetime) -> None:
        """Take the key away for good; a second time changes nothing."""
        if self.revoked_at is None:
            self.revoked_at, self.revoked_by = at, by
            self.version += 1


def faults(name: str, may: Sequence[str], per_minute: int) -> Iterator[Fault]:
    """What is wrong with an application to be registered."""
    yield from named("name", name)
    for at, right in enumerate(may):
        yield from among(f"may[{at}]", right, RIGHTS)
    if not may:
        zh, en = "至少选择一项:read、write", "choose at least one of: read, write"
        yield fault("may", "required", zh, en)
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        zh, en = f"每分钟次数应为 1 至 {MOST_PER_MINUTE}", f"must be 1 to {MOST_PER_MINUTE} in a minute"
        yield fault("per_minute", "range", zh, en)
