"""Meetings and decisions as the interface shows them; who may see what is part of every query (PAT-09)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.patrol import tables, visibility
from services.patrol.errors import CursorWrong, MeetingNotFound
from services.patrol.handlers.meetings import CENTRE
from services.patrol.model import decision as decided
from services.patrol.model.meeting import AHEAD, NAMES, OPEN, PLANNED, WITHDRAWN, AgendaItem
from services.patrol.model.meeting_plan import MeetingRule
from services.patrol.model.unresolved import WHY
from services.patrol.queries import paging
from services.patrol.repository.copies import HeldPost, PlanBook, held_posts
from services.patrol.repository.meetings import decision_of, items_of, meeting_of
from services.patrol.repository.people import called, people_of

Line = dict[str, Any]
_PLAIN = (
    "id", "meeting", "name", "grid", "grid_name", "state", "starts", "place", "reason", "opened_at", "held_at",
    "version", "plan", "conveners", "moved_from", "decisions_open",
)  # fmt: skip
_DECISION = (
    "id", "meeting_id", "item_id", "kind", "grid", "case_id", "person_id", "department", "state", "reason",
    "decided_at", "decided_by", "ended_at", "version", "words", "result",
)  # fmt: skip
MOST_EARLIER = 50


@dataclass(frozen=True)
class MeetingFilter:
    """What a list of meetings shows. Empty values do not restrict; days are ISO texts, both included."""

    mine: bool = False
    states: Sequence[str] = ()
    meeting: str = ""
    area: str = ""
    since: str = ""
    until: str = ""
    limit: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class DecisionFilter:
    """What a list of decisions shows; `mine` are those given to the caller or the caller's department."""

    mine: bool = False
    states: Sequence[str] = ()
    kinds: Sequence[str] = ()
    area: str = ""
    limit: int = 0
    cursor: str = ""


