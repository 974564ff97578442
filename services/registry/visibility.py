"""Who sees whom, what posts let a person see, which plan holds: in SQL, for repository and queries (REG-14)."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.registry.handlers.rights import CONFIRMERS, HOUSEHOLDS
from services.registry.model import areas
from services.registry.model.care import LIVE
from services.registry.model.divisions import kind_of, trimmed
from services.registry.model.grids import covered_whole
from services.registry.tables import (
    care_entry,
    division,
    duty_letter,
    duty_shift,
    grid,
    household,
    person,
    place,
    plan_activation,
    plan_version,
    post,
)

SEES_EVERYBODY = (
    "security-administrator",
    "system-administrator",
    "auditor",
    "discipline-inspector",
    "platform",
)


def sees_place(caller: Principal) -> sa.ColumnElement[bool]:
    """The places that `caller` may see: those in their areas, all for who sees everybody (REG-10, REG-14)."""
    if caller.has(*SEES_EVERYBODY):
        return sa.true()
    return sa.or_(sa.false(), *(place.c.grid_code.startswith(area, autoescape=True) for area in caller.areas))


def responsible_at(place_id: str, sealed: str | None, seal: Seal) -> tuple[str, str]:
    """Name and telephone of who is responsible at a place, "" where nobody is."""
    if sealed is None:
        return "", ""
    said = json.loads(seal.open(sealed, f"place.responsible:{place_id}"))
    return said["name"], said["phone"]


def held_on(day: date) -> sa.ColumnElement[bool]:
    """The posts that are in effect on `day`; proposed ones are not."""
    running = sa.or_(post.c.ends.is_(None), post.c.ends >= day)
    return sa.and_(post.c.state != "proposed", post.c.starts <= day, running)


def sees_grid(caller: Principal, code: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The grids whose records `caller` may see: those in the own areas."""
    if caller.has(*SEES_EVERYBODY):
        return sa.true()
    return sa.or_(sa.false(), *(code.startswith(area, autoescape=True) for area in caller.areas))


def sees_letter(caller: Principal) -> sa.ColumnElement[bool]:
    """The duty letters that `caller` may see: about grids in the own areas, and those that the caller signs."""
    its = (duty_letter.c.upper_person_id, duty_letter.c.lower_person_id)
    mine = [column == caller.person_id for column in its] if is_id(caller.person_id) else []
    return sa.or_(sees_grid(caller, duty_letter.c.lower_grid), *mine)


def sees_shift(caller: Principal) -> sa.ColumnElement[bool]:
    """The shifts that `caller` may see: in or over the own areas, one's own, and those one is asked to take over."""
    its = (duty_shift.c.person_id, duty_shift.c.offered_to)
    mine = [column == caller.person_id for column in its] if is_id(caller.person_id) else []
    over = [sa.literal(area).startswith(duty_shift.c.area) for area in caller.areas]
    return sa.or_(sees_grid(caller, duty_shift.c.area), *over, *mine)


def sees_person(caller: Principal) -> sa.ColumnElement[bool]:
    """The people whom `caller` may see: themselves, their department, those with a post in their areas."""
    if caller.has(*SEES_EVERYBODY):
        return sa.true()
    seen = [sa.cast(person.c.id, sa.Text) == caller.person_id]
    if caller.department:
        seen.append(person.c.department == caller.department)
    if caller.areas:
        within = sa.or_(*(post.c.grid_code.startswith(area, autoescape=True) for area in caller.areas))
        seen.append(sa.exists().where(post.c.person_id == person.c.id, within))
    return sa.or_(*seen)


def sees_household(caller: Principal) -> sa.ColumnElement[bool]:
    """The households of the caller's areas, for those who work in grids, and those on whose listing the caller's
    department decides."""
    if caller.has("platform"):
        return sa.true()
    seen: list[sa.ColumnElement[bool]] = [sa.false()]
    if caller.has(*HOUSEHOLDS):
        seen += [household.c.grid_code.startswith(area, autoescape=True) for area in caller.areas]
    if caller.department and caller.has(*CONFIRMERS):
        live = sa.and_(care_entry.c.household_id == household.c.id, care_entry.c.state.in_(LIVE))
        seen.append(sa.exists().where(live, care_entry.c.confirmer == caller.department))
    return sa.or_(*seen)


