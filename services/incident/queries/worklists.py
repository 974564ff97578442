"""The work list as one query that stays fast however many cases there are: a page costs what is on it, not what is not.

A person sees cases in several ways (own reports, areas, department). One condition with OR would leave no index that
gives the order, so each way is asked for its first rows by itself, in the order of its own index, and the page is taken
from these few. A row that is seen in two ways comes once.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.errors import Fault, Invalid
from services.incident import tables, visibility
from services.incident.queries import paging

SHORTEST_TEXT = 2
"""The index on words holds pairs of characters; shorter texts would be sought in every case there is."""
SORTS = {
    "-reported_at": (tables.cases.c.reported_at, True),
    "reported_at": (tables.cases.c.reported_at, False),
    "due_at": (tables.cases.c.due_at, False),
}

SAMPLE_PERCENT = 0.2
FEW = 12_000
"""Up to about so many cases with a text are all looked at; of a more frequent one the newest are found soon on the way.
Where both ways cost the same at a million cases (tests.bench)."""

_NUMBER = re.compile(r"[0-9-]+")


@dataclass(frozen=True)
class Filter:
    """What a work list shows. Empty values do not restrict; `for_me` keeps those whose next step is the caller's;
    `calls` those to which the caller's department is called: "not-arrived" yet, or "not-signed-off" (INC-09)."""

    states: Sequence[str] = ()
    matters: Sequence[str] = ()
    area: str = ""
    department: str = ""
    light: str = ""
    calls: str = ""
    reported_by_me: bool = False
    for_me: bool = False
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    sort: str = ""
    limit: int = 0
    cursor: str = ""


def named_cases() -> sa.Select[Any]:
    """Cases with the names of their grids and departments."""
    grids, departments = tables.grids, tables.departments
    return (
        sa.select(tables.cases, grids.c.name.label("grid_name"), departments.c.name.label("department_name"))
        .outerjoin(grids, grids.c.code == tables.cases.c.grid)
        .outerjoin(departments, departments.c.id == tables.cases.c.department)
    )


def page(wanted: Filter, caller: Principal, connection: sa.Connection) -> Sequence[sa.RowMapping]:
    """The rows of the page and one more, if there are more. Raises Invalid: unknown sort, wrong cursor, short text."""
    if wanted.text and _is_rare(wanted.text, connection):
        return connection.execute(_of_rare_text(wanted, caller)).mappings().all()
    return connection.execute(_of_ways(wanted, caller)).mappings().all()


def _of_ways(wanted: Filter, caller: Principal) -> sa.Select[Any]:
    """The page taken from the first rows of every way."""
    column, descending = sort(wanted.sort)
    most = paging.size(wanted.limit) + 1
    seen = [_first(way, wanted, caller, most) for way in visibility.ways(caller, wanted.area)]
    if not seen:
        return named_cases().where(sa.false())
    found = sa.union_all(*(sa.select(each.c.id) for each in seen))
    shown = named_cases().where(tables.cases.c.id.in_(found), visibility.of_cases(caller))
    return shown.order_by(*_ordered((column, tables.cases.c.id), descending)).limit(most)


def _first(way: visibility.Way, wanted: Filter, caller: Principal, most: int) -> sa.Subquery:
    """The first rows that are seen in one way."""
    cases, helpers = tables.cases.c, tables.helpers.c
    column, descending = sort(wanted.sort)
    reported_at, id = (helpers.reported_at, helpers.case_id) if way.helping else (cases.reported_at, cases.id)
    key = (reported_at if column is cases.reported_at else column, id)
    query = sa.select(cases.id).where(way.condition, *_conditions(wanted, caller, reported_at))
    if way.helping:
        query = query.join(tables.helpers, helpers.case_id == cases.id).where(helpers.department == way.helping)
    if wanted.text:
        query = query.where(_contain(wanted.text))
    if wanted.cursor:
        query = query.where(paging.after(key, descending, paging.decode(wanted.cursor)))
    return query.order_by(*_ordered(key, descending)).limit(most).subquery()


