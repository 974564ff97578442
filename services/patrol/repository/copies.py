"""Copies of grids, posts, working days and plans, fed by the registry's events; what comes late is ignored."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.geography import choose, contains, parse_boundary
from services.chassis.working_calendar import WorkingCalendar, is_published
from services.patrol import messages, tables
from services.patrol.errors import NoPlan
from services.patrol.model.inspection_rules import InspectionRule
from services.patrol.model.meeting_plan import MeetingRule
from services.patrol.model.plan import Office, Patrol, Plan, plan_of, section_of
from services.patrol.model.questions import Question
from services.patrol.model.recurrence import Window, Workdays
from services.patrol.model.return_plan import ReturnRule

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

APPOINTED = "appointed"
LEADER = "leader"
"""What the registry calls whoever leads a grid, of whatever level."""
ALL_DAY = ((time(0), time(23, 59)),)
"""Office hours do not matter here: only which days are worked."""


def _store(work: "PatrolWork", table: sa.Table, key: str, values: Mapping[str, Any]) -> None:
    """Insert or update unless the stored row is as new or newer."""
    row = insert(table).values(values)
    changed = {name: row.excluded[name] for name in values if name != key}
    newer = table.c.sequence < row.excluded.sequence
    work.connection.execute(row.on_conflict_do_update(index_elements=[key], set_=changed, where=newer))


class GridRepository:
    """The grids in which patrols are walked."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def store(self, grid: messages.GridChanged) -> None:
        _store(self._work, tables.grids, "code", {**grid.__dict__, "ancestors": list(grid.ancestors)})

    def lies_in(self, grid: str, area: str) -> bool:
        table = tables.grids.c
        there = sa.exists().where(table.code == grid, table.active)
        if area != self._work.county:
            there = there.where(sa.or_(table.code == area, table.ancestors.contains([area])))
        return bool(self._work.connection.scalar(sa.select(there)))

    def below_at(self, grid: str, lon: float, lat: float) -> str | None:
        table = tables.grids.c
        below = sa.and_(table.active, table.boundary.is_not(None), table.ancestors.contains([grid]))
        rows = self._work.connection.execute(sa.select(table.level, table.code, table.boundary).where(below))
        around = ((row.level, row.code) for row in rows if contains(parse_boundary(row.boundary), lon, lat))
        return choose(around)


class PostRepository:
    """Who holds which post."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def store(self, post: messages.PostChanged) -> None:
        _store(self._work, tables.posts, "id", post.__dict__)

    def holds(self, person_id: str, office: Office, grid: str, day: date) -> bool:
        held = held_posts(self._work.connection, person_id, day)
        ancestors = sa.select(tables.grids.c.ancestors).where(tables.grids.c.code == grid)
        around = {grid, *(self._work.connection.scalar(ancestors) or ())}
        return any(post.is_office(office) and post.grid in around for post in held)

    def leads_above(self, person_id: str, grid: str, day: date) -> bool:
        above = self._work.connection.scalar(sa.select(tables.grids.c.ancestors).where(tables.grids.c.code == grid))
        held = held_posts(self._work.connection, person_id, day)
        return any(post.post == LEADER and post.grid in (above or ()) for post in held)

    def serves(self, person_id: str, day: date) -> bool:
        its = sa.exists().where(tables.posts.c.person_id == person_id, in_force(day))
        return bool(self._work.connection.scalar(sa.select(its)))

    def of_offices(self, offices: Sequence[Office], grid: str, day: date) -> Collection[str]:
        return holders_of(self._work.connection, offices, grid, day)


def holders_of(connection: sa.Connection, offices: Sequence[Office], grid: str, day: date) -> Mapping[str, str]:
    """Who holds one of the offices on the day, in the grid or below it, with the first office's title."""
    posts, grids = tables.posts.c, tables.grids.c
    query = sa.select(posts.person_id, posts.post, posts.grid, grids.level, grids.kind)
    within = sa.or_(grids.code == grid, grids.ancestors.contains([grid]))
    rows = connection.execute(query.join(tables.grids, grids.code == posts.grid).where(within, in_force(day))).all()
    found: dict[str, str] = {}
    for office in offices:
        for person, *held in rows:
            if HeldPost(*held).is_office(office):
                found.setdefault(person, office.title)
    return found


@dataclass(frozen=True)
class HeldPost:
    """A post that somebody has, and the level and kind of its grid."""

    post: str
    grid: str
    level: int
    kind: str

    def is_office(self, office: Office | None) -> bool:
        return office is not None and self.post == office.post and office.is_in(self.level, self.kind)


def held_posts(connection: sa.Connection, person_id: str, day: date) -> list[HeldPost]:
    """The posts that the person has on the day, in grids that are known."""
    table, grids = tables.posts.c, tables.grids.c
    query = sa.select(table.post, table.grid, grids.level, grids.kind).join(tables.grids, grids.code == table.grid)
    rows = connection.execute(query.where(table.person_id == person_id, in_force(day)))
    return [HeldPost(*row) for row in rows]


def in_force(day: date) -> sa.ColumnElement[bool]:
    """The condition on `post` rows that hold on `day`; an ended one holds until its last day."""
    table = tables.posts.c
    return sa.and_(
        table.state.in_((APPOINTED, "ended")),
        table.starts <= day,
        sa.or_(table.ends.is_(None), table.ends >= day),
    )


