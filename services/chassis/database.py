"""One engine for each service and process: psycopg2 everywhere, bounded waits.

`bound_answers` is called once by a process with threads (a worker, which is green, has its own): libpq by itself waits
for ever when the server or the network falls silent without a word, and with it the thread and all that it holds.
"""

import select
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import sqlalchemy as sa
from psycopg2 import extensions

from .config import Config

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
LOCK_SECONDS = 10
IDLE_SECONDS = 1.0
SILENT_SECONDS = 30
"""After which the server ends a transaction whose client says nothing: cut off, it would hold its locks for ever."""
ANSWER_SECONDS = 35.0
"""Longer than STATEMENT_SECONDS: reached only when the server or the network is frozen."""
_patience = threading.local()


def engine(config: Config) -> sa.Engine:
    """Return an engine whose connects, statements and waits for locks are bounded and whose clock is UTC."""
    options = (
        f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout={LOCK_SECONDS}s "
        f"-c idle_in_transaction_session_timeout={SILENT_SECONDS}s -c timezone=UTC"
    )
    made = sa.create_engine(
        config.database_uri,
        pool_size=2 * config.pool_size,
        max_overflow=0,  # what overflows is closed after use: a worker's ten handlers would connect for each message
        pool_timeout=CONNECT_SECONDS,
        hide_parameters=True,  # they may be personal data, and errors travel to logs and traces
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": f"wangge-{config.service}",
            "options": options,
        },
    )
    _ask_idle_ones(made)
    _bound_connects(made)
    return made


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Waits of this thread for a database end within `seconds` in the block, where `bound_answers` was called.

    What the server answers at once needs not the patience of a long statement: a connection that a silent network left
    behind is found dead in seconds, not in half a minute each.
    """
    _patience.seconds = seconds
    try:
        yield
    finally:
        del _patience.seconds


def patience(seconds: float) -> float:
    """How long this thread waits for the database now: `seconds`, or less for a connect or a ping."""
    return min(seconds, getattr(_patience, "seconds", seconds))


def _bound_connects(engine: sa.Engine) -> None:
    """libpq forgets `connect_timeout` where a wait callback is set."""

    @sa.event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, args: Any, kwargs: Any) -> Any:
        with at_most(CONNECT_SECONDS):
            return dialect.connect(*args, **kwargs)


def _ask_idle_ones(engine: sa.Engine) -> None:
    """Ask a connection that lay idle whether it still lives before it is used; with the pool's own `pre_ping` each
    transaction would begin with a trip to the database. When one is dead, all that are as old are made anew."""

    @sa.event.listens_for(engine, "checkin")
    def note(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        used = record.info.get("used")
        if used is not None and time.monotonic() - used > IDLE_SECONDS:
            try:
                with at_most(CONNECT_SECONDS):
                    engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise sa.exc.InvalidatePoolError from error


def bound_answers(seconds: float = ANSWER_SECONDS) -> None:
    """Let every wait of this process for a database end within `seconds`, in OperationalError and a closed connection.

    COPY is not possible in such a process (psycopg2 refuses it beside a wait callback).
    """

    def wait(connection: Any) -> None:
        while (state := connection.poll()) != extensions.POLL_OK:
            watched = select.poll()
            watched.register(connection.fileno(), select.POLLIN if state == extensions.POLL_READ else select.POLLOUT)
            limit = patience(seconds)
            if not watched.poll(limit * 1000):
                raise silent(limit)

    extensions.set_wait_callback(wait)


def silent(seconds: float) -> psycopg2.OperationalError:
    """What is raised when the database has said nothing for `seconds`."""
    return psycopg2.OperationalError(f"the database did not answer within {seconds:g} s")
