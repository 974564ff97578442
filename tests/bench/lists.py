"""Every list of the incident service's read side: each role, each filter, each sort, and pages deep inside."""

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.personal import Seal
from services.incident import tables
from services.incident.queries import Filter, Queries, paging
from services.incident.queries.calendar import CalendarQueries
from services.incident.queries.pages import case_line
from services.incident.queries.precedents import PrecedentFilter, precedents
from tests.bench import county

Ask = Callable[[], Any]

HALF = county.NOW - county.YEARS / 2
FILTERS = {
    "everything": Filter(),
    "state answered": Filter(states=("answered",)),
    "open states": Filter(states=county.OPEN),
    "state handed-over": Filter(states=("handed-over",)),
    "a frequent matter": Filter(matters=county.MATTERS[:1]),
    "two rare matters": Filter(matters=county.MATTERS[-2:]),
    "a town": Filter(area=county.TOWNS[3]),
    "a grid": Filter(area=county.GRIDS[200]),
    "a department": Filter(department=county.DEPARTMENTS[5]),
    "the closed office": Filter(department=county.CLOSED_OFFICE),
    "the small office": Filter(department=county.SMALL_OFFICE),
    "red light": Filter(light="red"),
    "yellow light": Filter(light="yellow"),
    "reported by me": Filter(reported_by_me=True),
    "to do": Filter(for_me=True),
    "a day two years ago": Filter(since=HALF - timedelta(days=1), until=HALF),
    "text, frequent": Filter(text="占道经营"),
    "text of one pair, 1 in 5": Filter(text="异味"),
    "text, 1 in 100": Filter(text="塑料燃烧"),
    "text, 1 in 300": Filter(text="刺鼻气味"),
    "text, 1 in 25,000": Filter(text="白色粉末"),
    "text, nowhere": Filter(text="外星人"),
    "text, a number's end": Filter(text="000123"),
    "text in a quiet grid, closed": Filter(text="路灯不亮", area=county.GRIDS[310], states=("closed",)),
}
SORTS = ("-reported_at", "reported_at", "due_at")


class FixedClock(Clock):
    def now(self) -> Any:
        return county.NOW


def queries(engine: sa.Engine) -> Queries:
    return Queries(engine, Seal(secrets.token_bytes(32)), FixedClock())


def baseline(engine: sa.Engine) -> Ask:
    """Fifty random cases by id, made into lines: what a page costs when it has not to be looked for."""
    with engine.connect() as connection:
        sample = sa.text('SELECT id::text FROM "case" ORDER BY md5(number) LIMIT 50')
        ids = list(connection.scalars(sample))
    statement = _lines().where(tables.cases.c.id.in_(ids))

    def ask() -> list[Any]:
        with engine.connect() as connection:
            return [case_line(row) for row in connection.execute(statement).mappings()]

    return ask


def _lines() -> sa.Select[Any]:
    grids, departments = tables.grids, tables.departments
    return (
        sa.select(tables.cases, grids.c.name.label("grid_name"), departments.c.name.label("department_name"))
        .outerjoin(grids, grids.c.code == tables.cases.c.grid)
        .outerjoin(departments, departments.c.id == tables.cases.c.department)
    )


def of_cases(asked: Queries) -> Iterator[tuple[str, Ask]]:
    for role, caller in county.ROLES.items():
        yield f"cases: {role}", _page(asked, Filter(), caller)
        yield f"cases: {role}, to do", _page(asked, Filter(for_me=True), caller)
        for sort in SORTS[1:]:
            yield f"cases: {role}, by {sort}", _page(asked, Filter(sort=sort), caller)
        yield f"cases: {role}, deep", _page(asked, Filter(cursor=_deep()), caller)
    for name, wanted in FILTERS.items():
        for role in ("centre operator", "member, busy grid", "handler"):
            for sort in SORTS:
                changed = Filter(**{**wanted.__dict__, "sort": sort})
                yield f"cases: {role}, {name}, by {sort}", _page(asked, changed, county.ROLES[role])
        deep = Filter(**{**wanted.__dict__, "cursor": _deep()})
        yield f"cases: centre operator, {name}, deep", _page(asked, deep, county.OPERATOR)


def _deep() -> str:
    return paging.encode(HALF, "0190a000-0000-7000-8000-000000000000")


def _page(asked: Queries, wanted: Filter, caller: Principal) -> Ask:
    return lambda: asked.cases(wanted, caller)


def of_messages(asked: Queries) -> Iterator[tuple[str, Ask]]:
    for role, caller in county.ROLES.items():
        for unread in (False, True):
            name = f"messages: {role}{', unread' if unread else ''}"
            yield name, lambda caller=caller, unread=unread: asked.messages(caller, unread, 50, "")
        yield f"messages: {role}, deep", lambda caller=caller: asked.messages(caller, False, 50, _deep())


def of_rulings(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """Precedents; changes of the calendar and the cases whose limits one of them moved."""
    filters = {
        "everything": PrecedentFilter(),
        "a matter": PrecedentFilter(matters=county.MATTERS[-1:]),
        "a town": PrecedentFilter(area=county.TOWNS[3]),
        "a department": PrecedentFilter(department=county.DEPARTMENTS[5]),
        "active": PrecedentFilter(state="active"),
        "deep": PrecedentFilter(cursor=_deep()),
    }
    for name, wanted in filters.items():
        for role in ("centre operator", "operator of a town", "handler"):
            caller = county.ROLES[role]
            yield f"precedents: {role}, {name}", lambda wanted=wanted, caller=caller: precedents(engine, wanted, caller)
    calendar = CalendarQueries(engine)
    operator, town = county.OPERATOR, county.TOWN_OPERATOR
    yield "calendar changes: the newest", lambda: calendar.changes(operator, 50, "")
    yield "calendar changes: deep", lambda: calendar.changes(operator, 50, _deep())
    for role, caller in (("centre operator", operator), ("operator of a town", town)):
        yield f"moved limits: {role}", lambda caller=caller: calendar.moved("change-1", caller, 50, "")
    cursor = calendar.moved("change-1", operator, 200, "")["next_cursor"]
    yield "moved limits: centre operator, deep", lambda: calendar.moved("change-1", operator, 200, cursor)


def pages_fit_together(asked: Queries, caller: Principal, wanted: Filter, most: int = 5) -> int:
    """How many cases the first pages hold; raises AssertionError where one comes twice."""
    seen: list[str] = []
    cursor = ""
    for _ in range(most):
        page = asked.cases(Filter(**{**wanted.__dict__, "cursor": cursor}), caller)
        seen += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)), "a case came on two pages"
    return len(seen)
