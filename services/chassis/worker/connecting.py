"""Bounds every database connect of the process: psycopg2 made green ignores `connect_timeout`."""

from typing import Any

import eventlet
from sqlalchemy import event
from sqlalchemy.engine import Dialect, Engine

from .failures import Transient


def bound_connects(seconds: float) -> None:
    """Let every SQLAlchemy engine of this process raise Transient when a connect takes longer than `seconds`."""

    def connect(dialect: Dialect, _record: Any, args: Any, options: Any) -> Any:
        with eventlet.Timeout(seconds, Transient(f"the database did not answer within {seconds:g} s")):
            return dialect.connect(*args, **options)

    event.listen(Engine, "do_connect", connect)
