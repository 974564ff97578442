"""Makes meetings (PAT-09) and keeps their conveners and guests those who hold the posts, driven by deadlines."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONPATH, insert

from services.chassis.ids import new_id
from services.patrol import tables
from services.patrol.model.checklist import PROBLEM
from services.patrol.model.generation import Grid
from services.patrol.model.meeting import AHEAD, HEADING, PLANNED, WITHDRAWN, AgendaItem, Meeting, Suggested
from services.patrol.model.meeting_plan import FINDINGS, HEADINGS, UNRESOLVED, MeetingRule
from services.patrol.model.plan import Plan
from services.patrol.model.recurrence import Occurrence, occurrences
from services.patrol.repository.copies import workdays
from services.patrol.repository.people import people_of, staff

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

SUBJECT = "meetings"
DAY, CHANGED = "day", "changed"
HORIZON = timedelta(days=14)
"""How long before it a meeting is there: long enough to invite and to collect what it is about."""
FARTHEST_BACK = timedelta(days=92)
SETTLE = timedelta(seconds=3)
LOOK_BACK = timedelta(days=62)
"""Within which the meeting before this one is looked for; findings are asked since then."""
_DAY = timedelta(days=1)
Key = tuple[str, str, date]


class MeetingDays:
    """How far meetings are made, and making them."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._days_before: dict[tuple[MeetingRule, date], date] = {}

    def needed(self) -> None:
        if CHANGED not in self._work.deadlines.kinds(SUBJECT):
            self._work.deadlines.set(SUBJECT, CHANGED, self._work.now + SETTLE)

    def run(self, kind: str, today: date) -> None:
        """Make the meetings up to two weeks ahead, withdraw those that nobody asks for, let successors take over."""
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('meetings', 0))"))
        first, last = self._from(today), today + HORIZON
        wanted = self._wanted(first, last)
        made = self._make(wanted, first, last, today)
        self._man(today)
        table = tables.meetings.c
        self._fill_busy(table.id.in_(made), today)
        if kind == DAY:
            self._fill_busy(sa.and_(table.state == PLANNED, table.day.between(today, today + _DAY)), today)
        for decision in self._work.decisions.overdue(today):
            decision.pass_day()
        row = insert(tables.arrangements).values(what=SUBJECT, until=last)
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["what"], set_={"until": last}))
        midnight = datetime.combine(today + _DAY, time(), self._work.zone).astimezone(UTC)
        self._work.deadlines.set(SUBJECT, DAY, midnight)

    def _from(self, today: date) -> date:
        table = tables.arrangements.c
        until = self._work.connection.scalar(sa.select(table.until).where(table.what == SUBJECT))
        return today if until is None else max(min(until + _DAY, today), today - FARTHEST_BACK)

    def _wanted(self, first: date, last: date) -> dict[Key, tuple[Plan, MeetingRule, Occurrence]]:
        found: dict[Key, tuple[Plan, MeetingRule, Occurrence]] = {}
        grids = self._grids()
        calendar = workdays(self._work.connection, self._work.zone.key)
        for plan, begin, end in self._plans(first, last):
            for rule in plan.meetings.values():
                for occurrence in occurrences(rule.cadence, begin, end, calendar):
                    for grid in self._held_in(rule, grids):
                        found[rule.id, grid, occurrence.moved_from or occurrence.day] = (plan, rule, occurrence)
        return found

    def _plans(self, first: date, last: date) -> list[tuple[Plan, date, date]]:
        """The plans that hold from `first` to `last`, each with its first and last day."""
        spans: list[tuple[Plan, date, date]] = []
        for number in range((last - first).days + 1):
            day = first + number * _DAY
            plan = self._work.plans.in_force(day)
            if plan is not None and spans and spans[-1][0] is plan:
                spans[-1] = (plan, spans[-1][1], day)
            elif plan is not None:
                spans.append((plan, day, day))
        return spans

    def _held_in(self, rule: MeetingRule, grids: Iterable[Grid]) -> list[str]:
        if not rule.levels:
            return [self._work.county]
        return [grid.code for grid in grids if any(level.holds(grid.level, grid.kind) for level in rule.levels)]

    def _grids(self) -> list[Grid]:
        table = tables.grids.c
        rows = self._work.connection.execute(sa.select(table.code, table.level, table.kind).where(table.active))
        return [Grid(*row) for row in rows]

    def _make(
        self, wanted: Mapping[Key, tuple[Plan, MeetingRule, Occurrence]], first: date, last: date, today: date
    ) -> list[str]:
        """Ids of what was made. What people touched stays, whatever the plan says now."""
        table = tables.meetings
        asked = table.c.round.between(min(first, today), last)
        query = sa.select(table.c.id, table.c.meeting, table.c.grid, table.c.round, table.c.day, table.c.touched)
        rows = self._work.connection.execute(
            query.add_columns(table.c.state).where(asked, table.c.state != WITHDRAWN)
        ).all()
        there: dict[Key, Any] = {(row.meeting, row.grid, row.round): row for row in rows}
        untouched = {key: row for key, row in there.items() if row.state == PLANNED and not row.touched}
        gone = [row.id for key, row in untouched.items() if key not in wanted and row.day >= today]
        if gone:
            change = {"state": WITHDRAWN, "version": table.c.version + 1}
            self._work.connection.execute(sa.update(table).where(table.c.id.in_(gone)).values(change))
        for key, row in untouched.items():
            if key in wanted and wanted[key][2].day != row.day:
                self._move(row.id, wanted[key][2])
        new = [_row(key, *wanted[key]) for key in sorted(wanted.keys() - there.keys())]
        if new:
            self._work.connection.execute(insert(table).on_conflict_do_nothing(), new)
        return [row["id"] for row in new]

    def _move(self, meeting_id: str, occurrence: Occurrence) -> None:
        """The county's working days changed: so does the day of what the plan moves off a holiday."""
        table = tables.meetings
        change = {"day": occurrence.day, "moved_from": occurrence.moved_from, "version": table.c.version + 1}
        self._work.connection.execute(sa.update(table).where(table.c.id == meeting_id).values(change))

    def _man(self, today: date) -> None:
        """Conveners and guests are those who hold the posts now; where one is succeeded, the successor is."""
        table = tables.meetings
        query = sa.select(
            table.c.id, table.c.plan, table.c.meeting, table.c.grid, table.c.conveners, table.c.people,
            table.c.departments,
        ).where(table.c.state.in_(AHEAD), table.c.day >= today - HORIZON)  # fmt: skip
        people = people_of(self._work.connection, today)
        for row in self._work.connection.execute(query).all():
            rule = self._work.plans.meeting(row.plan, row.meeting)
            values = staff(rule, row.grid, people)
            if values != {name: list(getattr(row, name)) for name in values}:
                self._work.connection.execute(sa.update(table).where(table.c.id == row.id).values(values))

    def fill(self, meeting: Meeting) -> None:
        """Put on the agenda what belongs there by itself, and take off what is settled."""
        rule = self._work.plans.meeting(meeting.plan, meeting.meeting)
        meeting.fill(list(self._suggested(rule, meeting)), new_id)

    def fill_around(self, grid: str) -> None:
        """A case in `grid` came to be, or is no longer, one that nobody could settle: the coming agendas say so."""
        above = sa.select(tables.grids.c.ancestors).where(tables.grids.c.code == grid)
        around = {grid, *(self._work.connection.scalar(above) or ()), self._work.county}
        table = tables.meetings.c
        self._fill(sa.and_(table.grid.in_(around), sa.text(tables.COMING), table.state == PLANNED))

    def _fill_busy(self, condition: sa.ColumnElement[bool], today: date) -> None:
        """Fill the agendas where something can come or go: most villages have nothing that is not settled."""
        grids = tables.grids.c
        unresolved = sa.select(tables.cases.c.grid).where(sa.text(tables.UNRESOLVED))
        found = sa.select(tables.tasks.c.grid).join(tables.findings, tables.findings.c.task_id == tables.tasks.c.id)
        found = found.where(tables.findings.c.answer == PROBLEM, tables.tasks.c.day >= today - LOOK_BACK)
        busy = sa.select(grids.code, grids.ancestors).where(grids.code.in_(sa.union(unresolved, found)))
        around = {self._work.county}
        for code, ancestors in self._work.connection.execute(busy):
            around |= {code, *ancestors}
        has_cases = sa.func.jsonb_path_exists(
            tables.meetings.c["items"], sa.cast("$[*] ? (@.case_id != null)", JSONPATH)
        )
        self._fill(sa.and_(condition, sa.or_(tables.meetings.c.grid.in_(around), has_cases)))

    def _fill(self, condition: sa.ColumnElement[bool]) -> None:
        for meeting in self._work.meetings.where(condition):
            self.fill(meeting)

    def _suggested(self, rule: MeetingRule, meeting: Meeting) -> Iterable[Suggested]:
        for kind in rule.agenda:
            if kind == UNRESOLVED:
                yield from self._work.cases.unresolved(meeting.grid)
            elif kind == FINDINGS:
                since = self._before(rule, meeting)
                yield from self._work.cases.unsettled_findings(meeting.grid, since, meeting.day)
            else:
                yield Suggested(kind=HEADING, title=HEADINGS[kind])

    def _before(self, rule: MeetingRule, meeting: Meeting) -> date:
        """The day of the meeting before."""
        key = (rule, meeting.round)
        if key not in self._days_before:
            calendar = workdays(self._work.connection, self._work.zone.key)
            found = occurrences(rule.cadence, meeting.round - LOOK_BACK, meeting.round - _DAY, calendar)
            self._days_before[key] = found[-1].day if found else meeting.round - LOOK_BACK
        return self._days_before[key]


def _row(key: Key, plan: Plan, rule: MeetingRule, occurrence: Occurrence) -> dict[str, Any]:
    headings = [HEADINGS[kind] for kind in rule.agenda if kind in HEADINGS]
    items = [
        AgendaItem(id=new_id(), number=number, kind=HEADING, title=title) for number, title in enumerate(headings, 1)
    ]
    return {
        "id": new_id(),
        "items": [asdict(item) for item in items],
        "meeting": rule.id,
        "name": rule.name,
        "plan": plan.name,
        "grid": key[1],
        "round": key[2],
        "day": occurrence.day,
        "moved_from": occurrence.moved_from,
        "state": PLANNED,
    }
