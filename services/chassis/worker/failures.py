"""How a handler says what its failure means, and what the chassis makes of every other exception.

Exception
├── Transient          something needed is away: call again in place, never dead-letter
└── PermanentFailure   this message can never be handled: dead-letter at once, with the reason
"""

import psycopg2
from sqlalchemy import exc as sa_exc

from services.chassis.errors import Unavailable

MAX_REASON = 500

_AWAY = ("08", "53", "57P")
"""SQLSTATE classes: connection lost, out of resources, shut down by the operator. No SQLSTATE: never got there."""


class Transient(Exception):  # named for what it says
    """What the handler needs is away at the moment; the message is not at fault."""


class PermanentFailure(Exception):
    """This message can never be handled. `reason` goes into the header `wangge-reason`: no personal data."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_transient(error: BaseException) -> bool:
    """Say whether `error` means that the database, or what the handler named, is away; not that the message is bad.

    A deadlock, a lock timeout or a query that takes too long is an OperationalError too, but one of this message: it
    goes through the retry queues and blocks nobody.
    """
    if isinstance(error, Transient | Unavailable | sa_exc.TimeoutError):
        return True
    if isinstance(error, sa_exc.DBAPIError):
        return error.connection_invalidated or (error.orig is not None and _says_away(error.orig))
    return _says_away(error)


def reason_of(error: BaseException) -> str:
    """The line that travels in `wangge-reason`: what was raised, at most MAX_REASON characters.

    Of a database error only the server's own sentence: SQLAlchemy adds the parameters and PostgreSQL's detail the
    values, and either may be personal data.
    """
    text = error.reason if isinstance(error, PermanentFailure) else f"{type(error).__name__}: {_sentence(error)}"
    return " ".join(text.split())[:MAX_REASON]


def _sentence(error: BaseException) -> str:
    cause = error.orig if isinstance(error, sa_exc.DBAPIError) and error.orig is not None else error
    if isinstance(cause, psycopg2.Error) and cause.diag.message_primary:
        return str(cause.diag.message_primary)
    return str(cause) if cause is error else str(cause).partition("\n")[0]


def _says_away(error: BaseException) -> bool:
    if not isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return False
    return error.pgcode is None or error.pgcode.startswith(_AWAY)
