"""Counters of a period, summed up for each subject, and the names and the scheme that go with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.assessment import tables
from services.assessment.errors import NoScheme
from services.assessment.model.facts import COUNTERS, DEPARTMENT, GRID
from services.assessment.model.periods import Period, spans_between
from services.assessment.model.scheme import Schemes, read_schemes
from services.assessment.model.weighing import Cell

Subject = tuple[str, str]
EXACT = 6


@dataclass
class Tally:
    """A subject's counters in a period, those at 0 left out, and when one of them last moved."""

    counts: dict[str, float] = field(default_factory=dict)
    updated_at: datetime | None = None

    def add(self, counter: str, count: float) -> None:
        """Add to a counter; rounded, since thirds of a problem must make a whole again."""
        total = round(self.counts.pop(counter, 0.0) + count, EXACT)
        if total:
            self.counts[counter] = total


def stored(
    connection: sa.Connection, period: Period, start: str, *conditions: sa.ColumnElement[bool]
) -> dict[Subject, Tally]:
    """The counters of `period` from the plan's `start` on, of the subjects of `tally` that `conditions` let through."""
    table = tables.tallies.c
    query = (
        sa.select(table.subject_kind, table.subject_id, *_sums())
        .where(table.span.in_(spans(period, start)), *conditions)
        .group_by(table.subject_kind, table.subject_id)
    )
    return {(row["subject_kind"], row["subject_id"]): _tally(row) for row in connection.execute(query).mappings()}


def total(connection: sa.Connection, period: Period, start: str, *conditions: sa.ColumnElement[bool]) -> Tally | None:
    """The counters of all those subjects together; None where there are none."""
    query = sa.select(*_sums()).where(tables.tallies.c.span.in_(spans(period, start)), *conditions)
    row = connection.execute(query).mappings().one()
    return _tally(row) if row["updated_at"] else None


def _sums() -> list[sa.ColumnElement[Any]]:
    table = tables.tallies.c
    return [
        *(sa.func.sum(table[name]).label(name) for name in COUNTERS),
        sa.func.max(table.updated_at).label("updated_at"),
    ]


def _tally(row: sa.RowMapping) -> Tally:
    tally = Tally(updated_at=row["updated_at"])
    for name in COUNTERS:
        tally.add(name, row[name])
    return tally


def spans(period: Period, start: str) -> list[str]:
    """The rows of `tally` that `period` is made of."""
    return [span.text for span in spans_between(first_day(period, start), period.last)]


def computed(counters: Mapping[Cell, float], period: Period, start: str) -> dict[Subject, Tally]:
    """The same sums from counters that were just computed."""
    tallies: dict[Subject, Tally] = {}
    for cell in sorted(counters):
        if first_day(period, start) <= cell.day <= period.last:
            subject = cell.subject_kind, cell.subject_id
            tallies.setdefault(subject, Tally()).add(cell.counter, counters[cell])
    return tallies


def first_day(period: Period, start: str) -> date:
    """The first day that counts: assessment begins on the plan's `start` (ASM-04)."""
    return max(period.first, date.fromisoformat(start)) if start else period.first


def schemes(connection: sa.Connection) -> Schemes:
    """The schemes of the plan that was activated last. Raises NoScheme."""
    newest = sa.select(tables.plans).order_by(tables.plans.c.activated_at.desc(), tables.plans.c.name.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    if row is None:
        raise NoScheme(what="plan")
    return read_schemes(row.name, row.score)


def names(connection: sa.Connection, subjects: Iterable[Subject]) -> dict[Subject, str]:
    """The names of grids and departments among `subjects`; members' names are the registry's to tell."""
    wanted = list(subjects)
    found: dict[Subject, str] = {}
    copies: tuple[tuple[str, sa.Table, sa.Column[Any]], ...] = (
        (GRID, tables.grids, tables.grids.c.code),
        (DEPARTMENT, tables.departments, tables.departments.c.id),
    )
    for kind, table, key in copies:
        if ids := [subject for of_kind, subject in wanted if of_kind == kind]:
            query = sa.select(key.label("id"), table.c.name).where(key.in_(ids))
            found |= {(kind, row.id): row.name for row in connection.execute(query)}
    return found
