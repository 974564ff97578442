"""How a relay behaves: every number it uses, in one frozen object."""

from dataclasses import dataclass
from datetime import timedelta

from environs import Env


@dataclass(frozen=True, slots=True)
class Settings:
    """Numbers of the relay. All plain times are seconds.

    `window`: unconfirmed messages per service. `held`: rows kept back at once (waiting, unmarked) before
    claiming pauses.
    `poll`: a look at the table without being notified. `backoff_first`, `backoff_last`: wait of a refused
    row, doubling.
    `reconnect`: pause before the next attempt on a lost database or broker. `drain`: how long a stop waits
    for confirms.
    `alarm_age`: an event that waits for longer is said in the log as an error, every `alarm_every`.
    `retention`: age at which published rows go, `cleanup_batch` rows at a time, looked for every
    `cleanup_every`.
    """

    window: int = 500
    held: int = 10_000
    poll: float = 1.0
    backoff_first: float = 1.0
    backoff_last: float = 30.0
    reconnect: float = 0.5
    drain: float = 5.0
    alarm_age: float = 60.0
    alarm_every: float = 60.0
    retention: timedelta = timedelta(days=7)
    cleanup_batch: int = 500
    cleanup_every: float = 60.0

    @classmethod
    def from_env(cls) -> "Settings":
        """The defaults, with the retention of `WANGGE_OUTBOX_RETENTION_HOURS` where that is set."""
        hours = Env().float("WANGGE_OUTBOX_RETENTION_HOURS", 168.0)
        return cls(retention=timedelta(hours=hours))