class PlaceRepository:
    """The places that are looked at one by one (REG-10)."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def store(self, place: messages.PlaceChanged) -> None:
        _store(self._work, tables.places, "id", place.__dict__)

    def get(self, place_id: str) -> messages.PlaceChanged | None:
        query = sa.select(tables.places).where(tables.places.c.id == place_id)
        row = self._work.connection.execute(query).mappings().one_or_none()
        return messages.PlaceChanged(**{name: row[name] for name in row}) if row else None


class CalendarRepository:
    """The county's own working days."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def store(self, told: messages.CalendarChanged) -> None:
        days = {day.isoformat(): worked for day, worked in told.days.items()}
        values = {"year": told.year, "days": days, "sequence": told.sequence}
        _store(self._work, tables.calendar_years, "year", values)

    def workdays(self) -> Workdays:
        return workdays(self._work.connection, self._work.zone.key)


def workdays(connection: sa.Connection, timezone: str) -> WorkingCalendar:
    """Which days are worked: the county's own table, then the State Council's, else Monday to Friday."""
    rows = connection.execute(sa.select(tables.calendar_years.c.year, tables.calendar_years.c.days)).all()
    own = {date.fromisoformat(day): worked for row in rows for day, worked in row.days.items()}
    complete = frozenset(row.year for row in rows if not is_published(row.year))
    return WorkingCalendar(timezone, ALL_DAY, own, complete, assume_weekends=True)


class PlanRepository:
    """The plans that were activated; on a day the latest activated of those in effect holds."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._read: dict[str, Plan] = {}

    def activate(self, plan: messages.PlanActivated) -> None:
        name = f"{plan.plan_id}/{plan.version}"
        values = {"section": section_of(plan.document), "effective": plan.effective, "activated_at": plan.at}
        row = insert(tables.plans).values(name=name, **values)
        newer = tables.plans.c.activated_at < row.excluded.activated_at
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values, where=newer))

    def patrol(self, plan: str, patrol: str) -> Patrol:
        found = self._plan(plan).patrols.get(patrol)
        if found is None:
            raise NoPlan(what=f"{plan}:{patrol}")
        return found

    def knows(self, plan: str, matter_code: str) -> bool:
        return matter_code in self._plan(plan).matters

    def meeting(self, plan: str, meeting: str) -> MeetingRule:
        found = self._plan(plan).meetings.get(meeting)
        if found is None:
            raise NoPlan(what=f"{plan}:{meeting}")
        return found

    def return_(self, plan: str, form: str) -> ReturnRule:
        found = self._plan(plan).returns.get(form)
        if found is None:
            raise NoPlan(what=f"{plan}:{form}")
        return found

    def has_department(self, plan: str, department: str) -> bool:
        return department in self._plan(plan).departments

    def matter_name(self, matter_code: str) -> str:
        """What the plan in force calls the matter; "" for one that it has not."""
        plan = self.in_force(self._work.now.astimezone(self._work.zone).date())
        return plan.matter_names.get(matter_code, "") if plan else ""

    def inspection(self, plan: str, rule: str) -> InspectionRule:
        found = self._plan(plan).inspections.get(rule)
        if found is None:
            raise NoPlan(what=f"{plan}:{rule}")
        return found

    def questions(self, plan: str, matter_code: str) -> Sequence[Question]:
        return self._plan(plan).questions.get(matter_code, ())

    def last_day(self, window: Window, first: date) -> date:
        return window.last(first, workdays(self._work.connection, self._work.zone.key))

    def in_force(self, day: date) -> Plan | None:
        """The plan that holds on `day`, None while there is none."""
        name = _name_in_force(self._work.connection, day)
        return self._plan(name) if name else None

    def _plan(self, name: str) -> Plan:
        """Asked once in a transaction: within it a plan stays as it is."""
        if name not in self._read:
            self._read |= self._work.book.read(self._work.connection, [name])
        if name not in self._read:
            raise NoPlan(what=name)
        return self._read[name]


def _name_in_force(connection: sa.Connection, day: date) -> str | None:
    table = tables.plans.c
    query = sa.select(table.name).where(table.effective <= day).order_by(table.activated_at.desc()).limit(1)
    name: str | None = connection.scalar(query)
    return name


def plan_in_force(connection: sa.Connection, book: "PlanBook", day: date) -> Plan | None:
    """The plan that holds on `day`, None while there is none."""
    name = _name_in_force(connection, day)
    return book.read(connection, [name])[name] if name else None


class PlanBook:
    """Plans, read once and kept in mind: they do not change, new versions come. One for each database."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, Plan]] = {}

    def read(self, connection: sa.Connection, names: Collection[str]) -> Mapping[str, Plan]:
        """The plans of these names, as they were last activated; those that are not there are missing."""
        table = tables.plans.c
        query = sa.select(table.name, table.activated_at).where(table.name.in_(names))
        found = {}
        for name, activated_at in connection.execute(query).all():
            known = self._known.get(name)
            if known is None or known[0] != activated_at:
                row = connection.execute(sa.select(table.section, table.effective).where(table.name == name)).one()
                begins = connection.execute(_begun(name, activated_at)).scalar_one()
                known = self._known[name] = (activated_at, plan_of(name, row.effective, row.section, begins))
            found[name] = known[1]
        return found


def _begun(name: str, activated_at: datetime) -> sa.Select[date]:
    """Since when the plan of which `name` is a version has been kept: what is due by it goes on under a new version."""
    table = tables.plans.c
    same = sa.func.split_part(table.name, "/", 1) == name.partition("/")[0]
    return sa.select(sa.func.min(table.effective)).where(same, table.activated_at <= activated_at)
