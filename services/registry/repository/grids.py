"""Grids as rows."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import GridNotFound
from services.registry.model.grids import Boundary, Grid, Statements
from services.registry.repository import rows
from services.registry.repository.spans import write_spans
from services.registry.tables import grid
from services.registry.visibility import prefixes

NUMBER_LOCK = 7_310_001


class SqlGrids:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, code: str) -> Grid:
        found = self.many([code])
        if code not in found:
            raise GridNotFound(id=code)
        return found[code]

    def many(self, codes: Collection[str]) -> dict[str, Grid]:
        loaded = [_grid(row) for row in rows.load(self._work.connection, grid.c.code, codes)]
        for each in loaded:
            self._work.track(each)
        return {each.code: each for each in loaded}

    def add_all(self, grids: Sequence[Grid]) -> None:
        rows.insert(self._work.connection, grid, [_values(each) for each in grids])
        write_spans(self._work.connection, grids)
        for each in grids:
            self._work.track(each)

    def save_all(self, grids: Sequence[Grid]) -> None:
        rows.update(self._work.connection, grid.c.code, [_values(each) for each in grids])
        write_spans(self._work.connection, grids)

    def below(self, codes: Collection[str]) -> list[Grid]:
        own = sa.and_(grid.c.path.overlap(sorted(codes)), grid.c.state == "active")
        return list(self.many(self._work.connection.scalars(sa.select(grid.c.code).where(own)).all()).values())

    def number_lock(self) -> None:
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(:id)"), {"id": NUMBER_LOCK})

    def highest_number(self, division: str) -> int:
        newest = sa.select(sa.func.max(grid.c.code)).where(grid.c.code.startswith(division, autoescape=True))
        code = self._work.connection.scalar(newest)
        return int(code[12:]) if code else 0

    def prefixes(self, codes: Collection[str]) -> tuple[str, ...]:
        return prefixes(self._work.connection, codes)


def _grid(row: sa.Row[Any]) -> Grid:
    return Grid(
        code=row.code,
        name=row.name,
        kind=row.kind,
        level=row.level,
        division_codes=tuple(row.division_codes),
        effective=row.effective,
        path=tuple(row.path),
        boundary=_boundary(row),
        statements=Statements(tuple(row.duties), tuple(row.tasks), tuple(row.rewards)),
        state=row.state,
        since=row.since,
        made_by=row.made_by,
        version=row.version,
        sequence=row.sequence,
    )


def _boundary(row: sa.Row[Any]) -> Boundary | None:
    if row.boundary is None:
        return None
    box = (row.west, row.south, row.east, row.north)
    return Boundary(row.boundary, *box, (row.lon, row.lat), row.square_metres, row.drawn_how)


def _values(each: Grid) -> rows.Values:
    return {
        "code": each.code,
        "name": each.name,
        "kind": each.kind,
        "level": each.level,
        "parent_code": each.parent_code,
        "division_code": each.division_code,
        "division_codes": list(each.division_codes),
        "path": list(each.path),
        "effective": each.effective,
        "state": each.state,
        "since": each.since,
        "made_by": each.made_by,
        "duties": list(each.statements.duties),
        "tasks": list(each.statements.tasks),
        "rewards": list(each.statements.rewards),
        **_boundary_values(each.boundary),
        "version": each.version,
        "sequence": each.sequence,
    }


def _boundary_values(boundary: Boundary | None) -> rows.Values:
    if boundary is None:
        names = ("boundary", "west", "south", "east", "north", "lon", "lat", "square_metres")
        return {**dict.fromkeys(names), "drawn_how": ""}
    return {
        "boundary": dict(boundary.geojson),
        "west": boundary.west,
        "south": boundary.south,
        "east": boundary.east,
        "north": boundary.north,
        "lon": boundary.centre[0],
        "lat": boundary.centre[1],
        "square_metres": boundary.square_metres,
        "drawn_how": boundary.drawn_how,
    }
