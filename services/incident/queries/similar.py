"""Cases that another report may be about (INC-16): found by an index, ranked in memory, seen only by who may.

`case_near` leads by group and by bands of a thousandth of a degree (111 m), then by the moment at which a case was
over: open and recently closed cases of the neighbourhood lie together in it, however long the history grows.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis import geography
from services.chassis.auth import Principal
from services.chassis.personal import mask_text
from services.incident import tables, visibility
from services.incident.model.likeness import DUPLICATE_STATES, Likeness, Nearness, likeness, shared_words
from services.incident.model.workflow import STATE_BY_NAME

RANKED = 200
"""How many of the nearest are compared by their words."""
SHOWN = 10

Values = dict[str, Any]
Found = tuple[Likeness, sa.RowMapping]


@dataclass(frozen=True)
class Told:
    """A report as it is compared: a case, or what an operator is about to enter. `id` is empty for the latter."""

    matter_code: str
    group: str
    grid: str | None
    lon: float | None
    lat: float | None
    text: str
    at: datetime
    over: datetime | None = None
    id: str = ""


def of_row(row: sa.RowMapping) -> Told:
    """A stored case."""
    return Told(
        row["matter_code"],
        row["matter_group"],
        row["grid"],
        row["lon"],
        row["lat"],
        row["description"],
        row["reported_at"],
        row["closed_at"],
        row["id"],
    )


def similar(connection: sa.Connection, told: Told, near: Nearness, caller: Principal) -> list[Values]:
    """The cases most like `told` that `caller` may see, best first, with score and reasons."""
    rows: list[sa.RowMapping] = []
    if told.lon is not None and told.lat is not None:
        rows += connection.execute(_in_reach(told, told.lon, told.lat, near, caller)).mappings().all()
    if told.grid is not None:
        rows += connection.execute(_in_grid(told, told.grid, near, caller)).mappings().all()
    return [_line(found, row) for found, row in _best(told, near, rows)]


def _best(told: Told, near: Nearness, rows: Iterable[sa.RowMapping]) -> list[Found]:
    compared = [(_compare(told, near, row), row) for row in rows]
    within = [(found, row) for found, row in compared if found.metres is None or found.metres <= near.metres]
    return sorted(within, key=lambda pair: (-pair[0].score, pair[1]["id"]))[:SHOWN]


def _compare(told: Told, near: Nearness, row: sa.RowMapping) -> Likeness:
    metres = None
    if told.lon is not None and told.lat is not None and row["lon"] is not None:
        metres = geography.metres_between(told.lon, told.lat, row["lon"], row["lat"])
    return likeness(near, metres, told.at - row["reported_at"], shared_words(told.text, row["description"]))


def _candidates(told: Told, near: Nearness, caller: Principal) -> sa.Select[Any]:
    """Cases of the kind that were not over too long before, visible to `caller`."""
    table = tables.cases.c
    query = (
        sa.select(tables.cases, tables.grids.c.name.label("grid_name"))
        .outerjoin(tables.grids, tables.grids.c.code == table.grid)
        .where(
            table.matter_group == told.group,
            near.since(told.at) <= tables.OVER,
            table.state.in_(DUPLICATE_STATES),
            visibility.of_cases(caller),
        )
    )
    if not near.group:
        query = query.where(table.matter_code == told.matter_code)
    if told.over is not None:
        query = query.where(table.reported_at <= told.over + near.span)
    if told.id:
        query = query.where(table.id != told.id)
    return query.limit(RANKED)


def _in_reach(told: Told, lon: float, lat: float, near: Nearness, caller: Principal) -> sa.Select[Any]:
    table = tables.cases.c
    per_lon, per_lat = geography.metres_per_degree(lat)
    width, height = near.metres / per_lon, near.metres / per_lat
    bands = range(math.floor((lat - height) * tables.BANDS), math.floor((lat + height) * tables.BANDS) + 1)
    east, north = (table.lon - lon) * per_lon, (table.lat - lat) * per_lat
    return (
        _candidates(told, near, caller)
        .where(
            tables.BAND.in_(bands),
            table.lon.between(lon - width, lon + width),
            table.lat.between(lat - height, lat + height),
        )
        .order_by(east * east + north * north)
    )


def _in_grid(told: Told, grid: str, near: Nearness, caller: Principal) -> sa.Select[Any]:
    """Those of the same grid where one of the two has no point to measure from."""
    query = _candidates(told, near, caller).where(tables.cases.c.grid == grid)
    if told.lon is not None:
        query = query.where(tables.cases.c.lon.is_(None))
    return query.order_by(tables.cases.c.reported_at.desc())


def _line(found: Likeness, row: sa.RowMapping) -> Values:
    names = (
        "id",
        "number",
        "state",
        "matter_code",
        "matter_name",
        "address",
        "reported_at",
        "closed_at",
    )
    return {
        **{name: row[name] for name in names},
        "state_name": STATE_BY_NAME[row["state"]].title,
        "grid_code": row["grid"] or "",
        "grid_name": row["grid_name"] or "",
        "point": None if row["lon"] is None else {"lon": row["lon"], "lat": row["lat"]},
        "description": mask_text(row["description"][:200]),
        "score": found.score,
        "metres": found.metres,
        "hours": found.hours,
        "words": found.words,
        "why": found.why,
    }
