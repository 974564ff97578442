"""Decided changes of grids as rows (REG-04)."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import GridChangeNotFound
from services.registry.model.grid_changes import GridChange
from services.registry.repository import rows
from services.registry.tables import grid_change


class SqlChanges:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, change_id: str) -> GridChange:
        found = rows.load(self._work.connection, grid_change.c.id, [change_id] if is_id(change_id) else [])
        if not found:
            raise GridChangeNotFound(id=change_id)
        return _change(found[0])

    def add(self, change: GridChange) -> None:
        rows.insert(self._work.connection, grid_change, [_values(change)])

    def save(self, change: GridChange) -> None:
        rows.update(self._work.connection, grid_change.c.id, [_values(change)])

    def pending(self, codes: Collection[str]) -> list[GridChange]:
        its = sa.and_(grid_change.c.state == "pending", grid_change.c.codes.overlap(sorted(codes)))
        statement = sa.select(grid_change).where(its).order_by(grid_change.c.effective, grid_change.c.id)
        return [_change(row) for row in self._work.connection.execute(statement)] if codes else []


def _change(row: sa.Row[Any]) -> GridChange:
    return GridChange(
        id=row.id,
        kind=row.kind,
        effective=row.effective,
        document=row.document,
        codes=tuple(row.codes),
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        state=row.state,
        successors=tuple(row.successors),
        settled_at=row.settled_at,
        refusal=(row.refusal_zh, row.refusal_en) if row.refusal_zh else None,
        version=row.version,
    )


def _values(change: GridChange) -> rows.Values:
    zh, en = change.refusal or (None, None)
    return {
        "id": change.id,
        "kind": change.kind,
        "effective": change.effective,
        "document": dict(change.document),
        "codes": list(change.codes),
        "successors": list(change.successors),
        "reason": change.reason,
        "state": change.state,
        "decided_by": change.decided_by,
        "decided_at": change.decided_at,
        "settled_at": change.settled_at,
        "refusal_zh": zh,
        "refusal_en": en,
        "version": change.version,
    }
