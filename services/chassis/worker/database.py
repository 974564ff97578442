"""Database connects of a worker: bounded by the hub, since psycopg2 made green ignores `connect_timeout`."""

from typing import Any

import eventlet
import sqlalchemy as sa
from psycopg2 import OperationalError

CONNECT_SECONDS = 5.0


def bound_connects(engine: sa.Engine | type[sa.Engine], seconds: float = CONNECT_SECONDS) -> None:
    """Let every connect of `engine`, or of all engines of the process when the class is given, end within `seconds`.

    A connect that takes longer raises OperationalError, which is transient. The runner does this for the class.
    """

    @sa.event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, args: Any, kwargs: Any) -> Any:
        with eventlet.Timeout(seconds, OperationalError(f"the database did not answer within {seconds:g} s")):
            return dialect.connect(*args, **kwargs)
