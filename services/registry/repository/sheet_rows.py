"""What is stored as rows of tables, values by field as an import takes them (REG-13)."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis.auth import Principal
from services.chassis.personal import Seal
from services.chassis.unit_of_work import UnitOfWork
from services.registry.model.sheets.columns import TABLES
from services.registry.model.sheets.imports import key_of
from services.registry.model.sheets.reading import Values
from services.registry.tables import department, division, duty, grid, person, place, post
from services.registry.visibility import SEES_EVERYBODY, sees_person

Select = sa.Select[Any]
_STARTS = sa.func.to_char(post.c.starts, "YYYY-MM-DD")
_POST_KEY = sa.func.concat_ws("|", person.c.username, post.c.grid_code, post.c.post, _STARTS)

_SELECTS: Mapping[str, tuple[Select, sa.ColumnElement[str]]] = {
    "divisions": (sa.select(division), division.c.code),
    "grids": (sa.select(grid), grid.c.code),
    "posts": (
        sa.select(post, person.c.username, person.c.name).join(person, person.c.id == post.c.person_id),
        _POST_KEY,
    ),
    "people": (sa.select(person), person.c.username),
    "departments": (sa.select(department), department.c.id),
    "duties": (sa.select(duty), duty.c.key),
    "places": (sa.select(place), sa.func.concat_ws("|", place.c.grid_code, place.c.name)),
}

_CODES: Mapping[str, sa.Column[Any]] = {
    "divisions": division.c.code,
    "grids": grid.c.code,
    "posts": post.c.grid_code,
    "places": place.c.grid_code,
}


class SqlSheetRows:
    def __init__(self, work: UnitOfWork, seal: Seal, today: Any) -> None:
        self._work, self._seal, self._today = work, seal, today

    def many(self, kind: str, keys: Collection[str]) -> dict[str, Values]:
        if not keys:
            return {}
        statement, key = _SELECTS[kind]
        found = statement.where(key == sa.any_(sa.literal(sorted(keys), ARRAY(sa.Text))))
        if kind == "posts":
            found = found.where(person.c.username.in_({each.partition("|")[0] for each in keys}))
        if kind == "places":
            of = place.c.grid_code.in_({each.partition("|")[0] for each in keys})
            found = found.where(of, place.c.active)
        values = [self._values(kind, row) for row in self._work.connection.execute(found)]
        return {key_of(TABLES[kind], each): each for each in values}

    def page(self, kind: str, limit: int, cursor: str, prefix: str) -> tuple[list[Values], str]:
        statement, key = _SELECTS[kind]
        if prefix:
            statement = statement.where(_CODES[kind].startswith(prefix, autoescape=True))
        found = statement.where(*self._scope(kind), key > cursor).order_by(key).limit(limit + 1)
        values = [self._values(kind, row) for row in self._work.connection.execute(found)]
        more = len(values) > limit
        return values[:limit], key_of(TABLES[kind], values[limit - 1]) if more else ""

    def grids_named(self, names: Collection[str]) -> dict[tuple[str, str], str]:
        of = grid.c.name.in_(sorted(names))
        found = sa.select(grid.c.name, grid.c.parent_code, grid.c.code).where(of, grid.c.state == "active")
        return {(row.name, row.parent_code or ""): row.code for row in self._work.connection.execute(found)}

    def _scope(self, kind: str) -> list[sa.ColumnElement[bool]]:
        caller: Principal = self._work.caller
        if kind == "people":
            return [sees_person(caller)]
        current: Mapping[str, sa.ColumnElement[bool]] = {
            "grids": grid.c.state == "active",
            "places": place.c.active,
            "posts": sa.or_(post.c.ends.is_(None), post.c.ends >= self._today),
        }
        if kind not in current:
            return []
        return [current[kind], _within(_CODES[kind], caller)]

    def _values(self, kind: str, row: sa.Row[Any]) -> Values:
        values = _SHAPES.get(kind, dict)(dict(row._mapping))
        if kind == "people" and values["private_phone"]:
            bound_to = f"person.private_phone:{row.id}"
            values["private_phone"] = self._seal.open(values["private_phone"], bound_to)
        return {column.field: values[column.field] for column in TABLES[kind].columns}


def _within(code: sa.Column[Any], caller: Principal) -> sa.ColumnElement[bool]:
    """Who sees everybody exports everything, everybody else their own areas."""
    if caller.has(*SEES_EVERYBODY):
        return sa.true()
    return sa.or_(sa.false(), *(code.startswith(area, autoescape=True) for area in caller.areas))


def _grid(values: Values) -> Values:
    lists = {name: tuple(values[name]) for name in ("division_codes", "duties", "tasks", "rewards")}
    codes = {"parent_code": values["parent_code"] or "", "parent_ref": "", "ref": ""}
    return {**values, **lists, **codes, "effective": values["effective"].isoformat()}


def _post(values: Values) -> Values:
    ends = values["ends"].isoformat() if values["ends"] else None
    return {**values, "starts": values["starts"].isoformat(), "ends": ends}


def _person(values: Values) -> Values:
    lists = {name: tuple(values[name]) for name in ("roles", "areas")}
    return {**values, **lists, "department": values["department"] or "", "private_phone": values["private_phone"] or ""}


def _place(values: Values) -> Values:
    """Without the responsible person, who leaves by no table (PRV-02)."""
    assessed = values["assessed_on"].isoformat() if values["assessed_on"] else None
    return {**values, "assessed_on": assessed, "responsible_name": "", "responsible_phone": ""}


_SHAPES: Mapping[str, Callable[[Values], Values]] = {
    "grids": _grid,
    "posts": _post,
    "people": _person,
    "places": _place,
    "duties": lambda values: {**values, "co": tuple(values["co"])},
}
