"""Grids: lists, the page of one (四定、五定), look-up by point (REG-02, REG-03, REG-06)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import shapely
import sqlalchemy as sa

from services.chassis import geography
from services.chassis.auth import Principal
from services.registry.errors import GridNotFound, ValueRefused, fault
from services.registry.model.posts import POSTS
from services.registry.queries.paging import containing, fetch, starting
from services.registry.tables import grid, person, post
from services.registry.visibility import held_on, plan_in_force

Answer = dict[str, Any]

_COLUMNS = [column for column in grid.c if column.name not in ("boundary", "duties", "tasks", "rewards")]
BRIEF = sa.select(*_COLUMNS, grid.c.boundary.is_not(None).label("has_boundary"))
_INTERNAL = ("west", "south", "east", "north", "lon", "lat", "square_metres", "sequence", "since", "made_by")


def list_grids(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """Grids by code."""
    statement = filtered(BRIEF, request)
    if request.parent_code:
        statement = statement.where(grid.c.parent_code == request.parent_code)
    if request.text:
        statement = statement.where(containing(grid.c.name, request.text))
    if request.HasField("with_boundary"):
        statement = statement.where(grid.c.boundary.is_not(None) == request.with_boundary)
    if request.mine:
        statement = statement.where(sa.or_(sa.false(), *(starting(grid.c.code, area) for area in caller.areas)))
    page = fetch(connection, statement, [grid.c.code], request.limit, request.cursor)
    return {"items": briefs(connection, page.rows), "next_cursor": page.next_cursor}


def filtered(statement: sa.Select[Any], request: Any) -> sa.Select[Any]:
    """Apply what lists and maps share: prefix, below, level, kind."""
    if request.prefix:
        statement = statement.where(starting(grid.c.code, request.prefix))
    if request.below:
        statement = statement.where(grid.c.path.contains([request.below]))
    if request.kind:
        statement = statement.where(grid.c.kind == request.kind)
    if request.HasField("level"):
        statement = statement.where(grid.c.level == request.level)
    return statement


def briefs(connection: sa.Connection, rows: Sequence[Any]) -> list[Answer]:
    """Rows of BRIEF as messages `Grid`."""
    above = {code for row in rows for code in row.path}
    names = connection.execute(sa.select(grid.c.code, grid.c.name).where(grid.c.code.in_(above))).all()
    by_code = {row.code: row.name for row in names}
    return [_brief(row, by_code) for row in rows]


def _brief(row: sa.Row[Any], names: Mapping[str, str]) -> Answer:
    values = {name: value for name, value in row._mapping.items() if name not in _INTERNAL}
    path_name = " ".join([*(names[code] for code in row.path), row.name])
    centre = None if row.lon is None else {"lon": row.lon, "lat": row.lat}
    return {**values, "path_name": path_name, "centre": centre}


def grid_page(connection: sa.Connection, code: str, today: date) -> Answer:
    """Area, people, duties, tasks and rewards of one grid, and its children. Raises NotFound."""
    row = connection.execute(BRIEF.add_columns(*_statement_columns()).where(grid.c.code == code)).one_or_none()
    if row is None:
        raise GridNotFound(id=code)
    children = connection.execute(
        BRIEF.where(grid.c.parent_code == code, grid.c.state == "active").order_by(grid.c.code)
    ).all()
    found = plan_in_force(connection, today, "levels", "patrols", "credit")
    level = plan_level(found.document if found else {}, row)
    own = {name: row._mapping[name] for name in ("duties", "tasks", "rewards")}
    brief, *others = briefs(connection, [row, *children])
    return {
        "grid": {name: value for name, value in brief.items() if name not in (*own, "boundary")},
        "boundary": row.boundary,
        "square_metres": row.square_metres,
        "people": holders(connection, code, today),
        "duties": [*_statements(own["duties"], "grid"), *_statements(level.get("duties", ()), "plan")],
        "tasks": [*_statements(own["tasks"], "grid"), *_statements(_plan_tasks(found, level), "plan")],
        "rewards": [*_statements(own["rewards"], "grid"), *_statements(_plan_rewards(found), "plan")],
        "children": others,
        "level_name": level.get("name", ""),
    }


def _statement_columns() -> list[sa.Column[Any]]:
    return [grid.c.boundary, grid.c.duties, grid.c.tasks, grid.c.rewards]


def holders(connection: sa.Connection, code: str, on: date) -> list[Answer]:
    """Who held a post in the grid `code` on that day."""
    statement = (
        sa.select(
            post.c.person_id,
            person.c.name,
            post.c.post,
            person.c.duty_phone,
            person.c.department,
            post.c.starts,
            post.c.ends,
        )
        .join(person, person.c.id == post.c.person_id)
        .where(post.c.grid_code == code, held_on(on))
        .order_by(post.c.post, post.c.starts, post.c.id)
    )
    return [{**row._mapping, "post_name": POSTS[row.post]} for row in connection.execute(statement)]


def plan_level(document: Mapping[str, Any], row: sa.Row[Any]) -> Mapping[str, Any]:
    """The plan's entry about the level and kind of a grid; empty where it has none."""
    levels = [level for level in document.get("levels", ()) if level["level"] == row.level]
    return next((level for level in levels if level.get("kind", "area") == row.kind), {})


