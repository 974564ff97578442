"""Inspections by a superior as the interface shows them; who may see what is part of every query (PAT-13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.ids import is_id
from services.patrol import tables, visibility
from services.patrol.errors import CursorWrong, InspectionNotFound
from services.patrol.handlers.acting import title
from services.patrol.model.draw import METHOD, digest, drawn
from services.patrol.model.inspection_rules import KINDS, InspectionRule
from services.patrol.model.inspections import CORRECTION_STATES, STATES
from services.patrol.model.recurrence import Window, Workdays, occurrences
from services.patrol.queries import paging
from services.patrol.queries.answers import items_of
from services.patrol.repository.copies import PlanBook, plan_in_force, workdays
from services.patrol.repository.inspections import target_of

Line = dict[str, Any]
_PLAIN = (
    "id", "plan", "rule", "name", "kind", "grid", "by_id", "begun_at", "of", "state", "finished_at", "gaps", "ratio",
    "version",
)  # fmt: skip
_UNITS = {"working-days": "个工作日", "calendar-days": "天"}
_A_YEAR = timedelta(days=366)


@dataclass(frozen=True)
class InspectionFilter:
    """What a list of inspections shows. Empty values do not restrict."""

    prefix: str = ""
    rule: str = ""
    state: str = ""
    limit: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class TargetFilter:
    """Which targets of an inspection are shown."""

    inspection_id: str
    inspected: bool | None = None
    limit: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class CorrectionFilter:
    """Which corrections are shown; `state` is open, overdue or done."""

    inspection_id: str = ""
    prefix: str = ""
    state: str = ""
    limit: int = 0
    cursor: str = ""


class InspectionQueries:
    """The questions about inspections of one database."""

    def __init__(self, engine: sa.Engine, zone: ZoneInfo, clock: Clock) -> None:
        self._engine, self._zone, self._clock = engine, zone, clock
        self._book = PlanBook()

    @property
    def today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def rules(self) -> Line:
        """The inspections of the plan in force, and the next day of each."""
        with self._engine.connect() as connection:
            plan = plan_in_force(connection, self._book, self.today)
            worked, begun = workdays(connection, self._zone.key), self._last_begun(connection)
        rules = plan.inspections.values() if plan else ()
        return {"items": [_rule(each, self.today, worked, begun.get(each.id)) for each in rules]}

    def _last_begun(self, connection: sa.Connection) -> Mapping[str, date]:
        """The day in the county on which each of the plan's inspections was begun last."""
        table = tables.inspections.c
        query = sa.select(table.rule, sa.func.max(table.begun_at).label("at")).group_by(table.rule)
        return {row.rule: row.at.astimezone(self._zone).date() for row in connection.execute(query)}

    def inspections(self, wanted: InspectionFilter, caller: Principal) -> Line:
        """One page of inspections, the latest first. Raises CursorWrong."""
        table = tables.inspections.c
        query = _inspections(self.today).where(visibility.of_inspections(caller))
        if wanted.prefix:
            query = query.where(table.grid.startswith(wanted.prefix, autoescape=True))
        for name in ("rule", "state"):
            if getattr(wanted, name):
                query = query.where(table[name] == getattr(wanted, name))
        return self._page(query, table.id, wanted, _inspection, descending=True)

    def inspection(self, inspection_id: str, caller: Principal) -> Line:
        """One inspection. Raises InspectionNotFound."""
        with self._engine.connect() as connection:
            query = _inspections(self.today).where(_seen(inspection_id, caller))
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise InspectionNotFound(id=inspection_id)
        return _inspection(row)

    def draw(self, inspection_id: str, caller: Principal) -> Line:
        """Seed and population, and the same lots drawn again. Raises InspectionNotFound."""
        table = tables.inspections.c
        query = sa.select(table.seed, table.ratio, table.population).where(_seen(inspection_id, caller))
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                raise InspectionNotFound(id=inspection_id)
            its = tables.targets.c.inspection_id == inspection_id
            then = set(connection.scalars(sa.select(tables.targets.c.id).where(its)))
        again = drawn(row.population, row.seed, row.ratio) if row.seed else tuple(sorted(then))
        shown = {"method": METHOD if row.seed else "", "seed": row.seed, "ratio": row.ratio, "drawn": again}
        told = {"population": row.population, "population_digest": digest(row.population)}
        return {**shown, **told, "same": set(again) == then}

    def targets(self, wanted: TargetFilter, caller: Principal) -> Line:
        """One page of what an inspection looks at. Raises CursorWrong, InspectionNotFound."""
        self.inspection(wanted.inspection_id, caller)
        table = tables.targets.c
        query = sa.select(tables.targets).where(table.inspection_id == wanted.inspection_id)
        if wanted.inspected is not None:
            query = query.where(table.inspected_at.is_not(None) == wanted.inspected)
        return self._page(query, table.id, wanted, _target)

    def corrections(self, wanted: CorrectionFilter, caller: Principal) -> Line:
        """One page of what is to be put right. Raises CursorWrong."""
        table, today = tables.corrections.c, self.today
        query = sa.select(tables.corrections).where(visibility.of_corrections(caller))
        if wanted.inspection_id:
            its = table.inspection_id == wanted.inspection_id if is_id(wanted.inspection_id) else sa.false()
            query = query.where(its)
        if wanted.prefix:
            query = query.where(table.grid.startswith(wanted.prefix, autoescape=True))
        if wanted.state:
            query = query.where(_state(today) == wanted.state)
        return self._page(query.add_columns(_state(today).label("state")), table.id, wanted, _correction)

    def _page(self, query: sa.Select[Any], key: Any, wanted: Any, line: Any, descending: bool = False) -> Line:
        most = paging.size(wanted.limit)
        if wanted.cursor:
            (last,) = paging.decode(wanted.cursor, 1)
            if key.table is not tables.targets and not is_id(last):
                raise CursorWrong
            query = query.where(key < last if descending else key > last)
        ordered = query.order_by(key.desc() if descending else key).limit(most + 1)
        with self._engine.connect() as connection:
            rows: Sequence[Mapping[Any, Any]] = connection.execute(ordered).mappings().all()
        following = paging.encode(rows[most - 1]["id"]) if len(rows) > most else ""
        return {"items": [line(row) for row in rows[:most]], "next_cursor": following}


