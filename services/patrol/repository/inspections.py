"""Inspections by a superior as rows, and what there is to inspect (PAT-13)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.patrol import tables, visibility
from services.patrol.errors import CorrectionNotFound, InspectionNotFound
from services.patrol.model.inspections import GRIDS, KEY_PLACES, TASKS, Answer, Correction, Inspection, Target
from services.patrol.model.points import GRID, PLACE
from services.patrol.repository.points import points_in

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

TASK = "task"
_TARGET = tuple(each.name for each in fields(Target))
_CORRECTION = tuple(each.name for each in fields(Correction))
_OWN = tuple(each.name for each in fields(Inspection) if each.name not in ("targets", "corrections"))


class InspectionRepository:
    """The inspections of one unit of work."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._loaded: dict[str, Inspection] = {}

    def population(self, of: str, grid: str, since: date, until: date) -> Mapping[str, Target]:
        """What lies in `grid`: its lowest grids, places, places on the key list, or tasks finished in these days."""
        if of == TASKS:
            return self._tasks(grid, since, until)
        kind = GRID if of == GRIDS else PLACE
        there = points_in(self._work.connection, grid).values()
        found = {each.id: Target(**each.__dict__) for each in there if each.kind == kind}
        return {each: found[each] for each in self._key_listed(found)} if of == KEY_PLACES else found

    def add(self, made: Inspection) -> None:
        values = {name: getattr(made, name) for name in _OWN} | {"population": list(made.population)}
        self._work.connection.execute(sa.insert(tables.inspections).values(values))
        self._work.connection.execute(
            sa.insert(tables.targets), [_target(made, each) for each in made.targets.values()]
        )
        self._work.track(made)

    def get(self, inspection_id: str) -> Inspection:
        its = sa.and_(tables.inspections.c.id == inspection_id, visibility.of_inspections(self._work.caller))
        found = self._load(its) if is_id(inspection_id) else None
        if found is None:
            raise InspectionNotFound(id=inspection_id)
        return found

    def of_correction(self, correction_id: str) -> Inspection:
        table = tables.corrections.c
        its = sa.and_(table.id == correction_id, visibility.of_corrections(self._work.caller))
        owner = (
            self._work.connection.scalar(sa.select(table.inspection_id).where(its)) if is_id(correction_id) else None
        )
        found = self._load(tables.inspections.c.id == owner) if owner else None
        if found is None:
            raise CorrectionNotFound(id=correction_id)
        return found

    def flush(self) -> None:
        """Write what changed."""
        for each in self._loaded.values():
            own = {name: getattr(each, name) for name in ("state", "finished_at", "gaps", "version", "sequence")}
            self._work.writes.update(tables.inspections, {"id": each.id}, own)
            self._write_changed(each)
            each.changed.clear()

    def _write_changed(self, of: Inspection) -> None:
        for key in of.changed & of.targets.keys():
            found = {name: _target(of, of.targets[key])[name] for name in ("inspected_at", "rest", "answers")}
            self._work.writes.update(tables.targets, {"inspection_id": of.id, "id": key}, found)
        wrong = [of.corrections[key] for key in sorted(of.changed & of.corrections.keys())]
        if wrong:
            rows = [{**asdict(each), "inspection_id": of.id} for each in wrong]
            self._work.writes.upsert(tables.corrections, rows, key=("id",), changed=("done_at", "done_by", "words"))

    def _load(self, condition: sa.ColumnElement[bool]) -> Inspection | None:
        query = sa.select(tables.inspections).where(condition).with_for_update()
        row = self._work.connection.execute(query).mappings().one_or_none()
        if row is None:
            return None
        values = {name: row[name] for name in _OWN} | {"population": tuple(row["population"])}
        found = Inspection(**values, targets=self._targets(row["id"]), corrections=self._corrections(row["id"]))
        self._loaded[found.id] = found
        self._work.track(found)
        return found

    def _targets(self, inspection_id: str) -> dict[str, Target]:
        query = sa.select(tables.targets).where(tables.targets.c.inspection_id == inspection_id)
        rows = self._work.connection.execute(query.order_by(tables.targets.c.id)).mappings()
        return {row["id"]: target_of(row) for row in rows}

    def _corrections(self, inspection_id: str) -> dict[str, Correction]:
        query = sa.select(tables.corrections).where(tables.corrections.c.inspection_id == inspection_id)
        rows = self._work.connection.execute(query.order_by(tables.corrections.c.id)).mappings()
        return {row["id"]: Correction(**{name: row[name] for name in _CORRECTION}) for row in rows}

    def _key_listed(self, ids: Iterable[str]) -> list[str]:
        its = sa.and_(tables.places.c.id.in_(list(ids)), tables.places.c.key)
        return list(self._work.connection.scalars(sa.select(tables.places.c.id).where(its)))

    def _tasks(self, grid: str, since: date, until: date) -> Mapping[str, Target]:
        tasks, grids = tables.tasks.c, tables.grids.c
        within = sa.or_(grids.code == grid, grids.ancestors.contains([grid]))
        done = sa.and_(tasks.finished_at.is_not(None), tasks.day.between(since, until))
        query = sa.select(tasks.id, tasks.name, tasks.day, tasks.grid, grids.name.label("grid_name"))
        rows = self._work.connection.execute(query.join(tables.grids, grids.code == tasks.grid).where(within, done))
        return {row.id: Target(row.id, TASK, f"{row.grid_name}{row.name} {row.day}", row.grid) for row in rows}


def target_of(row: Mapping[Any, Any]) -> Target:
    """The target that a row keeps."""
    values = {name: row[name] for name in _TARGET}
    return Target(**{**values, "answers": tuple(Answer(**each) for each in row["answers"])})


def _target(of: Inspection, target: Target) -> dict[str, Any]:
    values = {name: getattr(target, name) for name in _TARGET}
    return {**values, "inspection_id": of.id, "answers": [asdict(each) for each in target.answers]}