def _of_rare_text(wanted: Filter, caller: Principal) -> sa.Select[Any]:
    """The page of a text that few cases have: all of them are looked at, and then those of the page are named.

    The finds are a table of their own, since the planner, who thinks them fewer or more than they are, would otherwise
    look for them in the order of the page or name them all.
    """
    cases, most = tables.cases.c, paging.size(wanted.limit) + 1
    column, descending = sort(wanted.sort)
    query = sa.select(cases.id, column.label("place")).where(_has(wanted.text), visibility.of_cases(caller))
    query = query.where(*_conditions(wanted, caller, cases.reported_at))
    if wanted.area:
        query = query.where(visibility.in_area(cases.area, wanted.area))
    if wanted.cursor:
        query = query.where(paging.after((column, cases.id), descending, paging.decode(wanted.cursor)))
    found = query.cte("found").prefix_with("MATERIALIZED", dialect="postgresql")
    on_page = sa.select(found.c.id).order_by(*_ordered((found.c.place, found.c.id), descending)).limit(most)
    return named_cases().where(cases.id.in_(on_page)).order_by(*_ordered((column, cases.id), descending))


def _ordered(key: Sequence[sa.ColumnElement[Any]], descending: bool) -> list[sa.UnaryExpression[Any]]:
    return [each.desc() if descending else each.asc() for each in key]


def sort(name: str) -> tuple[sa.Column[Any], bool]:
    """The column and whether the order descends. Raises Invalid."""
    if (name or "-reported_at") not in SORTS:
        possible = ", ".join(SORTS)
        fault = Fault("sort", "sort-unknown", f"排序方式不存在;可选:{possible}", f"Unknown sort; possible: {possible}")
        raise Invalid(faults=[fault])
    return SORTS[name or "-reported_at"]


def _conditions(
    wanted: Filter, caller: Principal, reported_at: sa.ColumnElement[Any]
) -> Iterator[sa.ColumnElement[bool]]:
    """What the filter asks of a case itself; area, text and cursor depend on the way."""
    table = tables.cases.c
    possible: list[tuple[Any, Callable[[], sa.ColumnElement[bool]]]] = [
        (wanted.states, lambda: table.state.in_(wanted.states)),
        (wanted.matters, lambda: table.matter_code.in_(wanted.matters)),
        (wanted.department, lambda: table.department == wanted.department),
        (wanted.light, lambda: table.light == wanted.light),
        (wanted.calls == "not-arrived", lambda: visibility.called(caller, arrived=False)),
        (wanted.calls == "not-signed-off", lambda: visibility.called(caller, arrived=None)),
        (wanted.reported_by_me, lambda: table.reporter_id == caller.person_id),
        (wanted.for_me, lambda: visibility.to_do(caller)),
        (wanted.since, lambda: reported_at >= wanted.since),
        (wanted.until, lambda: reported_at < wanted.until),
        (sort(wanted.sort)[0] is table.due_at, lambda: table.due_at.is_not(None)),
    ]
    return (condition() for given, condition in possible if given)


def _is_rare(text: str, connection: sa.Connection) -> bool:
    """Whether few cases have `text`, judged by a sample of them: the planner takes neighbouring pairs for independent,
    and to count by the index on words reads all of the cases that have a frequent pair.

    Raises Invalid for a text too short for the index.
    """
    if len(text) < SHORTEST_TEXT:
        zh, en = f"请至少输入 {SHORTEST_TEXT} 个字", f"Give at least {SHORTEST_TEXT} characters"
        raise Invalid(faults=[Fault("text", "text-short", zh, en)])
    sample = tables.cases.tablesample(sa.func.system(SAMPLE_PERCENT), seed=sa.literal(1))
    drawn = connection.scalar(sa.select(sa.func.count()).select_from(sample).where(_contain(text, sample))) or 0
    return drawn * 100 / SAMPLE_PERCENT < FEW


def _has(text: str) -> sa.ColumnElement[bool]:
    """Description or address contain `text`, found by the index on words; the number begins or ends with it."""
    found = sa.and_(_has_pairs(text), _contain(text))
    if not _NUMBER.fullmatch(text):
        return found
    ends = tables.CASE_NUMBER_BACKWARDS.startswith(text[::-1], autoescape=True)
    return sa.or_(found, tables.cases.c.number.startswith(text, autoescape=True), ends)


def _has_pairs(text: str) -> sa.ColumnElement[bool]:
    return tables.CASE_PAIRS.contains(sa.func.text_pairs(text))


def _contain(text: str, cases: sa.FromClause = tables.cases) -> sa.ColumnElement[bool]:
    """The same, for cases that are looked at one after the other."""
    words = [column.contains(text, autoescape=True) for column in (cases.c.description, cases.c.address)]
    if _NUMBER.fullmatch(text):
        words += [cases.c.number.startswith(text, autoescape=True), cases.c.number.endswith(text, autoescape=True)]
    return sa.or_(*words)
