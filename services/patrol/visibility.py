"""Who sees which tasks, as SQL: one's own, and those of the areas of one's posts (REG-14)."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array

from services.chassis.auth import Principal
from services.patrol.tables import corrections, decisions, diaries, inspections, meetings, returns, tasks, visits

AREA_ROLES = (
    "grid-leader", "governance-member", "centre-operator", "verifier", "county-leader", "assessor",
    "discipline-inspector", "auditor",
)  # fmt: skip
"""Who looks at the tasks of others in their areas; a grid member sees their own, not what colleagues do (PAT-10)."""


Sights = Sequence[sa.ColumnElement[bool]]
"""What somebody sees, one condition for each reason: together by OR, or each by itself where an index is to be used."""


def sights_of_tasks(person: Principal, table: sa.FromClause = tasks) -> Sights:
    """The conditions on `task` rows, one of which holds where `person` may see the row, or on rows of sums of them."""
    if person.has("platform"):
        return [sa.true()]
    mine = table.c.person_id == person.person_id
    return [mine, *(within(area, table) for area in person.areas)] if person.has(*AREA_ROLES) else [mine]


def of_tasks(person: Principal, table: sa.FromClause = tasks) -> sa.ColumnElement[bool]:
    """The condition on `task` rows that `person` may see, or on rows of sums of them (`table`)."""
    return sa.or_(*sights_of_tasks(person, table))


def of_diaries(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `diary` rows that `person` may see: one's own, and those of the workers of one's areas."""
    if person.has("platform"):
        return sa.true()
    mine = diaries.c.person_id == person.person_id
    if not person.has(*AREA_ROLES):
        return mine
    return sa.or_(mine, *(diaries.c.grid.startswith(area, autoescape=True) for area in person.areas))


def of_inspections(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `inspection` rows that `person` may see: one's own, and those of one's areas."""
    if person.has("platform"):
        return sa.true()
    return sa.or_(inspections.c.by_id == person.person_id, *_of_areas(person, inspections))


def of_corrections(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `correction` rows that `person` may see: where one is responsible, and what one found."""
    if person.has("platform"):
        return sa.true()
    own = sa.select(inspections.c.id).where(inspections.c.by_id == person.person_id)
    return sa.or_(corrections.c.inspection_id.in_(own), *_of_areas(person, corrections))


def _of_areas(person: Principal, table: sa.Table) -> list[sa.ColumnElement[bool]]:
    return [within(area, table) for area in person.areas] if person.has(*AREA_ROLES) else []


Held = Collection[tuple[str, str]]
"""The posts that somebody has today, each with its grid."""


def sights_of_visiting(person: Principal, held: Held) -> Sights:
    """The conditions on `visit` rows that `person` may make: their own, and those of colleagues with the same post in
    the same grid. The posts are values, not a subquery, so that each finds its rows by an index."""
    offices = (sa.and_(visits.c.held_in == grid, visits.c.post == post) for post, grid in held)
    return [visits.c.person_id == person.person_id, *offices]


def of_visiting(person: Principal, held: Held) -> sa.ColumnElement[bool]:
    """The condition on `visit` rows that `person` may make."""
    return sa.or_(*sights_of_visiting(person, held))


def sights_of_visits(person: Principal, held: Held) -> Sights:
    """The conditions on `visit` rows that `person` may see: those they may make, and those of their areas."""
    if person.has("platform"):
        return [sa.true()]
    areas = (visits.c.grid.startswith(area, autoescape=True) for area in person.areas)
    return [*sights_of_visiting(person, held), *(areas if person.has(*AREA_ROLES) else ())]


def of_visits(person: Principal, held: Held) -> sa.ColumnElement[bool]:
    """The condition on `visit` rows that `person` may see."""
    return sa.or_(*sights_of_visits(person, held))


def of_entering(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `task` rows in which `person` may enter what they found: another's are as if they were not."""
    return tasks.c.person_id == person.person_id


def of_grids(person: Principal, grids: sa.Table) -> sa.ColumnElement[bool]:
    """The condition on `grid` rows in which `person` may see tasks: a first cut that asks no grid for its tasks."""
    if person.has("platform"):
        return sa.true()
    mine = grids.c.code.in_(sa.select(tasks.c.grid).where(tasks.c.person_id == person.person_id))
    areas = person.areas if person.has(*AREA_ROLES) else ()
    return sa.or_(mine, *(grids.c.code.startswith(area, autoescape=True) for area in areas))


def within(area: str, table: sa.FromClause = tasks) -> sa.ColumnElement[bool]:
    """Whether a task's grid lies in the area with this prefix."""
    return table.c.grid.startswith(area, autoescape=True)


def of_meetings(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `meeting` rows that `person` may see: convened, invited, of the department or areas (PAT-09)."""
    if person.has("platform"):
        return sa.true()
    table = meetings.c
    seen: list[sa.ColumnElement[bool]] = [table.people.contains(array([person.person_id]))]
    inside = sa.or_(sa.false(), *(table.grid.startswith(area, autoescape=True) for area in person.areas))
    if person.department:
        seen.append(sa.and_(table.departments.contains(array([person.department])), inside))
    if person.has(*AREA_ROLES):
        seen.append(inside)
    return sa.or_(*seen)


def of_decisions(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on rows of `decision` with their `meeting` that `person` may see: theirs, the department's, and
    those of meetings that they see."""
    if person.has("platform"):
        return sa.true()
    table = decisions.c
    seen: list[sa.ColumnElement[bool]] = [table.person_id == person.person_id, of_meetings(person)]
    if person.department:
        inside = sa.or_(sa.false(), *(table.grid.startswith(area, autoescape=True) for area in person.areas))
        seen.append(sa.and_(table.department == person.department, inside))
    return sa.or_(*seen)


def of_returns(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `return` rows that `person` may see: owed, received by the department, of the areas (PAT-12)."""
    if person.has("platform"):
        return sa.true()
    table = returns.c
    seen: list[sa.ColumnElement[bool]] = [table.person_id == person.person_id]
    inside = sa.or_(sa.false(), *(table.grid.startswith(area, autoescape=True) for area in person.areas))
    if person.has(*AREA_ROLES):
        seen.append(inside)
    elif person.department:
        seen.append(sa.and_(table.department == person.department, inside))
    return sa.or_(*seen)
