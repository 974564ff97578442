"""The points of joint inspections: those that are there while one is open, those of its end when it is over."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from services.patrol import tables
from services.patrol.model.points import GRID, PLACE, Point
from services.patrol.model.task import Task

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

_PARTY = "party"
"""A kind of grids that lie over others and are nowhere to go."""


class PointRepository:
    """The points of one unit of work."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._there: dict[str, Mapping[str, Point]] = {}

    def of(self, task: Task) -> Mapping[str, Point]:
        if task.grid not in self._there:
            self._there[task.grid] = points_in(self._work.connection, task.grid)
        return self._there[task.grid]

    def settle(self, task: Task, points: Mapping[str, Point]) -> None:
        table = tables.inspected_points
        self._work.connection.execute(sa.delete(table).where(table.c.task_id == task.id))
        if points:
            rows = [{"task_id": task.id, **asdict(point)} for point in points.values()]
            self._work.connection.execute(sa.insert(table), rows)


def points_in(connection: sa.Connection, grid: str) -> Mapping[str, Point]:
    """The lowest grids of the area `grid`, itself where it has none below, and all places in it; by grid and name."""
    table = tables.grids
    area = sa.or_(table.c.code == grid, table.c.ancestors.contains([grid]))
    its = sa.select(table.c.code, table.c.name, table.c.ancestors).where(area, table.c.active, table.c.kind != _PARTY)
    rows = connection.execute(its.order_by(table.c.code)).all()
    above = {code for row in rows for code in row.ancestors}
    grids = [Point(row.code, GRID, row.name, row.code) for row in rows if row.code not in above]
    return {point.id: point for point in (*grids, *_places(connection, [row.code for row in rows]))}


def _places(connection: sa.Connection, codes: list[str]) -> list[Point]:
    table = tables.places.c
    query = sa.select(tables.places).where(table.grid.in_(codes), table.active).order_by(table.grid, table.name)
    return [Point(row.id, PLACE, row.name, row.grid, row.lon, row.lat) for row in connection.execute(query)]


def settled_points(connection: sa.Connection, task_id: str) -> Mapping[str, Point]:
    """The points that an inspection had when it was over; none while it is not."""
    table = tables.inspected_points
    names = ("id", "kind", "name", "grid", "lon", "lat")
    query = sa.select(*(table.c[name] for name in names)).where(table.c.task_id == task_id)
    rows = connection.execute(query.order_by(table.c.kind, table.c.grid, table.c.name))
    return {row.id: Point(*row) for row in rows}
