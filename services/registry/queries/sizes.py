"""How large grids are, against the plan's range for their level (REG-05)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.registry.queries.paging import fetch, starting
from services.registry.tables import grid, grid_size, household
from services.registry.visibility import plan_in_force, sees_grid

Answer = dict[str, Any]

COUNTED = ("households", "persons", "enterprises")
RECORDED = "平台登记的户数"
"""Where the figures come from when none were entered."""
_BOUNDS = [f"{name}_{end}" for name in COUNTED for end in ("from", "to")]


def latest_sizes() -> Any:
    """The figures of the row's grid, to be joined to `grid` on true: the last that were entered, else the households
    that are recorded there. A grid's list of households need not be whole, so what was counted goes before."""
    columns = [grid_size.c[name] for name in ("day", "source", *COUNTED)]
    entered = sa.select(sa.literal(0).label("rank"), *columns).where(grid_size.c.grid_code == grid.c.code)
    entered = entered.order_by(grid_size.c.day.desc()).limit(1).correlate(grid)
    found = sa.union_all(entered.subquery().select(), _recorded()).subquery()
    return sa.select(found).order_by(found.c.rank).limit(1).lateral("size")


def _recorded() -> sa.Select[Any]:
    its = sa.and_(household.c.grid_code == grid.c.code, household.c.active)
    figures = {
        "households": sa.cast(sa.func.count(), sa.Integer),
        "persons": sa.cast(sa.func.sum(household.c.persons), sa.Integer),
        "enterprises": sa.null().cast(sa.Integer),
    }
    columns = [figures[name].label(name) for name in COUNTED]
    told = [sa.null().cast(sa.Date).label("day"), sa.literal(RECORDED).label("source")]
    return (
        sa.select(sa.literal(1).label("rank"), *told, *columns).where(its).having(sa.func.count() > 0).correlate(grid)
    )


def list_sizes(connection: sa.Connection, request: Any, caller: Principal, today: date) -> Answer:
    """Active grids for whose level the plan has a range, by code; bounds are in the range. None without a plan."""
    found = plan_in_force(connection, today, "levels")
    wanted = list(_wanted(found.document if found else {}))
    if not wanted:
        return {"items": [], "next_cursor": ""}
    statement = _measured(wanted).where(grid.c.state == "active", sees_grid(caller, grid.c.code))
    if request.area:
        statement = statement.where(starting(grid.c.code, request.area))
    if request.verdict:
        statement = statement.where(_verdict(statement.selected_columns) == request.verdict)
    page = fetch(connection, statement, [grid.c.code], request.limit, request.cursor)
    return {"items": [_described(row) for row in page.rows], "next_cursor": page.next_cursor}


def _wanted(document: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    for level in document.get("levels", ()):
        ranges = [level.get("size", {}).get(name) for name in COUNTED]
        if any(ranges):
            bounds = [float(each[end]) if each else None for each in ranges for end in ("from", "to")]
            yield (level["level"], level.get("kind", "area"), level["name"], *bounds)


def _measured(wanted: list[tuple[Any, ...]]) -> sa.Select[Any]:
    names: list[Any] = [sa.column("level", sa.Integer), sa.column("kind", sa.Text), sa.column("level_name", sa.Text)]
    ranges = sa.values(*names, *(sa.column(name, sa.Double) for name in _BOUNDS), name="wanted").data(wanted)
    size = latest_sizes()
    figures = [size.c.day, size.c.source, *(size.c[name] for name in COUNTED)]
    bounds = [sa.cast(ranges.c[name], sa.Double).label(name) for name in _BOUNDS]
    return (
        sa.select(grid.c.code, grid.c.name, ranges.c.level_name, *figures, *bounds)
        .join(ranges, sa.and_(ranges.c.level == grid.c.level, ranges.c.kind == grid.c.kind))
        .outerjoin(size, sa.true())
    )


def _verdict(columns: Any) -> sa.ColumnElement[str]:
    """outside where any figure lies outside, unknown where one that has a range is not known, else within."""
    outside = sa.or_(
        *(sa.or_(columns[name] < columns[f"{name}_from"], columns[name] > columns[f"{name}_to"]) for name in COUNTED)
    )
    missing = sa.or_(*(sa.and_(columns[f"{name}_from"].is_not(None), columns[name].is_(None)) for name in COUNTED))
    return sa.case((outside, "outside"), (missing, "unknown"), else_="within")


def _described(row: sa.Row[Any]) -> Answer:
    values = row._mapping
    ranged = [name for name in COUNTED if values[f"{name}_from"] is not None]
    known = [name for name in ranged if values[name] is not None]
    outside = [name for name in known if not values[f"{name}_from"] <= values[name] <= values[f"{name}_to"]]
    verdict = "outside" if outside else "within" if known == ranged else "unknown"
    ranges = {f"wanted_{name}": {end: values[f"{name}_{end}"] for end in ("from", "to")} for name in ranged}
    plain = {name: values[name] for name in ("code", "name", "level_name", "day", "source", *COUNTED)}
    return {**plain, **ranges, "verdict": verdict, "outside": outside}
