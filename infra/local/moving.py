"""The demo's clock, moved by its operator: forward only, for all processes at once (services.chassis.clock).

A home is a demo's from its first start by `wangge demo` to its end, or never: one that `wangge up` made has no file to
move, and its processes are told that their profile is production whatever the environment says.
"""

import fcntl
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.errors import LocalError
from infra.local.secrets import write_private
from infra.local.settings import Settings
from services.chassis.clock import DEMO, read_ahead

MOST = timedelta(days=366)
_AMOUNT = re.compile(r"(?=.)(?:(\d{1,4})d)?(?:(\d{1,5})h)?(?:(\d{1,6})m)?", re.ASCII)


class NotADemo(LocalError):
    """The platform is not one that `wangge demo` made; its clock is the machine's."""


class BadAmount(LocalError):
    """An amount of time that cannot be read, is nothing, or more than a year."""


@dataclass(frozen=True)
class Shown:
    """The platform's time and how far it is ahead of the machine's."""

    now: datetime
    ahead: timedelta


def amount(text: str) -> timedelta:
    """`2d`, `36h`, `90m`, `1d12h` as a time span above zero, a year at most. Raises BadAmount."""
    found = _AMOUNT.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if not timedelta() < span <= MOST:
        raise BadAmount(
            f"“{text}”不是可用的时长;写成 2d、36h、90m 或 1d12h,大于 0,最多一年;时间不能倒退",
            f'"{text}" is no amount of time; write 2d, 36h, 90m or 1d12h, above 0, a year at most; never backwards',
        )
    return span


def show(settings: Settings) -> Shown:
    """The time of the demo that `settings` describe. Raises NotADemo."""
    _require_demo(settings)
    return _shown(settings.demo_clock)


def forward(settings: Settings, by: timedelta) -> Shown:
    """Put the demo's clock forward by `by`; every process sees it with its next look at the time.

    Raises NotADemo, BadAmount for what is not above zero.
    """
    _require_demo(settings)
    if by <= timedelta():
        raise BadAmount("时间只能向前", "The clock only goes forward")
    with _alone(settings.home):
        ahead = read_ahead(settings.demo_clock) + by
        write_private(settings.demo_clock, json.dumps({"ahead_seconds": ahead.total_seconds()}))
    return _shown(settings.demo_clock)


def _require_demo(settings: Settings) -> None:
    if settings.profile != DEMO:
        raise NotADemo(
            f"{settings.home} 不是演示平台:只有 wangge demo 建立的平台才能拨动时钟,正式平台的时间就是本机时间",
            f"{settings.home} is no demo: only a platform that `wangge demo` made has a clock to move",
        )


def _shown(clock: Path) -> Shown:
    ahead = read_ahead(clock)
    return Shown(datetime.now(UTC) + ahead, ahead)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one operator at a time move the clock, so that no move is lost."""
    with (home / "run" / "clock.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