def _plan_tasks(found: sa.Row[Any] | None, level: Mapping[str, Any]) -> list[str]:
    patrols = found.document.get("patrols", ()) if found else ()
    return [patrol["name"] for patrol in patrols if patrol.get("level") in (None, level.get("id"))]


def _plan_rewards(found: sa.Row[Any] | None) -> list[str]:
    credit = found.document.get("credit", {}) if found else {}
    return [entry["words"] for entry in credit.values() if isinstance(entry, Mapping) and entry.get("words")]


def _statements(texts: Iterable[str], source: str) -> list[Answer]:
    return [{"text": text, "source": source} for text in texts]


def locate(connection: sa.Connection, lon: float, lat: float, kind: str) -> Answer:
    """The grids whose boundary contains the point, deepest first, and the responsible one by the border rule."""
    check_place(lon, lat)
    box = sa.and_(grid.c.west <= lon, grid.c.east >= lon, grid.c.south <= lat, grid.c.north >= lat)
    statement = _with_boundary(kind).where(box)
    found = [row for row in connection.execute(statement) if _contains(row.boundary, lon, lat)]
    found.sort(key=lambda row: (-row.level, row.code))
    chosen = geography.choose((row.level, row.code) for row in found if row.kind == (kind or "area"))
    answer: Answer = {"grids": _located(connection, found), "grid_code": chosen}
    return answer if chosen else {**answer, **_nearest(connection, lon, lat, kind)}


def check_place(lon: float, lat: float) -> None:
    """Raise ValueRefused unless it is a place on earth."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        zh, en = "应为 WGS 84 坐标:经度 -180 至 180,纬度 -90 至 90", "WGS 84: longitude -180 to 180, latitude -90 to 90"
        raise ValueRefused(faults=[fault("lon", "out-of-range", zh, en)])


def _with_boundary(kind: str) -> sa.Select[Any]:
    statement = BRIEF.add_columns(grid.c.boundary).where(grid.c.boundary.is_not(None), grid.c.state == "active")
    return statement.where(grid.c.kind == kind) if kind else statement


def _contains(boundary: Mapping[str, Any], lon: float, lat: float) -> bool:
    return geography.contains(shapely.geometry.shape(boundary), lon, lat)


def _located(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Answer]:
    return [{k: v for k, v in each.items() if k != "boundary"} for each in briefs(connection, rows)]


def _nearest(connection: sa.Connection, lon: float, lat: float, kind: str) -> Answer:
    rows = connection.execute(_with_boundary(kind or "area")).all()
    shapes = {row.code: shapely.geometry.shape(row.boundary) for row in rows}
    levels = {row.code: row.level for row in rows}
    found = geography.BoundaryIndex(shapes, levels).nearest(lon, lat) if shapes else None
    return {"nearest_code": found[0], "nearest_metres": round(found[1], 1)} if found else {}
