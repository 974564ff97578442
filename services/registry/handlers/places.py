"""Places: enter, change, assess, state facts, retire; they follow grids (REG-10)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from services.chassis.errors import Fault, Forbidden
from services.chassis.ids import new_id
from services.registry.errors import PlaceNotFound, ValueRefused, fault
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages.places import (
    AssessPlace,
    ChangePlace,
    EnterPlace,
    LookAtPlace,
    PlaceCommand,
    PlaceValues,
    RetirePlace,
    StatePlaceFacts,
)
from services.registry.model.grids import Grid
from services.registry.model.people import PURPOSES
from services.registry.model.places import Place, assessment_faults, fact_faults, grades_of, value_faults
from services.registry.model.successions import Outcome
from services.registry.model.values import among, check_version, refuse_values
from services.registry.ports import Work


def enter_place(message: EnterPlace, work: Work) -> Answer:
    """Raises Forbidden, ValueRefused."""
    rights.places(work, "登记场所")
    refuse_values(value_faults("", message))
    place, values = Place(new_id()), _located(message, work)
    _refuse_second_of_name(place, values, work)
    take_values(place, values, work)
    work.places.add(place)
    return receipt(place.id, place.version)


def change_place(message: ChangePlace, work: Work) -> Answer:
    """Raises Forbidden, PlaceNotFound, PlaceRetired, StaleVersion, ValueRefused."""
    place = _load(message, work, "变更场所")
    refuse_values(value_faults("", message))
    values = _located(message, work)
    _refuse_second_of_name(place, values, work)
    if take_values(place, values, work):
        work.places.save(place)
    return receipt(place.id, place.version)


def assess_place(message: AssessPlace, work: Work) -> Answer:
    """Keep a safety assessment; with the grade goes how often somebody looks (P6)."""
    place = _load(message, work, "评估场所")
    grades = grades_of(work.plans.in_force("patrols"))
    refuse_values(assessment_faults(message, grades, work.today))
    assess(place, message, work)
    work.places.save(place)
    return receipt(place.id, place.version)


def assess(place: Place, given: AssessPlace, work: Work) -> None:
    """Keep a checked assessment. Raises PlaceRetired."""
    place.assess(given, work.caller.person_id, work.now)


def state_place_facts(message: StatePlaceFacts, work: Work) -> Answer:
    """Keep the facts of a day (P14)."""
    place = _load(message, work, "登记场所情况")
    refuse_values(fact_faults(message.facts, message.stated_on, work.today))
    place.state(message.facts, date.fromisoformat(message.stated_on), work.caller.person_id, work.now)
    work.places.save(place)
    return receipt(place.id, place.version)


def retire_place(message: RetirePlace, work: Work) -> Answer:
    """It is no more; its history stays."""
    place = _load(message, work, "注销场所")
    place.retire(message.reason, work.caller.person_id, work.now, work.today)
    work.places.save(place)
    return receipt(place.id, place.version)


def look_at_place(message: LookAtPlace, work: Work) -> Answer:
    """Record a look that opens the responsible person's name and telephone (PRV-03)."""
    refuse_values(among("purpose", message.purpose, PURPOSES))
    place = work.places.get(message.place_id)
    work.note("LookAtPlace", place.id, purpose=message.purpose, fields=["responsible_name", "responsible_phone"])
    return receipt(place.id, place.version)


def follow_grids(outcome: Outcome, work: Work) -> None:
    """What lay in a grid that is succeeded lies in the successor that its point lies in, else in the first (REG-04)."""
    heirs = outcome.event.successors if outcome.heirs else ()
    for place in work.places.within(outcome.event.predecessors) if heirs else ():
        found = next((code for code in heirs if work.places.holds(code, place.lon, place.lat)), heirs[0])
        if found != place.grid_code:
            place.move(found, work.caller.person_id, work.now, work.today)
            work.places.save(place)


def _load(message: PlaceCommand, work: Work, action: str) -> Place:
    rights.places(work, action)
    place = work.places.get(message.place_id)
    if not _may_change(place.grid_code, work):
        raise PlaceNotFound(id=message.place_id)
    check_version(message.expected_version, place.version)
    return place


def _may_change(grid_code: str, work: Work) -> bool:
    return work.caller.has(*rights.SYSTEM) or work.caller.covers(grid_code)


def take_values(place: Place, values: PlaceValues, work: Work) -> bool:
    """Take over checked values; say whether anything changed. Raises PlaceRetired."""
    name, phone = work.places.open_person(place)
    given = [(name, values.responsible_name), (phone, values.responsible_phone)]
    wanted = [old if new is None else new.strip() for old, new in given]
    sealed = place.responsible if wanted == [name, phone] else work.places.seal_person(place.id, *wanted)
    return place.take(values, sealed, work.caller.person_id, work.now, work.today)


def _located(values: PlaceValues, work: Work) -> PlaceValues:
    """The values with the grid that the place lies in, which the caller must cover. Raises ValueRefused, Forbidden."""
    code = values.grid_code or work.places.grid_at(values.lon, values.lat)
    if code is None:
        zh = "该坐标不在任何网格内;请核对坐标,或填写网格编码"
        en = "The point lies in no grid; check it, or name the grid"
        raise ValueRefused(faults=[fault("lon", "no-grid-here", zh, en)])
    located = replace(values, grid_code=code)
    refuse_values(grid_faults("", work.grids.many([code]).get(code), located, work))
    if not _may_change(code, work):
        raise Forbidden(action=f"登记网格 {code} 内的场所")
    return located


def grid_faults(path: str, grid: Grid | None, values: PlaceValues, work: Work) -> Iterator[Fault]:
    """A grid that is not there, and a point outside it."""
    code = values.grid_code
    if grid is None or not grid.active:
        zh, en = f"没有在用的网格 {code};请核对编码,或留空按坐标确定", f"There is no active grid {code}; check the code"
        yield fault(f"{path}grid_code", "not-allowed", zh, en)
    elif not work.places.holds(code, values.lon, values.lat):
        zh, en = f"该坐标不在网格 {code} 之内;请核对", f"The point does not lie in grid {code}; check both"
        yield fault(f"{path}lon", "outside-grid", zh, en)


def _refuse_second_of_name(place: Place, values: PlaceValues, work: Work) -> None:
    work.places.name_lock(values.grid_code)
    other = work.places.named(values.grid_code, values.name.strip())
    if other is not None and other != place.id:
        zh = f"该网格内已登记同名场所({other});请更改那一条,或用能区分的名称"
        en = f"A place of that name is in the grid already ({other}); change that one, or give a name that differs"
        refuse_values([fault("name", "place-named-already", zh, en)])


HANDLERS: Mapping[type, Callable[[Any, Work], Answer]] = {
    EnterPlace: enter_place,
    ChangePlace: change_place,
    AssessPlace: assess_place,
    StatePlaceFacts: state_place_facts,
    RetirePlace: retire_place,
    LookAtPlace: look_at_place,
}
