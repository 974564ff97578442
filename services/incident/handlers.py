"""One function for each message: load, ask the model, save. The bus opens and commits the transaction."""

from collections.abc import Callable
from typing import Any

from services.chassis.auth import PLATFORM
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.chassis.messages import DeadlinePassed
from services.incident import messages
from services.incident.errors import (
    DepartmentUnknown,
    GridUnknown,
    InTheFuture,
    OutsideCounty,
    PlaceMissing,
    SatisfactionMissing,
)
from services.incident.model.case import Case, Evaluation, Place, Reporter
from services.incident.model.intake import MatterCard, check_result, is_drawn
from services.incident.model.limits import LimitRules
from services.incident.model.rights import may
from services.incident.ports import Work

Answer = dict[str, Any]

ONLY_LOOK = frozenset({"auditor", "security-administrator", "system-administrator", "discipline-inspector"})


# --- intake ---------------------------------------------------------------------------------------------------------


def report(command: messages.Report, work: Work) -> Answer:
    """Take a problem in, and carry it as far as the plan allows without a person."""
    if not work.caller.roles - ONLY_LOOK:
        raise Forbidden(action="上报")
    card = work.plan.card(command.matter_code)
    case = _open(command, card, work)
    case.open(work.caller, work.now, _rules(case, work))
    work.cases.add(case)
    if case.grid:
        case.file(PLATFORM, work.now, _rules(case, work), case.matter, case.place, case.way)
        _send_on_its_way(case, card, work)
    return _receipt(case, work)


def _open(command: messages.Report, card: MatterCard, work: Work) -> Case:
    replies = {reply.question: reply.value for reply in command.replies}
    card.check_replies(replies)
    check_result(command.settled, command.result)
    if command.occurred_at and command.occurred_at > work.now:
        raise InTheFuture(value=command.occurred_at.isoformat())
    place = _place(command.point, command.grid_code, command.address, work)
    return Case(
        id=new_id(),
        number=work.cases.next_number(),
        matter=card.matter,
        way=card.choose_way(command.way, command.settled),
        place=place,
        county=work.county,
        channel=command.channel,
        description=command.description,
        reporter_id=work.caller.person_id,
        reporter=Reporter(command.reporter.name, command.reporter.phone) if command.reporter else Reporter(),
        reported_at=work.now,
        plan=work.plan.name,
        result=command.result,
        settled=command.settled,
        first_report=_is_first(card, place, work),
        attachments=command.attachments,
        replies=tuple(replies.items()),
        original_text=command.original_text,
        external_reference=command.external_reference,
        occurred_at=command.occurred_at,
    )


def _place(point: messages.GivenPoint | None, grid_code: str | None, address: str, work: Work) -> Place:
    """Where the case lies: the grid that is named, else the one found from the point, else unknown for now."""
    if grid_code and not work.grids.exists(grid_code):
        raise GridUnknown(value=grid_code)
    if point is None:
        if not grid_code and not address.strip():
            raise PlaceMissing
        return Place(grid_code, address=address)
    grid = grid_code or work.grids.locate(point.lon, point.lat)
    if grid is None:
        raise OutsideCounty(lon=point.lon, lat=point.lat)
    return Place(grid, point.lon, point.lat, address)


def _is_first(card: MatterCard, place: Place, work: Work) -> bool:
    return work.plan.rewards_first_report(card) and not work.cases.has_earlier(card.matter.code, place.grid)


def _send_on_its_way(case: Case, card: MatterCard, work: Work) -> None:
    """After filing: register, hand over, leave with the grid, or dispatch by the duty table (INC-03, INC-05)."""
    rules = _rules(case, work)
    if case.way == "settled":
        case.register(PLATFORM, work.now, rules, is_drawn(case.id, work.plan.sampling_ratio()))
    elif case.way == "approval":
        case.hand_over(PLATFORM, work.now, rules)
    elif case.way == "coordinated":
        case.dispatch(PLATFORM, work.now, rules, None, ())
    elif (duty := work.duties.of(card.duty)) is not None:
        case.dispatch(PLATFORM, work.now, rules, duty.lead, duty.co_departments)


def file(command: messages.File, work: Work) -> Answer:
    """File by hand what the platform could not, with what the operator found out."""
    case = _load(command, work)
    card = work.plan.card(command.matter_code or case.matter.code)
    place = case.place
    if command.point or command.grid_code:
        place = _place(command.point, command.grid_code, case.place.address, work)
    if place.grid is None:
        raise PlaceMissing
    way = card.choose_way(command.way or (case.way if case.way in card.ways else None), False)
    case.file(work.caller, work.now, _rules(case, work), card.matter, place, way, command.reason)
    _send_on_its_way(case, card, work)
    return _receipt(case, work)


def decline(command: messages.Decline, work: Work) -> Answer:
    return _act(command, work, lambda case, rules: case.decline(work.caller, work.now, rules, command.reason))


