"""Makes the tasks of a day (PAT-02), driven by deadlines, so that it survives restarts and runs once however many
workers there are."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from services.chassis.ids import new_id
from services.patrol import messages, tables
from services.patrol.model.generation import NO_CHANGES, Changes, Grid, Round, Standing, changes, wanted
from services.patrol.model.places import Place
from services.patrol.model.plan import Plan
from services.patrol.model.recurrence import Occurrence, Workdays
from services.patrol.model.task import DUE, OPEN, OVERDUE, SENT_BACK, WITHDRAWN
from services.patrol.repository.copies import in_force, workdays

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

SUBJECT = "tasks"
DAY, CHANGED = "day", "changed"
AHEAD = timedelta(days=1)
"""Tomorrow's tasks are there today, to be taken along where there is no signal (PAT-11)."""
FARTHEST_BACK = timedelta(days=92)
"""Days that passed while nothing ran are made up for, a quarter back at the most."""
SETTLE = timedelta(seconds=3)
"""A thousand people who are entered at once change the tasks once."""
_DAY = timedelta(days=1)
_TOLD = ("sequence", "grid", "patrol", "day", "person_id")
"""What an event tells of its task."""
_MADE = (
    "id", "patrol", "name", "grid", "place_id", "person_id", "day", "until", "number", "moved_from", "plan", "state",
)  # fmt: skip


@dataclass(frozen=True)
class Inputs:
    """Everything that the tasks of a day follow from, besides the tasks that there are."""

    plan: Plan | None
    grids: Sequence[Grid]
    holders: Mapping[tuple[str, str], Sequence[str]]
    places: Sequence[Place]
    calendar: Sequence[tuple[int, int]]
    """Years of the county's own calendar with the number of their last change."""

    @property
    def digest(self) -> str:
        """The same for the same inputs. What has been made of them stays right whatever becomes of the tasks: each
        that somebody works on stays asked for, and only generating withdraws one."""
        plan = (self.plan.name, self.plan.effective, self.plan.patrols) if self.plan else None
        grids = [(grid.code, grid.level, grid.kind) for grid in self.grids]
        return hashlib.sha256(repr((plan, grids, self.holders, self.places, self.calendar)).encode()).hexdigest()


