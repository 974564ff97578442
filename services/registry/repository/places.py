"""Places as rows, with the records that they made."""

import json
from collections.abc import Collection
from dataclasses import asdict, fields
from typing import Any

import shapely
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry

from services.chassis import geography
from services.chassis.ids import is_id, new_id
from services.chassis.personal import Seal
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import PlaceNotFound
from services.registry.model.places import Place
from services.registry.repository import rows
from services.registry.tables import grid, place, place_record
from services.registry.visibility import responsible_at, sees_place

_FIELDS = tuple(each.name for each in fields(Place))


class SqlPlaces:
    def __init__(self, work: UnitOfWork, seal: Seal) -> None:
        self._work, self._seal = work, seal
        self._shapes: dict[str, BaseGeometry | None] = {}

    def get(self, place_id: str) -> Place:
        its = sa.and_(place.c.id == place_id, sees_place(self._work.caller)) if is_id(place_id) else sa.false()
        found = self._loaded(its)
        if not found:
            raise PlaceNotFound(id=place_id)
        return found[0]

    def within(self, grid_codes: Collection[str]) -> list[Place]:
        return self._loaded(sa.and_(place.c.grid_code.in_(sorted(grid_codes)), place.c.active))

    def name_lock(self, grid_code: str) -> None:
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        self._work.connection.execute(lock, {"name": f"place:{grid_code}"})

    def named(self, grid_code: str, name: str) -> str | None:
        its = sa.and_(place.c.grid_code == grid_code, place.c.name == name, place.c.active)
        found: str | None = self._work.connection.scalar(sa.select(place.c.id).where(its).limit(1))
        return found

    def of_names(self, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], Place]:
        if not names:
            return {}
        its = sa.tuple_(place.c.grid_code, place.c.name).in_(sorted(set(names)))
        return {(each.grid_code, each.name): each for each in self._loaded(sa.and_(its, place.c.active))}

    def grid_at(self, lon: float, lat: float) -> str | None:
        box = sa.and_(grid.c.west <= lon, grid.c.east >= lon, grid.c.south <= lat, grid.c.north >= lat)
        there = sa.and_(box, grid.c.boundary.is_not(None), grid.c.state == "active", grid.c.kind == "area")
        found = self._work.connection.execute(sa.select(grid.c.level, grid.c.code, grid.c.boundary).where(there))
        return geography.choose((row.level, row.code) for row in found if _holds(row.boundary, lon, lat))

    def holds(self, grid_code: str, lon: float, lat: float) -> bool:
        if grid_code not in self._shapes:
            boundary = self._work.connection.scalar(sa.select(grid.c.boundary).where(grid.c.code == grid_code))
            self._shapes[grid_code] = shapely.geometry.shape(boundary) if boundary else None
        shape = self._shapes[grid_code]
        return shape is None or geography.contains(shape, lon, lat)

    def add(self, added: Place) -> None:
        rows.insert(self._work.connection, place, [_values(added)])
        self._work.track(added)
        self._write_records(added)

    def save(self, changed: Place) -> None:
        rows.update(self._work.connection, place.c.id, [_values(changed)])
        self._write_records(changed)

    def seal_person(self, place_id: str, name: str, phone: str) -> str:
        said = json.dumps({"name": name, "phone": phone}, ensure_ascii=False)
        return self._seal.close(said, f"place.responsible:{place_id}")

    def open_person(self, of: Place) -> tuple[str, str]:
        return responsible_at(of.id, of.responsible, self._seal)

    def _write_records(self, of: Place) -> None:
        values = [{**asdict(each), "id": new_id(), "place_id": of.id} for each in of.records]
        rows.insert(self._work.connection, place_record, values)
        of.records.clear()

    def _loaded(self, condition: sa.ColumnElement[bool]) -> list[Place]:
        query = sa.select(place).where(condition).order_by(place.c.id).with_for_update()
        found = [Place(**row._mapping) for row in self._work.connection.execute(query)]
        for each in found:
            self._work.track(each)
        return found


def _holds(boundary: Any, lon: float, lat: float) -> bool:
    return geography.contains(shapely.geometry.shape(boundary), lon, lat)


def _values(each: Place) -> rows.Values:
    return {name: getattr(each, name) for name in _FIELDS}
