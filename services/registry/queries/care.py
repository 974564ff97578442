"""Households and the list of those to be visited as each may see them (PRV-02, PRV-03, PAT-07)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.chassis.personal import Seal, mask_name, mask_phone
from services.registry.errors import HouseholdNotFound
from services.registry.model.care import CATEGORIES, STATES, Reasons
from services.registry.model.households import PURPOSES, Personal
from services.registry.queries.paging import fetch, starting
from services.registry.queries.people import names_of
from services.registry.tables import care_entry, erasure, grid, household, household_look
from services.registry.visibility import decides_on_care, sees_household

Answer = dict[str, Any]
MOST_AT_ONCE = 200
HANDS_OUT = ("window-clerk", "auditor", "security-administrator", "platform")
"""Who lists the looks at a household, to hand them to it."""
SEES_PROOF = ("auditor", "discipline-inspector", "county-leader", "security-administrator", "system-administrator")
_SHOWN_OF_ADDRESS = 2
_OPEN = ("id", "grid_code", "grid_name", "persons", "purpose", "legal_basis", "needed_until", "active", "unplaced")
_ENTRY = (
    "id", "household_id", "grid_code", "state", "confirmer", "proposed_by", "proposed_at", "decided_by", "decided_at",
    "expires", "version",
)  # fmt: skip


@dataclass(frozen=True)
class Files:
    """Opens what is sealed about households, as a look or a right allows."""

    seal: Seal

    def shown(self, row: sa.Row[Any], unmasked: bool) -> Answer:
        """A household; masked unless told otherwise."""
        personal = Personal.read(row.sealed and self.seal.open(row.sealed, f"household.personal:{row.id}"))
        plain = {name: row._mapping[name] for name in (*_OPEN, "version")}
        if unmasked:
            said: Answer = {**personal.__dict__}
        else:
            said = {
                "address": _hidden(personal.address),
                "contact": mask_name(personal.contact),
                "phone": mask_phone(personal.phone),
            }
        return {**plain, **said, "masked": not unmasked}

    def entry(self, row: sa.Row[Any]) -> Answer:
        """An entry of the list; why it is there is for those alone who decide on it."""
        values = {name: row._mapping[name] for name in _ENTRY}
        said = {"state_name": STATES[row.state], "decides": row.decides, "erased": row.sealed is None}
        if row.sealed is None:
            return {**values, **said}
        reasons = Reasons.read(self.seal.open(row.sealed, f"care.entry:{row.id}"))
        if not row.decides:
            return {**values, **said, "help": reasons.help}
        return {**values, **said, **reasons.__dict__, "category_name": CATEGORIES.get(reasons.category, "")}


def _hidden(address: str) -> str:
    return address[:_SHOWN_OF_ADDRESS] + "*" * max(0, len(address) - _SHOWN_OF_ADDRESS)


def _households(caller: Principal) -> sa.Select[Any]:
    named = sa.select(household, grid.c.name.label("grid_name")).join(grid, grid.c.code == household.c.grid_code)
    return named.where(sees_household(caller))


def list_households(connection: sa.Connection, request: Any, caller: Principal, files: Files) -> Answer:
    """One page of the active households that the caller may see, grid by grid, masked."""
    statement = _households(caller).where(household.c.active)
    if request.area:
        statement = statement.where(starting(household.c.grid_code, request.area))
    if request.HasField("unplaced"):
        statement = statement.where(household.c.unplaced == request.unplaced)
    page = fetch(connection, statement, [household.c.grid_code, household.c.id], request.limit, request.cursor)
    return {"items": [files.shown(row, False) for row in page.rows], "next_cursor": page.next_cursor}


def get_households(
    connection: sa.Connection, ids: Sequence[str], caller: Principal, purpose: str, files: Files
) -> list[Answer]:
    """Those of the households that the caller may see, unmasked for a purpose.

    The look was recorded by the command LookAtHouseholds before this is read.
    """
    known = [each for each in dict.fromkeys(ids) if is_id(each)][:MOST_AT_ONCE]
    statement = _households(caller).where(household.c.id.in_(known)).order_by(household.c.id)
    return [files.shown(row, purpose in PURPOSES) for row in connection.execute(statement)]


def list_looks(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """Who looked at a household's data, newest first. Raises Forbidden, HouseholdNotFound."""
    caller.require(*HANDS_OUT, action="查看住户的信息查询记录")
    its = household_look.c.household_id == request.household_id if is_id(request.household_id) else sa.false()
    around = household.c.id == request.household_id if is_id(request.household_id) else sa.false()
    if caller.has("window-clerk"):
        within = [household.c.grid_code.startswith(area, autoescape=True) for area in caller.areas]
        around = sa.and_(around, sa.or_(sa.false(), *within))
    if connection.scalar(sa.select(household.c.id).where(around)) is None:
        raise HouseholdNotFound(id=request.household_id)
    statement = sa.select(household_look).where(its)
    page = fetch(connection, statement, [household_look.c.id], request.limit, request.cursor, descending=True)
    by = names_of(connection, [row.by_id for row in page.rows])
    return {
        "items": [
            {
                "at": row.at,
                "by_id": row.by_id,
                "by_name": by.get(row.by_id, ""),
                "purpose": row.purpose,
                "purpose_name": PURPOSES.get(row.purpose, ""),
                "fields": row.fields,
            }
            for row in page.rows
        ],
        "next_cursor": page.next_cursor,
    }


def list_care(connection: sa.Connection, request: Any, caller: Principal, files: Files, today: date) -> Answer:
    """The entries on which the caller decides and those that the caller proposed, newest first."""
    decides = decides_on_care(caller, today)
    mine = care_entry.c.proposed_by == caller.person_id
    statement = sa.select(care_entry, decides.label("decides")).where(sa.or_(mine, decides))
    if request.states:
        statement = statement.where(care_entry.c.state.in_(request.states))
    if request.area:
        statement = statement.where(starting(care_entry.c.grid_code, request.area))
    page = fetch(connection, statement, [care_entry.c.id], request.limit, request.cursor, descending=True)
    return {"items": [files.entry(row) for row in page.rows], "next_cursor": page.next_cursor}


def list_erasures(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """Proof of what was erased, newest first (PRV-01). Raises Forbidden."""
    caller.require(*SEES_PROOF, "platform", action="查看信息清除记录")
    statement = sa.select(erasure)
    if request.area:
        statement = statement.where(starting(erasure.c.grid_code, request.area))
    page = fetch(connection, statement, [erasure.c.id], request.limit, request.cursor, descending=True)
    return {"items": [dict(row._mapping) for row in page.rows], "next_cursor": page.next_cursor}
