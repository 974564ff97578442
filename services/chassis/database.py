"""One engine for each service and process: psycopg2 everywhere, bounded waits."""

import sqlalchemy as sa

from .config import Config

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 30
LOCK_SECONDS = 10


def engine(config: Config) -> sa.Engine:
    """Return an engine whose connects, statements and waits for locks are bounded and whose clock is UTC."""
    options = (
        f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout={LOCK_SECONDS}s "
        f"-c idle_in_transaction_session_timeout=60s -c timezone=UTC"
    )
    return sa.create_engine(
        config.database_uri,
        pool_size=config.pool_size,
        max_overflow=config.pool_size,
        pool_timeout=CONNECT_SECONDS,
        pool_pre_ping=True,
        hide_parameters=True,  # they may be personal data, and errors travel to logs and traces
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "application_name": f"wangge-{config.service}",
            "options": options,
        },
    )
