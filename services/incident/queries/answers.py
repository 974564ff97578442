"""The questions themselves. Each opens a connection of its own and holds it no longer than the answer takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from services.chassis import audit
from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.errors import Fault, Invalid
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.incident import messages, tables, visibility
from services.incident.errors import CaseNotFound, PlaceMissing
from services.incident.model import telling
from services.incident.queries import merged, pages, paging, similar
from services.incident.queries.called import call_lines
from services.incident.repository import calls, mapping
from services.incident.repository.plan import active_section

SORTS = {
    "-reported_at": (tables.cases.c.reported_at, True),
    "reported_at": (tables.cases.c.reported_at, False),
    "due_at": (tables.cases.c.due_at, False),
}

Values = dict[str, Any]


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


@dataclass(frozen=True)
class Enquiry:
    """A report that is not made yet, of which its like is asked."""

    matter_code: str
    point: messages.GivenPoint | None = None
    grid_code: str | None = None
    text: str = ""


class Queries:
    """Answers with plain dictionaries in the shape of the protobuf messages."""

    def __init__(self, engine: sa.Engine, seal: Seal, clock: Clock) -> None:
        self._engine = engine
        self._seal = seal
        self._clock = clock

    def case(self, id_or_number: str, caller: Principal, purpose: str) -> Values:
        """The whole case. Raises CaseNotFound; a named `purpose` shows personal fields and is recorded (PRV-03)."""
        column = tables.cases.c.id if is_id(id_or_number) else tables.cases.c.number
        query = _named_cases().where(column == id_or_number, visibility.of_cases(caller))
        with self._engine.begin() as connection:
            row = connection.execute(query).mappings().one_or_none()
            if row is None:
                raise CaseNotFound(id=id_or_number)
            limits = _of_case(connection, tables.limits, row["id"], tables.limits.c.started_at)
            history = _of_case(connection, tables.changes, row["id"], tables.changes.c.sequence)
            notices = _notices(connection, row["id"])
            family = merged.Family.of(connection, row)
            case = mapping.make_case(row, limits, self._seal, county=row["area"][:6])
            mapping.add_waits(connection, case)
            for each in (row, *family.shown(row, caller)):
                if each["reporter_phone"] or each["reporter_name"]:
                    self._note_look(connection, each["id"], caller, purpose)
            section = active_section(connection, self._engine)
            case.calls, case.whistlers = calls.read(connection, case.id), section.whistlers
        case.main, case.followers = family.main, family.followers
        page = pages.case_page(case, row, history, notices, caller, purpose)
        page |= family.page(row, caller, purpose, self._seal)
        page["calls"] = call_lines(case.calls, section.calendar, self._clock.now())
        if "merge" in page["actions"]:
            page["similar"] = self._like(similar.of_row(row), caller)
        return page

    def _note_look(self, connection: sa.Connection, case_id: str, caller: Principal, purpose: str) -> None:
        detail = {"purpose": purpose, "masked": not purpose}
        entry = audit.Entry(self._clock.now(), caller.person_id, "look", case_id, "done", detail)
        audit.write(connection, entry)

    def like_case(self, id_or_number: str, caller: Principal) -> Values:
        """The cases that the same problem may have made (INC-16). Raises CaseNotFound."""
        column = tables.cases.c.id if is_id(id_or_number) else tables.cases.c.number
        query = sa.select(tables.cases).where(column == id_or_number, visibility.of_cases(caller))
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise CaseNotFound(id=id_or_number)
        return {"items": self._like(similar.of_row(row), caller)}

    def like_report(self, asked: Enquiry, caller: Principal) -> Values:
        """The same for what is about to be reported. Raises NoPlan, MatterUnknown, PlaceMissing."""
        if asked.point is None and not asked.grid_code:
            raise PlaceMissing
        with self._engine.connect() as connection:
            matter = active_section(connection, self._engine).card(asked.matter_code).matter
        lon, lat = (asked.point.lon, asked.point.lat) if asked.point else (None, None)
        told = similar.Told(matter.code, matter.group, asked.grid_code, lon, lat, asked.text, self._clock.now())
        return {"items": self._like(told, caller)}

    def _like(self, told: similar.Told, caller: Principal) -> list[Values]:
        with self._engine.connect() as connection:
            near = active_section(connection, self._engine).nearness(told.matter_code, told.at)
            return similar.similar(connection, told, near, caller) if near else []

    def cases(self, wanted: Filter, caller: Principal) -> Values:
        """A page of the cases that the caller may see. Raises Invalid for an unknown sort or cursor."""
        column, descending = _sort(wanted.sort)
        limit = paging.size(wanted.limit)
        columns = (column, tables.cases.c.id)
        query = _named_cases().where(visibility.of_cases(caller), *_conditions(wanted, caller))
        if column is tables.cases.c.due_at:
            query = query.where(column.is_not(None))
        if wanted.cursor:
            query = query.where(paging.after(columns, descending, paging.decode(wanted.cursor)))
        order = [each.desc() if descending else each.asc() for each in columns]
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(*order).limit(limit + 1)).mappings().all()
        more = len(rows) > limit
        last = rows[limit - 1] if more else None
        return {
            "items": [pages.case_line(row) for row in rows[:limit]],
            "next_cursor": paging.encode(last[column.name], last["id"]) if last else "",
        }

    def messages(self, caller: Principal, unread: bool, limit: int, cursor: str) -> Values:
        """What the caller was told, newest first."""
        table, reads = tables.messages, tables.message_reads
        mine = sa.and_(reads.c.message_id == table.c.id, reads.c.person_id == caller.person_id)
        query = (
            sa.select(table, tables.cases.c.number.label("case_number"), reads.c.at.label("read_at"))
            .join(tables.cases, tables.cases.c.id == table.c.case_id)
            .outerjoin(reads, mine)
            .where(visibility.of_messages(caller), ~_told_in_person(caller))
        )
        if unread:
            query = query.where(reads.c.at.is_(None))
        if cursor:
            query = query.where(paging.after((table.c.at, table.c.id), True, paging.decode(cursor)))
        size = paging.size(limit)
        with self._engine.connect() as connection:
            ordered = query.order_by(table.c.at.desc(), table.c.id.desc()).limit(size + 1)
            rows = connection.execute(ordered).mappings().all()
        last = rows[size - 1] if len(rows) > size else None
        return {
            "items": [pages.message_line(row) for row in rows[:size]],
            "next_cursor": paging.encode(last["at"], last["id"]) if last else "",
        }

    def matters(self, text: str, group: str) -> Values:
        """Categories of the active plan with who leads them (INC-04). Raises NoPlan."""
        with self._engine.connect() as connection:
            section = active_section(connection, self._engine)
            duties = {row.key: row for row in connection.execute(sa.select(tables.duties))}
        found = [
            each
            for each in section.matters.values()
            if (text in each["name"] or text in each["code"]) and group in ("", each["class"])
        ]
        return {"items": [pages.matter_line(each, duties) for each in found], "plan": section.name}


def _named_cases() -> sa.Select[Any]:
    grids, departments = tables.grids, tables.departments
    return (
        sa.select(tables.cases, grids.c.name.label("grid_name"), departments.c.name.label("department_name"))
        .outerjoin(grids, grids.c.code == tables.cases.c.grid)
        .outerjoin(departments, departments.c.id == tables.cases.c.department)
    )


def _told_in_person(caller: Principal) -> sa.ColumnElement[bool]:
    """Messages to a grid that the caller, as the reporter, was sent as well."""
    table = tables.messages.c
    to_reporter = sa.and_(tables.cases.c.reporter_id == caller.person_id, table.kind.in_(telling.REPORTER))
    return sa.and_(table.audience_kind == "grid", to_reporter)


def _of_case(connection: sa.Connection, table: sa.Table, case_id: str, order: sa.Column[Any]) -> list[Any]:
    query = sa.select(table).where(table.c.case_id == case_id).order_by(order)
    return list(connection.execute(query).mappings())


def _notices(connection: sa.Connection, case_id: str) -> list[Any]:
    table = tables.messages.c
    warned = sa.and_(table.case_id == case_id, table.kind.startswith(pages.WARNED))
    return list(connection.execute(sa.select(tables.messages).where(warned).order_by(table.at, table.id)).mappings())


def _sort(name: str) -> tuple[sa.Column[Any], bool]:
    if (name or "-reported_at") not in SORTS:
        possible = ", ".join(SORTS)
        fault = Fault("sort", "sort-unknown", f"排序方式不存在;可选:{possible}", f"Unknown sort; possible: {possible}")
        raise Invalid(faults=[fault])
    return SORTS[name or "-reported_at"]


def _conditions(wanted: Filter, caller: Principal) -> list[sa.ColumnElement[bool]]:
    table = tables.cases.c
    possible: list[tuple[Any, Callable[[], sa.ColumnElement[bool]]]] = [
        (wanted.states, lambda: table.state.in_(wanted.states)),
        (wanted.matters, lambda: table.matter_code.in_(wanted.matters)),
        (wanted.area, lambda: table.area.startswith(wanted.area, autoescape=True)),
        (wanted.department, lambda: table.department == wanted.department),
        (wanted.light, lambda: table.light == wanted.light),
        (wanted.calls == "not-arrived", lambda: visibility.called(caller, arrived=False)),
        (wanted.calls == "not-signed-off", lambda: visibility.called(caller, arrived=None)),
        (wanted.reported_by_me, lambda: table.reporter_id == caller.person_id),
        (wanted.for_me, lambda: visibility.to_do(caller)),
        (wanted.since, lambda: table.reported_at >= wanted.since),
        (wanted.until, lambda: table.reported_at < wanted.until),
        (wanted.text, lambda: _matches(wanted.text)),
    ]
    return [condition() for given, condition in possible if given]


def _matches(text: str) -> sa.ColumnElement[bool]:
    columns = (tables.cases.c.description, tables.cases.c.address, tables.cases.c.number)
    return sa.or_(*(column.contains(text, autoescape=True) for column in columns))
