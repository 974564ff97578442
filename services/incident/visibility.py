"""Who sees which cases, as SQL: applied in the query, not after it (REG-14).

A person sees the cases of the areas of their posts, those in which their department leads or helps, and those that
they reported. Everything else does not exist for them.
"""

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.incident.model.rights import DEPARTMENT_PEOPLE, GRID_WORKERS
from services.incident.tables import calls, cases, messages, precedents

OF_DEPARTMENT = {
    "department-handlers": ("department-handler", "enforcement-officer"),
    "department-heads": ("department-head",),
}
OF_GRID = {"grid-members": ("grid-member", "governance-member"), "grid-leaders": ("grid-leader",)}
"""Audiences that are some of a department's or a grid's people only: by which roles (INC-08)."""


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
        kinds = ["department", *(kind for kind, roles in OF_DEPARTMENT.items() if person.has(*roles))]
        conditions.append(sa.and_(to.in_(kinds), messages.c.audience == person.department))
    kinds_of_grids = ["grid", *(kind for kind, roles in OF_GRID.items() if person.has(*roles))]
    for area in person.areas:
        conditions.append(sa.and_(to.in_(kinds_of_grids), messages.c.audience.like(f"{area}%")))
        roles = sorted(person.roles)
        conditions.append(sa.and_(to == "role", messages.c.audience.in_(roles), messages.c.area.like(f"{area}%")))
    return sa.or_(*conditions)


def _verified() -> sa.Select[tuple[str]]:
    """The main cases that wait for a reporter's word, that of a merged case's reporter as good as any (INC-16)."""
    main = cases.alias("main")
    return sa.select(main.c.id).where(main.c.id == cases.c.main_id, main.c.state == "verified").correlate(cases)


def of_precedents(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `precedent` rows that hold somewhere in `person`'s areas, or name their department."""
    table = precedents.c
    conditions: list[sa.ColumnElement[bool]] = [table.lead == (person.department or "")]
    conditions.append(table.co_departments.contains([person.department or ""]))
    for area in person.areas:
        conditions += [table.area.like(f"{area}%"), sa.literal(area).startswith(table.area)]
    return sa.or_(*conditions)


def called(person: Principal, arrived: bool | None) -> sa.ColumnElement[bool]:
    """The condition on `case` rows to which `person`'s department is called and has not signed off (INC-09).

    `arrived` False keeps those to which it has not come yet, True those to which it has.
    """
    open_calls = sa.select(calls.c.case_id).where(
        calls.c.department == person.department, calls.c.signed_off.is_(None), calls.c.withdrawn.is_(None)
    )
    if arrived is not None:
        open_calls = open_calls.where(calls.c.arrived.is_not(None) if arrived else calls.c.arrived.is_(None))
    return cases.c.id.in_(open_calls)


def to_do(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `case` rows whose next step is `person`'s (待办)."""
    mine = cases.c.reporter_id == person.person_id
    asked = sa.or_(cases.c.state == "verified", cases.c.light == "paused", cases.c.main_id.in_(_verified()))
    conditions: list[sa.ColumnElement[bool]] = [sa.and_(mine, asked)]
    in_area = sa.or_(sa.false(), *(cases.c.area.like(f"{area}%") for area in person.areas))
    if person.has("centre-operator"):
        conditions.append(sa.and_(in_area, cases.c.state.in_(("reported", "filed", "verified"))))
    arbitrated = sa.and_(in_area, cases.c.state == "arbitration")
    conditions.append(sa.and_(arbitrated, cases.c.arbiters.overlap(sorted(person.roles))))
    if person.has("verifier"):
        waiting = cases.c.state.in_(("answered", "spot-check"))
        conditions.append(sa.and_(in_area, waiting, ~cases.c.handlers.contains([person.person_id])))
    held = cases.c.state.in_(("dispatched", "handling"))
    if person.has(*DEPARTMENT_PEOPLE) and person.department:
        conditions.append(sa.and_(held, cases.c.department == person.department))
        conditions.append(sa.and_(cases.c.state == "handling", called(person, arrived=None)))
    if person.has(*GRID_WORKERS):
        conditions.append(sa.and_(held, cases.c.department.is_(None), in_area))
    return sa.or_(*conditions)
