"""What a worker process can be told, read from the environment once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from environs import Env

from services.chassis.database import ANSWER_SECONDS
from services.chassis.topology import ON_DISK_SECONDS, RETRY_DELAYS


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Seconds unless said otherwise. `amqp_uri` carries a password and is never logged."""

    amqp_uri: str
    home: Path = Path(".wangge")
    prefetch: int = 10
    """Unacknowledged messages per queue."""
    max_workers: int = 10
    """Handlers that run at the same time in one service."""
    retry_delays: tuple[int, ...] = RETRY_DELAYS
    patience: float = 300.0
    """How long transient failures of a queue are retried in place before its consumer is cancelled."""
    probe_interval: float = 5.0
    dead_limit: int = 20
    """Distinct messages of one type dead-lettered one after the other before the consumer stops itself."""
    heartbeat: int = 10
    database_connect: float = 5.0
    database_answer: float = ANSWER_SECONDS
    """How long a handler waits for a database that says nothing."""
    reconnect: float = 1.0
    """Pause before connecting again; with jitter at most one and a half times as long."""

    on_disk: float = ON_DISK_SECONDS
    """Pause between making a queue and binding it."""

    def __post_init__(self) -> None:
        counts = (self.prefetch, self.max_workers, self.dead_limit, self.heartbeat, *self.retry_delays)
        if any(count < 1 for count in counts):
            raise ValueError("prefetch, concurrency, dead limit, heartbeat and every retry delay are at least 1")

    @classmethod
    def from_environment(cls, env: Env | None = None) -> Self:
        """Read WANGGE_AMQP_URI, WANGGE_HOME and WANGGE_WORKER_*. Raises environs.EnvError or ValueError."""
        env = env or Env()
        with env.prefixed("WANGGE_"):
            return cls(
                amqp_uri=env.str("AMQP_URI"),
                home=env.path("HOME", cls.home),
                prefetch=env.int("WORKER_PREFETCH", cls.prefetch),
                max_workers=env.int("WORKER_CONCURRENCY", cls.max_workers),
                retry_delays=tuple(env.list("WORKER_RETRY_DELAYS", list(cls.retry_delays), subcast=int)),
                patience=env.float("WORKER_PATIENCE", cls.patience),
                probe_interval=env.float("WORKER_PROBE_INTERVAL", cls.probe_interval),
                dead_limit=env.int("WORKER_DEAD_LIMIT", cls.dead_limit),
                database_connect=env.float("WORKER_DATABASE_CONNECT", cls.database_connect),
                database_answer=env.float("WORKER_DATABASE_ANSWER", cls.database_answer),
                on_disk=env.float("WORKER_ON_DISK", cls.on_disk),
                heartbeat=env.int("WORKER_HEARTBEAT", cls.heartbeat),
            )
