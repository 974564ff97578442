"""The questions themselves. Each opens a connection of its own and holds it no longer than the answer takes."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from services.chassis import audit
from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.incident import messages, tables, visibility
from services.incident.errors import CaseNotFound, PlaceMissing
from services.incident.queries import inbox, merged, pages, paging, similar, worklists
from services.incident.queries.called import call_lines
from services.incident.queries.worklists import Filter, named_cases
from services.incident.repository import calls, mapping, parts
from services.incident.repository.plan import active_section

Values = dict[str, Any]

_CASE: sa.BindParameter[str] = sa.bindparam("case_id")
_LIMITS = sa.select(tables.limits).where(tables.limits.c.case_id == _CASE).order_by(tables.limits.c.started_at)
_HISTORY = sa.select(tables.changes).where(tables.changes.c.case_id == _CASE).order_by(tables.changes.c.sequence)
_NOTICES = (
    sa.select(tables.messages)
    .where(tables.messages.c.case_id == _CASE, tables.messages.c.kind.startswith(pages.WARNED))
    .order_by(tables.messages.c.at, tables.messages.c.id)
)


@lru_cache(maxsize=512)
def _seen_by(caller: Principal, by_id: bool) -> sa.Select[Any]:
    """The question for one case by id or number: making it costs as much as asking it, and people ask again."""
    column = tables.cases.c.id if by_id else tables.cases.c.number
    return named_cases().where(column == sa.bindparam("asked"), visibility.of_cases(caller))


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
        with self._engine.begin() as connection:
            query = _seen_by(caller, is_id(id_or_number))
            row = connection.execute(query, {"asked": id_or_number}).mappings().one_or_none()
            if row is None:
                raise CaseNotFound(id=id_or_number)
            limits, history, notices = (_of_case(connection, of, row["id"]) for of in (_LIMITS, _HISTORY, _NOTICES))
            has = parts.there(connection, row["id"])
            family = merged.Family.of(connection, row, has.followers)
            case = mapping.make_case(row, limits, self._seal, county=row["area"][:6])
            mapping.add_waits(connection, case, has.inquiries, has.extensions)
            for each in (row, *family.shown(row, caller)):
                if each["reporter_phone"] or each["reporter_name"]:
                    self._note_look(connection, each["id"], caller, purpose)
            section = active_section(connection, self._engine)
            case.calls = calls.read(connection, case.id) if has.calls else []
        case.main, case.followers, case.whistlers = family.main, family.followers, section.whistlers
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
        """A page of the cases that the caller may see. Raises Invalid for an unknown sort, cursor or a short text."""
        column, _ = worklists.sort(wanted.sort)
        limit = paging.size(wanted.limit)
        with self._engine.connect() as connection:
            rows = worklists.page(wanted, caller, connection)
        last = rows[limit - 1] if len(rows) > limit else None
        return {
            "items": [pages.case_line(row) for row in rows[:limit]],
            "next_cursor": paging.encode(last[column.name], last["id"]) if last else "",
        }

    def messages(self, caller: Principal, unread: bool, limit: int, cursor: str) -> Values:
        """What the caller was told, newest first. Raises Invalid for a wrong cursor."""
        size = paging.size(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(inbox.page(caller, unread, limit, cursor)).mappings().all()
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


def _of_case(connection: sa.Connection, query: sa.Select[Any], case_id: str) -> list[Any]:
    return list(connection.execute(query, {"case_id": case_id}).mappings())
