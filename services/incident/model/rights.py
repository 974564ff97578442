"""Who may do what to a case: what a person is to it, and the table's word on each action (INC-02, INC-14)."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from services.chassis.auth import Principal
from services.incident.errors import (
    CannotAsk,
    NobodyAbove,
    NobodyBelow,
    NoOpenQuestion,
    NoOpenRequest,
    NothingToActOn,
    NotSuspected,
    OnTheAgenda,
)
from services.incident.model.hindrance import hindrance
from services.incident.model.workflow import ACTION_BY_NAME, possible

if TYPE_CHECKING:
    from services.incident.model.case.record import CaseRecord

GRID_WORKERS = ("grid-member", "grid-leader", "governance-member")
REPORTERS_WORD = ("confirm", "dispute", "reopen")
APPLICATION = "application"
"""A registered application (INC-21): no person, so nobody is scored or told; it sees by status only."""
DEPARTMENT_PEOPLE = ("department-handler", "department-head", "enforcement-officer")


def relations(case: "CaseRecord", person: Principal) -> frozenset[str]:
    """What `person` is to `case`: names that the table's `who` uses."""
    found = {
        "platform": person.has("platform"),
        "reporter": person.person_id in reporters(case),
        "centre-operator": person.has("centre-operator") and person.covers(case.area),
        "verifier": person.has("verifier") and person.covers(case.area) and not took_part(case, person),
        "holder": _holds(case, person),
        "returner": leads(case, person) and not case.returns,
        "contester": leads(case, person) and len(case.returns) > 0 and not case.ruled,
        "caller": _holds(case, person) and person.has(*case.standing.callers),
        "arbiter": person.has(*case.arbiters) and person.covers(case.area),
        "co-department": person.has(*DEPARTMENT_PEOPLE) and person.department in case.co_departments,
        "approver": _approves(case, person),
        "missed-judge": _judges_missed(case, person),
        "called": person.has(*DEPARTMENT_PEOPLE) and case.call_of(person.department) is not None,
        "whistler": person.has(*case.whistlers) and person.covers(case.area),
        "grid-worker": case.way == "urgent" and person.has(*GRID_WORKERS) and person.covers(case.grid),
    }
    return frozenset(name for name, holds in found.items() if holds)


Condition = tuple[Callable[["CaseRecord"], bool], type[NothingToActOn]]
_ASKED: Condition = (lambda case: case.inquiry is not None, NoOpenQuestion)
_REQUESTED: Condition = (lambda case: case.extension is not None, NoOpenRequest)

CONDITIONS: Mapping[str, Condition] = {
    "ask": (lambda case: case.running is not None and case.inquiry is None, CannotAsk),
    "escalate": (lambda case: bool(case.standing.up), NobodyAbove),
    "send-down": (lambda case: bool(case.standing.below), NobodyBelow),
    "ask-consultation": (lambda case: not case.on_agenda, OnTheAgenda),
    "reply": _ASKED,
    "go-on": _ASKED,
    "ask-extension": (
        lambda case: case.running is not None and case.inquiry is None and case.extension is None,
        CannotAsk,
    ),
    "grant-extension": _REQUESTED,
    "refuse-extension": _REQUESTED,
    "lapse-extension": _REQUESTED,
    "judge-missed": (lambda case: case.missed is not None, NotSuspected),
}
"""What must hold of a case, besides its state, for an action to have anything to act on; and what is raised else."""


def fits(case: "CaseRecord", action: str) -> bool:
    """Whether the case is such that `action` has something to act on."""
    return action not in CONDITIONS or CONDITIONS[action][0](case)


def _judges_missed(case: "CaseRecord", person: Principal) -> bool:
    """Whether `person` may say if a grid missed something: the centre or an inspector, nobody about the own grid."""
    own = person.has(*GRID_WORKERS) and person.covers(case.grid)
    return person.has("centre-operator", "discipline-inspector") and person.covers(case.area) and not own


def _approves(case: "CaseRecord", person: Principal) -> bool:
    """Whether the last request for an extension is this person's to decide; never one's own.

    Where the plan names a role of departments and the case is held by a grid, the centre, which supervises, decides.
    """
    if not case.extensions or person.person_id == case.extensions[-1].asked_by:
        return False
    role = case.extensions[-1].approver
    if role not in DEPARTMENT_PEOPLE:
        return person.has(role) and person.covers(case.area)
    if case.department is None:
        return person.has("centre-operator") and person.covers(case.area)
    return person.has(role) and person.department == case.department


def reporters(case: "CaseRecord") -> frozenset[str]:
    """Everybody who reported the problem: the case itself, or one that was merged into it (INC-16)."""
    everybody = (case.reporter_id, *(each.reporter_id for each in case.followers))
    return frozenset(each for each in everybody if each is not None)


def _holds(case: "CaseRecord", person: Principal) -> bool:
    if case.department is not None:
        return leads(case, person)
    return person.has(*GRID_WORKERS) and person.covers(case.standing.grid or case.grid)


def leads(case: "CaseRecord", person: Principal) -> bool:
    """Whether `person` works for the department that leads."""
    return case.department is not None and person.has(*DEPARTMENT_PEOPLE) and person.department == case.department


def took_part(case: "CaseRecord", person: Principal) -> bool:
    """Whether `person` handled the case or belongs to a department that led, helped or came when called (INC-14)."""
    came = {call.department for call in case.calls if call.valid or call.arrived}
    below = {department for seat in case.standing.below for department in (seat.department, *seat.co_departments)}
    departments = {case.department, *case.co_departments, *came, *below} - {None}
    return person.person_id in case.handlers or person.department in departments


def may(case: "CaseRecord", person: Principal) -> tuple[str, ...]:
    """The actions that `person` may do now, in the table's order."""
    held = relations(case, person)
    allowed = {name for name in possible(case.state) if held.intersection(ACTION_BY_NAME[name].who)}
    free = {name for name in allowed if fits(case, name) and hindrance(case, name, person) is None}
    offered = free | _through_main(case, person)
    return tuple(name for name in ACTION_BY_NAME if name in offered)


def _through_main(case: "CaseRecord", person: Principal) -> set[str]:
    """What the reporter of a merged case may say about its main case (INC-16): whoever reported is a reporter of it."""
    if case.main is None or person.person_id != case.reporter_id:
        return set()
    return set(REPORTERS_WORD).intersection(possible(case.main.state))
