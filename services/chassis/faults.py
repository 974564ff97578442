"""What an exception says: whether the database is away, and why in one line."""

import psycopg2
from sqlalchemy import exc as sa_exc

MAX_REASON = 500

_AWAY = ("08", "53", "57P")
"""SQLSTATE classes: connection lost, out of resources, shut down by the operator. No SQLSTATE: never got there."""


def is_away(error: BaseException) -> bool:
    """Say whether `error` means that the database is away; not that what was tried is bad.

    A deadlock, a lock timeout or a query that takes too long is an OperationalError too, but one of what was tried.
    """
    if isinstance(error, sa_exc.TimeoutError):
        return True
    if isinstance(error, sa_exc.DBAPIError):
        return error.connection_invalidated or (error.orig is not None and _says_away(error.orig))
    return _says_away(error)


def reason_of(error: BaseException) -> str:
    """What was raised, in one line of at most MAX_REASON characters.

    Of a database error only the server's own sentence: SQLAlchemy adds the parameters and PostgreSQL's detail the
    values, and either may be personal data.
    """
    return one_line(f"{type(error).__name__}: {_sentence(error)}")


def one_line(text: str) -> str:
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
