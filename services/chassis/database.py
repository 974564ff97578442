"""One engine for each service and process: psycopg2 everywhere, bounded waits."""

import time
from typing import Any

import sqlalchemy as sa

from .config import Config

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
LOCK_SECONDS = 10
IDLE_SECONDS = 1.0


def engine(config: Config) -> sa.Engine:
    """Return an engine whose connects, statements and waits for locks are bounded and whose clock is UTC."""
    options = (
        f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout={LOCK_SECONDS}s "
        f"-c idle_in_transaction_session_timeout=60s -c timezone=UTC"
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
    return made


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
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise sa.exc.InvalidatePoolError from error
