"""How often somebody may try to sign in: per user name and per address, counted in memory of this process."""

import math
import time
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from services.chassis.errors import TooMany


@dataclass
class SignInLimits:
    """Two limits in the notation of the library ("10/5 minutes"). A success forgets the name's failures."""

    per_name: RateLimitItem
    per_address: RateLimitItem
    windows: MovingWindowRateLimiter = field(default_factory=lambda: MovingWindowRateLimiter(MemoryStorage()))

    @classmethod
    def of(cls, per_name: str, per_address: str) -> "SignInLimits":
        return cls(parse(per_name), parse(per_address))

    def attempt(self, username: str, address: str) -> None:
        """Count one attempt before the password is looked at. Raises TooMany with the seconds to wait."""
        self.attempt_from(address)
        self._hit(self.per_name, "name", username.casefold())

    def attempt_from(self, address: str) -> None:
        """Count one attempt from `address` alone (a refresh token has no name)."""
        self._hit(self.per_address, "address", address)

    def succeeded(self, username: str) -> None:
        """Forget the attempts under `username`."""
        self.windows.clear(self.per_name, "name", username.casefold())

    def _hit(self, limit: RateLimitItem, kind: str, who: str) -> None:
        if not self.windows.hit(limit, kind, who):
            reset = self.windows.get_window_stats(limit, kind, who).reset_time
            raise TooMany(seconds=max(1, math.ceil(reset - time.time())))