class MeetingQueries:
    """The questions about meetings of one database."""

    def __init__(self, engine: sa.Engine, zone: ZoneInfo, clock: Clock, seal: Seal) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._seal = seal
        self._book = PlanBook()

    @property
    def today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def meetings(self, wanted: MeetingFilter, caller: Principal) -> Line:
        """One page of meetings, the latest day first. Raises CursorWrong."""
        table, most = tables.meetings.c, paging.size(wanted.limit)
        query = _named().where(visibility.of_meetings(caller), *_conditions(wanted, caller))
        if wanted.cursor:
            query = query.where(sa.tuple_(table.day, table.id) < _place(wanted.cursor))
        with self._engine.connect() as connection:
            ordered = query.order_by(table.day.desc(), table.id.desc()).limit(most + 1)
            rows = connection.execute(ordered).mappings().all()
        lines = [self._line(row) for row in rows[:most]]
        last = paging.encode(lines[-1]["day"], lines[-1]["id"]) if len(rows) > most else ""
        return {"items": lines, "next_cursor": last}

    def meeting(self, meeting_id: str, caller: Principal) -> Line:
        """One meeting with everything about it. Raises MeetingNotFound."""
        condition = sa.and_(tables.meetings.c.id == meeting_id, visibility.of_meetings(caller))
        with self._engine.connect() as connection:
            row = None
            if is_id(meeting_id):
                row = connection.execute(_named().where(condition)).mappings().one_or_none()
            if row is None:
                raise MeetingNotFound(id=meeting_id)
            rule = self._book.read(connection, [row["plan"]])[row["plan"]].meetings[row["meeting"]]
            convened = _convenes(rule, row, caller, held_posts(connection, caller.person_id, self.today))
            return {**self._line(row), **self._whole(row, rule, convened, caller, connection)}

    def _whole(
        self, row: Mapping[Any, Any], rule: MeetingRule, convened: bool, caller: Principal, connection: sa.Connection
    ) -> Line:
        meeting, table = meeting_of(row, self._seal), tables.decisions.c
        before = sa.and_(
            tables.meetings.c.meeting == row["meeting"], tables.meetings.c.grid == row["grid"],
            tables.meetings.c.day < row["day"], table.state.in_(decided.RUNNING),
        )  # fmt: skip
        own = self._decisions(_decisions().where(table.meeting_id == row["id"]), caller, connection, convened)
        earlier = _decisions().where(before).limit(MOST_EARLIER)
        return {
            "present": list(meeting.present),
            "guests": meeting.guests,
            "minutes": meeting.minutes,
            "agenda": [_item(item) for item in meeting.items],
            "invited": self._invited(rule, row["grid"], connection),
            "decisions": own,
            "earlier": self._decisions(earlier, caller, connection, convened),
            "record": rule.record,
            "actions": _actions(row, convened, caller),
            "lead_department": rule.unit.id if rule.unit else None,
        }

    def _invited(self, rule: MeetingRule, grid: str, connection: sa.Connection) -> list[Line]:
        there = people_of(connection, self.today)
        return [
            {
                "title": each.title,
                "post": each.office.id if each.office else None,
                "department": each.unit.id if each.unit else None,
                "people": sorted(called(each.office, each.unit, grid, there)),
            }
            for each in rule.invited
        ]

    def decisions(self, wanted: DecisionFilter, caller: Principal) -> Line:
        """One page of decisions, the latest first. Raises CursorWrong."""
        table, most = tables.decisions.c, paging.size(wanted.limit)
        query = _decisions().where(visibility.of_decisions(caller), *_decision_conditions(wanted, caller))
        if wanted.cursor:
            (place,) = paging.decode(wanted.cursor, 1)
            if not is_id(place):
                raise CursorWrong
            query = query.where(table.id < place)
        with self._engine.connect() as connection:
            lines = self._decisions(query.limit(most + 1), caller, connection)
        last = paging.encode(lines[most - 1]["id"]) if len(lines) > most else ""
        return {"items": lines[:most], "next_cursor": last}

    def _decisions(
        self, query: sa.Select[Any], caller: Principal, connection: sa.Connection, convened: bool | None = None
    ) -> list[Line]:
        rows = connection.execute(query).mappings().all()
        held = held_posts(connection, caller.person_id, self.today) if rows and convened is None else []
        plans = self._book.read(connection, {row["plan"] for row in rows})
        lines = []
        for row in rows:
            mine = convened
            if mine is None:
                of_meeting = {"grid": row["meeting_grid"], "ancestors": row["ancestors"]}
                mine = _convenes(plans[row["plan"]].meetings[row["meeting"]], of_meeting, caller, held)
            lines.append(self._decision(row, mine, caller))
        return lines

    def _decision(self, row: Mapping[Any, Any], convened: bool, caller: Principal) -> Line:
        decision = decision_of(row, self._seal)
        theirs = row["department"] is not None and row["department"] == caller.department
        given = row["person_id"] == caller.person_id or (theirs and caller.covers(row["grid"]))
        runs = row["kind"] == decided.TASK and row["state"] in decided.RUNNING
        return {
            **{name: getattr(decision, name) for name in _DECISION},
            "due_on": row["due_on"] and row["due_on"].isoformat(),
            "state_name": decided.NAMES[row["state"]],
            "meeting_name": row["meeting_name"],
            "actions": [name for name, may in (("finish", given or convened), ("cancel", convened)) if runs and may],
        }

    def _line(self, row: Mapping[Any, Any]) -> Line:
        items = [item for item in items_of(row, self._seal) if not item.removed]
        return {
            **{name: row[name] for name in _PLAIN},
            "day": row["day"].isoformat(),
            "state_name": NAMES[row["state"]],
            "late": row["state"] in AHEAD and row["day"] < self.today,
            "items": len(items),
        }


def _named() -> sa.Select[Any]:
    """Meetings with the names of their grids, and how much of what they decided is not done."""
    grids, table = tables.grids, tables.meetings
    still = tables.decisions.c.state.in_(decided.RUNNING)
    open_ = sa.select(sa.func.count()).where(tables.decisions.c.meeting_id == table.c.id, still).scalar_subquery()
    name = sa.func.coalesce(grids.c.name, "").label("grid_name")
    named = sa.select(table, name, grids.c.ancestors, open_.label("decisions_open"))
    return named.outerjoin(grids, grids.c.code == table.c.grid)