def decides_on_care(caller: Principal, today: date) -> sa.ColumnElement[bool]:
    """The entries of the list of visits on which the caller decides: for the department, or for the village."""
    if caller.has("platform"):
        return sa.true()
    decides: list[sa.ColumnElement[bool]] = [sa.false()]
    if caller.department and caller.has(*CONFIRMERS):
        decides.append(care_entry.c.confirmer == caller.department)
    if caller.has("party-secretary"):
        decides += [care_entry.c.grid_code.startswith(area, autoescape=True) for area in caller.areas]
    if caller.has("grid-leader"):
        above = sa.and_(grid.c.code == care_entry.c.grid_code, post.c.grid_code == sa.any_(grid.c.path))
        mine = sa.and_(sa.cast(post.c.person_id, sa.Text) == caller.person_id, post.c.post == "leader", held_on(today))
        decides.append(sa.exists().where(above, mine))
    return sa.or_(*decides)


def prefixes(connection: sa.Connection, codes: Collection[str]) -> tuple[str, ...]:
    """The area prefixes of the grids `codes` and all their descendants; () for none."""
    if not codes:
        return ()
    active = grid.c.state == "active"
    own = sa.or_(grid.c.code.in_(codes), grid.c.path.overlap(sorted(codes)))
    columns = (grid.c.code, grid.c.kind, grid.c.division_code, grid.c.division_codes)
    mine = connection.execute(sa.select(*columns).where(active, own)).all()
    in_counties = sa.or_(*(grid.c.code.startswith(county) for county in sorted({code[:6] for code in codes})))
    existing = connection.scalars(sa.select(grid.c.code).where(active, in_counties)).all()
    covering = [(row.division_code, row.division_codes) for row in mine if row.kind == "area"]
    whole = covered_whole(covering, _villages(connection, [division for division, _ in covering]))
    return areas.prefixes({row.code for row in mine}, existing, whole)


def _villages(connection: sa.Connection, within: Collection[str]) -> Sequence[str]:
    """The villages of the towns and counties among `within`."""
    larger = {trimmed(code) for code in within if kind_of(code) != "village"}
    inside = sa.or_(sa.false(), *(division.c.code.startswith(prefix) for prefix in sorted(larger)))
    return connection.scalars(sa.select(division.c.code).where(division.c.kind == "village", inside)).all()


def areas_of(connection: sa.Connection, person_ids: Collection[str], today: date) -> Mapping[str, tuple[str, ...]]:
    """The area prefixes that today's posts give to each person; persons without a post are left out."""
    if not person_ids:
        return {}
    holders = post.c.person_id.in_(list(person_ids))
    codes: dict[str, set[str]] = {}
    for row in connection.execute(sa.select(post.c.person_id, post.c.grid_code).where(holders, held_on(today))):
        codes.setdefault(row.person_id, set()).add(row.grid_code)
    return {person_id: prefixes(connection, grids) for person_id, grids in codes.items()}


def plan_in_force(connection: sa.Connection, day: date, *sections: str) -> Any:
    """The plan's version that holds on `day`, the latest of the activations whose day has come, as a row or None.

    Its `document` has the named sections only; a whole one weighs a megabyte.
    """
    wanted = [part for name in sections for part in (name, plan_version.c.document[name])]
    statement = (
        sa.select(
            plan_version.c.plan_id,
            plan_version.c.number,
            sa.func.jsonb_strip_nulls(sa.func.jsonb_build_object(*wanted)).label("document"),
        )
        .join(
            plan_activation,
            sa.and_(
                plan_activation.c.plan_id == plan_version.c.plan_id,
                plan_activation.c.number == plan_version.c.number,
            ),
        )
        .where(plan_activation.c.effective <= day)
        .order_by(plan_activation.c.effective.desc(), plan_activation.c.id.desc())
        .limit(1)
    )
    return connection.execute(statement).one_or_none()
