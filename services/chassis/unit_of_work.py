"""The unit of work: rows, events, deadlines, audit and the idempotent answer are committed together or not at all."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa
from marshmallow import Schema

from . import audit, outbox
from .auth import Principal
from .deadlines import Deadlines
from .faults import is_away
from .messages import Aggregate, Event
from .tables import audit as audit_log
from .tables import outbox as outgoing
from .writes import Writes

Schemas = Mapping[type[Event], Schema]


class UnitOfWork:
    """One transaction on behalf of `caller` at the moment `now`.

    Services derive their own from it and add repositories, which register what they load or add with `track`.
    Leaving the block without `commit` rolls everything back.
    """

    def __init__(
        self,
        engine: sa.Engine,
        schemas: Schemas,
        source: str,
        caller: Principal,
        now: datetime,
        traceparent: str | None = None,
    ) -> None:
        self.engine = engine
        self.caller = caller
        self.now = now
        self._schemas = schemas
        self._source = source
        self._traceparent = traceparent
        self._tracked: dict[int, Aggregate] = {}
        self._loose: list[Event] = []
        self._news = False

    def __enter__(self) -> Self:
        self.connection = self.engine.connect()
        self._transaction = self.connection.begin()
        self.writes = Writes(self.connection)
        self.deadlines = Deadlines(self.connection, self.writes)
        return self

    def __exit__(self, *error: object) -> None:
        try:
            if self._transaction.is_active:
                self._transaction.rollback()
        finally:
            self.connection.close()

    def track(self, aggregate: Aggregate) -> None:
        """Collect the events of `aggregate` at the commit."""
        self._tracked[id(aggregate)] = aggregate

    def publish(self, event: Event) -> None:
        """Send an event that belongs to no aggregate; its `sequence` is set by who makes it."""
        self._loose.append(event)

    def forget(self) -> None:
        """Drop what was loaded, added or published and is not written yet, after a rollback to a savepoint.

        Services that hold more than aggregates override it.
        """
        self._tracked.clear()
        self._loose.clear()
        self.writes.forget()

    def note(self, action: str, subject: str | None, outcome: str = "done", **detail: Any) -> None:
        """Write an audit entry about the caller, with ids and codes only (PRV-03)."""
        entry = audit.Entry(self.now, self.caller.person_id, action, subject, outcome, detail)
        self.writes.insert(audit_log, [audit.values(entry)])

    def flush(self) -> None:
        """Write what the repositories hold, at once or with `writes`, and hold it no longer; services override it."""

    def write(self) -> None:
        """Write rows and events that are not written yet, without committing."""
        self.flush()
        rows = [self._row(event) for event in self._collect()]
        self.writes.insert(outgoing, rows)
        self.writes.send()
        self._tracked.clear()
        self._loose.clear()
        self._news = self._news or bool(rows)

    def apart(self, part: Callable[[], object]) -> Exception | None:
        """Do `part` and write what came of it; what it fails with is returned, and undoes nothing but the part.

        So one bad row of a batch does not hold the others. What was loaded before is written first: it is not to be
        changed afterwards. Raises what says that the database is away.
        """
        self.write()
        savepoint = self.connection.begin_nested()
        try:
            part()
            self.write()
            savepoint.commit()
        except Exception as error:
            if is_away(error):
                raise
            savepoint.rollback()
            self.forget()
            return error
        return None

    def commit(self) -> bool:
        """Write what is not written yet and commit; return whether there were any events."""
        self.write()
        self._transaction.commit()
        return self._news

    def _collect(self) -> Iterable[Event]:
        for aggregate in self._tracked.values():
            yield from aggregate.collect()
        yield from self._loose

    def _row(self, event: Event) -> outbox.Row:
        """How long an event waits is told by the platform's clock, as everything else of it."""
        row = outbox.wire(event, self._schemas[type(event)], self._source, self._traceparent)
        return {**row, "created_at": self.now}
