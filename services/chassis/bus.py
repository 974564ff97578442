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

from . import audit, deadlines, idempotency, inbox
from .auth import PLATFORM, Principal
from .clock import Clock, SystemClock
from .errors import Forbidden
from .faults import is_away, reason_of
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
    _lookout: deadlines.Lookout | None = field(default=None, init=False)

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
                idempotency.remember(work.writes, caller.person_id, key, command, answer)
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
        """Fire at most `most` deadlines that have passed, each in its own transaction; return how many.

        One that fails is postponed and counts as well. Raises while the database is away.
        """
        count = 0
        while count < most and (due := self._look(most - count)):
            for _ in range(due):
                if not self._fire_one():
                    return count
                count += 1
        return count

    def close(self) -> None:
        """Give back the connections that are held besides the engine's; they are made again where needed."""
        self.wakeup.close()
        if self._lookout is not None:
            self._lookout.close()

    def _look(self, most: int) -> int:
        if self._lookout is None:
            self._lookout = deadlines.Lookout(self._work(PLATFORM).engine)
        return self._lookout.due(self.clock.now(), most)

    def _fire_one(self) -> bool:
        with self._work(PLATFORM) as work:
            claimed = deadlines.claim(work.connection, work.now)
            if claimed is None:
                return False
            failure = self._fire(claimed, work)
        if failure is not None:
            self._postpone(claimed, failure)
        return True

    def _fire(self, claimed: deadlines.Claimed, work: UnitOfWork) -> Exception | None:
        """Fire it and commit, or return what it failed with. Raises what says that the database is away."""
        try:
            self.handlers[type(claimed.message)](claimed.message, work)
            work.write()  # before the mark: what is still wanted of this kind is seen to be there, and not set anew
            deadlines.fired(work.connection, claimed, work.now)
            self._commit(work)
        except Exception as error:
            if is_away(error):
                raise
            return error
        return None

    def _postpone(self, claimed: deadlines.Claimed, error: Exception) -> None:
        """One deadline that cannot be handled must not hold up all the others."""
        message = claimed.message
        log.error("deadline postponed", subject=message.subject, kind=message.kind, exc_info=error)
        with self._work(PLATFORM) as work:
            deadlines.postpone(work.connection, claimed, work.now, reason_of(error))
            work.commit()

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
