"""Who sees which tasks, as SQL: one's own, and those of the areas of one's posts (REG-14)."""

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.patrol.tables import diaries, tasks

AREA_ROLES = (
    "grid-leader", "governance-member", "centre-operator", "verifier", "county-leader", "assessor",
    "discipline-inspector", "auditor",
)  # fmt: skip
"""Who looks at the tasks of others in their areas; a grid member sees their own, not what colleagues do (PAT-10)."""


def of_tasks(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `task` rows that `person` may see."""
    if person.has("platform"):
        return sa.true()
    mine = tasks.c.person_id == person.person_id
    if not person.has(*AREA_ROLES):
        return mine
    return sa.or_(mine, *(within(area) for area in person.areas))


def of_diaries(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `diary` rows that `person` may see: one's own, and those of the workers of one's areas."""
    if person.has("platform"):
        return sa.true()
    mine = diaries.c.person_id == person.person_id
    if not person.has(*AREA_ROLES):
        return mine
    return sa.or_(mine, *(diaries.c.grid.startswith(area, autoescape=True) for area in person.areas))


def of_entering(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `task` rows in which `person` may enter what they found: another's are as if they were not."""
    return tasks.c.person_id == person.person_id


def within(area: str) -> sa.ColumnElement[bool]:
    """Whether a task's grid lies in the area with this prefix."""
    return tasks.c.grid.startswith(area, autoescape=True)
