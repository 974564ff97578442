"""The list of households to be visited, the visits that are owed to them, and making these (PAT-07)."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.auth import Principal
from services.chassis.ids import is_id, new_id
from services.patrol import messages, tables, visibility
from services.patrol.errors import VisitNotFound
from services.patrol.model.plan import Plan
from services.patrol.model.visits import (
    DUE,
    OPEN,
    OVERDUE,
    WITHDRAWN,
    Area,
    Listed,
    Owed,
    Record,
    Round,
    Standing,
    Visit,
    changes,
    owed,
)
from services.patrol.repository.copies import held_posts, in_force, workdays

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

SUBJECT = "visits"
DAY, CHANGED = "day", "changed"
_DAY = timedelta(days=1)
SETTLE = timedelta(seconds=3)
"""Many changes at once change the visits once."""
_VISIT = (
    "id", "entry_id", "household_id", "grid", "person_id", "day", "until", "plan", "state", "late", "reason",
    "decided_by", "version",
)  # fmt: skip


class CareRepository:
    """The list as the registry told it; what comes late is ignored."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def store(self, told: messages.CareChanged) -> None:
        row = insert(tables.care).values(told.__dict__)
        newer = tables.care.c.sequence < row.excluded.sequence
        changed = {name: row.excluded[name] for name in told.__dict__ if name != "id"}
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))


