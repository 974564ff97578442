"""Households and the list of those to be visited as rows."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id, new_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import CareNotFound, HouseholdNotFound
from services.registry.model.care import LIVE, CareEntry, Erasure
from services.registry.model.households import Household
from services.registry.repository import rows
from services.registry.tables import care_entry, erasure, household, household_look, post
from services.registry.visibility import held_on, sees_household


class SqlHouseholds:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def visible(self, household_id: str) -> Household:
        seen = self._seen([household_id])
        found = self.many(seen)
        if household_id not in found:
            raise HouseholdNotFound(id=household_id)
        return found[household_id]

    def many(self, household_ids: Collection[str]) -> dict[str, Household]:
        return self._loaded(household.c.id.in_([each for each in household_ids if is_id(each)]))

    def in_grids(self, codes: Collection[str]) -> list[Household]:
        return list(self._loaded(sa.and_(household.c.grid_code.in_(sorted(codes)), household.c.active)).values())

    def unneeded(self, today: date, most: int) -> list[Household]:
        live = sa.exists().where(care_entry.c.household_id == household.c.id, care_entry.c.state.in_(LIVE))
        its = sa.select(household.c.id).where(
            household.c.sealed.is_not(None), household.c.needed_until < today, ~live
        )  # fmt: skip
        ids = self._work.connection.scalars(its.order_by(household.c.needed_until).limit(most)).all()
        return list(self._loaded(household.c.id.in_(ids), skip=True).values())

    def add(self, each: Household) -> None:
        rows.insert(self._work.connection, household, [_household_values(each)])
        self._work.track(each)

    def save(self, each: Household) -> None:
        rows.update(self._work.connection, household.c.id, [_household_values(each)])

    def note_looks(self, household_ids: Collection[str], purpose: str, fields: Sequence[str]) -> list[str]:
        seen = self._seen(household_ids)
        common = {"purpose": purpose, "fields": list(fields), "by_id": self._work.caller.person_id}
        looks = [{"id": new_id(), "household_id": each, "at": self._work.now, **common} for each in seen]
        rows.insert(self._work.connection, household_look, looks)
        return seen

    def _seen(self, household_ids: Collection[str]) -> list[str]:
        ids = household.c.id.in_([each for each in household_ids if is_id(each)])
        its = sa.select(household.c.id).where(ids, sees_household(self._work.caller)).order_by(household.c.id)
        return list(self._work.connection.scalars(its))

    def _loaded(self, condition: sa.ColumnElement[bool], skip: bool = False) -> dict[str, Household]:
        statement = sa.select(household).where(condition).order_by(household.c.id).with_for_update(skip_locked=skip)
        found = {row.id: _household(row) for row in self._work.connection.execute(statement)}
        for each in found.values():
            self._work.track(each)
        return found


class SqlCare:
    def __init__(self, work: UnitOfWork, today: date) -> None:
        self._work, self._today = work, today

    def get(self, entry_id: str) -> CareEntry:
        found = self._loaded(care_entry.c.id == entry_id) if is_id(entry_id) else []
        if not found:
            raise CareNotFound(id=entry_id)
        return found[0]

    def live_of_mark(self, mark: str) -> CareEntry | None:
        self._work.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(mark, 0))))
        found = self._loaded(sa.and_(care_entry.c.mark == mark, care_entry.c.state.in_(LIVE)))
        return found[0] if found else None

    def of_households(self, household_ids: Collection[str]) -> list[CareEntry]:
        held = care_entry.c.sealed.is_not(None)
        return self._loaded(sa.and_(care_entry.c.household_id.in_(sorted(household_ids)), held))

    def past(self, today: date, most: int) -> list[CareEntry]:
        return self._some(sa.and_(care_entry.c.state == "active", care_entry.c.expires < today), most)

    def over(self, most: int) -> list[CareEntry]:
        return self._some(sa.and_(care_entry.c.sealed.is_not(None), care_entry.c.state.not_in(LIVE)), most)

    def add(self, entry: CareEntry) -> None:
        rows.insert(self._work.connection, care_entry, [_entry_values(entry)])
        self._work.track(entry)

    def save(self, entry: CareEntry) -> None:
        rows.update(self._work.connection, care_entry.c.id, [_entry_values(entry)])

    def leads(self, codes: Collection[str]) -> bool:
        caller = self._work.caller.person_id
        if not is_id(caller):
            return False
        its = sa.and_(post.c.person_id == caller, post.c.post == "leader", post.c.grid_code.in_(sorted(codes)))
        return bool(self._work.connection.scalar(sa.select(sa.exists().where(its, held_on(self._today)))))

    def prove(self, proof: Erasure) -> None:
        rows.insert(self._work.connection, erasure, [{**asdict(proof), "fields": list(proof.fields)}])

    def _some(self, condition: sa.ColumnElement[bool], most: int) -> list[CareEntry]:
        ids = self._work.connection.scalars(sa.select(care_entry.c.id).where(condition).limit(most)).all()
        return self._loaded(sa.and_(care_entry.c.id.in_(ids), condition), skip=True)

    def _loaded(self, condition: sa.ColumnElement[bool], skip: bool = False) -> list[CareEntry]:
        statement = sa.select(care_entry).where(condition).order_by(care_entry.c.id).with_for_update(skip_locked=skip)
        found = [CareEntry(**row._mapping) for row in self._work.connection.execute(statement)]
        for each in found:
            self._work.track(each)
        return found


def _household(row: sa.Row[Any]) -> Household:
    return Household(**{**row._mapping, "held": tuple(row.held)})


def _household_values(each: Household) -> rows.Values:
    values = {name: getattr(each, name) for name in _columns(household)}
    return {**values, "held": list(each.held)}


def _entry_values(entry: CareEntry) -> rows.Values:
    return {name: getattr(entry, name) for name in _columns(care_entry)}


def _columns(table: sa.Table) -> list[str]:
    return [column.name for column in table.c]
