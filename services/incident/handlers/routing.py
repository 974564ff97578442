"""Returning a case, ruling on it, and the precedents that follow (INC-05)."""

from collections.abc import Sequence

from services.chassis.ids import new_id
from services.incident import messages
from services.incident.errors import DepartmentUnknown
from services.incident.handlers.acting import Answer, Handlers, load, receipt, rules_of
from services.incident.model.case import Case
from services.incident.model.case.paths import Routing, Standing
from services.incident.model.intake import Duty, MatterCard
from services.incident.model.precedent import Precedent
from services.incident.ports import Work


def route(case: Case, card: MatterCard, work: Work) -> tuple[Duty, Routing] | None:
    """Who leads and why: a precedent where one holds and its department still exists, else the duty table."""
    found = work.precedents.of(card.matter.code, case.area)
    if found is not None and work.departments.exists(found.lead):
        return Duty(found.lead, found.co_departments), found.routing(work.now)
    duty = work.duties.of(card.duty)
    return None if duty is None else (duty, Routing("duty", work.now))


def standing_of(work: Work, lead: str | None, helpers: Sequence[str], grid: str | None) -> Standing:
    """What the plan says of a case that is given to the department `lead`, or to its grid where there is none."""
    ladder = work.plan.ladder()
    if lead is None:
        level = work.grids.level(grid)
        return ladder.standing(ladder.seat("" if level is None else str(level), grid))
    return ladder.standing(ladder.seat(ladder.level_of(work.departments.level(lead)), None, lead, tuple(helpers)))


def require_departments(work: Work, *departments: str) -> None:
    """Raise DepartmentUnknown for the first that does not exist."""
    for department in departments:
        if not work.departments.exists(department):
            raise DepartmentUnknown(value=department)


def send_back(command: messages.Return, work: Work) -> Answer:
    case = load(command, work)
    if command.proposed:
        require_departments(work, command.proposed)
    arbiters = work.plan.arbitration().by
    change = case.contest if isinstance(command, messages.Contest) else case.send_back
    change(work.caller, work.now, rules_of(case, work), command.reason, command.proposed, arbiters)
    return receipt(case, work)


def rule(command: messages.Rule, work: Work) -> Answer:
    """Rule, and let the ruling stand for the next such case in place of an older one."""
    require_departments(work, command.department, *command.co_departments)
    case = load(command, work)
    rules = rules_of(case, work)
    standing = standing_of(work, command.department, command.co_departments, case.grid)
    case.rule(work.caller, work.now, rules, command.department, command.co_departments, command.reason, standing)
    area = work.plan.arbitration().area(case.area)
    if (older := work.precedents.holding(case.matter.code, area)) is not None:
        older.replace(work.caller, work.now, case.number)
    work.precedents.add(Precedent.of_ruling(new_id(), case, work.caller, work.now, command.reason, area))
    return receipt(case, work)


def revoke_precedent(command: messages.RevokePrecedent, work: Work) -> Answer:
    precedent = work.precedents.get(command.precedent_id)
    precedent.revoke(work.caller, work.now, command.reason, work.plan.arbitration().by)
    return {"id": precedent.id, "number": precedent.case_number, "state": precedent.state}


HANDLERS: Handlers = {
    messages.Return: send_back,
    messages.Contest: send_back,
    messages.Rule: rule,
    messages.RevokePrecedent: revoke_precedent,
}
