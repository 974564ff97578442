"""One function for each message: ask the model, save. The bus opens and commits the transaction."""

from collections.abc import Callable
from typing import Any

from services.assessment import messages
from services.assessment.model.patrols import facts_of
from services.assessment.ports import Work


def happened(message: messages.CaseHappened | messages.TaskHappened, work: Work) -> None:
    """Keep what the event moves (ASM-02)."""
    if facts := facts_of(message, work.zone):
        work.facts.add(facts)


def plan_activated(message: messages.PlanActivated, work: Work) -> None:
    work.plans.activate(message)


def grid_changed(message: messages.GridChanged, work: Work) -> None:
    work.grids.store(message)


def department_changed(message: messages.DepartmentChanged, work: Work) -> None:
    work.departments.store(message)


HANDLERS: dict[type, Callable[[Any, Any], None]] = {
    messages.CaseHappened: happened,
    messages.TaskHappened: happened,
    messages.PlanActivated: plan_activated,
    messages.GridChanged: grid_changed,
    messages.DepartmentChanged: department_changed,
}
