"""Makes the tasks of a day (PAT-02), driven by deadlines, so that it survives restarts and runs once however many
workers there are."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.ids import new_id
from services.patrol import messages, tables
from services.patrol.model.generation import Changes, Grid, Round, Standing, changes, wanted
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


class GenerationRepository:
    """How far tasks are made, and making them."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def needed(self) -> None:
        if CHANGED not in self._work.deadlines.kinds(SUBJECT):
            self._work.deadlines.set(SUBJECT, CHANGED, self._work.now + SETTLE)

    def run(self, kind: str, today: date) -> None:
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('tasks', 0))"))
        day = self._next(today)
        self.make(day)
        if kind == CHANGED:  # what is there already follows the change, today and tomorrow
            for other in {today, today + AHEAD} - {day}:
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
        """Make what `day` asks for, on top of what there is; a second time it changes nothing."""
        plan = self._work.plans.in_force(day)
        asked = wanted(plan, day, self._grids(), self._holders(day), self._workdays(), self._places()) if plan else {}
        found = changes(asked, self._open(day), self._over(day))
        self._insert(found.made, plan)
        self._hand_over(found.handed)
        self._withdraw(found.withdrawn)
        row = insert(tables.generations).values(day=day, at=self._work.now)
        self._work.connection.execute(row.on_conflict_do_nothing())
        return found

    def _workdays(self) -> Workdays:
        return workdays(self._work.connection, self._work.zone.key)

    def _grids(self) -> list[Grid]:
        table = tables.grids.c
        rows = self._work.connection.execute(sa.select(table.code, table.level, table.kind).where(table.active))
        return [Grid(*row) for row in rows]

    def _places(self) -> list[Place]:
        places, grids = tables.places.c, tables.grids.c
        columns = (places.id, places.kind, places.grid, grids.ancestors, places.grade, places.pollution_source)
        query = sa.select(*columns).outerjoin(tables.grids, grids.code == places.grid).where(places.active)
        return [
            Place(row.id, row.kind, (row.grid, *reversed(row.ancestors or ())), row.grade, row.pollution_source)
            for row in self._work.connection.execute(query)
        ]

    def _holders(self, day: date) -> Mapping[tuple[str, str], Sequence[str]]:
        table = tables.posts.c
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        rows = self._work.connection.execute(sa.select(table.post, table.grid, table.person_id).where(in_force(day)))
        for post, grid, person in rows:
            found[post, grid].add(person)
        return {key: sorted(people) for key, people in found.items()}

    def _open(self, day: date) -> Mapping[Round, list[Standing]]:
        table = tables.tasks.c
        begun = sa.exists().where(tables.findings.c.task_id == table.id)
        query = sa.select(tables.tasks, sa.or_(begun, table.state == SENT_BACK).label("begun")).where(
            table.state.in_(OPEN), table.day <= day, table.until >= day
        )
        found: dict[Round, list[Standing]] = defaultdict(list)
        for row in self._work.connection.execute(query.order_by(table.id)):
            round_ = Round(row.patrol, row.grid, row.day, row.number, row.place_id or "")
            found[round_].append(Standing(row.id, row.person_id, row.begun))
        return found

    def _over(self, day: date) -> Mapping[Round, list[str | None]]:
        """Whose tasks of the rounds that are due on `day` are done with, in whatever way but withdrawn."""
        table = tables.tasks.c
        over = sa.and_(table.state.not_in((*OPEN, WITHDRAWN)), table.day <= day, table.until >= day)
        columns = (table.patrol, table.grid, table.day, table.number, table.place_id, table.person_id)
        found: dict[Round, list[str | None]] = defaultdict(list)
        for row in self._work.connection.execute(sa.select(*columns).where(over)):
            round_ = Round(row.patrol, row.grid, row.day, row.number, row.place_id or "")
            found[round_].append(row.person_id)
        return found

    def _insert(self, made: Sequence[tuple[Round, Occurrence, str | None]], plan: Plan | None) -> None:
        if not made or plan is None:
            return
        rows = [
            {
                "id": new_id(),
                "patrol": round_.patrol,
                "name": plan.patrols[round_.patrol].name,
                "grid": round_.grid,
                "place_id": round_.place or None,
                "person_id": person,
                "day": round_.day,
                "until": occurrence.until,
                "number": round_.number,
                "moved_from": occurrence.moved_from,
                "plan": plan.name,
                "state": DUE,
            }
            for round_, occurrence, person in made
        ]
        self._work.connection.execute(insert(tables.tasks).on_conflict_do_nothing(), rows)

    def _hand_over(self, handed: Sequence[tuple[str, str | None]]) -> None:
        table = tables.tasks
        for task_id, person in handed:
            change = {"person_id": person, "version": table.c.version + 1}
            self._work.connection.execute(sa.update(table).where(table.c.id == task_id).values(change))

    def _withdraw(self, ids: Sequence[str]) -> None:
        if ids:
            table = tables.tasks
            change = {"state": WITHDRAWN, "version": table.c.version + 1}
            self._work.connection.execute(sa.update(table).where(table.c.id.in_(ids)).values(change))

    def _overdue(self, today: date) -> None:
        table = tables.tasks
        late = sa.and_(table.c.state == DUE, table.c.until < today)
        change = {"state": OVERDUE, "version": table.c.version + 1, "sequence": table.c.sequence + 1}
        told = (table.c.id.label("subject"), table.c.name.label("patrol_title"), *(table.c[name] for name in _TOLD))
        rows = self._work.connection.execute(sa.update(table).where(late).values(change).returning(*told))
        for row in rows.mappings():
            self._work.publish(messages.Overdue(**row, at=self._work.now))


def _midnight(day: date, work: "PatrolWork") -> datetime:
    return datetime.combine(day, time(), work.zone).astimezone(UTC)
