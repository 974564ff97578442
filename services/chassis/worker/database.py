"""Database connects of a worker: bounded by the hub, since greened psycopg2 ignores `connect_timeout`."""

from typing import Any

import eventlet
import sqlalchemy as sa
from psycopg2 import OperationalError

CONNECT_SECONDS = 5


def bound_connects(engine: sa.Engine) -> None:
    """Let every connect of `engine` end within five seconds or raise OperationalError, which is transient."""

    @sa.event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, args: Any, kwargs: Any) -> Any:
        with eventlet.Timeout(CONNECT_SECONDS, OperationalError("could not connect to server: timed out")):
            return dialect.connect(*args, **kwargs)
