"""One service's relay: claims rows, publishes them, marks what the broker confirmed. A state machine on the
loop's callbacks.
"""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import structlog
from pika.adapters.select_connection import IOLoop
from pika.exceptions import AMQPError

from services.chassis import telemetry
from services.chassis.clock import Clock, SystemClock
from services.chassis.relay import rows
from services.chassis.relay.publisher import Publisher
from services.chassis.relay.rows import Row
from services.chassis.relay.session import Records, Session
from services.chassis.relay.settings import Settings
from services.chassis.relay.state import StateFile
from services.chassis.relay.tracing import end_span, start_span
from services.chassis.relay.window import Flight, Waiting, Window
from services.chassis.topology import exchange_name

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0


class ServiceRelay:
    """Outbox of one service to its exchange.

    A row is in one place only: unpublished in the table, `ready` (claimed), `window` (published,
    unconfirmed), `confirmed` (not yet marked), or `waiting` (given back). Losing the broker empties `ready`
    and `window`, losing the database or the lead empties `ready`: those rows are claimed again in their
    order. `confirmed` survives both, marking needs no lead.
    """

    def __init__(
        self, service: str, uri: str, loop: IOLoop, settings: Settings, folder: Path, clock: Clock | None = None
    ) -> None:
        self.service, self._clock = service, clock or SystemClock()
        self._loop, self._settings = loop, settings
        self._session = Session(loop, uri, f"wangge-relay-{service}", settings.reconnect, self)
        self.publisher = Publisher(loop, exchange_name(service), settings.reconnect, self)
        self._tracer = telemetry.tracer(service)
        self._state = StateFile(folder, service)
        self._window = Window(settings.window)
        self._waiting = Waiting(settings.backoff_first, settings.backoff_last)
        self._ready: deque[Row] = deque()
        self._confirmed: set[int] = set()
        self._leader = self._draining = False
        self._generation = 0
        self._wanted = self._lock_due = self._oldest_due = True
        self._clean_due = self._mark_blocked = self._marked_last = False
        self._published = 0
        self._last_error: str | None = None
        self._oldest: datetime | None = None
        self._alarmed_at = float("-inf")

    def open(self) -> None:
        """Connect to the database and start the timers."""
        self._session.open()
        self._tick()
        self._every(self._settings.poll, self._want)
        self._every(self._settings.cleanup_every, self._want_clean)

    def drain(self) -> None:
        """Claim and publish nothing more; confirms and marks go on."""
        self._draining = True
        self._forget_claims()
        self._advance()

    @property
    def is_drained(self) -> bool:
        """Nothing is under way, and everything confirmed is marked."""
        return not self._window and not self._confirmed

    def close(self) -> None:
        """Give up the lead and the connection; what is still confirmed but unmarked goes out again later."""
        self._leader = False
        self._session.close()
        self._state.write(self._snapshot())

    # What the database connection reports

    def session_ready(self) -> None:
        """Connected: try for the lead, and look at what was missed."""
        self._wanted = self._lock_due = True

    def session_idle(self) -> None:
        """The next statement, if any is due."""
        self._advance()

    def session_notified(self) -> None:
        """New rows."""
        self._want()

    def session_timed_out(self, error: psycopg2.Error) -> None:
        """Somebody holds a lock on the outbox or it is overloaded: marking rests until the next tick, the
        rest goes on.
        """
        self._mark_blocked = True
        self._note(f"database: {error!r}")

    def session_lost(self, error: Exception) -> None:
        """The lead is lost with the connection; what is under way stays, its confirms still count."""
        self._leader = False
        self._forget_claims()
        self._note(f"database: {error!r}")

    # What the broker reports

    def channel_ready(self) -> None:
        """Messages can go."""
        self._want()

    def channel_lost(self, reason: str, refused: bool) -> None:
        """Publish again what was under way, in its order. If a message was refused, one at a time, until it
        is found.
        """
        lost = self._window.reset()
        self._forget_claims()
        for flight in lost:
            end_span(flight.span, reason)
        if refused and len(lost) == 1:
            self._waiting.put_back(lost[0].row_id, time.monotonic())
        elif refused:
            self._window.narrow(len(lost))
        self._note(reason)

    def message_returned(self, event_id: str, reason: str) -> None:
        """No queue for it; the confirm that follows will put the row back."""
        self._window.returned(event_id, reason)

    def messages_settled(self, tag: int, multiple: bool, taken: bool) -> None:
        """Confirmed rows are to be marked, returned and refused ones wait."""
        for flight in self._window.settle(tag, multiple):
            reason = flight.returned if taken else "refused by the broker (nack)"
            end_span(flight.span, reason)
            if reason is None:
                self._waiting.discard(flight.row_id)
                self._confirmed.add(flight.row_id)
            else:
                self._put_back(flight.row_id, reason)
        self._advance()

    # What to do next

    def _advance(self) -> None:
        self._publish_ready()
        if self._session.is_idle and (job := self._next_job()):
            job()

    def _next_job(self) -> Callable[[], None] | None:
        """The one statement to send now. Claims and marks take turns, so that neither starves the other."""
        if not self._leader and self._lock_due and not self._draining:
            return self._seek_lead
        if self._leader and self._oldest_due:
            return self._look_for_oldest
        if self._leader and self._clean_due:
            return self._clean
        may_mark = bool(self._confirmed) and not self._mark_blocked
        if self._may_claim and not (may_mark and not self._marked_last):
            return self._claim
        return self._mark if may_mark else None

    @property
    def _may_claim(self) -> bool:
        wanted = self._leader and self._wanted and self.publisher.is_open and not self._draining
        room = len(self._ready) < self._settings.window and len(self._held()) < self._settings.held
        return wanted and room

    def _held(self) -> list[int]:
        """Rows that a claim must not bring again."""
        ready = [row.id for row in self._ready]
        return [*self._window.row_ids, *ready, *self._confirmed, *self._waiting.held(time.monotonic())]

    def _seek_lead(self) -> None:
        self._lock_due = False
        self._session.execute(rows.TRY_LOCK, {"service": self.service}, self._lead)

    def _lead(self, records: Records) -> None:
        self._leader = bool(records[0][0])
        if self._leader:
            log.info("relay leads", service=self.service)
            self._state.write(self._snapshot())

    def _claim(self) -> None:
        self._wanted = self._marked_last = False
        generation, limit = self._generation, 2 * self._settings.window - len(self._ready)
        claim = {"held": self._held(), "limit": limit}
        self._session.execute(rows.CLAIM, claim, lambda records: self._claimed(records, generation, limit))

    def _claimed(self, records: Records, generation: int, limit: int) -> None:
        """Take the rows, unless broker or lead were lost since: then lower ids have become free again."""
        if generation != self._generation:
            self._wanted = True
            return
        self._ready.extend(map(Row.of, records))
        if len(records) == limit:
            self._wanted = True
        else:
            known = {row.id for row in self._ready}.union(self._window.row_ids, self._confirmed)
            self._waiting.forget_due_except(known, time.monotonic())

    def _publish_ready(self) -> None:
        while self._ready and self._window.free and self.publisher.is_open:
            self._publish(self._ready.popleft())

    def _publish(self, row: Row) -> None:
        span = start_span(self._tracer, row)
        try:
            self.publisher.publish(row)
        except (AMQPError, ValueError) as error:
            end_span(span, repr(error))
            self._put_back(row.id, repr(error))
        else:
            self._window.add(Flight(row.id, row.event_id, span))

    def _put_back(self, row_id: int, reason: str) -> None:
        self._waiting.put_back(row_id, time.monotonic())
        self._note(f"row {row_id}: {reason}")

    def _mark(self) -> None:
        self._marked_last = True
        ids = list(self._confirmed)
        self._session.execute(rows.MARK, {"ids": ids}, lambda _: self._marked(ids))

    def _marked(self, ids: list[int]) -> None:
        self._confirmed.difference_update(ids)
        self._published += len(ids)

    def _look_for_oldest(self) -> None:
        self._oldest_due = False
        self._session.execute(rows.OLDEST, {}, self._saw_oldest)

    def _saw_oldest(self, records: Records) -> None:
        self._oldest = records[0][0] if records else None
        if self._oldest:
            self._alarm((self._clock.now() - self._oldest).total_seconds())

    def _alarm(self, seconds: float) -> None:
        """Say once a minute that an event waits for longer than it should."""
        due = time.monotonic() - self._alarmed_at >= self._settings.alarm_every
        if seconds > self._settings.alarm_age and due:
            self._alarmed_at = time.monotonic()
            log.error("events wait in the outbox", service=self.service, oldest_seconds=round(seconds))

    def _clean(self) -> None:
        self._clean_due = False
        batch = {"limit": self._settings.cleanup_batch, "retention": self._settings.retention}
        self._session.execute(rows.CLEAN, batch, self._cleaned)

    def _cleaned(self, records: Records) -> None:
        self._clean_due = len(records) == self._settings.cleanup_batch

    def _forget_claims(self) -> None:
        self._ready.clear()
        self._generation += 1
        self._wanted = True

    # Timers and what the operator sees

    def _every(self, seconds: float, action: Callable[[], None]) -> None:
        def again() -> None:
            action()
            self._loop.call_later(seconds, again)

        self._loop.call_later(seconds, again)

    def _tick(self) -> None:
        self._lock_due = self._oldest_due = True
        self._mark_blocked = False
        self._wanted = self._wanted or bool(self._waiting.due(time.monotonic()))
        self._advance()
        self._state.write(self._snapshot())
        self._loop.call_later(TICK_SECONDS, self._tick)

    def _want(self) -> None:
        self._wanted = True
        self._advance()

    def _want_clean(self) -> None:
        self._clean_due = True
        self._advance()

    def _note(self, error: str) -> None:
        """Keep the error for the state file, and log it unless it is the last one again."""
        if self._last_error is None or not self._last_error.endswith(error):
            log.warning("relay hindered", service=self.service, error=error)
        self._last_error = f"{datetime.now(UTC).isoformat(timespec='seconds')} {error}"

    def _snapshot(self) -> dict[str, object]:
        return {
            "published": self._published,
            "unconfirmed": len(self._window),
            "waiting": len(self._waiting),
            "leader": self._leader,
            "last_error": self._last_error,
            "oldest_unpublished_at": self._oldest.isoformat() if self._oldest else None,
        }