class VisitRepository:
    """The visits of one unit of work, locked while they change, and making those of a day."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._loaded: dict[str, Visit] = {}

    def get(self, visit_id: str) -> Visit:
        seen = visibility.of_visits(self._work.caller, self._held)
        found = self._load(sa.and_(tables.visits.c.id == visit_id, seen)) if is_id(visit_id) else {}
        if visit_id not in found:
            raise VisitNotFound(id=visit_id)
        return found[visit_id]

    def of_entries(self, visit_ids: Collection[str]) -> Mapping[str, Visit]:
        ids = [each for each in visit_ids if is_id(each)]
        if not ids:
            return {}
        mine = visibility.of_visiting(self._work.caller, self._held)
        return self._load(sa.and_(tables.visits.c.id.in_(ids), mine))

    def flush(self) -> None:
        """Write what changed."""
        for visit in self._loaded.values():
            if not visit.changed:
                continue
            values = {name: getattr(visit, name) for name in ("state", "late", "reason", "decided_by", "version")}
            values["sequence"] = visit.sequence
            if visit.record_:
                sealed = self._work.seal.close(visit.record_.written(), bound(visit.id))
                values |= {"outcome": visit.record_.result, "sealed": sealed}
            self._work.writes.update(tables.visits, {"id": visit.id}, values)
            visit.changed = False

    # ---- making those of a day

    def needed(self) -> None:
        """What visits follow from has changed: make them again soon."""
        if CHANGED not in self._work.deadlines.kinds(SUBJECT):
            self._work.deadlines.set(SUBJECT, CHANGED, self._work.now + SETTLE)

    def run(self, today: date) -> None:
        """Make those of today and tomorrow, and set the deadline of the next day."""
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('visits', 0))"))
        for day in (today, today + _DAY):
            self.make(day)
        self._overdue(today)
        midnight = datetime.combine(today + _DAY, time(), self._work.zone).astimezone(UTC)
        self._work.deadlines.set(SUBJECT, DAY, midnight)

    def make(self, day: date) -> None:
        """Make what `day` asks for, on top of what there is; a second time it changes nothing."""
        plan = self._work.plans.in_force(day)
        rules = plan.visits if plan else {}
        days = workdays(self._work.connection, self._work.zone.key)
        asked = owed(rules, day, self._listed(), self._areas(), self._holders(day), days) if rules else {}
        found = changes(asked, self._open(day), self._over(day))
        self._insert(found.made, plan)
        for visit_id, want, person in found.moved:
            self._change([visit_id], grid=want.listed.grid, held_in=want.held_in, person_id=person, until=want.until)
        if found.withdrawn:
            self._change(found.withdrawn, state=WITHDRAWN)

    def _listed(self) -> list[Listed]:
        table = tables.care.c
        rows = self._work.connection.execute(sa.select(tables.care).where(table.active, table.sealed.is_not(None)))
        return [self._entry(row) for row in rows]

    def _entry(self, row: sa.Row[Any]) -> Listed:
        told = json.loads(self._work.seal.open(row.sealed, f"care.sealed:{row.id}"))
        return Listed(row.id, row.household_id, row.grid, row.expires, told["visit"])

    def _areas(self) -> Mapping[str, Area]:
        table = tables.grids.c
        columns = (table.code, table.level, table.kind, table.ancestors)
        rows = self._work.connection.execute(sa.select(*columns).where(table.active))
        return {row.code: Area(row.code, row.level, row.kind, tuple(row.ancestors)) for row in rows}

    def _holders(self, day: date) -> Mapping[tuple[str, str], Sequence[str]]:
        table = tables.posts.c
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        rows = self._work.connection.execute(sa.select(table.post, table.grid, table.person_id).where(in_force(day)))
        for post, grid, person in rows:
            found[post, grid].add(person)
        return {key: sorted(people) for key, people in found.items()}

    def _open(self, day: date) -> Mapping[Round, Standing]:
        table = tables.visits.c
        there = sa.and_(table.state.in_(OPEN), table.day <= day, table.until >= day)
        rows = self._work.connection.execute(sa.select(tables.visits).where(there).with_for_update())
        return {
            Round(row.entry_id, row.day, row.number): Standing(row.id, row.person_id, row.grid, row.held_in, row.until)
            for row in rows
        }

    def _over(self, day: date) -> list[Round]:
        table = tables.visits.c
        over = sa.and_(table.state.not_in((*OPEN, WITHDRAWN)), table.day <= day, table.until >= day)
        rows = self._work.connection.execute(sa.select(table.entry_id, table.day, table.number).where(over))
        return [Round(*row) for row in rows]

    def _insert(self, made: Sequence[tuple[Round, Owed]], plan: Plan | None) -> None:
        if not made or plan is None:
            return
        rows = [
            {
                "id": new_id(),
                "entry_id": round_.entry_id,
                "household_id": want.listed.household_id,
                "grid": want.listed.grid,
                "person_id": want.chosen(),
                "post": want.post,
                "held_in": want.held_in,
                "day": round_.day,
                "until": want.until,
                "number": round_.number,
                "hours": want.hours,
                "plan": plan.name,
                "state": DUE,
            }
            for round_, want in made
        ]
        self._work.connection.execute(insert(tables.visits).on_conflict_do_nothing(), rows)

    def _change(self, ids: Sequence[str], **values: Any) -> None:
        table = tables.visits
        change = sa.update(table).where(table.c.id.in_(ids)).values(version=table.c.version + 1, **values)
        self._work.connection.execute(change)

    def _overdue(self, today: date) -> None:
        """Those whose last day is over; of entries that no longer count they are withdrawn instead."""
        table = tables.visits
        late = sa.and_(table.c.state == DUE, table.c.until < today)
        counts = sa.select(tables.care.c.id).where(tables.care.c.active)
        gone = sa.and_(table.c.state.in_(OPEN), table.c.entry_id.not_in(counts))
        for condition, state in ((gone, WITHDRAWN), (late, OVERDUE)):
            change = sa.update(table).where(condition).values(state=state, version=table.c.version + 1)
            self._work.connection.execute(change)

    # ---- rows

    @property
    def _held(self) -> visibility.Held:
        today = self._work.now.astimezone(self._work.zone).date()
        return offices_of(self._work.connection, self._work.caller, today)

    def _load(self, condition: sa.ColumnElement[bool]) -> dict[str, Visit]:
        query = sa.select(tables.visits).where(condition).order_by(tables.visits.c.id).with_for_update()
        found = {row.id: self._visit(row) for row in self._work.connection.execute(query)}
        for visit_id, visit in found.items():
            self._loaded[visit_id] = visit
            self._work.track(visit)
        return found

    def _visit(self, row: sa.Row[Any]) -> Visit:
        record = Record.read(self._work.seal.open(row.sealed, bound(row.id))) if row.sealed else None
        values = {name: row._mapping[name] for name in _VISIT}
        return Visit(**values, record_=record, last_event=row.sequence)


def offices_of(connection: sa.Connection, person: Principal, day: date) -> visibility.Held:
    """The posts that the person has on the day, each with its grid."""
    return {(held.post, held.grid) for held in held_posts(connection, person.person_id, day)}


def bound(visit_id: str) -> str:
    """What a visit's record is sealed for."""
    return f"visit.record:{visit_id}"