def _seen(inspection_id: str, caller: Principal) -> sa.ColumnElement[bool]:
    its = tables.inspections.c.id == inspection_id if is_id(inspection_id) else sa.false()
    return sa.and_(its, visibility.of_inspections(caller))


def _inspections(today: date) -> sa.Select[Any]:
    """Inspections with the names of their grids and what has come of them so far."""
    table, grids, targets, corrections = tables.inspections.c, tables.grids.c, tables.targets.c, tables.corrections.c
    of_targets = sa.select(sa.func.count()).where(targets.inspection_id == table.id)
    of_corrections = sa.select(sa.func.count()).where(corrections.inspection_id == table.id)
    counted = {
        "targets": of_targets,
        "inspected": of_targets.where(targets.inspected_at.is_not(None)),
        "corrections": of_corrections,
        "corrected": of_corrections.where(corrections.done_at.is_not(None)),
        "overdue": of_corrections.where(_state(today) == "overdue"),
    }
    return sa.select(
        *(table[name] for name in _PLAIN),
        sa.func.cardinality(table.population).label("population"),
        sa.func.coalesce(grids.name, "").label("grid_name"),
        *(query.scalar_subquery().label(name) for name, query in counted.items()),
    ).outerjoin(tables.grids, grids.code == table.grid)


def _state(today: date) -> sa.ColumnElement[str]:
    table = tables.corrections.c
    return sa.case((table.done_at.is_not(None), "done"), (table.due_on < today, "overdue"), else_="open")


def _inspection(row: Mapping[Any, Any]) -> Line:
    return {**row, "kind_name": KINDS[row["kind"]], "state_name": STATES[row["state"]]}


def _target(row: Mapping[Any, Any]) -> Line:
    target = target_of(row)
    answers = [each.__dict__ for each in target.answers]
    return {**target.__dict__, "answers": answers, "problems": target.problems}


def _correction(row: Mapping[Any, Any]) -> Line:
    return {**row, "state_name": CORRECTION_STATES[row["state"]]}


def _rule(rule: InspectionRule, today: date, worked: Workdays, begun: date | None) -> Line:
    due = occurrences(rule.cadence, today, today + _A_YEAR, worked) if rule.cadence else []
    gone = occurrences(rule.cadence, today - _A_YEAR, today, worked) if rule.cadence else []
    owed = gone[-1].day if gone and (begun is None or begun < gone[-1].day) else None
    return {
        "id": rule.id,
        "name": rule.name,
        "kind": rule.kind,
        "kind_name": KINDS[rule.kind],
        "by": title(rule.by),
        "ratio": rule.ratio,
        "checklist": rule.checklist.id,
        "correct_within": _in_words(rule.correct_within),
        "next_on": due[0].day.isoformat() if due else None,
        "due_since": owed.isoformat() if owed else None,
        "items": items_of(rule.checklist),
    }


def _in_words(window: Window | None) -> str:
    return f"{window.amount} {_UNITS.get(window.unit, window.unit)}" if window else ""