def dispatch(command: messages.Dispatch, work: Work) -> Answer:
    """Dispatch by hand, where the duty table has no answer."""
    for department in (command.department, *command.co_departments):
        if not work.departments.exists(department):
            raise DepartmentUnknown(value=department)
    return _act(
        command,
        work,
        lambda case, rules: case.dispatch(
            work.caller, work.now, rules, command.department, command.co_departments, command.reason
        ),
    )


# --- handling -------------------------------------------------------------------------------------------------------


def accept(command: messages.Accept, work: Work) -> Answer:
    return _act(command, work, lambda case, rules: case.accept(work.caller, work.now, rules))


def answer(command: messages.Answer, work: Work) -> Answer:
    return _act(
        command,
        work,
        lambda case, rules: case.answer(work.caller, work.now, rules, command.result, command.attachments),
    )


def contribute(command: messages.Contribute, work: Work) -> Answer:
    return _act(
        command,
        work,
        lambda case, rules: case.contribute(work.caller, work.now, rules, command.note, command.attachments),
    )


def follow_up(command: messages.FollowUp, work: Work) -> Answer:
    return _act(
        command,
        work,
        lambda case, rules: case.follow_up(work.caller, work.now, rules, command.note, command.attachments),
    )


# --- verification and the reporter's word -----------------------------------------------------------------------------


def verify(command: messages.Verify, work: Work) -> Answer:
    return _act(
        command,
        work,
        lambda case, rules: case.verify(
            work.caller, work.now, rules, command.passed, command.reason, command.attachments
        ),
    )


def evaluate(command: messages.Evaluate, work: Work) -> Answer:
    if command.contacted and not command.satisfaction:
        raise SatisfactionMissing
    word = Evaluation(command.contacted, command.solved, command.satisfaction, command.words)
    return _act(command, work, lambda case, rules: case.evaluate(work.caller, work.now, rules, word))


def reopen(command: messages.Reopen, work: Work) -> Answer:
    def change(case: Case, rules: LimitRules) -> None:
        until = work.plan.reopen_until(case.closed_at or work.now)
        case.reopen(work.caller, work.now, rules, command.reason, until)

    return _act(command, work, change)


def excuse(command: messages.Excuse, work: Work) -> Answer:
    return _act(command, work, lambda case, rules: case.excuse(work.caller, work.now, rules, command.reason))


def read_message(command: messages.ReadMessage, work: Work) -> Answer:
    work.inbox.mark_read(command.message_id)
    return {"id": command.message_id}


# --- time -----------------------------------------------------------------------------------------------------------


def deadline_passed(message: DeadlinePassed, work: Work) -> None:
    """A notice of the plan goes out, or the time for the reporter's word is over (INC-08, INC-15)."""
    case = work.cases.get(message.subject)
    step, _, kind = message.kind.partition(":")
    rules = _rules(case, work)
    if kind == "lapse" and case.state == "verified":
        case.lapse(PLATFORM, work.now, rules)
    elif (notice := rules.notice(kind)) and case.warn(step, notice, work.now):
        work.cases.warn(case, notice)


# --- copies of what the registry says ---------------------------------------------------------------------------------


def grid_changed(message: messages.GridChanged, work: Work) -> None:
    work.grids.store(message)


def department_changed(message: messages.DepartmentChanged, work: Work) -> None:
    work.departments.store(message)


def duty_changed(message: messages.DutyChanged, work: Work) -> None:
    work.duties.store(message)


def plan_activated(message: messages.PlanActivated, work: Work) -> None:
    work.plan.activate(message)


# --- shared by the commands on one case -------------------------------------------------------------------------------


def _act(command: messages.CaseCommand, work: Work, change: Callable[[Case, LimitRules], None]) -> Answer:
    case = _load(command, work)
    change(case, _rules(case, work))
    return _receipt(case, work)


def _load(command: messages.CaseCommand, work: Work) -> Case:
    case = work.cases.get(command.case_id)
    case.expect(command.expected_version)
    return case


def _rules(case: Case, work: Work) -> LimitRules:
    return work.plan.rules(case.matter.code, case.way)


def _receipt(case: Case, work: Work) -> Answer:
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state,
        "version": case.sequence,
        "actions": list(may(case, work.caller)),
    }


HANDLERS: dict[type, Callable[[Any, Any], Answer | None]] = {
    messages.Report: report,
    messages.File: file,
    messages.Decline: decline,
    messages.Dispatch: dispatch,
    messages.Accept: accept,
    messages.Answer: answer,
    messages.Contribute: contribute,
    messages.FollowUp: follow_up,
    messages.Verify: verify,
    messages.Evaluate: evaluate,
    messages.Reopen: reopen,
    messages.Excuse: excuse,
    messages.ReadMessage: read_message,
    DeadlinePassed: deadline_passed,
    messages.GridChanged: grid_changed,
    messages.DepartmentChanged: department_changed,
    messages.DutyChanged: duty_changed,
    messages.PlanActivated: plan_activated,
}
