"""Decided changes of grids, and who came after whom (REG-04)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.registry.errors import GridChangeNotFound
from services.registry.model.grid_changes import STATES, TITLES
from services.registry.model.values import among, refuse_values
from services.registry.queries.paging import fetch
from services.registry.queries.people import names_of
from services.registry.tables import grid_change

Answer = dict[str, Any]

_CHANGES = sa.select(*(column for column in grid_change.c if column.name != "document"))


def list_changes(connection: sa.Connection, request: Any) -> Answer:
    """Changes, the latest decided first. Raises ValueRefused for an unknown state or kind."""
    statement = _CHANGES
    for name, allowed in (("state", STATES), ("kind", TITLES)):
        if value := getattr(request, name):
            refuse_values(among(name, value, allowed))
            statement = statement.where(grid_change.c[name] == value)
    if request.grid_code:
        statement = statement.where(_about([request.grid_code]))
    page = fetch(connection, statement, [grid_change.c.id], request.limit, request.cursor, descending=True)
    return {"items": _named(connection, page.rows), "next_cursor": page.next_cursor}


def get_change(connection: sa.Connection, change_id: str) -> Answer:
    """One change. Raises GridChangeNotFound."""
    its = grid_change.c.id == change_id if is_id(change_id) else sa.false()
    row = connection.execute(_CHANGES.where(its)).one_or_none()
    if row is None:
        raise GridChangeNotFound(id=change_id)
    return _named(connection, [row])[0]


def lineage(connection: sa.Connection, codes: Collection[str]) -> Mapping[str, tuple[list[str], list[str]]]:
    """For each of `codes` the grids in whose place it came, and those that came in its place."""
    its = sa.and_(grid_change.c.state == "effective", grid_change.c.kind != "reparent", _about(codes))
    rows = connection.execute(sa.select(grid_change).where(its).order_by(grid_change.c.id)).all()
    return {code: (_before(code, rows), _after(code, rows)) for code in codes}


def _before(code: str, rows: Collection[Any]) -> list[str]:
    return [old for row in rows if code in row.successors for old in _predecessors(row)]


def _after(code: str, rows: Collection[Any]) -> list[str]:
    return [new for row in rows if code in _predecessors(row) for new in row.successors]


def _predecessors(row: Any) -> list[str]:
    return [code for code in row.codes if code not in row.successors]


def _about(codes: Collection[str]) -> sa.ColumnElement[bool]:
    return sa.or_(grid_change.c.codes.overlap(list(codes)), grid_change.c.successors.overlap(list(codes)))


def _named(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Answer]:
    """Changes with the names of who decided them."""
    by_id = names_of(connection, [row.decided_by for row in rows])
    return [_change(row, by_id.get(row.decided_by, "")) for row in rows]


def _change(row: sa.Row[Any], decided_by: str) -> Answer:
    values = {name: value for name, value in row._mapping.items() if name != "refusal_zh"}
    names = {"kind_name": TITLES[row.kind], "state_name": STATES[row.state], "decided_by_name": decided_by}
    return {**values, **names, "refusal": row.refusal_zh}
