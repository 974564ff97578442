"""Who sees which cases, as SQL: applied in the query, not after it (REG-14).

A person sees the cases of the areas of their posts, those in which their department leads or helps, and those that
they reported. Everything else does not exist for them.
"""

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.incident.model.rights import DEPARTMENT_PEOPLE, GRID_WORKERS
from services.incident.tables import cases, messages


def of_cases(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `case` rows that `person` may see."""
    if person.has("platform"):
        return sa.true()
    conditions: list[sa.ColumnElement[bool]] = [cases.c.reporter_id == person.person_id]
    conditions += [cases.c.area.like(f"{area}%") for area in person.areas]
    if person.department:
        conditions += [
            cases.c.department == person.department,
            cases.c.co_departments.contains([person.department]),
        ]
    return sa.or_(*conditions)


def of_messages(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `message` rows addressed to `person`, to a grid or role in their areas, or their department."""
    to = messages.c.audience_kind
    conditions = [sa.and_(to == "person", messages.c.audience == person.person_id)]
    if person.department:
        conditions.append(sa.and_(to == "department", messages.c.audience == person.department))
    for area in person.areas:
        conditions.append(sa.and_(to == "grid", messages.c.audience.like(f"{area}%")))
        roles = sorted(person.roles)
        conditions.append(sa.and_(to == "role", messages.c.audience.in_(roles), messages.c.area.like(f"{area}%")))
    return sa.or_(*conditions)


def to_do(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `case` rows whose next step is `person`'s (待办)."""
    mine = cases.c.reporter_id == person.person_id
    conditions: list[sa.ColumnElement[bool]] = [sa.and_(mine, cases.c.state == "verified")]
    in_area = sa.or_(sa.false(), *(cases.c.area.like(f"{area}%") for area in person.areas))
    if person.has("centre-operator"):
        conditions.append(sa.and_(in_area, cases.c.state.in_(("reported", "filed", "verified"))))
    if person.has("verifier"):
        waiting = cases.c.state.in_(("answered", "spot-check"))
        conditions.append(sa.and_(in_area, waiting, ~cases.c.handlers.contains([person.person_id])))
    held = cases.c.state.in_(("dispatched", "handling"))
    if person.has(*DEPARTMENT_PEOPLE) and person.department:
        conditions.append(sa.and_(held, cases.c.department == person.department))
    if person.has(*GRID_WORKERS):
        conditions.append(sa.and_(held, cases.c.department.is_(None), in_area))
    return sa.or_(*conditions)
