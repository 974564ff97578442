"""Returns as the interface shows them; who may see what is part of every query (PAT-12)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.patrol import tables, visibility
from services.patrol.errors import CursorWrong, ReturnNotFound
from services.patrol.model.report import NAMES, OWED, SUBMITTED, WITHDRAWN, Return
from services.patrol.model.return_plan import ReturnRule
from services.patrol.queries import paging
from services.patrol.repository.copies import PlanBook
from services.patrol.repository.known import Period, known
from services.patrol.repository.returns import return_of

Line = dict[str, Any]
_PLAIN = (
    "id", "form", "name", "grid", "grid_name", "person_id", "department", "since", "state", "late", "nil", "reason",
    "submitted_at", "submitted_by", "decided_at", "decided_by", "version", "plan",
)  # fmt: skip


@dataclass(frozen=True)
class ReturnFilter:
    """What a list of returns shows. Empty values do not restrict; days are ISO texts of the last day, both included."""

    mine: bool = False
    received: bool = False
    states: Sequence[str] = ()
    form: str = ""
    area: str = ""
    since: str = ""
    until: str = ""
    limit: int = 0
    cursor: str = ""


class ReturnQueries:
    """The questions about returns of one database."""

    def __init__(self, engine: sa.Engine, zone: ZoneInfo, seal: Seal) -> None:
        self._engine = engine
        self._zone = zone
        self._seal = seal
        self._book = PlanBook()

    def returns(self, wanted: ReturnFilter, caller: Principal) -> Line:
        """One page of returns, the latest due first. Raises CursorWrong."""
        table, most = tables.returns.c, paging.size(wanted.limit)
        query = _named().where(visibility.of_returns(caller), *_conditions(wanted, caller))
        if wanted.cursor:
            query = query.where(sa.tuple_(table.until, table.id) < _place(wanted.cursor))
        with self._engine.connect() as connection:
            ordered = query.order_by(table.until.desc(), table.id.desc()).limit(most + 1)
            rows = connection.execute(ordered).mappings().all()
        lines = [_line(row) for row in rows[:most]]
        last = paging.encode(lines[-1]["until"], lines[-1]["id"]) if len(rows) > most else ""
        return {"items": lines, "next_cursor": last}

    def one(self, return_id: str, caller: Principal) -> Line:
        """One return with its form. Raises ReturnNotFound."""
        condition = sa.and_(tables.returns.c.id == return_id, visibility.of_returns(caller))
        with self._engine.connect() as connection:
            row = None
            if is_id(return_id):
                row = connection.execute(_named().where(condition)).mappings().one_or_none()
            if row is None:
                raise ReturnNotFound(id=return_id)
            rule = self._book.read(connection, [row["plan"]])[row["plan"]].returns[row["form"]]
            found = return_of(row, self._seal)
            fields = self._fields(found, rule, connection)
        shown = {"fields": fields, "words": found.words, "nil_allowed": rule.nil}
        return {**_line(row), **shown, "actions": _actions(row, rule, caller)}

    def _fields(self, found: Return, rule: ReturnRule, connection: sa.Connection) -> list[Line]:
        """As it was handed in; while it is owed, what was given last and else what is known now."""
        counted: Mapping[str, str] = {}
        if found.state in OWED:
            counted = known(connection, rule, Period(found.grid, found.since, found.day, self._zone.key))
        whole = {name: found.values.get(name) or counted.get(name, "") for name in rule.fields}
        return [{"field": name, "value": value, "known": counted.get(name) == value} for name, value in whole.items()]


def _line(row: Mapping[Any, Any]) -> Line:
    days = {name: row[name].isoformat() for name in ("since", "day", "until")}
    return {**{name: row[name] for name in _PLAIN}, **days, "state_name": NAMES[row["state"]]}


def _named() -> sa.Select[Any]:
    """Returns with the names of their grids."""
    grids = tables.grids
    named = sa.select(tables.returns, sa.func.coalesce(grids.c.name, "").label("grid_name"))
    return named.outerjoin(grids, grids.c.code == tables.returns.c.grid)


def _conditions(wanted: ReturnFilter, caller: Principal) -> Iterable[sa.ColumnElement[bool]]:
    table = tables.returns.c
    yield table.state.in_(wanted.states) if wanted.states else table.state != WITHDRAWN
    if wanted.mine:
        yield table.person_id == caller.person_id
    if wanted.received:
        yield table.department == caller.department if caller.department else sa.false()
    if wanted.form:
        yield table.form == wanted.form
    if wanted.area:
        yield table.grid.startswith(wanted.area, autoescape=True)
    if wanted.since:
        yield table.until >= date.fromisoformat(wanted.since)
    if wanted.until:
        yield table.until <= date.fromisoformat(wanted.until)


def _place(cursor: str) -> sa.ColumnElement[Any]:
    day, return_id = paging.decode(cursor, 2)
    try:
        place = date.fromisoformat(day)
    except ValueError as error:
        raise CursorWrong from error
    if not is_id(return_id):
        raise CursorWrong
    return sa.tuple_(sa.literal(place, sa.Date), sa.literal(return_id, tables.returns.c.id.type))


def _actions(row: Mapping[Any, Any], rule: ReturnRule, caller: Principal) -> list[str]:
    """What the caller may do, as the handlers decide it."""
    receives = rule.unit.holds(caller.department, caller.roles) and caller.covers(row["grid"])
    state = row["state"]
    possible = (
        ("submit", row["person_id"] == caller.person_id and state in OWED),
        ("send-back", receives and state == SUBMITTED),
        ("accept", receives and state == SUBMITTED),
    )
    return [action for action, may in possible if may]
