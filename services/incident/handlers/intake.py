"""Intake: a report becomes a case, is filed and sent on its way."""

import json

from services.chassis.auth import PLATFORM, Principal
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.incident import messages
from services.incident.errors import GridUnknown, InTheFuture, OutsideCounty, PlaceMissing
from services.incident.handlers import missed
from services.incident.handlers.acting import Answer, Handlers, act, load, receipt, rules_of
from services.incident.handlers.routing import require_departments, route, standing_of
from services.incident.model.case import Case, Place, Reporter
from services.incident.model.intake import MatterCard, check_result, is_drawn
from services.incident.model.limits import LimitRules
from services.incident.model.missed import Walk
from services.incident.model.rights import APPLICATION
from services.incident.ports import Work

ONLY_LOOK = frozenset({"auditor", "security-administrator", "system-administrator", "discipline-inspector"})


def report(command: messages.Report, work: Work) -> Answer:
    """Take a problem in, and carry it as far as the plan allows without a person."""
    if not work.caller.roles - ONLY_LOOK:
        raise Forbidden(action="上报")
    work.plan.card(command.matter_code).check_replies({reply.question: reply.value for reply in command.replies})
    return receipt(take(command, work.caller, new_id(), work), work)


def found(message: messages.ProblemFound, work: Work) -> None:
    """What a patrol found is a report of whoever found it (PAT-03): nothing is entered twice.

    It is not refused for want of an answer to the matter's questions: the finder can be asked later (INC-07). Answers
    that were given were checked where they were taken in.
    """
    told = json.loads(work.seal.open(message.sealed, f"patrol.sealed:{message.case_id}"))
    finder = Principal(message.found_by, told["name"], frozenset(told["roles"]))
    point = (
        messages.GivenPoint(message.lon, message.lat) if message.lon is not None and message.lat is not None else None
    )
    command = messages.Report(
        matter_code=message.matter_code,
        description=f"{message.title}:{told['words']}" if told["words"] else message.title,
        channel="patrol",
        point=point,
        grid_code=message.grid,
        attachments=message.attachments,
        external_reference=f"patrol:{message.task_id}#{message.item}",
        occurred_at=min(message.found_at, work.now),
        replies=tuple(messages.GivenReply(name, value) for name, value in told.get("replies", {}).items()),
    )
    walk = None
    if message.overlooked_by:
        walk = Walk(message.overlooked_by, message.overlooked_title, message.overlooked_day)
    take(command, finder, message.case_id, work, walk)


def take(command: messages.Report, by: Principal, case_id: str, work: Work, overlooked: Walk | None = None) -> Case:
    """Open the case `case_id` as `by` reported it, and carry it as far as the plan allows.

    `overlooked` is the patrol that had called it fine, where a check found it.
    """
    card = work.plan.card(command.matter_code)
    case = _open(command, card, by, case_id, work)
    case.open(by, work.now, rules_of(case, work))
    work.cases.add(case)
    if case.grid:
        case.file(PLATFORM, work.now, rules_of(case, work), case.matter, case.place, case.way)
        missed.mark_overlooked(case, overlooked, work) if overlooked else missed.mark(case, card, work)
        _send_on_its_way(case, card, work)
    return case


def _open(command: messages.Report, card: MatterCard, by: Principal, case_id: str, work: Work) -> Case:
    check_result(command.settled, command.result)
    if command.occurred_at and command.occurred_at > work.now:
        raise InTheFuture(value=command.occurred_at.isoformat())
    place = _place(command.point, command.grid_code, command.address, work)
    return Case(
        id=case_id,
        number=work.cases.next_number(),
        matter=card.matter,
        way=card.choose_way(command.way, command.settled),
        place=place,
        county=work.county,
        channel=command.channel,
        description=command.description,
        reporter_id=None if by.has(APPLICATION) else by.person_id,
        reporter=Reporter(command.reporter.name, command.reporter.phone) if command.reporter else Reporter(),
        reported_at=work.now,
        plan=work.plan.name,
        result=command.result,
        settled=command.settled,
        first_report=_is_first(card, place, by, work),
        attachments=command.attachments,
        replies=tuple({reply.question: reply.value for reply in command.replies}.items()),
        original_text=command.original_text,
        external_reference=command.external_reference,
        occurred_at=command.occurred_at,
        whistlers=work.plan.whistlers(),
    )


