"""Candidates for duplicates among a million cases: an index of neighbourhoods, then words compared (INC-16)."""

from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa

from services.incident import tables
from services.incident.model.likeness import Nearness
from services.incident.queries import similar
from tests.bench import county
from tests.bench.measuring import Ask

NEAR = {
    "100 m, 3 days, the matter": Nearness(100, timedelta(days=3)),
    "500 m, 7 days, the group": Nearness(500, timedelta(days=7), group=True),
    "2 km, 30 days, the group": Nearness(2000, timedelta(days=30), group=True),
}
ROLES = ("centre operator", "member, busy grid", "handler")


def questions(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """For a new case of the busiest grid and one of a quiet grid, what may be its duplicate."""
    for place, grid in (("busy", county.GRIDS[0]), ("quiet", county.GRIDS[-1])):
        table = tables.cases.c
        newest = sa.select(tables.cases).where(table.grid == grid).order_by(table.reported_at.desc()).limit(1)
        with engine.connect() as connection:
            row = connection.execute(newest).mappings().first()
        if row is None:
            continue
        told = similar.of_row(row)
        for how, near in NEAR.items():
            for role in ROLES:
                yield f"like a case in a {place} grid: {role}, {how}", _ask(engine, told, near, role)


def explained(engine: sa.Engine) -> str:
    """The plan of the busiest question as PostgreSQL tells it."""
    table = tables.cases.c
    newest = sa.select(tables.cases).where(table.grid == county.GRIDS[0]).order_by(table.reported_at.desc()).limit(1)
    with engine.connect() as connection:
        told = similar.of_row(connection.execute(newest).mappings().one())
        near = NEAR["500 m, 7 days, the group"]
        query = similar._in_reach(told, told.lon, told.lat, near, county.OPERATOR)
        text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
        return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {text}"))


def _ask(engine: sa.Engine, told: similar.Told, near: Nearness, role: str) -> Ask:
    def ask() -> object:
        with engine.connect() as connection:
            return similar.similar(connection, told, near, county.ROLES[role])

    return ask
