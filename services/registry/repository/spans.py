"""The spans of grids' lives as rows: what each was on any day (REG-04). A span holds from `since` to before `until`."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.registry.model.grids import Grid
from services.registry.repository import rows
from services.registry.tables import grid_span

_KEY = ("code", "since")


def write_spans(connection: sa.Connection, grids: Sequence[Grid]) -> None:
    """End the spans that the grids ended, and write the one that each active grid is in."""
    ended = [(each.code, span) for each in grids for span in each.ended]
    for code, span in ended:
        its = sa.and_(grid_span.c.code == code, grid_span.c.since == span.since)
        if span.until > span.since:
            connection.execute(sa.update(grid_span).where(its).values(until=span.until))
        else:
            connection.execute(sa.delete(grid_span).where(its))
    _put(connection, [_values(each) for each in grids if each.active])
    for each in grids:
        each.ended.clear()


def _put(connection: sa.Connection, given: Sequence[rows.Values]) -> None:
    if not given:
        return
    row = insert(grid_span)
    changed = {name: row.excluded[name] for name in given[0] if name not in _KEY}
    connection.execute(row.on_conflict_do_update(index_elements=_KEY, set_=changed), [dict(each) for each in given])


def _values(each: Grid) -> rows.Values:
    boundary = each.boundary
    return {
        "code": each.code,
        "since": each.since,
        "until": None,
        "name": each.name,
        "kind": each.kind,
        "level": each.level,
        "path": list(each.path),
        "boundary": dict(boundary.geojson) if boundary else None,
        "west": boundary.west if boundary else None,
        "south": boundary.south if boundary else None,
        "east": boundary.east if boundary else None,
        "north": boundary.north if boundary else None,
    }
