"""Departments and duties as rows."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from services.chassis.unit_of_work import UnitOfWork
from services.registry.model.departments import Approval, Department, Duty
from services.registry.repository import rows
from services.registry.tables import department, duty


class SqlDepartments:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def ids(self) -> set[str]:
        return set(self._work.connection.scalars(sa.select(department.c.id)))

    def many(self, ids: Collection[str]) -> dict[str, Department]:
        found = [Department(**row._mapping) for row in rows.load(self._work.connection, department.c.id, ids)]
        for each in found:
            self._work.track(each)
        return {each.id: each for each in found}

    def add_all(self, departments: Sequence[Department]) -> None:
        rows.insert(self._work.connection, department, [_department_values(each) for each in departments])
        for each in departments:
            self._work.track(each)

    def save_all(self, departments: Sequence[Department]) -> None:
        rows.update(self._work.connection, department.c.id, [_department_values(each) for each in departments])


class SqlDuties:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def many(self, keys: Collection[str]) -> dict[str, Duty]:
        found = [_duty(row) for row in rows.load(self._work.connection, duty.c.key, keys)]
        for each in found:
            self._work.track(each)
        return {each.key: each for each in found}

    def add_all(self, duties: Sequence[Duty]) -> None:
        rows.insert(self._work.connection, duty, [_duty_values(each) for each in duties])
        for each in duties:
            self._work.track(each)

    def save_all(self, duties: Sequence[Duty]) -> None:
        rows.update(self._work.connection, duty.c.key, [_duty_values(each) for each in duties])


def _department_values(each: Department) -> rows.Values:
    names = ("id", "name", "level", "kind", "division_code", "active", "version", "sequence")
    return {name: getattr(each, name) for name in names}


def _duty(row: sa.Row[Any]) -> Duty:
    kept = row.approval
    approval = Approval(**{**kept, "files": tuple(kept["files"])}) if kept else None
    return Duty(**{**row._mapping, "co": tuple(row.co), "approval": approval})


def _duty_values(each: Duty) -> rows.Values:
    names = ("key", "name", "lead", "grid_part", "words", "version", "sequence")
    approval = asdict(each.approval) if each.approval else None
    return {**{name: getattr(each, name) for name in names}, "co": list(each.co), "approval": approval}
