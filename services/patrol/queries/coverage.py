"""What was looked at and what was not, by grid (PAT-06): whole months from their sums, other days by counting.

A county's year is four million tasks. A page of grids needs the sums of its months, and the tasks of two broken months
at the most.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from dateutil.relativedelta import relativedelta

from services.chassis.auth import Principal
from services.patrol import tables, visibility
from services.patrol.model.task import WITHDRAWN
from services.patrol.queries import paging
from services.patrol.tables import COUNTED, DONE

_DAY, _MONTH = timedelta(days=1), relativedelta(months=1)
_SUMS = (tables.coverage_months, tables.coverage_changes)
Span = tuple[date, date]
"""Two days, both included."""


@dataclass(frozen=True)
class CoverageFilter:
    """Of which days (ISO texts, both included, today when empty), area and patrol coverage is asked."""

    since: str = ""
    until: str = ""
    area: str = ""
    patrol: str = ""
    limit: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class Spans:
    """The days that are asked for: first days of the `months` that lie in them whole, and what is left beside these."""

    months: Span | None
    broken: tuple[Span, ...]

    @classmethod
    def of(cls, since: date, until: date) -> "Spans":
        """Every day from `since` to `until` in exactly one of them."""
        first = since if since.day == 1 else since.replace(day=1) + _MONTH
        beyond = (until + _DAY).replace(day=1)
        if first >= beyond:
            return cls(None, ((since, until),))
        beside = ((since, first - _DAY), (beyond, until))
        return cls((first, beyond - _MONTH), tuple(each for each in beside if each[0] <= each[1]))


def of_coverage(wanted: CoverageFilter, caller: Principal, today: date, most: int) -> sa.Select[Any]:
    """The grids of the page first, each found by one look at its tasks, and then what each of these comes to.

    Raises CursorWrong.
    """
    since = date.fromisoformat(wanted.since) if wanted.since else today
    until = date.fromisoformat(wanted.until) if wanted.until else max(since, today)
    return _Asking(wanted, caller, (since, until)).query(most)


@dataclass(frozen=True)
class _Asking:
    """What is asked, by whom, of which days. All but the page is asked for one grid of the page after the other."""

    wanted: CoverageFilter
    caller: Principal
    span: Span

    def query(self, most: int) -> sa.Select[Any]:
        on_page = self.page(most)
        parts = list(self.parts(on_page))
        sums = {name: sum((sa.func.coalesce(part.c[name], 0) for part in parts), sa.literal(0)) for name in COUNTED}
        joined: sa.FromClause = on_page
        for part in parts:
            joined = joined.outerjoin(part, sa.true())
        looked = sa.func.coalesce(*(part.c.looked for part in reversed(parts)), sa.null())
        columns = (on_page.c.code.label("grid"), on_page.c.name.label("grid_name"))
        numbers = (sums[name].cast(sa.BigInteger).label(name) for name in COUNTED)
        query = sa.select(*columns, *numbers, looked.label("last_looked"))
        return query.select_from(joined).order_by(on_page.c.code)

    def page(self, most: int) -> sa.CTE:
        grids = tables.grids
        some = sa.exists().where(tables.tasks.c.grid == grids.c.code, *self._tasks(self.span))
        query = sa.select(grids.c.code, grids.c.name).where(visibility.of_grids(self.caller, grids), some)
        if self.wanted.area:
            query = query.where(grids.c.code.startswith(self.wanted.area, autoescape=True))
        if self.wanted.cursor:
            query = query.where(grids.c.code > paging.decode(self.wanted.cursor, 1)[0])
        ordered = query.order_by(grids.c.code).limit(most)
        return ordered.cte("on_page").prefix_with("MATERIALIZED", dialect="postgresql")

    def parts(self, on_page: sa.CTE) -> Iterator[sa.FromClause]:
        """One row of numbers each, for the days of the span in their order."""
        spans = Spans.of(*self.span)
        first = spans.months[0] if spans.months else date.max
        for span in (each for each in spans.broken if each[0] < first):
            yield self._of_days(span, on_page)
        if spans.months:
            yield self._of_months(spans.months, on_page)
        for span in (each for each in spans.broken if each[0] > first):
            yield self._of_days(span, on_page)

    def _of_days(self, span: Span, on_page: sa.CTE) -> sa.FromClause:
        table = tables.tasks.c
        counts = [expression.label(name) for name, expression in tables.counting().items()]
        looked = sa.func.max(table.day).filter(table.state.in_(DONE)).label("looked")
        query = sa.select(*counts, looked).where(table.grid == on_page.c.code, *self._tasks(span))
        return query.correlate(on_page).lateral()

    def _of_months(self, months: Span, on_page: sa.CTE) -> sa.FromClause:
        """Of the days only those of the last month in which somebody looked are asked for."""
        each = sa.union_all(*(self._sums(table, months, on_page) for table in _SUMS)).subquery()
        by_month = sa.select(each.c.month, *(sa.func.sum(each.c[name]).label(name) for name in COUNTED))
        of = by_month.group_by(each.c.month).subquery()
        sums = [sa.func.sum(of.c[name]).label(name) for name in COUNTED]
        latest = sa.func.max(of.c.month).filter(of.c.finished > 0)
        summed = sa.select(*sums, latest.label("latest")).subquery()
        return sa.select(summed, self._last_looked(summed.c.latest, on_page).label("looked")).lateral()

    def _sums(self, table: sa.Table, months: Span, on_page: sa.CTE) -> sa.Select[Any]:
        query = sa.select(table.c.month, *(table.c[name] for name in COUNTED)).where(table.c.grid == on_page.c.code)
        return query.where(table.c.month.between(*months), *self._seen(table)).correlate(on_page)

    def _last_looked(self, month: sa.ColumnElement[Any], on_page: sa.CTE) -> sa.ScalarSelect[Any]:
        table = tables.tasks
        within = sa.and_(table.c.day >= month, table.c.day < month + sa.text("interval '1 month'"))
        query = sa.select(sa.func.max(table.c.day)).where(table.c.grid == on_page.c.code, within)
        return (
            query.where(table.c.state.in_(DONE), *self._seen(table)).correlate(on_page, month.table).scalar_subquery()
        )

    def _tasks(self, span: Span) -> Iterator[sa.ColumnElement[bool]]:
        table = tables.tasks
        yield table.c.day.between(*span)
        yield table.c.state != WITHDRAWN
        yield from self._seen(table)

    def _seen(self, table: sa.Table) -> Iterator[sa.ColumnElement[bool]]:
        yield visibility.of_tasks(self.caller, table)
        if self.wanted.patrol:
            yield table.c.patrol == self.wanted.patrol
