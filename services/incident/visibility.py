"""Who sees which cases, as SQL: applied in the query, not after it (REG-14).

A person sees the cases of the areas of their posts, those in which their department leads or helps, and those that
they reported. Everything else does not exist for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

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

GRID_DIGITS = 15
"""The length of a grid's whole code (REG-02): nothing begins with it but itself, so it is compared as equal, and an
index on the code goes on with the order of what follows."""
OVER = ("closed", "registered", "declined", "handed-over")
"""Nobody has a step to take in these; the index of the others (`tables.OPEN`) serves what is to do."""


@dataclass(frozen=True)
class MessageWay:
    """One way in which messages are addressed to a person."""

    condition: sa.ColumnElement[bool]
    to_grid: bool = False


@dataclass(frozen=True)
class Way:
    """One way in which a person sees cases: those that `condition` holds for and, if named, `helping` helps with."""

    condition: sa.ColumnElement[bool]
    helping: str | None = None


def of_cases(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `case` rows that `person` may see: any of the ways."""
    return sa.or_(*(_whole(way) for way in ways(person)))


def _whole(way: Way) -> sa.ColumnElement[bool]:
    return sa.and_(way.condition, cases.c.co_departments.contains([way.helping])) if way.helping else way.condition


def ways(person: Principal, within: str = "") -> Iterator[Way]:
    """The ways in which `person` may see `case` rows that lie in the area `within`.

    Together they are everything that the person sees; a row may be seen in several ways. Lists ask for each way by
    itself (`queries.worklists`), so what hides a case from somebody has to be part of every way.
    """
    area = cases.c.area
    inside = in_area(area, within) if within else sa.true()
    if person.has("platform"):
        yield Way(inside)
        return
    yield Way(sa.and_(cases.c.reporter_id == person.person_id, inside))
    yield from (Way(in_area(area, each)) for each in _narrowed(person.areas, within))
    if person.department:
        yield Way(sa.and_(cases.c.department == person.department, inside))
        yield Way(inside, helping=person.department)


def in_area(code: sa.ColumnElement[str], area: str) -> sa.ColumnElement[bool]:
    """Whether the division or grid `code` lies in `area`."""
    return code == area if len(area) >= GRID_DIGITS else code.startswith(area, autoescape=True)


def _narrowed(areas: tuple[str, ...], within: str) -> Iterator[str]:
    """What `areas` and `within` have in common."""
    for area in areas:
        if within.startswith(area):
            yield within
        elif area.startswith(within):
            yield area


def of_messages(person: Principal) -> sa.ColumnElement[bool]:
    """The condition on `message` rows addressed to `person`, to a grid or role in their areas, or their department."""
    return sa.or_(*(way.condition for way in ways_of_messages(person)))


def ways_of_messages(person: Principal) -> Iterator[MessageWay]:
    """Those ways one by one, each with an index that gives its newest first."""
    to, audience, area = messages.c.audience_kind, messages.c.audience, messages.c.area
    yield MessageWay(sa.and_(to == "person", audience == person.person_id))
    if person.department:
        kinds = ["department", *(kind for kind, roles in OF_DEPARTMENT.items() if person.has(*roles))]
        yield from (MessageWay(sa.and_(to == kind, audience == person.department)) for kind in kinds)
    kinds = ["grid", *(kind for kind, roles in OF_GRID.items() if person.has(*roles))]
    for each in person.areas:
        yield from (MessageWay(sa.and_(to == kind, in_area(audience, each)), kind == "grid") for kind in kinds)
        for role in sorted(person.roles):
            yield MessageWay(sa.and_(to == "role", audience == role, in_area(area, each)))


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
    here = sa.or_(sa.false(), *(in_area(cases.c.area, area) for area in person.areas))
    if person.has("centre-operator"):
        conditions.append(sa.and_(here, cases.c.state.in_(("reported", "filed", "verified"))))
    arbitrated = sa.and_(here, cases.c.state == "arbitration")
    conditions.append(sa.and_(arbitrated, cases.c.arbiters.overlap(sorted(person.roles))))
    if person.has("verifier"):
        waiting = cases.c.state.in_(("answered", "spot-check"))
        conditions.append(sa.and_(here, waiting, ~cases.c.handlers.contains([person.person_id])))
    held = cases.c.state.in_(("dispatched", "handling"))
    if person.has(*DEPARTMENT_PEOPLE) and person.department:
        conditions.append(sa.and_(held, cases.c.department == person.department))
        conditions.append(sa.and_(cases.c.state == "handling", called(person, arrived=None)))
    if person.has(*GRID_WORKERS):
        at_mine = sa.or_(sa.false(), *(cases.c.held_at.like(f"{area}%") for area in person.areas))
        conditions.append(sa.and_(held, cases.c.department.is_(None), at_mine))
    return sa.and_(cases.c.state.not_in(OVER), sa.or_(*conditions))
