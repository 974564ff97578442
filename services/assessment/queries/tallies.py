"""Counters of a period, summed up for each subject, and the names and the scheme that go with them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.assessment import tables
from services.assessment.errors import NoScheme
from services.assessment.model.facts import DEPARTMENT, GRID
from services.assessment.model.periods import Period
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
    """The counters of `period` from the plan's `start` on, of the subjects that `conditions` let through."""
    table, day = tables.counters, tables.counters.c.day
    query = (
        sa.select(
            table.c.subject_kind,
            table.c.subject_id,
            table.c.counter,
            sa.func.sum(table.c["count"]).label("total"),
            sa.func.max(table.c.updated_at).label("moved_at"),
        )
        .where(day.between(first_day(period, start), period.last), *conditions)
        .group_by(table.c.subject_kind, table.c.subject_id, table.c.counter)
    )
    tallies: dict[Subject, Tally] = {}
    for row in connection.execute(query):
        tally = tallies.setdefault((row.subject_kind, row.subject_id), Tally())
        tally.add(row.counter, row.total)
        tally.updated_at = max(filter(None, (tally.updated_at, row.moved_at)))
    return tallies


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
