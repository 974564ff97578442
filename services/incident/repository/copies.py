"""Copies of grids, departments and duties, fed by the registry's events; what comes late is ignored by sequence."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis import geography
from services.incident import messages, tables
from services.incident.model.intake import Duty

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork


def _store(work: "IncidentWork", table: sa.Table, key: str, values: Mapping[str, Any]) -> None:
    """Insert or update unless the stored row is as new or newer."""
    row = insert(table).values(values)
    changed = {name: row.excluded[name] for name in values if name != key}
    newer = table.c.sequence < row.excluded.sequence
    work.connection.execute(row.on_conflict_do_update(index_elements=[key], set_=changed, where=newer))


class GridRepository:
    """The grids that cases lie in."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work

    def locate(self, lon: float, lat: float) -> str | None:
        """The lowest area grid at the point; its row is held, so that it does not end while the report is taken in."""
        found = self._around(lon, lat)
        while found is not None and not self.exists(found):
            found = self._around(lon, lat)
        return found

    def _around(self, lon: float, lat: float) -> str | None:
        table = tables.grids
        rows = self._work.connection.execute(
            sa.select(table.c.code, table.c.level, table.c.boundary).where(
                table.c.active,
                ~table.c.ended,
                table.c.kind == "area",
                sa.literal(lon).between(table.c.west, table.c.east),
                sa.literal(lat).between(table.c.south, table.c.north),
            )
        )
        return geography.choose(
            (row.level, row.code)
            for row in rows
            if geography.contains(geography.parse_boundary(row.boundary), lon, lat)
        )

    def exists(self, code: str) -> bool:
        table = tables.grids
        query = sa.select(table.c.code).where(table.c.code == code, table.c.active, ~table.c.ended)
        query = query.with_for_update(read=True)
        return self._work.connection.execute(query).one_or_none() is not None

    def level(self, code: str | None) -> int | None:
        found: int | None = self._work.connection.scalar(
            sa.select(tables.grids.c.level).where(tables.grids.c.code == code)
        )
        return found

    def above(self, code: str | None, level: int) -> str | None:
        table = tables.grids.c
        query = sa.select(table.code).where(table.code.in_(self.ancestors(code)), table.level == level, table.active)
        found: str | None = self._work.connection.scalar(query.order_by(table.code).limit(1))
        return found

    def ancestors(self, code: str | None) -> tuple[str, ...]:
        query = sa.select(tables.grids.c.ancestors).where(tables.grids.c.code == code)
        return tuple(self._work.connection.scalar(query) or ())

    def store(self, grid: messages.GridChanged) -> None:
        box: tuple[float | None, ...] = (None, None, None, None)
        if grid.boundary is not None:
            box = geography.bounds(geography.parse_boundary(grid.boundary))
        west, south, east, north = box
        over = sa.select(tables.successions.c.change_id).where(tables.successions.c.predecessor == grid.code)
        ended = self._work.connection.execute(over).one_or_none() is not None
        values = {**grid.__dict__, "ancestors": list(grid.ancestors), "ended": ended}
        _store(
            self._work,
            tables.grids,
            "code",
            {**values, "west": west, "south": south, "east": east, "north": north},
        )


class DepartmentRepository:
    """The departments that cases are dispatched to."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work

    def exists(self, department: str) -> bool:
        table = tables.departments
        query = sa.select(table.c.id).where(table.c.id == department, table.c.active)
        return self._work.connection.execute(query).one_or_none() is not None

    def name(self, department: str) -> str | None:
        table = tables.departments
        query = sa.select(table.c.name).where(table.c.id == department, table.c.active)
        return self._work.connection.scalar(query)

    def level(self, department: str) -> str:
        query = sa.select(tables.departments.c.level).where(tables.departments.c.id == department)
        return self._work.connection.scalar(query) or "town"

    def store(self, department: messages.DepartmentChanged) -> None:
        _store(self._work, tables.departments, "id", department.__dict__)


class DutyRepository:
    """The duty table (REG-08)."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work

    def of(self, key: str | None) -> Duty | None:
        row = self._work.connection.execute(sa.select(tables.duties).where(tables.duties.c.key == key)).one_or_none()
        return Duty(row.lead, tuple(row.co_departments), row.grid_part) if row else None

    def store(self, duty: messages.DutyChanged) -> None:
        _store(self._work, tables.duties, "key", {**duty.__dict__, "co_departments": list(duty.co_departments)})
