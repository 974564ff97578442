"""Counts what a return's form asks for and the platform knows (PAT-12)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.patrol import tables
from services.patrol.model.known import known_as
from services.patrol.model.meeting import HELD
from services.patrol.model.return_plan import ReturnRule
from services.patrol.model.task import FINISHED, SIGNED, SUBMITTED, WITHDRAWN
from services.patrol.model.unresolved import OVER
from services.patrol.repository.cases import lies_in
from services.patrol.repository.copies import in_force

DONE = (FINISHED, SIGNED, SUBMITTED)
MEMBERS = ("member", "governance-member")
Count = sa.Select[Any]


@dataclass(frozen=True)
class Period:
    """What is counted: of `grid` and what lies in it, from `since` to before `before`, days of the county's `zone`."""

    grid: str
    since: date
    before: date
    zone: str

    def of(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        return lies_in(column, self.grid)

    def holds(self, day: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return sa.and_(day >= self.since, day < self.before)

    def holds_moment(self, moment: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
        return self.holds(sa.cast(sa.func.timezone(self.zone, moment), sa.Date))


def known(connection: sa.Connection, rule: ReturnRule, period: Period) -> dict[str, str]:
    """The fields of the form that are counted here, each with its number as text."""
    asked = {name: key for name in rule.fields if (key := known_as(name)) is not None}
    counted = {key: str(connection.scalar(_COUNTS[key](period)) or 0) for key in dict.fromkeys(asked.values())}
    return {name: counted[key] for name, key in asked.items()}


def _grids(period: Period) -> Count:
    table = tables.grids.c
    return sa.select(sa.func.count()).where(table.active, period.of(table.code))


def _workers(period: Period) -> Count:
    table = tables.posts.c
    there = sa.and_(period.of(table.grid), table.post.in_(MEMBERS), in_force(period.before))
    return sa.select(sa.func.count(table.person_id.distinct())).where(there)


def _tasks(period: Period, *conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    table = tables.tasks.c
    return sa.and_(period.of(table.grid), period.holds(table.day), table.state != WITHDRAWN, *conditions)


def _patrols_asked(period: Period) -> Count:
    return sa.select(sa.func.count()).select_from(tables.tasks).where(_tasks(period))


def _patrols_done(period: Period) -> Count:
    return sa.select(sa.func.count()).select_from(tables.tasks).where(_tasks(period, tables.tasks.c.state.in_(DONE)))


def _problems(period: Period) -> Count:
    return sa.select(sa.func.sum(tables.tasks.c.problems)).where(_tasks(period))


def _cases(period: Period, *conditions: sa.ColumnElement[bool]) -> Count:
    table = tables.cases.c
    there = sa.and_(period.of(table.grid), period.holds_moment(table.reported_at), *conditions)
    return sa.select(sa.func.count()).select_from(tables.cases).where(there)


def _meetings(period: Period) -> Count:
    table = tables.meetings.c
    there = sa.and_(period.of(table.grid), period.holds(table.day), table.state == HELD)
    return sa.select(sa.func.count()).select_from(tables.meetings).where(there)


_COUNTS: Mapping[str, Callable[[Period], Count]] = {
    "grids": _grids,
    "workers": _workers,
    "patrols-asked": _patrols_asked,
    "patrols-done": _patrols_done,
    "problems": _problems,
    "cases": _cases,
    "cases-over": lambda period: _cases(period, tables.cases.c.state.in_(OVER)),
    "cases-open": lambda period: _cases(period, tables.cases.c.state.not_in(OVER)),
    "meetings": _meetings,
}
