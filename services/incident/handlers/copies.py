"""Copies of what the registry says."""

from services.incident import messages
from services.incident.handlers.acting import Handlers
from services.incident.ports import Work


def grid_changed(message: messages.GridChanged, work: Work) -> None:
    work.grids.store(message)


def department_changed(message: messages.DepartmentChanged, work: Work) -> None:
    work.departments.store(message)


def duty_changed(message: messages.DutyChanged, work: Work) -> None:
    work.duties.store(message)


def duty_roster_changed(message: messages.DutyRosterChanged, work: Work) -> None:
    work.rosters.store(message)


def plan_activated(message: messages.PlanActivated, work: Work) -> None:
    work.plan.activate(message)


HANDLERS: Handlers = {
    messages.GridChanged: grid_changed,
    messages.DepartmentChanged: department_changed,
    messages.DutyChanged: duty_changed,
    messages.DutyRosterChanged: duty_roster_changed,
    messages.PlanActivated: plan_activated,
}
