"""Places as those who answer for their grids see them (REG-10): lists, one of them, what was entered about it."""

from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.chassis.personal import Seal, mask_name, mask_phone
from services.registry.errors import PlaceNotFound
from services.registry.model.people import PURPOSES
from services.registry.model.places import KINDS, RECORDS
from services.registry.queries.paging import containing, fetch, starting
from services.registry.queries.people import names_of
from services.registry.tables import grid, place, place_record
from services.registry.visibility import responsible_at, sees_place

Answer = dict[str, Any]
_FLAGS = ("key", "pollution_source", "active")


def list_places(connection: sa.Connection, request: Any, caller: Principal, seal: Seal) -> Answer:
    """The places that the caller may see, in the order in which they were entered; names and telephones masked."""
    statement = _places().where(sees_place(caller))
    if request.prefix:
        statement = statement.where(starting(place.c.grid_code, request.prefix))
    for name in ("kind", "grade"):
        if getattr(request, name):
            statement = statement.where(place.c[name] == getattr(request, name))
    for name in _FLAGS:
        if request.HasField(name):
            statement = statement.where(place.c[name] == getattr(request, name))
    if request.HasField("assessed"):
        statement = statement.where(place.c.assessed_on.is_not(None) == request.assessed)
    if request.text:
        statement = statement.where(containing(place.c.name, request.text))
    page = fetch(connection, statement, [place.c.id], request.limit, request.cursor)
    return {"items": [_place(row, seal) for row in page.rows], "next_cursor": page.next_cursor}


def get_place(connection: sa.Connection, place_id: str, purpose: str, caller: Principal, seal: Seal) -> Answer:
    """One place, masked unless a purpose is named; LookAtPlace recorded that before. Raises PlaceNotFound."""
    row = connection.execute(_places().where(_its(place_id), sees_place(caller))).one_or_none()
    if row is None:
        raise PlaceNotFound(id=place_id)
    return _place(row, seal, unmasked=purpose in PURPOSES)


def list_records(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """What was entered about a place, the latest first. Raises PlaceNotFound."""
    seen = sa.select(place.c.id).where(_its(request.place_id), sees_place(caller))
    if connection.scalar(seen) is None:
        raise PlaceNotFound(id=request.place_id)
    statement = sa.select(place_record).where(place_record.c.place_id == request.place_id)
    if request.what:
        statement = statement.where(place_record.c.what == request.what)
    page = fetch(connection, statement, [place_record.c.id], request.limit, request.cursor, descending=True)
    by = names_of(connection, [row.by_id for row in page.rows])
    lines = [{**row._mapping, "what_name": RECORDS[row.what], "by_name": by.get(row.by_id, "")} for row in page.rows]
    return {"items": [_without(line, "place_id") for line in lines], "next_cursor": page.next_cursor}


def _its(place_id: str) -> sa.ColumnElement[bool]:
    return place.c.id == place_id if is_id(place_id) else sa.false()


def _places() -> sa.Select[Any]:
    return sa.select(place, grid.c.name.label("grid_name")).join(grid, grid.c.code == place.c.grid_code)


def _place(row: sa.Row[Any], seal: Seal, unmasked: bool = False) -> Answer:
    name, phone = responsible_at(row.id, row.responsible, seal)
    person = (name, phone) if unmasked else (mask_name(name), mask_phone(phone))
    return {
        **_without(row._mapping, "responsible", "sequence"),
        "kind_name": KINDS[row.kind],
        "responsible_name": person[0],
        "responsible_phone": person[1],
        "masked": not unmasked,
    }


def _without(values: Any, *names: str) -> Answer:
    return {name: value for name, value in values.items() if name not in names}