class GenerationRepository:
    """How far tasks are made, and making them."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def needed(self) -> None:
        if not self._work.deadlines.awaited(SUBJECT, CHANGED):
            self._work.deadlines.set(SUBJECT, CHANGED, self._work.now + SETTLE)

    def run(self, kind: str, today: date) -> None:
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('tasks', 0))"))
        day = self._next(today)
        self.make(day)
        if kind == CHANGED:  # what is there already follows the change, today and tomorrow
            for other in sorted({today, today + AHEAD}):
                if other < day:  # later ones are made in their turn, else those between would be left out
                    self.make(other)
        self._overdue(today)
        again = self._work.now if day < today + AHEAD else _midnight(today + _DAY, self._work)
        self._work.deadlines.set(SUBJECT, DAY, again)

    def _next(self, today: date) -> date:
        """The first day that is not made yet, tomorrow at the latest."""
        last: date | None = self._work.connection.scalar(sa.select(sa.func.max(tables.generations.c.day)))
        if last is None:
            return today
        return min(max(last + _DAY, today - FARTHEST_BACK), today + AHEAD)

    def make(self, day: date) -> Changes:
        """Make what `day` asks for, on top of what there is; nothing where it follows from the same as before."""
        given = self._inputs(day)
        digest = given.digest
        if digest == self._made_of(day):
            return NO_CHANGES
        plan = given.plan
        asked = wanted(plan, day, given.grids, given.holders, self._workdays(), given.places) if plan else {}
        found = changes(asked, self._open(day), self._over(day))
        self._hold([*(task_id for task_id, _ in found.handed), *found.withdrawn])
        settled = self._hand_over(found.handed)
        self._withdraw(found.withdrawn)
        self._insert(found.made, plan)
        if not settled:
            self._work.deadlines.set(SUBJECT, CHANGED, self._work.now + SETTLE)
        values = {"at": self._work.now, "inputs": digest if settled else None}
        row = insert(tables.generations).values(day=day, **values)
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["day"], set_=values))
        return found

    def _made_of(self, day: date) -> str | None:
        query = sa.select(tables.generations.c.inputs).where(tables.generations.c.day == day)
        return self._work.connection.scalar(query)

    def _inputs(self, day: date) -> Inputs:
        years = sa.select(tables.calendar_years.c.year, tables.calendar_years.c.sequence)
        calendar = self._work.connection.execute(years.order_by(tables.calendar_years.c.year))
        told = [(row.year, row.sequence) for row in calendar]
        return Inputs(self._work.plans.in_force(day), self._grids(), self._holders(day), self._places(), told)

    def _workdays(self) -> Workdays:
        return workdays(self._work.connection, self._work.zone.key)

    def _grids(self) -> list[Grid]:
        table = tables.grids.c
        query = sa.select(table.code, table.level, table.kind).where(table.active).order_by(table.code)
        return [Grid(*row) for row in self._work.connection.execute(query)]

    def _places(self) -> list[Place]:
        places, grids = tables.places.c, tables.grids.c
        columns = (places.id, places.kind, places.grid, grids.ancestors, places.grade, places.pollution_source)
        query = sa.select(*columns).outerjoin(tables.grids, grids.code == places.grid)
        return [
            Place(row.id, row.kind, (row.grid, *reversed(row.ancestors or ())), row.grade, row.pollution_source)
            for row in self._work.connection.execute(query.where(places.active).order_by(places.id))
        ]

    def _holders(self, day: date) -> Mapping[tuple[str, str], Sequence[str]]:
        """In the order of posts, grids and people, each once."""
        table = tables.posts.c
        columns = (table.post, table.grid, table.person_id)
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        rows = self._work.connection.execute(sa.select(*columns).where(in_force(day)).distinct().order_by(*columns))
        for post, grid, person in rows:
            found[post, grid].append(person)
        return dict(found)

    def _open(self, day: date) -> Mapping[Round, list[Standing]]:
        table = tables.tasks.c
        query = sa.select(
            table.id, table.patrol, table.grid, table.place_id, table.day, table.number, table.person_id,
            sa.or_(_begun(), table.state == SENT_BACK).label("begun"),
        ).where(table.state.in_(OPEN), table.day <= day, table.until >= day)  # fmt: skip
        found: dict[Round, list[Standing]] = defaultdict(list)
        for row in self._work.connection.execute(query.order_by(table.id)):
            round_ = Round(row.patrol, row.grid, row.day, row.number, row.place_id or "")
            found[round_].append(Standing(row.id, row.person_id, row.begun))
        return found

    def _over(self, day: date) -> Mapping[Round, list[str | None]]:
        """Whose tasks of the rounds that are due on `day` are done with, in whatever way but withdrawn."""
        table = tables.tasks.c
        due = sa.or_(table.day == day, sa.and_(table.until > table.day, table.until >= day, table.day < day))
        over = sa.and_(table.state.not_in((*OPEN, WITHDRAWN)), due)
        columns = (table.patrol, table.grid, table.day, table.number, table.place_id, table.person_id)
        found: dict[Round, list[str | None]] = defaultdict(list)
        for row in self._work.connection.execute(sa.select(*columns).where(over)):
            round_ = Round(row.patrol, row.grid, row.day, row.number, row.place_id or "")
            found[round_].append(row.person_id)
        return found

    def _insert(self, made: Sequence[tuple[Round, Occurrence, str | None]], plan: Plan | None) -> None:
        """All at once: a county's day is twelve thousand rows."""
        if not made or plan is None:
            return
        rows = [_row(round_, occurrence, person, plan) for round_, occurrence, person in made]
        self._work.connection.exec_driver_sql(_INSERT, (json.dumps(rows, ensure_ascii=False),))

    def _hold(self, ids: Sequence[str]) -> None:
        """Lock tasks in the order in which a sync does, so that neither waits for the other crosswise."""
        table = tables.tasks.c
        if ids:
            self._work.connection.execute(
                sa.select(table.id).where(table.id.in_(ids)).order_by(table.id).with_for_update()
            )

    def _hand_over(self, handed: Sequence[tuple[str, str | None]]) -> bool:
        """Whether all could be: what was finished meanwhile stays with whoever finished it."""
        table, count = tables.tasks, 0
        for task_id, person in handed:
            change = {"person_id": person, "version": table.c.version + 1}
            still = sa.and_(table.c.id == task_id, table.c.state.in_(OPEN))
            count += self._work.connection.execute(sa.update(table).where(still).values(change)).rowcount
        return count == len(handed)

    def _withdraw(self, ids: Sequence[str]) -> None:
        """What was begun meanwhile stays."""
        if ids:
            table = tables.tasks
            change = {"state": WITHDRAWN, "version": table.c.version + 1}
            untouched = sa.and_(table.c.state.in_((DUE, OVERDUE)), ~_begun())
            self._work.connection.execute(sa.update(table).where(table.c.id.in_(ids), untouched).values(change))

    def _overdue(self, today: date) -> None:
        table = tables.tasks
        late = sa.and_(table.c.state == DUE, table.c.until < today)
        held = sa.select(table.c.id).where(late).order_by(table.c.id).with_for_update().cte("held")
        change = {"state": OVERDUE, "version": table.c.version + 1, "sequence": table.c.sequence + 1}
        told = (table.c.id.label("subject"), table.c.name.label("patrol_title"), *(table.c[name] for name in _TOLD))
        changing = sa.update(table).where(table.c.id == held.c.id).values(change).returning(*told)
        for row in self._work.connection.execute(changing).mappings():
            self._work.publish(messages.Overdue(**row, at=self._work.now))


def _begun() -> sa.ColumnElement[bool]:
    """Whether something was entered in a task."""
    return sa.exists().where(tables.findings.c.task_id == tables.tasks.c.id)


def _row(round_: Round, occurrence: Occurrence, person: str | None, plan: Plan) -> dict[str, Any]:
    moved = occurrence.moved_from
    return {
        "id": new_id(),
        "patrol": round_.patrol,
        "name": plan.patrols[round_.patrol].name,
        "grid": round_.grid,
        "place_id": round_.place or None,
        "person_id": person,
        "day": round_.day.isoformat(),
        "until": occurrence.until.isoformat(),
        "number": round_.number,
        "moved_from": moved and moved.isoformat(),
        "plan": plan.name,
        "state": DUE,
    }


def _inserting() -> str:
    """Rows as one JSON text: a tenth of what the same values cost as parameters. What is there already stays."""
    dialect = PGDialect_psycopg2()  # type: ignore[no-untyped-call]
    typed = ", ".join(f"{name} {tables.tasks.c[name].type.compile(dialect)}" for name in _MADE)
    columns = ", ".join(_MADE)
    rows = f"SELECT {columns} FROM json_to_recordset(%s::json) AS given ({typed})"  # noqa: S608 (our own names)
    return f"INSERT INTO task ({columns}) {rows} ON CONFLICT DO NOTHING"


_INSERT = _inserting()


def _midnight(day: date, work: "PatrolWork") -> datetime:
    return datetime.combine(day, time(), work.zone).astimezone(UTC)
