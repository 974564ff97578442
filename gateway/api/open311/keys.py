"""Who asks, and how often they may: applications by their key, everybody else by their address.

Keys are checked by the registry and remembered for CACHE_SECONDS by their hash, so that a revoked key ends within that
time. Wrong keys count against the address, so that guessing is slow. Counts are those of this process, as for sign-ins.
"""

import hashlib
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from limits import RateLimitItem, RateLimitItemPerMinute, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.api.errors import http_status
from services.chassis.errors import TooMany, WanggeError

from .refusals import KeyMissing, KeyRefused

CACHE_SECONDS = 30.0
MOST_CACHED = 10_000

Check = Callable[[str], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True)
class Application:
    """A registered application, and the token as which it acts where it may write."""

    id: str
    name: str
    may: frozenset[str]
    per_minute: int
    token: str = field(repr=False)


@dataclass
class Keys:
    """The keys seen lately, and the counts. `check` asks the registry; `per_address` like "120/minute"."""

    check: Check
    per_address: RateLimitItem
    windows: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))
    clock: Callable[[], float] = time.monotonic
    _known: dict[str, tuple[float, Application]] = field(default_factory=dict)

    @classmethod
    def of(cls, check: Check, per_address: str) -> "Keys":
        return cls(check, parse(per_address))

    async def reader(self, key: str, address: str) -> Application | None:
        """Who reads: nobody in particular without a key. Raises KeyRefused, TooMany."""
        if not key:
            self._hit(self.per_address, "address", address)
            return None
        return await self._application(key, address, "read")

    async def writer(self, key: str, address: str) -> Application:
        """Which application reports. Raises KeyMissing, KeyRefused, TooMany."""
        if not key:
            self._hit(self.per_address, "address", address)
            raise KeyMissing(action="write")
        return await self._application(key, address, "write")

    async def _application(self, key: str, address: str, right: str) -> Application:
        found = await self._find(key, address)
        if right not in found.may:
            raise KeyRefused(action=right)
        self._hit(RateLimitItemPerMinute(found.per_minute), "application", found.id)
        return found

    async def _find(self, key: str, address: str) -> Application:
        name, now = hashlib.sha256(key.encode()).hexdigest(), self.clock()
        until, known = self._known.get(name, (0.0, None))
        if known is not None and now < until:
            return known
        self._known.pop(name, None)
        self._hit(self.per_address, "unchecked", address)
        found = await self._ask(key)
        if len(self._known) >= MOST_CACHED:
            self._known.clear()
        self._known[name] = (now + CACHE_SECONDS, found)
        return found

    async def _ask(self, key: str) -> Application:
        try:
            said = await self.check(key)
        except WanggeError as error:
            if http_status(error) == 404:
                raise KeyRefused(action="api_key") from error
            raise
        return Application(said["id"], said["name"], frozenset(said["may"]), said["per_minute"], said["access_token"])

    def _hit(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if not self.windows.hit(limit, kind, who):
            reset = self.windows.get_window_stats(limit, kind, who).reset_time
            raise TooMany(seconds=max(1, math.ceil(reset - time.time())))
