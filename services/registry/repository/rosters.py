"""Shifts as rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors.rosters import ShiftNotFound
from services.registry.model.rosters import PLANNED, Shift
from services.registry.repository import rows
from services.registry.tables import duty_shift as table
from services.registry.visibility import sees_shift

ROSTER_LOCK = 7_301_232
_NAMES = tuple(column.name for column in table.c)


class SqlRosters:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, shift_id: str) -> Shift:
        wanted = table.c.id == shift_id if is_id(shift_id) else sa.false()
        statement = sa.select(table).where(wanted, sees_shift(self._work.caller))
        row = self._work.connection.execute(statement.with_for_update()).one_or_none()
        if row is None:
            raise ShiftNotFound(id=shift_id)
        return self._tracked(Shift(**row._mapping))

    def alone(self, person_ids: Collection[str]) -> None:
        for person_id in sorted(set(person_ids)):
            key = sa.func.hashtextextended(person_id, ROSTER_LOCK)
            self._work.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def of_people(self, person_ids: Collection[str], since: datetime, until: datetime) -> list[Shift]:
        meets = sa.and_(table.c.starts < until, table.c.ends > since, table.c.state == PLANNED)
        statement = (
            sa.select(table).where(table.c.person_id.in_(sorted(set(person_ids))), meets).order_by(table.c.starts)
        )
        return [Shift(**row._mapping) for row in self._work.connection.execute(statement)]

    def add_all(self, shifts: Sequence[Shift]) -> None:
        rows.insert(self._work.connection, table, [_values(each) for each in shifts])
        for each in shifts:
            self._tracked(each)

    def save_all(self, shifts: Sequence[Shift]) -> None:
        rows.update(self._work.connection, table.c.id, [_values(each) for each in shifts])

    def _tracked(self, shift: Shift) -> Shift:
        self._work.track(shift)
        return shift


def _values(shift: Shift) -> dict[str, Any]:
    return {name: getattr(shift, name) for name in _NAMES}
