"""Copies of cases and of people in office, and what of them belongs on an agenda (INC-10)."""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.patrol import messages, tables
from services.patrol.model.checklist import PROBLEM
from services.patrol.model.meeting import CASE, FINDING, Suggested
from services.patrol.model.unresolved import OVER, STILL_OPEN, reasons
from services.patrol.repository.copies import in_force

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

MOST_SUGGESTED = 200
"""What comes on one agenda by itself; the oldest first, the rest next time."""
UNSETTLED = (*STILL_OPEN, "answered")


class CaseRepository:
    """What the incident service told of each case."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def hear(self, told: messages.CaseChanged) -> bool:
        """Keep what was told, unless something newer is there; say whether it is another matter for agendas now."""
        table = tables.cases
        self._hold(told.case_id)
        query = sa.select(table).where(table.c.case_id == told.case_id).with_for_update()
        row = self._work.connection.execute(query).mappings().one_or_none()
        had = tuple(row["why"]) if row else ()
        late = row is not None and row["sequence"] >= told.sequence
        state = row["state"] if row is not None and late else told.state
        why = reasons(had, told.why, state)
        over = told.at if state in OVER else None
        values = {"number": told.number, "matter_code": told.matter_code, "grid": told.grid, "state": state}
        values |= {"department": told.department, "why": list(why), "over_at": over, "sequence": told.sequence}
        if row is None:
            new = insert(table).values(**values, case_id=told.case_id, reported_at=told.at)
            self._work.connection.execute(new)
        elif not late or why != had:
            values = {"why": list(why)} if late else values
            self._work.connection.execute(sa.update(table).where(table.c.case_id == told.case_id).values(values))
        return why != had

    def _hold(self, case_id: str) -> None:
        """Two events of a case that nobody has heard of yet come at once: there is no row to lock."""
        lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
        self._work.connection.execute(lock, {"name": f"case:{case_id}"})

    def settle(self, case_id: str) -> str | None:
        table = tables.cases
        settled = sa.update(table).where(table.c.case_id == case_id).values(why=[]).returning(table.c.grid)
        grid: str | None = self._work.connection.scalar(settled)
        return grid

    def is_open(self, case_id: str, grid: str) -> Suggested | None:
        """The case as an item, if it is not over and lies in `grid`."""
        table = tables.cases.c
        known = _known().where(table.case_id == case_id, table.state.not_in(OVER), lies_in(table.grid, grid))
        row = self._work.connection.execute(known).one_or_none()
        return self._item(row, CASE) if row else None

    def unresolved(self, grid: str) -> list[Suggested]:
        """The cases in `grid` that nobody could settle, the oldest first."""
        table = tables.cases.c
        known = _known().where(sa.text(tables.UNRESOLVED), lies_in(table.grid, grid))
        rows = self._work.connection.execute(known.order_by(table.reported_at, table.case_id).limit(MOST_SUGGESTED))
        return [self._item(row, CASE) for row in rows]

    def unsettled_findings(self, grid: str, since: date, until: date) -> list[Suggested]:
        """What patrols found in `grid` from `since` to `until` whose cases are not settled."""
        tasks, findings, cases = tables.tasks.c, tables.findings.c, tables.cases.c
        known = (
            _known()
            .join(tables.findings, findings.case_id == cases.case_id)
            .join(tables.tasks, tasks.id == findings.task_id)
            .where(findings.answer == PROBLEM, tasks.day.between(since, until), cases.state.in_(UNSETTLED))
            .where(lies_in(tasks.grid, grid))
            .order_by(tasks.day, cases.case_id)
            .limit(MOST_SUGGESTED)
        )
        return [self._item(row, FINDING) for row in self._work.connection.execute(known)]

    def _item(self, row: sa.Row[tuple[object, ...]], kind: str) -> Suggested:
        name = self._work.plans.matter_name(row.matter_code)
        title = "·".join(each for each in (row.number, name, row.grid_name) if each)
        return Suggested(kind=kind, title=title, case_id=row.case_id, why=tuple(row.why))


def _known() -> sa.Select[tuple[object, ...]]:
    cases, grids = tables.cases, tables.grids
    columns = (cases.c.case_id, cases.c.number, cases.c.matter_code, cases.c.why)
    named = sa.select(*columns, sa.func.coalesce(grids.c.name, "").label("grid_name"))
    return named.select_from(cases.outerjoin(grids, grids.c.code == cases.c.grid))


def lies_in(column: sa.ColumnElement[str], grid: str) -> sa.ColumnElement[bool]:
    """Whether the grid of `column` is `grid` or lies below it; everything lies in a county (a code of 6 digits)."""
    if len(grid) < len("371321000000000"):
        return column.startswith(grid, autoescape=True)
    inner = sa.select(tables.grids.c.code).where(tables.grids.c.ancestors.contains([grid]))
    return sa.or_(column == grid, column.in_(inner))


class OfficerRepository:
    """Accounts with their roles, departments and areas."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def store(self, told: messages.OfficerChanged) -> None:
        row = insert(tables.officers).values({**told.__dict__, "roles": list(told.roles), "areas": list(told.areas)})
        names = ("roles", "department", "areas", "active", "sequence")
        newer = tables.officers.c.sequence < row.excluded.sequence
        changed = {name: row.excluded[name] for name in names}
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed, where=newer))

    def unknown(self, people: Collection[str], day: date) -> list[str]:
        """Those of `people` who have neither an account that is in use nor a post on `day`."""
        officers, posts = tables.officers.c, tables.posts.c
        there = set(
            self._work.connection.scalars(
                sa.union(
                    sa.select(officers.id).where(officers.active, officers.id.in_(people)),
                    sa.select(posts.person_id).where(posts.person_id.in_(people), in_force(day)),
                )
            )
        )
        return [person for person in people if person not in there]
