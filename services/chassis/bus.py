"""The message bus: every change of a service goes through here, once, in one transaction.

`handle` carries out a command for a caller; `consume` handles an event of another service at most once; `sweep` fires
the deadlines that have passed. A handler is a function of the message and the unit of work; it loads, asks the model
and saves. What it returns is the command's answer: a small JSON object.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError

from . import audit, deadlines, idempotency, inbox
from .auth import PLATFORM, Principal
from .clock import Clock, SystemClock
from .errors import Forbidden
from .messages import Command
from .outbox import Wakeup
from .telemetry import current_traceparent
from .unit_of_work import UnitOfWork

log = structlog.get_logger(__name__)

Answer = dict[str, Any]
Handler = Callable[[Any, Any], Answer | None]


Works = Callable[[Principal, datetime, str | None], UnitOfWork]
"""Makes the service's unit of work, for a caller at a moment within a trace."""


@dataclass
class MessageBus:
    """Carries messages to their handlers. Raises the service's own errors; those of the database are not translated."""

    handlers: Mapping[type, Handler]
    works: Works
    wakeup: Wakeup
    clock: Clock = field(default_factory=SystemClock)

    def handle(self, command: Command, caller: Principal, key: str | None = None) -> Answer:
        """Carry out `command` for `caller`; with `key`, at most once (ALL-04)."""
        try:
            return self._handle(command, caller, key)
        except Forbidden:
            self._note_refusal(command, caller)
            raise

    def _handle(self, command: Command, caller: Principal, key: str | None) -> Answer:
        with self._work(caller) as work:
            if key:
                first = idempotency.first_answer(work.connection, caller.person_id, key, command)
                if first is not None:
                    return first
            answer = self.handlers[type(command)](command, work) or {}
            if key:
                idempotency.remember(work.connection, caller.person_id, key, command, answer)
            work.note(type(command).__name__, answer.get("id"))
            self._commit(work)
        return answer

    def consume(self, message: Any, consumer: str, event_id: str) -> bool:
        """Handle `message`, made of the event `event_id`, unless `consumer` did so before; say whether it was new."""
        with self._work(PLATFORM) as work:
            if not inbox.is_new(work.connection, consumer, event_id):
                return False
            self.handlers[type(message)](message, work)
            self._commit(work)
        return True

    def sweep(self, most: int = 200) -> int:
        """Fire at most `most` deadlines that have passed, each in its own transaction; return how many."""
        count = 0
        while count < most and self._fire_one():
            count += 1
        return count

    def _fire_one(self) -> bool:
        with self._work(PLATFORM) as work:
            claimed = deadlines.claim(work.connection, work.now)
            if claimed is None:
                return False
            deadline_id, message = claimed
            savepoint = work.connection.begin_nested()
            try:
                self.handlers[type(message)](message, work)
                work.write()
            except OperationalError:
                raise
            except Exception as error:
                # One deadline that cannot be handled must not hold up all the others.
                savepoint.rollback()
                work.forget()
                deadlines.postpone(work.connection, deadline_id, work.now, _reason(error))
                log.exception("deadline postponed", subject=message.subject, kind=message.kind)
            else:
                deadlines.fired(work.connection, deadline_id, work.now)
            self._commit(work)
        return True

    def _work(self, caller: Principal) -> UnitOfWork:
        return self.works(caller, self.clock.now(), current_traceparent())

    def _commit(self, work: UnitOfWork) -> None:
        if work.commit():
            self.wakeup.send()

    def _note_refusal(self, command: Command, caller: Principal) -> None:
        with self._work(caller) as work:
            entry = audit.Entry(work.now, caller.person_id, type(command).__name__, None, "forbidden", {})
            audit.write(work.connection, entry)
            work.commit()


def _reason(error: Exception) -> str:
    """The error's first line: what follows in a database error are the values, which may be personal."""
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
