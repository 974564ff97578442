"""Asks for returns once in each period (PAT-12), driven by deadlines; who takes over a post takes over what is owed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.ids import new_id
from services.patrol import tables
from services.patrol.model.generation import Round, Standing, Wanted, changes
from services.patrol.model.plan import Office, Plan
from services.patrol.model.recurrence import Occurrence, Workdays
from services.patrol.model.report import ASKED, OVERDUE, OWED, SENT_BACK, WITHDRAWN
from services.patrol.model.return_plan import ReturnRule
from services.patrol.repository.copies import in_force, workdays

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

SUBJECT = "returns"
DAY, CHANGED = "day", "changed"
FARTHEST_BACK = timedelta(days=92)
SETTLE = timedelta(seconds=3)
_DAY = timedelta(days=1)
Asked = dict[Round, Wanted]


class ReturnDays:
    """How far returns are asked for, and asking for them."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._owed_by: dict[Office, Mapping[str, tuple[str | None, ...]]] = {}

    def needed(self) -> None:
        if CHANGED not in self._work.deadlines.kinds(SUBJECT):
            self._work.deadlines.set(SUBJECT, CHANGED, self._work.now + SETTLE)

    def run(self, today: date) -> None:
        """Ask for what is due today, and for what was due while nothing ran; doing it twice changes nothing."""
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('returns', 0))"))
        plan = self._work.plans.in_force(today)
        calendar = workdays(self._work.connection, self._work.zone.key)
        self._owed_by.clear()
        holders = self._holders(today)
        open_ = self._open()
        asked = self._asked(plan, self._from(today), today, calendar, holders) if plan else {}
        owed = self._still_owed(plan, open_, holders, asked)
        found = changes({**asked, **owed}, open_, self._over({each.day for each in (*asked, *owed)}))
        self._insert([each for each in found.made if each[0] in asked], plan, calendar)
        self._hand_over(found.handed)
        self._withdraw(found.withdrawn)
        self._overdue(today)
        row = insert(tables.arrangements).values(what=SUBJECT, until=today)
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["what"], set_={"until": today}))
        midnight = datetime.combine(today + _DAY, time(), self._work.zone).astimezone(UTC)
        self._work.deadlines.set(SUBJECT, DAY, midnight)

    def _from(self, today: date) -> date:
        table = tables.arrangements.c
        until = self._work.connection.scalar(sa.select(table.until).where(table.what == SUBJECT))
        return today if until is None else max(min(until + _DAY, today), today - FARTHEST_BACK)

    def _asked(
        self, plan: Plan, first: date, today: date, calendar: Workdays, holders: Mapping[str, Mapping[str, set[str]]]
    ) -> Asked:
        found: Asked = {}
        for rule in plan.returns.values():
            for occurrence in rule.asked(first, today, calendar):
                if occurrence.day <= today:
                    for grid, people in self._owing(rule, holders).items():
                        found[Round(rule.id, grid, occurrence.day, occurrence.number)] = Wanted(occurrence, people)
        return found

    def _still_owed(
        self,
        plan: Plan | None,
        open_: Mapping[Round, Sequence[Standing]],
        holders: Mapping[str, Mapping[str, set[str]]],
        running: Asked,
    ) -> Asked:
        """What is late is still owed, by whoever has the post now; what the plan dropped is not."""
        rules = plan.returns if plan else {}
        found: Asked = {}
        for round_ in open_:
            rule = rules.get(round_.patrol)
            people = self._owing(rule, holders).get(round_.grid) if rule else None
            if people is not None and round_ not in running:
                found[round_] = Wanted(Occurrence(round_.day, round_.day), people)
        return found

    def _owing(
        self, rule: ReturnRule, holders: Mapping[str, Mapping[str, set[str]]]
    ) -> Mapping[str, tuple[str | None, ...]]:
        """Who owes the return, by grid; nobody holds the post there: None alone, so that the gap is seen."""
        if rule.office in self._owed_by:
            return self._owed_by[rule.office]
        owed: dict[str, tuple[str | None, ...]]
        if not rule.office.levels:
            roles = holders.get(f"role:{rule.office.post}", {})
            owed = {self._work.county: tuple(sorted(roles.get("", ()))) or (None,)}
        else:
            there, table = holders.get(rule.office.post, {}), tables.grids.c
            rows = self._work.connection.execute(sa.select(table.code, table.level, table.kind).where(table.active))
            grids = [row.code for row in rows if rule.office.is_in(row.level, row.kind)]
            owed = {grid: tuple(sorted(there.get(grid, ()))) or (None,) for grid in grids}
        self._owed_by[rule.office] = owed
        return owed

    def _holders(self, today: date) -> Mapping[str, Mapping[str, set[str]]]:
        """Who holds each post, by grid; and who has each role, under "role:…" and no grid."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        table = tables.posts.c
        for post, grid, person in self._work.connection.execute(
            sa.select(table.post, table.grid, table.person_id).where(in_force(today))
        ):
            found[post][grid].add(person)
        officers = tables.officers.c
        accounts = sa.select(officers.id, officers.roles).where(officers.active)
        for person, roles in self._work.connection.execute(accounts):
            for role in roles:
                found[f"role:{role}"][""].add(person)
        return found

    def _open(self) -> Mapping[Round, list[Standing]]:
        table = tables.returns.c
        columns = (table.id, table.form, table.grid, table.day, table.number, table.person_id, table.state)
        found: dict[Round, list[Standing]] = defaultdict(list)
        for row in self._work.connection.execute(sa.select(*columns).where(table.state.in_(OWED)).order_by(table.id)):
            standing = Standing(row.id, row.person_id, row.state == SENT_BACK)
            found[Round(row.form, row.grid, row.day, row.number)].append(standing)
        return found

    def _over(self, days: set[date]) -> Mapping[Round, list[str | None]]:
        """Whose returns of these days are handed in."""
        table = tables.returns.c
        columns = (table.form, table.grid, table.day, table.number, table.person_id)
        done = sa.select(*columns).where(table.day.in_(days), table.state.not_in((*OWED, WITHDRAWN)))
        found: dict[Round, list[str | None]] = defaultdict(list)
        for form, grid, day, number, person in self._work.connection.execute(done):
            found[Round(form, grid, day, number)].append(person)
        return found

    def _insert(
        self, made: Sequence[tuple[Round, Occurrence, str | None]], plan: Plan | None, calendar: Workdays
    ) -> None:
        if not made or plan is None:
            return
        periods = {(each.patrol, each.day) for each, _, _ in made}
        since = {(form, day): plan.returns[form].since(day, calendar) for form, day in periods}
        rows = [
            _row(round_, occurrence, person, plan, since[round_.patrol, round_.day])
            for round_, occurrence, person in made
        ]
        self._work.connection.execute(insert(tables.returns).on_conflict_do_nothing(), rows)

    def _hand_over(self, handed: Sequence[tuple[str, str | None]]) -> None:
        table = tables.returns
        for return_id, person in handed:
            change = {"person_id": person, "version": table.c.version + 1}
            self._work.connection.execute(sa.update(table).where(table.c.id == return_id).values(change))

    def _withdraw(self, ids: Sequence[str]) -> None:
        if ids:
            table = tables.returns
            change = {"state": WITHDRAWN, "version": table.c.version + 1}
            self._work.connection.execute(sa.update(table).where(table.c.id.in_(ids)).values(change))

    def _overdue(self, today: date) -> None:
        table = tables.returns
        late = sa.and_(table.c.state == ASKED, table.c.until < today)
        change = {"state": OVERDUE, "late": True, "version": table.c.version + 1}
        self._work.connection.execute(sa.update(table).where(late).values(change))


def _row(round_: Round, occurrence: Occurrence, person: str | None, plan: Plan, since: date) -> dict[str, Any]:
    rule = plan.returns[round_.patrol]
    return {
        "id": new_id(),
        "form": rule.id,
        "name": rule.name,
        "plan": plan.name,
        "grid": round_.grid,
        "person_id": person,
        "department": rule.unit.id,
        "since": since,
        "day": round_.day,
        "until": occurrence.until,
        "number": round_.number,
        "state": ASKED,
    }
