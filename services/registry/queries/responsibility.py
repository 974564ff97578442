"""Who was responsible for a point, or for a grid, on a day (REG-04): spans of grids and posts of that day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import shapely
import sqlalchemy as sa

from services.chassis import geography
from services.chassis.errors import Fault
from services.registry.errors import GridNotFound, ValueRefused, fault
from services.registry.model.values import day
from services.registry.queries.grid_changes import lineage
from services.registry.queries.grids import check_place, holders
from services.registry.tables import grid, grid_span

Answer = dict[str, Any]
Rows = Sequence[sa.Row[Any]]


def responsible(connection: sa.Connection, request: Any, today: date) -> Answer:
    """The grids of that day with the people of that day. Raises ValueRefused, GridNotFound for an unknown code."""
    on = _day(request.on, today)
    given = request.HasField("lon"), request.HasField("lat")
    if given not in ((True, True), (False, False)) or any(given) == bool(request.grid_code):
        zh, en = "请给出坐标 lon、lat,或网格编码 grid_code,二者选一", "Give either a point, lon and lat, or a grid_code"
        raise ValueRefused(faults=[fault("grid_code", "point-or-grid", zh, en)])
    found = _of_grid(connection, request.grid_code, on) if request.grid_code else _at_point(connection, request, on)
    rows, code = found
    after = lineage(connection, [row.code for row in rows])
    grids = [_grid(connection, row, on, *after[row.code]) for row in rows]
    return {"on": on, "grid_code": code, "grids": grids}


def _day(text: str, today: date) -> date:
    on = day("on", text) if text else today
    if on > today:
        raise ValueRefused(faults=[_future(on, today)])
    return on


def _future(on: date, today: date) -> Fault:
    zh = f"{on} 尚未到来;只能查询今天({today})及以前的日期"
    return fault("on", "day-to-come", zh, f"{on} is still to come; ask for a day up to today, {today}")


def _living(on: date) -> sa.ColumnElement[bool]:
    return sa.and_(grid_span.c.since <= on, sa.or_(grid_span.c.until.is_(None), grid_span.c.until > on))


def _at_point(connection: sa.Connection, request: Any, on: date) -> tuple[Rows, str | None]:
    lon, lat, span = request.lon, request.lat, grid_span.c
    check_place(lon, lat)
    box = sa.and_(span.west <= lon, span.east >= lon, span.south <= lat, span.north >= lat)
    near = connection.execute(sa.select(grid_span).where(_living(on), box)).all()
    shapes = ((row, shapely.geometry.shape(row.boundary)) for row in near)
    found = [row for row, shape in shapes if geography.contains(shape, lon, lat)]
    found.sort(key=lambda row: (-row.level, row.code))
    kind = request.kind or "area"
    return found, geography.choose((row.level, row.code) for row in found if row.kind == kind)


def _of_grid(connection: sa.Connection, code: str, on: date) -> tuple[Rows, str | None]:
    """The grid and those above it; none where it was not there on that day."""
    row = connection.execute(sa.select(grid_span).where(grid_span.c.code == code, _living(on))).one_or_none()
    if row is None:
        if connection.scalar(sa.select(grid.c.code).where(grid.c.code == code)) is None:
            raise GridNotFound(id=code)
        return [], None
    above = sa.select(grid_span).where(grid_span.c.code.in_(row.path), _living(on))
    order = {each: number for number, each in enumerate(row.path)}
    uppers = sorted(connection.execute(above).all(), key=lambda each: -order[each.code])
    return [row, *uppers], code


def _grid(connection: sa.Connection, row: Any, on: date, before: list[str], after: list[str]) -> Answer:
    return {
        **{name: getattr(row, name) for name in ("code", "name", "kind", "level", "since", "until")},
        "parent_code": row.path[-1] if row.path else None,
        "people": holders(connection, row.code, on),
        "predecessors": before,
        "successors": after,
    }
