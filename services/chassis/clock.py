"""What time it is, as a port: nothing in a model or handler asks the operating system.

The platform's clock is the machine's. Only a home that `wangge demo` made has a clock that its operator can move
forward, so that a limit of days can pass while somebody looks: two things must agree, the profile in the process's
environment and the file in the home that the demo wrote. Sign-ins (tokens, sessions, locks) follow the machine's clock
everywhere, so that moving the platform's signs nobody out.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

PRODUCTION, DEMO = "production", "demo"
DEMO_CLOCK = "demo-clock.json"
"""In the home of a demo: {"ahead_seconds": how far the platform's clock is before the machine's}."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class DemoClock:
    """The machine's clock and what the demo's operator put it forward; never backwards while the process runs.

    The file is looked at with each question, so that all processes see a move at once. Without the file, or with one
    that cannot be read, it is the machine's time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = 0
        self._ahead = timedelta()

    def now(self) -> datetime:
        self._look()
        return datetime.now(UTC) + self._ahead

    def _look(self) -> None:
        try:
            changed = self._path.stat().st_mtime_ns
        except OSError:
            return
        if changed != self._seen:
            self._seen = changed
            self._ahead = max(self._ahead, read_ahead(self._path))


def platform_clock(home: Path, profile: str) -> Clock:
    """The clock of a process with `profile`: movable in the demo, the machine's in every other."""
    return DemoClock(home / DEMO_CLOCK) if profile == DEMO else SystemClock()


def read_ahead(path: Path) -> timedelta:
    """How far the clock file is ahead; zero where there is none or it says nothing sensible."""
    try:
        ahead = float(json.loads(path.read_text("utf-8"))["ahead_seconds"])
        return timedelta(seconds=max(ahead, 0.0))
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return timedelta()
