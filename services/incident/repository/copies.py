"""Copies of grids, departments and duties, fed by the registry's events; what comes late is ignored by sequence."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from shapely import MultiPolygon
from sqlalchemy.dialects.postgresql import insert

from services.chassis import geography
from services.chassis.asked import Asked
from services.incident import messages, tables
from services.incident.model.intake import Duty

if TYPE_CHECKING:
    from services.incident.repository.work import IncidentWork

_GRID = tables.grids.c
_AROUND = Asked(
    sa.select(_GRID.code, _GRID.level, _GRID.sequence).where(
        _GRID.active,
        ~_GRID.ended,
        _GRID.kind == "area",
        sa.bindparam("lon", type_=sa.Float).between(_GRID.west, _GRID.east),
        sa.bindparam("lat", type_=sa.Float).between(_GRID.south, _GRID.north),
    )
)
_BOUNDARY = Asked(sa.select(_GRID.sequence, _GRID.boundary).where(_GRID.code == sa.bindparam("code")))
_ANCESTORS = Asked(sa.select(_GRID.ancestors).where(_GRID.code == sa.bindparam("code")))
_HELD = Asked(
    sa.select(_GRID.ancestors)
    .where(_GRID.code == sa.bindparam("code"), _GRID.active, ~_GRID.ended)
    .with_for_update(read=True)
)
_LEVEL = Asked(sa.select(tables.departments.c.level).where(tables.departments.c.id == sa.bindparam("id")))
_DUTY = Asked(sa.select(tables.duties).where(tables.duties.c.key == sa.bindparam("key")))

_SHIFT = tables.duty_shifts.c
_ON_DUTY = Asked(
    sa.select(_SHIFT.person_id)
    .where(
        _SHIFT.active,
        _SHIFT.role == sa.bindparam("role"),
        _SHIFT.starts <= sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        _SHIFT.ends > sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        sa.bindparam("area", type_=sa.Text).startswith(_SHIFT.area),
    )
    .order_by(_SHIFT.starts, _SHIFT.shift_id)
)


def _store(work: "IncidentWork", table: sa.Table, key: str, values: Mapping[str, Any]) -> None:
    """Insert or update unless the stored row is as new or newer."""
    row = insert(table).values(values)
    changed = {name: row.excluded[name] for name in values if name != key}
    newer = table.c.sequence < row.excluded.sequence
    work.connection.execute(row.on_conflict_do_update(index_elements=[key], set_=changed, where=newer))


class Shapes:
    """The boundaries of grids, read and checked once for each change of a grid; one for each database."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, MultiPolygon]] = {}

    def of(self, connection: sa.Connection, code: str, sequence: int) -> MultiPolygon:
        """The boundary of the grid `code` as it is at `sequence`."""
        known = self._known.get(code)
        if known is None or known[0] != sequence:
            row = _BOUNDARY.of(connection, code=code).one()
            known = self._known[code] = (row.sequence, geography.parse_boundary(row.boundary))
        return known[1]


class GridRepository:
    """The grids that cases lie in."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work
        self._ancestors: dict[str | None, tuple[str, ...]] = {}

    def locate(self, lon: float, lat: float) -> str | None:
        """The lowest area grid at the point; its row is held, so that it does not end while the report is taken in."""
        found = self._around(lon, lat)
        while found is not None and not self.exists(found):
            found = self._around(lon, lat)
        return found

    def _around(self, lon: float, lat: float) -> str | None:
        connection, shapes = self._work.connection, self._work.shapes
        rows = _AROUND.of(connection, lon=lon, lat=lat).all()
        return geography.choose(
            (row.level, row.code)
            for row in rows
            if geography.contains(shapes.of(connection, row.code, row.sequence), lon, lat)
        )

    def exists(self, code: str) -> bool:
        row = _HELD.of(self._work.connection, code=code).one_or_none()
        if row is not None:
            self._ancestors[code] = tuple(row.ancestors)  # which stay as they are while the row is held
        return row is not None

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
        if code not in self._ancestors:
            return tuple(_ANCESTORS.of(self._work.connection, code=code).scalar() or ())
        return self._ancestors[code]

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
        return _LEVEL.of(self._work.connection, id=department).scalar() or "town"

    def store(self, department: messages.DepartmentChanged) -> None:
        _store(self._work, tables.departments, "id", department.__dict__)


class DutyRepository:
    """The duty table (REG-08)."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work

    def of(self, key: str | None) -> Duty | None:
        row = _DUTY.of(self._work.connection, key=key).one_or_none()
        return Duty(row.lead, tuple(row.co_departments), row.grid_part) if row else None

    def store(self, duty: messages.DutyChanged) -> None:
        _store(self._work, tables.duties, "key", {**duty.__dict__, "co_departments": list(duty.co_departments)})


class RosterRepository:
    """Who is on duty at which desk (REG-18)."""

    def __init__(self, work: "IncidentWork") -> None:
        self._work = work

    def on_duty(self, role: str, area: str) -> list[str]:
        """Who mans the desk of `role` now for an area that holds `area`: the ids of the people, each once."""
        return list(
            dict.fromkeys(_ON_DUTY.of(self._work.connection, role=role, area=area, now=self._work.now).scalars())
        )

    def store(self, shift: messages.DutyRosterChanged) -> None:
        _store(self._work, tables.duty_shifts, "shift_id", shift.__dict__)
