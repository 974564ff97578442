"""Who may do what to a case: what a person is to it, and the table's word on each action (INC-02, INC-14)."""

from typing import TYPE_CHECKING

from services.chassis.auth import Principal
from services.incident.model.workflow import ACTION_BY_NAME, OPEN, possible

if TYPE_CHECKING:
    from services.incident.model.case.record import CaseRecord

GRID_WORKERS = ("grid-member", "grid-leader", "governance-member")
DEPARTMENT_PEOPLE = ("department-handler", "department-head", "enforcement-officer")


def relations(case: "CaseRecord", person: Principal) -> frozenset[str]:
    """What `person` is to `case`: names that the table's `who` uses."""
    found = {
        "platform": person.has("platform"),
        "reporter": person.person_id == case.reporter_id,
        "centre-operator": person.has("centre-operator") and person.covers(case.area),
        "verifier": person.has("verifier") and person.covers(case.area) and not took_part(case, person),
        "holder": _holds(case, person),
        "co-department": person.has(*DEPARTMENT_PEOPLE) and person.department in case.co_departments,
        "grid-worker": case.way == "urgent" and person.has(*GRID_WORKERS) and person.covers(case.grid),
    }
    return frozenset(name for name, holds in found.items() if holds)


def _holds(case: "CaseRecord", person: Principal) -> bool:
    if case.department is not None:
        return person.has(*DEPARTMENT_PEOPLE) and person.department == case.department
    return person.has(*GRID_WORKERS) and person.covers(case.grid)


def took_part(case: "CaseRecord", person: Principal) -> bool:
    """Whether `person` handled the case or belongs to a department that led or helped (INC-14)."""
    departments = {case.department, *case.co_departments} - {None}
    return person.person_id in case.handlers or person.department in departments


def may(case: "CaseRecord", person: Principal) -> tuple[str, ...]:
    """The actions that `person` may do now, in the table's order."""
    held = relations(case, person)
    return tuple(name for name in possible(case.state) if held.intersection(ACTION_BY_NAME[name].who))


def merges(case: "CaseRecord", person: Principal) -> bool:
    """Whether `person` is one who may merge duplicates into `case` in a state of it (INC-16)."""
    return case.state in OPEN and "centre-operator" in relations(case, person)
