"""Who sees which events and connections, as SQL: applied in the query, not after it (REG-14).

The rule is that of the live stream: events in the areas of a person's posts, those of their department or that name
it as concerned, those of the cases that they reported, and announcements that concern everybody.
"""

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.liaison.model import ADMINISTRATORS
from services.liaison.tables import connections, events

SEE_EVERY_EVENT = (*ADMINISTRATORS, "assessor", "auditor", "county-leader")
ANNOUNCEMENTS = "registry.plan-"


def of_events(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `event` rows that `person` may read."""
    if person.has(*SEE_EVERY_EVENT):
        return sa.true()
    table = events.c
    conditions = [table.reporter_id == person.person_id, table.type.startswith(ANNOUNCEMENTS, autoescape=True)]
    conditions += [table.grid.startswith(area, autoescape=True) for area in person.areas]
    if person.department:
        conditions += [table.department == person.department, table.concerned.contains([person.department])]
    return sa.or_(*conditions)


def of_connections(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `connection` rows that `person` may see: administrators all, others their department's."""
    if person.has(*ADMINISTRATORS):
        return sa.true()
    return connections.c.department == (person.department or "")
