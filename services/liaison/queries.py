"""Read-only questions: the event log, departments' connections, gaps. The caller's scope is part of every query."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.ids import is_id
from services.liaison import visibility
from services.liaison.errors import ConnectionNotFound, CursorWrong, EventsMissing, EventUnknown
from services.liaison.model import Connection
from services.liaison.ports import Broker, Depth
from services.liaison.repository.connections import restored
from services.liaison.tables import connections, events

DEFAULT_LIMIT, MOST = 100, 1000
MOST_BYTES = 2 * 1024 * 1024
"""A page ends early rather than outgrow a gRPC message (4 MiB): one grid's boundary may have 20,000 points."""
LOOKED_AT = 20_000
DEFAULT_CONNECTIONS, MOST_CONNECTIONS = 50, 200
GAP_STAYS = timedelta(minutes=5)
GAP_FORGOTTEN = timedelta(days=1)

Row = Any


@dataclass(frozen=True)
class LogQuery:
    """What to read: after a position or an event; `types` exact or with a closing `*`; `since` <= time < `until`."""

    after_position: int = 0
    after_event_id: str = ""
    types: tuple[str, ...] = ()
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None
    limit: int = 0


@dataclass(frozen=True)
class Page:
    """Events in the order of their positions. Going on after `last_position` skips nothing and repeats nothing."""

    items: Sequence[Row]
    last_position: int
    more: bool


@dataclass(frozen=True)
class Queries:
    """Answers questions; changes nothing."""

    engine: sa.Engine
    broker: Broker
    clock: Clock

    # The log

    def read_log(self, query: LogQuery, caller: Principal) -> Page:
        """A page of the events that `caller` may see. Raises EventUnknown for an `after_event_id` that is not there.

        Looks at the next LOOKED_AT events and no further, so that a page is short or empty where the caller may see
        few of millions; whoever goes on after `last_position` comes to them.
        """
        limit = min(query.limit, MOST) if query.limit > 0 else DEFAULT_LIMIT
        with self.engine.connect() as connection:
            after = _after(connection, query)
            head = connection.scalar(sa.select(sa.func.max(events.c.position))) or 0
            wanted = sa.and_(events.c.position > after, events.c.position <= head, *_bounds(query))
            first, last, count = connection.execute(_looked_at(wanted)).one()
            near = events.c.position.between(first, last)
            size = sa.func.octet_length(sa.cast(events.c.data, sa.Text)).label("size")
            statement = sa.select(events, size).where(near, wanted, *_of_types(query), visibility.of_events(caller))
            rows = connection.execute(statement.order_by(events.c.position).limit(limit + 1)).all()
        items = list(_fitting(rows[:limit]))
        if len(rows) > len(items):
            return Page(items, items[-1].position, True)
        more = count == LOOKED_AT
        return Page(items, last if more else max(after, head), more)

    def check_gaps(self) -> None:
        """Raise EventsMissing where an event is missing that came before one logged over five minutes ago.

        Looks at the events logged within the last day, so that a loss from long ago does not alarm for ever.
        """
        now = self.clock.now()
        later, earlier = events.alias("later"), events.alias("earlier")
        same = sa.and_(
            earlier.c.source == later.c.source,
            earlier.c.subject == later.c.subject,
            earlier.c.sequence == later.c.sequence - 1,
        )
        missing = (
            sa.select(later.c.source, later.c.subject, later.c.sequence, sa.func.count().over().label("count"))
            .where(later.c.received_at.between(now - GAP_FORGOTTEN, now - GAP_STAYS), later.c.sequence > 1)
            .where(~sa.exists().where(same))
            .order_by(later.c.position)
            .limit(1)
        )
        with self.engine.connect() as connection:
            row = connection.execute(missing).one_or_none()
        if row is not None:
            raise EventsMissing(count=row.count, source=row.source, subject=row.subject, sequence=row.sequence - 1)

    # Connections

    def connections(self, caller: Principal, limit: int = 0, cursor: str = "") -> dict[str, Any]:
        """A page of the connections that are not over, by id, with what waits in each queue.

        `cursor` is the last id of the page before. Raises BrokerAway, CursorWrong.
        """
        if cursor and not is_id(cursor):
            raise CursorWrong
        size = min(limit, MOST_CONNECTIONS) if limit > 0 else DEFAULT_CONNECTIONS
        condition = sa.and_(connections.c.state != "ended", visibility.of_connections(caller))
        query = sa.select(connections).where(condition).order_by(connections.c.id).limit(size + 1)
        with self.engine.connect() as connection:
            rows = connection.execute(query.where(connections.c.id > cursor) if cursor else query).mappings()
            found = [dict(row) for row in rows]
        depths = self.broker.depths() if found else {}
        items = [_line(row, depths.get(row["queue"])) for row in found[:size]]
        return {"items": items, "next_cursor": items[-1]["id"] if len(found) > size else ""}

    def connection(self, connection_id: str) -> Connection:
        """For the service itself, whatever its state. Raises ConnectionNotFound."""
        query = sa.select(connections).where(connections.c.id == connection_id)
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none() if is_id(connection_id) else None
        if row is None:
            raise ConnectionNotFound(id=connection_id)
        return restored(row)

    def unfinished(self, before: datetime) -> list[Connection]:
        """Connections that have been `making` or `ending` since before that moment."""
        condition = sa.and_(connections.c.state.in_(("making", "ending")), connections.c.changed_at < before)
        with self.engine.connect() as connection:
            return [restored(row) for row in connection.execute(sa.select(connections).where(condition))]


def _after(connection: sa.Connection, query: LogQuery) -> int:
    if not query.after_event_id:
        return max(query.after_position, 0)
    position = None
    if is_id(query.after_event_id):
        known = sa.select(events.c.position).where(events.c.id == query.after_event_id)
        position = connection.scalar(known.limit(1))
    if position is None:
        raise EventUnknown(id=query.after_event_id)
    return int(position)


def _looked_at(wanted: sa.ColumnElement[bool]) -> sa.Select[Any, Any, int]:
    """First and last position and number of the first LOOKED_AT of the events wanted."""
    found = sa.select(events.c.position).where(wanted).order_by(events.c.position).limit(LOOKED_AT).subquery()
    return sa.select(*(sa.func.min(found.c.position), sa.func.max(found.c.position), sa.func.count()))


def _of_types(query: LogQuery) -> Iterator[sa.ColumnElement[bool]]:
    if query.types:
        yield sa.or_(*map(_of_type, query.types))


def _bounds(query: LogQuery) -> Iterator[sa.ColumnElement[bool]]:
    if query.subject:
        yield events.c.subject == query.subject
    if query.since is not None:
        yield events.c.time >= query.since
    if query.until is not None:
        yield events.c.time < query.until


def _of_type(type: str) -> sa.ColumnElement[bool]:
    if type.endswith("*"):
        return events.c.type.startswith(type.removesuffix("*"), autoescape=True)
    return events.c.type == type


def _fitting(rows: Iterable[Row]) -> Iterator[Row]:
    """The first rows that fit into one reply; one row always does."""
    size = 0
    for number, row in enumerate(rows):
        size += row.size
        if number and size > MOST_BYTES:
            return
        yield row


def _line(row: dict[str, Any], depth: Depth | None) -> dict[str, Any]:
    """A connection whose queue the broker has lost is shown as `missing`."""
    state = "missing" if depth is None and row["state"] == "active" else row["state"]
    names = ("id", "department", "queue", "user", "types", "area", "created_at")
    seen = depth or Depth(0, 0)
    return {**{name: row[name] for name in names}, "state": state, "waiting": seen.waiting, "consumers": seen.consumers}
