"""Who sees whose scores, as SQL: applied in the query, not after it (REG-14).

| subject | seen by |
|---|---|
| member | the member; grid leaders with cases of the member in their area; oversight |
| grid | whoever has a post in an area that contains it; oversight |
| department | its own people; oversight |

Oversight are assessors, county leaders, discipline inspectors and auditors: for members and grids within their areas,
or the whole county where their post is the county's or names no area. Lists that rank members are for those who lead
or assess them, never for everybody.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from services.assessment import tables
from services.assessment.model.facts import COUNTY_DIGITS, DEPARTMENT, GRID, MEMBER
from services.chassis.auth import Principal

OVERSIGHT = ("assessor", "county-leader", "discipline-inspector", "auditor")
LISTS_MEMBERS = ("assessor", "county-leader", "grid-leader", "platform")
RECOMPUTES = ("assessor", "county-leader", "system-administrator", "platform")

Text = sa.ColumnElement[str]
Condition = sa.ColumnElement[bool]


def of_subjects(person: Principal, kind: Text, subject: Text) -> Condition:
    """The condition on rows about the subject (`kind`, `subject`) that `person` may see."""
    if sees_everything(person):
        return sa.true()
    seen = [sa.and_(kind == MEMBER, subject == person.person_id), sa.and_(kind == GRID, begins(subject, person.areas))]
    if person.department:
        seen.append(sa.and_(kind == DEPARTMENT, subject == person.department))
    if person.has("grid-leader", *OVERSIGHT):
        seen.append(sa.and_(kind == MEMBER, subject.in_(_with_cases_in(MEMBER, person.areas))))
    if person.has(*OVERSIGHT):
        seen.append(kind == DEPARTMENT)
    return sa.or_(*seen)


def within(area: str, kind: str, subject: Text) -> Condition:
    """The condition on subjects of `kind` that lie in `area` or, members and departments, have cases there."""
    if not area:
        return sa.true()
    return begins(subject, [area]) if kind == GRID else subject.in_(_with_cases_in(kind, [area]))


def sees_everything(person: Principal) -> bool:
    """Whether nothing is hidden from `person`."""
    return person.has("platform") or (person.has(*OVERSIGHT) and covers_county(person))


def covers_county(person: Principal) -> bool:
    """Whether the person's posts reach over the whole county, as reading the whole event log does."""
    return not person.areas or any(len(area) <= COUNTY_DIGITS for area in person.areas)


def begins(column: Text, areas: Sequence[str]) -> Condition:
    """The condition that a code lies in one of `areas`; never true for no areas."""
    return sa.or_(sa.false(), *(column.startswith(area, autoescape=True) for area in areas))


def _with_cases_in(kind: str, areas: Sequence[str]) -> sa.Select[tuple[str]]:
    there = tables.subject_areas.alias()
    return sa.select(there.c.subject_id).where(there.c.subject_kind == kind, begins(there.c.area, areas))
