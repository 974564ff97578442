"""Boundaries for a map, and the proof of "全覆盖、无盲区" (REG-03)."""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
import sqlalchemy as sa

from services.chassis import geography
from services.registry.errors import GridNotFound, ValueRefused, fault
from services.registry.queries.grids import filtered
from services.registry.tables import grid

Answer = dict[str, Any]


def boundaries(connection: sa.Connection, request: Any) -> Mapping[str, Any]:
    """A FeatureCollection of the grids that have a boundary."""
    statement = filtered(sa.select(grid), request).where(grid.c.boundary.is_not(None), grid.c.state == "active")
    rows = connection.execute(statement.order_by(grid.c.code)).all()
    return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}


def _feature(row: sa.Row[Any]) -> Answer:
    names = {"code": "code", "name": "name", "kind": "kind", "level": "level", "parent_code": "parent"}
    properties = {shown: row._mapping[name] for name, shown in names.items()}
    return {
        "type": "Feature",
        "id": row.code,
        "properties": {**properties, "drawn_how": row.drawn_how},
        "geometry": row.boundary,
    }


def coverage(connection: sa.Connection, request: Any) -> Answer:
    """Gaps, overlaps and what reaches outside, among the grids of one level and kind below a grid. Raises NotFound."""
    parent = connection.execute(sa.select(grid).where(grid.c.code == request.parent_code)).one_or_none()
    if parent is None:
        raise GridNotFound(id=request.parent_code)
    if parent.boundary is None:
        zh, en = f"网格 {parent.code} 尚无边界;请先设置", f"Grid {parent.code} has no boundary yet; set it first"
        raise ValueRefused(faults=[fault("parent_code", "boundary-missing", zh, en)])
    rows = _compared(connection, request)
    shapes = {row.code: shapely.geometry.shape(row.boundary) for row in rows if row.boundary is not None}
    tolerance = request.tolerance_square_metres or geography.ROUNDING_SQUARE_METRES
    report = geography.gaps_and_overlaps(shapely.geometry.shape(parent.boundary), shapes, tolerance)
    without = [row.code for row in rows if row.boundary is None]
    findings = {"gap": report.gaps, "overlap": report.overlaps, "outside": report.outside}
    return {
        "complete": report.complete and not without,
        "compared": len(shapes),
        "without_boundary": without,
        "findings": [each for kind, found in findings.items() for each in _found(kind, found)],
    }


def _compared(connection: sa.Connection, request: Any) -> Sequence[sa.Row[Any]]:
    kind, active = grid.c.kind == (request.kind or "area"), grid.c.state == "active"
    statement = sa.select(grid).where(kind, active).order_by(grid.c.code)
    if request.HasField("level"):
        below = sa.and_(grid.c.level == request.level, grid.c.path.contains([request.parent_code]))
        return connection.execute(statement.where(below)).all()
    return connection.execute(statement.where(grid.c.parent_code == request.parent_code)).all()


def _found(kind: str, findings: Sequence[Any]) -> list[Answer]:
    return [
        {
            "kind": kind,
            "codes": [code for name in ("code", "first", "second") if (code := getattr(each, name, None))],
            "square_metres": round(each.square_metres, 1),
            "geometry": each.geojson,
        }
        for each in findings
    ]
