"""Tasks and coverage as the interface shows them; who may see what is part of every query."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.clock import Clock
from services.chassis.ids import is_id
from services.patrol import tables, visibility
from services.patrol.errors import CursorWrong, TaskNotFound
from services.patrol.handlers.entries import shown
from services.patrol.handlers.tasks import EXCUSES
from services.patrol.model.checklist import Checklist, Item
from services.patrol.model.plan import Patrol
from services.patrol.model.task import ENTERED, FINISHED, NAMES, OPEN, SIGNED, SUBMITTED, WITHDRAWN
from services.patrol.queries import paging
from services.patrol.queries.coverage import CoverageFilter, of_coverage
from services.patrol.queries.points import of_inspection
from services.patrol.repository.copies import LEADER, HeldPost, PlanBook, held_posts
from services.patrol.repository.tasks import finding_of

Line = dict[str, Any]
MOVED_WHY = {True: "方案规定遇节假日顺延至下一个工作日", False: "方案规定遇节假日提前至上一个工作日"}
_PLAIN = (
    "id", "patrol", "name", "grid", "grid_name", "person_id", "day", "until", "moved_from", "state", "rest", "late",
    "finished_at", "signed_by", "signed_at", "submitted_by", "submitted_at", "decided_by", "reason", "from_grid",
    "version", "problems", "plan", "gaps",
)  # fmt: skip
_PLACE = ("id", "name", "grade", "key", "lon", "lat")


@dataclass(frozen=True)
class TaskFilter:
    """What a list of tasks shows. Empty values do not restrict; days are ISO texts, both included."""

    mine: bool = False
    states: Sequence[str] = ()
    patrol: str = ""
    area: str = ""
    since: str = ""
    until: str = ""
    limit: int = 0
    cursor: str = ""
    place: str = ""


class Queries:
    """The questions of one database."""

    def __init__(self, engine: sa.Engine, zone: ZoneInfo, clock: Clock) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock
        self._book = PlanBook()

    @property
    def today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def tasks(self, wanted: TaskFilter, caller: Principal) -> Line:
        """One page of tasks, the latest day first. Raises CursorWrong."""
        table, most = tables.tasks.c, paging.size(wanted.limit)
        conditions = list(_conditions(wanted, caller))
        if wanted.cursor:
            conditions.append(sa.tuple_(table.day, table.id) < _place(wanted.cursor))
        found = paging.latest(tables.tasks, visibility.sights_of_tasks(caller), conditions, most + 1)
        with self._engine.connect() as connection:
            query = named_tasks().join(found, found.c.id == table.id)
            rows = connection.execute(query.order_by(table.day.desc(), table.id.desc())).mappings().all()
            lines = self._lines(rows[:most], caller, connection)
        last = paging.encode(lines[-1]["day"], lines[-1]["id"]) if len(rows) > most else ""
        return {"items": lines, "next_cursor": last}

    def task(self, task_id: str, caller: Principal) -> Line:
        """One task with its findings and its checklist. Raises TaskNotFound."""
        condition = sa.and_(tables.tasks.c.id == task_id, visibility.of_tasks(caller))
        with self._engine.connect() as connection:
            row = None
            if is_id(task_id):
                row = connection.execute(named_tasks().where(condition)).mappings().one_or_none()
            if row is None:
                raise TaskNotFound(id=task_id)
            line = self._lines([row], caller, connection)[0]
            patrol = self._patrols([row], connection)[task_id]
            inspection = of_inspection(connection, row, patrol, line["findings"])
            return {**line, **inspection, "items": items_of(patrol.checklist)}

    def day(self, day: str, caller: Principal) -> Line:
        """The caller's own tasks that are open on a day, or were begun, and their checklists."""
        chosen, table = date.fromisoformat(day) if day else self.today, tables.tasks.c
        there = sa.and_(table.day <= chosen, sa.or_(table.until >= chosen, table.state.in_(OPEN)))
        query = named_tasks().where(table.person_id == caller.person_id, there, table.state != WITHDRAWN)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(table.until, table.id).limit(paging.MOST)).mappings().all()
            patrols = self._patrols(rows, connection)
            lists = {patrol.checklist.id: patrol.checklist for patrol in patrols.values() if patrol.checklist.id}
            lines = [
                {**line, **of_inspection(connection, row, patrols[row["id"]], line["findings"])}
                for row, line in zip(rows, self._lines(rows, caller, connection), strict=True)
            ]
        shown_lists = [{"id": each.id, "name": each.name, "items": items_of(each)} for each in lists.values()]
        return {"day": chosen, "tasks": lines, "checklists": shown_lists}

    def coverage(self, wanted: CoverageFilter, caller: Principal) -> Line:
        """What was looked at and what was not, by grid in the order of their codes. Raises CursorWrong."""
        most = paging.size(wanted.limit)
        with self._engine.connect() as connection:
            query = of_coverage(wanted, caller, self.today, most + 1)
            rows = [dict(row) for row in connection.execute(query).mappings()]
        last = paging.encode(rows[most - 1]["grid"]) if len(rows) > most else ""
        return {"items": rows[:most], "next_cursor": last}

    def _patrols(self, rows: Sequence[Mapping[Any, Any]], connection: sa.Connection) -> Mapping[str, Patrol]:
        """What the plan of each task says of its patrol, by the tasks' ids."""
        plans = self._book.read(connection, {row["plan"] for row in rows})
        return {row["id"]: plans[row["plan"]].patrols[row["patrol"]] for row in rows}

    def _lines(self, rows: Sequence[Mapping[Any, Any]], caller: Principal, connection: sa.Connection) -> list[Line]:
        found = _findings(connection, [row["id"] for row in rows])
        posts, patrols = held_posts(connection, caller.person_id, self.today), self._patrols(rows, connection)
        return [
            {
                **_line(row, patrols[row["id"]], found[row["id"]]),
                "actions": _actions(row, patrols[row["id"]], caller, posts),
            }
            for row in rows
        ]


