"""One direct PostgreSQL connection, driven by pika's loop: psycopg2 in asynchronous mode, so that nothing
ever blocks.

A statement is under way or none; there is no queue. Whatever goes wrong besides a lock or statement timeout
ends the connection, and a new one is tried after `reconnect` seconds, for ever.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import psycopg2
from pika.adapters.select_connection import IOLoop
from psycopg2 import errors, extensions

from services.chassis.relay.rows import LISTEN

CONNECT_SECONDS = 5.0
# Longer than statement_timeout: reached only when the server or the network is frozen.
ANSWER_SECONDS = 8.0
# A lost mark means a second copy, which consumers expect: no need to wait for the disk. The checks let the
# server free the advisory lock of a relay that was killed in a statement or whose machine vanished.
OPTIONS = (
    "-c lock_timeout=1s -c statement_timeout=5s -c synchronous_commit=off -c client_connection_check_interval=1s"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=2"
)
_EVENTS = {
    extensions.POLL_READ: IOLoop.READ,
    extensions.POLL_WRITE: IOLoop.WRITE,
    extensions.POLL_OK: IOLoop.READ,
}

Records = list[tuple[Any, ...]]
Done = Callable[[Records], None]


class SessionOwner(Protocol):
    """Who uses a session and hears of it."""

    def session_ready(self) -> None:
        """Connected and listening; no statement is under way."""

    def session_idle(self) -> None:
        """A statement has ended."""

    def session_notified(self) -> None:
        """Somebody wrote to the outbox."""

    def session_timed_out(self, error: psycopg2.Error) -> None:
        """The statement under way ran into lock_timeout or statement_timeout; the session lives."""

    def session_lost(self, error: Exception) -> None:
        """The connection is gone, and with it every session lock; a new one is being tried."""


class Session:
    """The connection and its one statement under way."""

    def __init__(self, loop: IOLoop, uri: str, name: str, reconnect: float, owner: SessionOwner) -> None:
        self._loop, self._owner, self._reconnect = loop, owner, reconnect
        self._dsn = extensions.make_dsn(
            uri.replace("postgresql+psycopg2://", "postgresql://", 1), options=OPTIONS, application_name=name
        )
        self._connection: Any = None
        self._cursor: Any = None
        self._done: Done | None = None
        self._watched: int | None = None
        self._deadline: Any = None
        self._closed = False

    @property
    def is_idle(self) -> bool:
        """Connected, and ready for a statement."""
        return self._connection is not None and self._done is None

    def open(self) -> None:
        """Begin to connect; `session_ready` or `session_lost` follows."""
        if self._closed:
            return
        self._done = self._listening
        try:
            self._connection = psycopg2.connect(self._dsn, async_=True)
        except psycopg2.Error as error:
            self._lose(error)
            return
        self._arm(CONNECT_SECONDS)
        self._proceed()

    def execute(self, statement: str, parameters: Mapping[str, object], done: Done) -> None:
        """Send one statement of its own transaction; `done` gets its records, then the owner hears
        `session_idle`.
        """
        self._done = done
        try:
            self._cursor = self._connection.cursor()
            self._cursor.execute(statement, parameters)
        except psycopg2.Error as error:
            self._lose(error)
            return
        self._arm(ANSWER_SECONDS)
        self._proceed()

    def close(self) -> None:
        """End for good, without a word to the owner."""
        self._closed = True
        self._drop()

    def _proceed(self, *_: object) -> None:
        """Let libpq read or write what it can. The descriptor is not watched meanwhile: libpq may close or
        change it.
        """
        self._unwatch()
        try:
            state = self._connection.poll()
            records = self._fetch() if state == extensions.POLL_OK and self._done else None
        except (errors.LockNotAvailable, errors.QueryCanceled) as error:
            self._watch(extensions.POLL_OK)
            self._time_out(error)
            return
        except psycopg2.Error as error:
            self._lose(error)
            return
        self._watch(state)
        self._report(records)

    def _report(self, records: Records | None) -> None:
        if self._connection.notifies:
            self._connection.notifies.clear()
            self._owner.session_notified()
        if records is not None and (done := self._done):
            self._finish()
            done(records)
            self._owner.session_idle()

    def _fetch(self) -> Records:
        return self._cursor.fetchall() if self._cursor is not None and self._cursor.description else []

    def _listening(self, _: Records) -> None:
        self.execute(LISTEN, {}, lambda _: self._owner.session_ready())

    def _time_out(self, error: psycopg2.Error) -> None:
        self._finish()
        self._owner.session_timed_out(error)
        self._owner.session_idle()

    def _finish(self) -> None:
        self._done, self._cursor = None, None
        self._disarm()

    def _lose(self, error: Exception) -> None:
        self._drop()
        self._loop.call_later(self._reconnect, self.open)
        self._owner.session_lost(error)

    def _drop(self) -> None:
        self._unwatch()
        self._finish()
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _arm(self, seconds: float) -> None:
        self._disarm()
        late = TimeoutError(f"no answer from the database within {seconds:.0f} s")
        self._deadline = self._loop.call_later(seconds, lambda: self._lose(late))

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._loop.remove_timeout(self._deadline)
        self._deadline = None

    def _watch(self, state: int) -> None:
        descriptor = self._connection.fileno()
        self._loop.add_handler(descriptor, self._proceed, _EVENTS[state] | IOLoop.ERROR)
        self._watched = descriptor

    def _unwatch(self) -> None:
        if self._watched is not None:
            self._loop.remove_handler(self._watched)
        self._watched = None
