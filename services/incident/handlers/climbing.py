"""Calling the level above, sending down, and climbing when the limit has passed (INC-06)."""

from services.chassis.auth import PLATFORM
from services.incident import messages
from services.incident.errors import MatterUnknown, NobodyAbove
from services.incident.handlers.acting import Answer, Handlers, load, receipt, rules_of
from services.incident.handlers.routing import route
from services.incident.handlers.succession import follow_soon
from services.incident.model.case import Case
from services.incident.model.case.paths import Routing, Seat
from services.incident.model.intake import MatterCard
from services.incident.model.ladder import BEYOND_GRIDS, Ladder, Rung
from services.incident.ports import Work

LATE = "处理期限已过,按方案自动上呼"

Found = tuple[Seat, Routing | None]


def escalate(command: messages.Escalate, work: Work) -> Answer:
    case = load(command, work)
    ladder = work.plan.ladder()
    # Where there is nobody above, the model refuses those first who may not call at all.
    seat, routing = seat_above(case, ladder, work) or (None, None)
    if seat is None:
        case.check_call(work.caller, command.reason)
        raise NobodyAbove(action="呼叫上级")
    standing = ladder.standing(seat, (*case.standing.below, case.seat))
    case.escalate(
        work.caller, work.now, rules_of(case, work), command.reason, command.consultation, seat, standing, routing
    )
    return receipt(case, work)


def send_down(command: messages.SendDown, work: Work) -> Answer:
    case = load(command, work)
    follow_soon(case, work)  # the seat below may be a grid that is no more
    below = case.standing.below
    standing = work.plan.ladder().standing(below[-1], below[:-1]) if below else case.standing
    case.send_down(work.caller, work.now, rules_of(case, work), command.reason, standing)
    return receipt(case, work)


def climb_late(case: Case, work: Work) -> None:
    """The handling limit has passed: the level above gets the case where the plan says so."""
    if case.climbs_at is None or work.now < case.climbs_at:
        return
    ladder = work.plan.ladder()
    found = seat_above(case, ladder, work)
    if found is None:
        case.stay()
        return
    seat, routing = found
    standing = ladder.standing(seat, (*case.standing.below, case.seat))
    case.escalate(PLATFORM, work.now, rules_of(case, work), LATE, "", seat, standing, routing)


def seat_above(case: Case, ladder: Ladder, work: Work) -> Found | None:
    """Who holds the case at the next level that has somebody; None where nobody is above.

    At the level of the town's departments it is the department of the duty (or a precedent's), at the others the grid
    there, above all grids whom the plan names.
    """
    card = _card(case, work)
    for rung in ladder.above(case.standing.level):
        if found := _at(rung, case, card, ladder, work):
            return found
    return None


def _at(rung: Rung, case: Case, card: MatterCard | None, ladder: Ladder, work: Work) -> Found | None:
    if rung.to in BEYOND_GRIDS:
        lead = rung.holders.get((card and card.duty) or "", rung.holder)
        known = lead is not None and work.departments.exists(lead)
        return (ladder.seat(rung.to, lead=lead), None) if known else None
    if rung.to == ladder.level_of("town") and (found := _department_of_duty(rung.to, case, card, ladder, work)):
        return found
    grid = work.grids.above(case.grid, int(rung.to))
    return (ladder.seat(rung.to, grid), None) if grid else None


def _department_of_duty(level: str, case: Case, card: MatterCard | None, ladder: Ladder, work: Work) -> Found | None:
    """The first of the duty's departments that is of `level` leads, the others of that level help."""
    if card is None or (routed := route(case, card, work)) is None:
        return None
    duty, routing = routed
    fitting = [
        each
        for each in (duty.lead, *duty.co_departments)
        if ladder.level_of(work.departments.level(each)) == level and each != case.department
    ]
    return (ladder.seat(level, None, fitting[0], tuple(fitting[1:])), routing) if fitting else None


def _card(case: Case, work: Work) -> MatterCard | None:
    """The matter as the plan has it; None for one that left it while the case was open."""
    try:
        return work.plan.card(case.matter.code)
    except MatterUnknown:
        return None


HANDLERS: Handlers = {messages.Escalate: escalate, messages.SendDown: send_down}
