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
    """The grids of the page first, each found by one look at its tasks, and then what these alone come to.

    Raises CursorWrong.
    """
    since = date.fromisoformat(wanted.since) if wanted.since else today
    until = date.fromisoformat(wanted.until) if wanted.until else max(since, today)
    asking = _Asking(wanted, caller, (since, until))
    on_page = asking.page(most)
    counted = sa.union_all(*asking.parts(on_page, Spans.of(since, until))).cte("counted")
    names = [name for name in COUNTED if name != "asked"]
    sums = {name: sa.func.sum(counted.c[name]).cast(sa.BigInteger) for name in COUNTED}
    looked = sa.case((sums["finished"] > 0, asking.last_looked(on_page)))
    return (
        sa.select(
            on_page.c.code.label("grid"),
            on_page.c.name.label("grid_name"),
            sums["asked"].label("asked"),
            *(sums[name].label(name) for name in names),
            looked.label("last_looked"),
        )
        .join(counted, counted.c.grid == on_page.c.code)
        .group_by(on_page.c.code, on_page.c.name)
        .order_by(on_page.c.code)
    )


@dataclass(frozen=True)
class _Asking:
    """What is asked, by whom, of which days."""

    wanted: CoverageFilter
    caller: Principal
    span: Span

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

    def parts(self, on_page: sa.CTE, spans: Spans) -> Iterator[sa.Select[Any]]:
        """Numbers by grid, any number of rows for each."""
        for span in spans.broken:
            of_tasks = [expression.label(name) for name, expression in tables.counting().items()]
            query = sa.select(tables.tasks.c.grid, *of_tasks).join(on_page, tables.tasks.c.grid == on_page.c.code)
            yield query.where(*self._tasks(span)).group_by(tables.tasks.c.grid)
        if spans.months:
            for table in (tables.coverage_months, tables.coverage_changes):
                columns = [table.c[name].label(name) for name in COUNTED]
                query = sa.select(table.c.grid, *columns).join(on_page, table.c.grid == on_page.c.code)
                yield query.where(table.c.month.between(*spans.months), *self._seen(table))

    def last_looked(self, on_page: sa.CTE) -> sa.ScalarSelect[Any]:
        """The day of the latest walk, read from the latest day backwards."""
        table = tables.tasks.c
        query = sa.select(table.day).where(table.grid == on_page.c.code, table.state.in_(DONE), *self._tasks(self.span))
        return query.order_by(table.day.desc(), table.id.desc()).limit(1).correlate(on_page).scalar_subquery()

    def _tasks(self, span: Span) -> Iterator[sa.ColumnElement[bool]]:
        table = tables.tasks
        yield table.c.day.between(*span)
        yield table.c.state != WITHDRAWN
        yield from self._seen(table)

    def _seen(self, table: sa.Table) -> Iterator[sa.ColumnElement[bool]]:
        yield visibility.of_tasks(self.caller, table)
        if self.wanted.patrol:
            yield table.c.patrol == self.wanted.patrol
