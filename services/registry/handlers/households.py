"""Households: record, change, retire, look (REG-09, PRV-02, PRV-03); and they follow when grids change (REG-04)."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

import shapely

from services.chassis import geography
from services.chassis.ids import new_id
from services.registry.errors import GridRetired
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.handlers.care import erase_entry, keep_watch, move_entries, prove
from services.registry.messages import ChangeHousehold, LookAtHouseholds, RecordHousehold, RetireHousehold
from services.registry.model.grids import Grid
from services.registry.model.households import PURPOSES, Basis, Household, Personal, faults
from services.registry.model.successions import Outcome
from services.registry.model.values import among, check_version, refuse_values
from services.registry.ports import Work

MASKED_FIELDS = ("address", "contact")


def record_household(message: RecordHousehold, work: Work) -> Answer:
    """Raises Forbidden, ValueRefused, GridNotFound, GridRetired."""
    household = Household(id=new_id(), grid_code=message.grid_code)
    _take(household, {name: getattr(message, name) for name in _FIELDS}, Personal(), work)
    work.households.add(household)
    keep_watch(work)
    return receipt(household.id, household.version)


def change_household(message: ChangeHousehold, work: Work) -> Answer:
    """Change what is given. Raises HouseholdNotFound, HouseholdGone, StaleVersion and what recording raises."""
    household = work.households.visible(message.household_id)
    check_version(message.expected_version, household.version)
    household.require_active()
    personal, before = _open(household, work), household.grid_code
    needed = household.needed_until.isoformat() if household.needed_until else ""
    known: dict[str, Any] = {
        **asdict(personal),
        "grid_code": household.grid_code,
        "persons": household.persons,
        "purpose": household.purpose,
        "legal_basis": household.legal_basis,
        "needed_until": needed,
    }
    given = {name: getattr(message, name) for name in _FIELDS if getattr(message, name) is not None}
    _take(household, {**known, **given}, personal, work)
    if household.grid_code != before:
        move_entries([household], work)
    work.households.save(household)
    return receipt(household.id, household.version)


def retire_household(message: RetireHousehold, work: Work) -> Answer:
    """Nothing about it is needed any longer: it leaves the list, and its data are erased at once, with proof."""
    household = work.households.visible(message.household_id)
    rights.households(work, household.grid_code, "注销住户")
    check_version(message.expected_version, household.version)
    household.retire(work.now)
    for entry in work.care.of_households([household.id]):
        erase_entry(entry, "moved-away", work)
    if household.sealed is not None:
        prove("household", household.id, household.grid_code, household.erase(), "moved-away", work)
    work.households.save(household)
    return receipt(household.id, household.version)


def look_at_households(message: LookAtHouseholds, work: Work) -> Answer:
    """Record the look at each that the caller may see; what shows unmasked depends on whether a purpose was named."""
    if message.purpose:
        refuse_values(among("purpose", message.purpose, PURPOSES))
    fields = ("address", "contact", "phone") if message.purpose else MASKED_FIELDS
    return {"ids": work.households.note_looks(message.household_ids, message.purpose, fields)}


def follow(outcome: Outcome, work: Work) -> None:
    """Households of grids that are no more go to the successor in which they lie; where nobody knows which that is,
    to the first, marked `unplaced` until somebody says."""
    if not outcome.heirs:
        return
    heirs = [grid for grid in (*outcome.created, *outcome.changed) if grid.code in outcome.event.successors]
    gone = [code for code in outcome.event.predecessors if code not in outcome.event.successors]
    moved = work.households.in_grids(gone) if heirs else []
    for household in moved:
        grid = heirs[0] if len(heirs) == 1 else _around(_open(household, work), heirs)
        household.move((grid or heirs[0]).code, grid is None, work.now)
        work.households.save(household)
    move_entries(moved, work)


def _around(personal: Personal, heirs: list[Grid]) -> Grid | None:
    if personal.lon is None or personal.lat is None:
        return None
    shapes = ((grid, shapely.geometry.shape(grid.boundary.geojson)) for grid in heirs if grid.boundary)
    return next((grid for grid, shape in shapes if geography.contains(shape, personal.lon, personal.lat)), None)


_FIELDS = (*Personal.__dataclass_fields__, "grid_code", "persons", "purpose", "legal_basis", "needed_until")


def _take(household: Household, values: dict[str, Any], before: Personal, work: Work) -> None:
    rights.households(work, values["grid_code"], "登记住户")
    personal = Personal(**{name: values[name] for name in Personal.__dataclass_fields__})
    personal = replace(personal, address=personal.address.strip(), contact=personal.contact.strip())
    refuse_values(faults(values["persons"], personal, values, work.today))
    if not household.version or values["grid_code"] != household.grid_code:
        grid = work.grids.get(values["grid_code"])
        if not grid.active:
            raise GridRetired(grid=grid.code)
    household.take(values["grid_code"], values["persons"], _basis(values, personal), work.now)
    if personal != before:
        household.keep(work.seal.close(personal.written(), _bound(household)), personal.held)


def _basis(values: dict[str, Any], personal: Personal) -> Basis:
    if not personal.held:
        return Basis()
    until = date.fromisoformat(values["needed_until"])
    return Basis(values["purpose"].strip(), values["legal_basis"].strip(), until)


def _open(household: Household, work: Work) -> Personal:
    return Personal.read(household.sealed and work.seal.open(household.sealed, _bound(household)))


def _bound(household: Household) -> str:
    return f"household.personal:{household.id}"
