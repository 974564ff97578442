"""Waits of a worker for the database: bounded by the hub, since psycopg2 made green ignores `connect_timeout`.

A database that falls silent is away like one that refuses: the handler is called again in place, the connection is
given up, and the slot that it held is free.
"""

from typing import Any

import eventlet
import sqlalchemy as sa
from eventlet.hubs import trampoline
from psycopg2 import OperationalError, extensions

from services.chassis.database import ANSWER_SECONDS, patience, silent

CONNECT_SECONDS = 5.0


def bound_answers(seconds: float = ANSWER_SECONDS) -> None:
    """Let every wait of this green process for an answer end within `seconds`, in OperationalError."""

    def wait(connection: Any, _timeout: float = -1) -> None:
        while (state := connection.poll()) != extensions.POLL_OK:
            way = {"read": True} if state == extensions.POLL_READ else {"write": True}
            limit = patience(seconds)
            trampoline(connection.fileno(), **way, timeout=limit, timeout_exc=silent(limit))

    extensions.set_wait_callback(wait)


def bound_connects(engine: sa.Engine | type[sa.Engine], seconds: float = CONNECT_SECONDS) -> None:
    """Let every connect of `engine`, or of all engines of the process when the class is given, end within `seconds`.

    A connect that takes longer raises OperationalError, which is transient. The runner does this for the class.
    """

    @sa.event.listens_for(engine, "do_connect")
    def connect(dialect: Any, _record: Any, args: Any, kwargs: Any) -> Any:
        with eventlet.Timeout(seconds, OperationalError(f"the database did not answer within {seconds:g} s")):
            return dialect.connect(*args, **kwargs)