def _decisions() -> sa.Select[Any]:
    """Decisions with their meetings, the latest first."""
    table, meetings, grids = tables.decisions, tables.meetings, tables.grids
    columns = (
        table, meetings.c.name.label("meeting_name"), meetings.c.meeting, meetings.c.plan,
        meetings.c.grid.label("meeting_grid"), grids.c.ancestors,
    )  # fmt: skip
    joined = table.join(meetings, meetings.c.id == table.c.meeting_id)
    joined = joined.outerjoin(grids, grids.c.code == meetings.c.grid)
    return sa.select(*columns).select_from(joined).order_by(table.c.id.desc())


def _conditions(wanted: MeetingFilter, caller: Principal) -> Iterable[sa.ColumnElement[bool]]:
    table = tables.meetings.c
    yield table.state.in_(wanted.states) if wanted.states else table.state != WITHDRAWN
    if wanted.mine:
        yield table.people.contains(array([caller.person_id]))
    if wanted.meeting:
        yield table.meeting == wanted.meeting
    if wanted.area:
        yield table.grid.startswith(wanted.area, autoescape=True)
    if wanted.since:
        yield table.day >= date.fromisoformat(wanted.since)
    if wanted.until:
        yield table.day <= date.fromisoformat(wanted.until)


def _decision_conditions(wanted: DecisionFilter, caller: Principal) -> Iterable[sa.ColumnElement[bool]]:
    table = tables.decisions.c
    if wanted.states:
        yield table.state.in_(wanted.states)
    if wanted.kinds:
        yield table.kind.in_(wanted.kinds)
    if wanted.area:
        yield table.grid.startswith(wanted.area, autoescape=True)
    if wanted.mine:
        theirs = table.department == caller.department if caller.department else sa.false()
        yield sa.or_(table.person_id == caller.person_id, theirs)


def _place(cursor: str) -> sa.ColumnElement[Any]:
    day, meeting_id = paging.decode(cursor, 2)
    try:
        place = date.fromisoformat(day)
    except ValueError as error:
        raise CursorWrong from error
    if not is_id(meeting_id):
        raise CursorWrong
    return sa.tuple_(sa.literal(place, sa.Date), sa.literal(meeting_id, tables.meetings.c.id.type))


def _item(item: AgendaItem) -> Line:
    names = ("id", "kind", "title", "case_id", "why", "added_by", "removed")
    return {**{name: getattr(item, name) for name in names}, "why_names": [WHY[each] for each in item.why]}


def _convenes(rule: MeetingRule, row: Mapping[Any, Any], caller: Principal, held: Iterable[HeldPost]) -> bool:
    """As the handlers decide it."""
    covers = caller.covers(row["grid"])
    if rule.office is not None:
        around = {row["grid"], *(row["ancestors"] or ())}
        has = any(post.is_office(rule.office) and post.grid in around for post in held)
        return has or (caller.has(rule.office.post) and covers)
    if rule.unit is not None:
        return (caller.department == rule.unit.id or caller.has(*rule.unit.roles)) and covers
    return caller.has(*CENTRE) and covers


def _actions(row: Mapping[Any, Any], convened: bool, caller: Principal) -> list[str]:
    """What the caller may do with the meeting, as the handlers decide it; its day is asked when it is opened."""
    centre, state = caller.has(*CENTRE) and caller.covers(row["grid"]), row["state"]
    possible = (
        ("arrange", convened and state == PLANNED),
        ("add-item", convened and state in AHEAD),
        ("remove-item", convened and state in AHEAD),
        ("open", convened and state == PLANNED),
        ("record-present", convened and state == OPEN),
        ("decide", convened and state == OPEN),
        ("close", convened and state == OPEN),
        ("cancel", (convened or centre) and state in AHEAD),
    )
    return [action for action, may in possible if may]