def _place(point: messages.GivenPoint | None, grid_code: str | None, address: str, work: Work) -> Place:
    """Where the case lies: the grid that is named, else the one found from the point, else unknown for now.

    A named grid that is no more stands for its successor: forms that were opened before it ended still arrive (REG-04).
    """
    if grid_code:
        where = Place(grid_code, *((point.lon, point.lat) if point else ()))
        grid_code = work.successions.line(grid_code, where)[0]
        if not work.grids.exists(grid_code):
            raise GridUnknown(value=grid_code)
    if point is None:
        if not grid_code and not address.strip():
            raise PlaceMissing
        return Place(grid_code, address=address)
    grid = grid_code or work.grids.locate(point.lon, point.lat)
    if grid is None:
        raise OutsideCounty(lon=point.lon, lat=point.lat)
    return Place(grid, point.lon, point.lat, address)


def _is_first(card: MatterCard, place: Place, by: Principal, work: Work) -> bool:
    rewarded = work.plan.rewards_first_report(card) and not by.has(APPLICATION)
    return rewarded and not work.cases.has_earlier(card.matter.code, place.grid)


def _send_on_its_way(case: Case, card: MatterCard, work: Work) -> None:
    """After filing: register, hand over, leave with the grid, or dispatch by precedent or duty table (INC-03, 05)."""
    rules = rules_of(case, work)
    if case.way == "settled":
        case.register(PLATFORM, work.now, rules, is_drawn(case.id, work.plan.sampling_ratio()))
    elif case.way == "approval":
        case.hand_over(PLATFORM, work.now, rules)
    elif case.way == "coordinated":
        case.dispatch(PLATFORM, work.now, rules, None, (), standing=standing_of(work, None, (), case.grid))
    elif (found := route(case, card, work)) is not None:
        duty, why = found
        standing = standing_of(work, duty.lead, duty.co_departments, case.grid)
        case.dispatch(PLATFORM, work.now, rules, duty.lead, duty.co_departments, routing=why, standing=standing)


def file(command: messages.File, work: Work) -> Answer:
    """File by hand what the platform could not, with what the operator found out."""
    case = load(command, work)
    card = work.plan.card(command.matter_code or case.matter.code)
    place = case.place
    if command.point or command.grid_code:
        place = _place(command.point, command.grid_code, case.place.address, work)
    if place.grid is None:
        raise PlaceMissing
    way = card.choose_way(command.way or (case.way if case.way in card.ways else None), False)
    case.file(work.caller, work.now, rules_of(case, work), card.matter, place, way, command.reason)
    missed.mark(case, card, work)
    _send_on_its_way(case, card, work)
    return receipt(case, work)


def decline(command: messages.Decline, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.decline(work.caller, work.now, rules, command.reason))


def dispatch(command: messages.Dispatch, work: Work) -> Answer:
    """Dispatch by hand, where the duty table has no answer."""
    require_departments(work, command.department, *command.co_departments)

    def change(case: Case, rules: LimitRules) -> None:
        lead, helpers = command.department, command.co_departments
        standing = standing_of(work, lead, helpers, case.grid)
        case.dispatch(work.caller, work.now, rules, lead, helpers, command.reason, standing=standing)

    return act(command, work, change)


HANDLERS: Handlers = {
    messages.Report: report,
    messages.ProblemFound: found,
    messages.File: file,
    messages.Decline: decline,
    messages.Dispatch: dispatch,
}
