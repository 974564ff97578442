"""Writes the event log.

Guarantee: positions become visible in their own order, so a reader who goes on after the last position it saw skips
nothing. A sequence alone does not give that (a transaction that drew 5 may commit after one that drew 6), so a
position is drawn under a lock that is held until the commit is visible. Appending is thereby one at a time; the work
before it (inbox, parsing) is not.
"""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.liaison.messages import EventArrived
from services.liaison.tables import events

if TYPE_CHECKING:
    from services.liaison.repository.work import LiaisonWork

APPEND_LOCK = 7_301_101


class LogRepository:
    """The log of all events, in the order of their arrival."""

    def __init__(self, work: "LiaisonWork") -> None:
        self._work = work

    def append(self, event: EventArrived) -> None:
        values = {**event.__dict__, "concerned": list(event.concerned), "data": dict(event.data)}
        row = insert(events).values(**values, received_at=self._work.now).on_conflict_do_nothing()
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(:id)"), {"id": APPEND_LOCK})
        self._work.connection.execute(row)
