"""How a question is measured: warm, in three rounds, as a ratio to a look-up by primary key of the same run.

A figure is the median over the rounds of the round's 50th and 95th percentile. The clock stands around the service's
own query object in this process: SQL, its transport and the making of the answer; gRPC and REST come on top. Beside the
wall's clock stands the time that this thread and the one PostgreSQL backend really had a core: what the wall would show
on a machine that does nothing else. Neighbours on the machine lengthen the first and hardly the second.
"""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa

from services.chassis import memory

ROUNDS, CALLS = 3, 7
WHOLE = 100_000
"""Fewer cases are a trial: each question is asked once, and what does not follow from cases is smaller, too."""
LIMIT_MS = 100.0
OPTIONS = "-c statement_timeout=60s -c timezone=UTC -c max_parallel_workers_per_gather=0"
"""As the service's own engine, without parallel workers, whose time would be seen nowhere."""

Ask = Callable[[], Any]
Pair = tuple[float, float]
"""Median and 95th percentile, milliseconds."""


@dataclass(frozen=True)
class Figure:
    """One question's times in milliseconds, and its median core time as a multiple of the baseline's."""

    name: str
    wall: Pair
    core: Pair
    ratio: float

    def row(self, limit: float) -> str:
        """A line of a table, marked where the core time reaches `limit`."""
        times = [f"{each:.1f}" for each in (*self.wall, *self.core, self.ratio)]
        name = self.name if self.core[1] < limit else f"**over** {self.name}"
        return "| " + " | ".join([name, *times]) + " |"


def engine(uri: str, pre_ping: bool = False) -> sa.Engine:
    """An engine that keeps one connection: one backend to watch; `pre_ping` as the service's own has it."""
    return sa.create_engine(uri, pool_size=1, max_overflow=0, pool_pre_ping=pre_ping, connect_args={"options": OPTIONS})


@dataclass(frozen=True)
class Backend:
    """The server's process behind the only connection of an engine."""

    pid: int
    includes_caller = True

    @classmethod
    def of(cls, engine: sa.Engine) -> "Backend":
        with engine.connect() as connection:
            return cls(connection.scalar(sa.text("SELECT pg_backend_pid()")))

    def core_seconds(self) -> float:
        """Time on a core so far; the kernel counts nanoseconds."""
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9


@dataclass(frozen=True)
class CoreTime:
    """What this process and every backend of a database use of a core."""

    backends: tuple[Backend, ...]

    @classmethod
    def of(cls, engine: sa.Engine) -> "CoreTime":
        """Of this process and the backends that the database has now."""
        query = sa.text("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = :kind")
        with engine.connect() as connection:
            pids = connection.scalars(query, {"kind": "client backend"}).all()
        return cls(tuple(map(Backend, pids)))

    def seconds(self) -> float:
        """So far, all together."""
        return time.process_time() + sum(each.core_seconds() for each in self.backends)


class Watched(Protocol):
    """The processes whose time counts; with `includes_caller` that of the asking thread as well."""

    @property
    def includes_caller(self) -> bool: ...

    def core_seconds(self) -> float: ...


def measure(questions: Mapping[str, Ask], baseline: Ask, watched: Watched, quick: bool = False) -> list[Figure]:
    """The figures of `questions`, the baseline first; `quick` asks each once, to see that it can be asked."""
    named = {"a page of 50 by primary key (baseline)": baseline, **questions}
    for ask in named.values():
        ask()
    memory.settle()
    rounds = [
        {name: _round(ask, watched, 1 if quick else CALLS) for name, ask in named.items()}
        for _ in range(1 if quick else ROUNDS)
    ]
    walls = {name: _median([each[name][0] for each in rounds]) for name in named}
    cores = {name: _median([each[name][1] for each in rounds]) for name in named}
    base = cores[next(iter(named))][0]
    return [Figure(name, walls[name], cores[name], cores[name][0] / base) for name in named]


def _round(ask: Ask, watched: Watched, calls: int) -> tuple[Pair, Pair]:
    walls, cores = [], []
    for _ in range(calls):
        its, mine, began = watched.core_seconds(), time.thread_time(), time.perf_counter()
        ask()
        walls.append((time.perf_counter() - began) * 1000)
        mine = time.thread_time() - mine if watched.includes_caller else 0.0
        cores.append((mine + watched.core_seconds() - its) * 1000)
    return percentiles(walls), percentiles(cores)


def percentiles(times: Iterable[float]) -> Pair:
    """The median and the 95th percentile; of fewer than twenty the largest."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]


def _median(pairs: list[Pair]) -> Pair:
    return statistics.median(each[0] for each in pairs), statistics.median(each[1] for each in pairs)