def _line(row: Mapping[Any, Any], patrol: Patrol, findings: Sequence[Line]) -> Line:
    moved = row["moved_from"]
    return {
        **{name: row[name] for name in _PLAIN},
        "day": row["day"].isoformat(),
        "moved_why": MOVED_WHY[moved < row["day"]] if moved else "",
        "state_name": NAMES[row["state"]],
        "hours": patrol.hours,
        "checklist": patrol.checklist.id,
        "findings": findings,
        "points_reached": len({each["spot"] for each in findings} - {""}),
        "place": _place_of(row),
    }


def named_tasks() -> sa.Select[Any]:
    """Tasks with the names of their grids and what is to be known of their places."""
    grids, places = tables.grids, tables.places
    of_place = [places.c[name].label(f"place_{name}") for name in _PLACE if name != "id"]
    named = sa.select(tables.tasks, sa.func.coalesce(grids.c.name, "").label("grid_name"), grids.c.ancestors, *of_place)
    with_grids = named.outerjoin(grids, grids.c.code == tables.tasks.c.grid)
    return with_grids.outerjoin(places, places.c.id == tables.tasks.c.place_id)


def _place_of(row: Mapping[Any, Any]) -> Line | None:
    return {name: row[f"place_{name}"] for name in _PLACE} if row["place_id"] else None


def _conditions(wanted: TaskFilter, caller: Principal) -> Iterable[sa.ColumnElement[bool]]:
    table = tables.tasks.c
    yield table.state.in_(wanted.states) if wanted.states else table.state != WITHDRAWN
    if wanted.mine:
        yield table.person_id == caller.person_id
    if wanted.patrol:
        yield table.patrol == wanted.patrol
    if wanted.place:
        yield table.place_id == wanted.place
    if wanted.area:
        yield visibility.within(wanted.area)
    if wanted.since:
        yield table.day >= date.fromisoformat(wanted.since)
    if wanted.until:
        yield table.day <= date.fromisoformat(wanted.until)


def _place(cursor: str) -> sa.ColumnElement[Any]:
    day, task_id = paging.decode(cursor, 2)
    try:
        place = date.fromisoformat(day)
    except ValueError as error:
        raise CursorWrong from error
    if not is_id(task_id):
        raise CursorWrong
    return sa.tuple_(sa.literal(place, sa.Date), sa.literal(task_id, tables.tasks.c.id.type))


def _findings(connection: sa.Connection, task_ids: Sequence[str]) -> Mapping[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    query = sa.select(tables.findings).where(tables.findings.c.task_id.in_(task_ids)).order_by(tables.findings.c.item)
    for row in connection.execute(query).mappings():
        found[row["task_id"]].append(shown(finding_of(row)))
    return found


def _actions(row: Mapping[Any, Any], patrol: Patrol, caller: Principal, posts: Iterable[HeldPost]) -> list[str]:
    """What the caller may do with the task, as the handlers decide it."""
    around = {row["grid"], *(row["ancestors"] or ())}
    held = [post for post in posts if post.grid in around]
    signs, submits = (any(post.is_office(office) for post in held) for office in (patrol.sign, patrol.submit))
    above = any(post.post == LEADER and post.grid in (row["ancestors"] or ()) for post in posts)
    state = row["state"]
    ready = SIGNED if patrol.sign else FINISHED
    possible = (
        ("enter", row["person_id"] == caller.person_id and state in ENTERED),
        ("sign", signs and state == FINISHED),
        ("send-back", (signs or submits or above) and state in (FINISHED, SIGNED, SUBMITTED)),
        ("submit", submits and state == ready),
        ("excuse", (signs or caller.has(*EXCUSES)) and state in OPEN),
    )
    return [action for action, may in possible if may]


def items_of(checklist: Checklist) -> list[Line]:
    """The items of a checklist as the interface shows them."""
    return [_item(each) for each in checklist.items.values()]


def _item(item: Item) -> Line:
    return {
        "key": item.key,
        "name": item.name,
        "class_name": item.class_name,
        "matter_code": item.matter,
        "number": item.counts,
        "unit": item.unit,
        "lowest": item.lowest,
        "highest": item.highest,
    }
