"""What was decided is followed until it is done; cases that nobody could settle come on agendas (PAT-09, INC-10)."""

from services.patrol import messages
from services.patrol.errors import NotTheAssignee
from services.patrol.handlers.acting import Answer, Handlers, today
from services.patrol.handlers.diary import case_acted
from services.patrol.handlers.meetings import convenes
from services.patrol.model.decision import TASK, Decision
from services.patrol.model.unresolved import OVER
from services.patrol.ports import Work


def finish(command: messages.FinishDecision, work: Work) -> Answer:
    decision = _load(command, work)
    if not (_is_given_to(decision, work) or _convened(decision, work)):
        raise NotTheAssignee
    decision.finish(command.result, work.caller.person_id, work.now, today(work))
    return _receipt(decision)


def cancel(command: messages.CancelDecision, work: Work) -> Answer:
    """Only whoever convenes the meeting: nobody excuses themselves."""
    decision = _load(command, work)
    if not _convened(decision, work):
        raise NotTheAssignee
    decision.cancel(command.reason, work.caller.person_id, work.now, today(work))
    return _receipt(decision)


def _load(command: messages.DecisionCommand, work: Work) -> Decision:
    decision = work.decisions.get(command.decision_id)
    decision.expect(command.expected_version)
    return decision


def _is_given_to(decision: Decision, work: Work) -> bool:
    theirs = decision.department is not None and work.caller.department == decision.department
    return decision.person_id == work.caller.person_id or (theirs and work.caller.covers(decision.grid))


def _convened(decision: Decision, work: Work) -> bool:
    plan, meeting, grid = work.meetings.held(decision.meeting_id)
    return convenes(work.plans.meeting(plan, meeting), grid, work)


def _receipt(decision: Decision) -> Answer:
    return {"id": decision.id, "version": decision.version, "state": decision.state}


def case_changed(message: messages.CaseChanged, work: Work) -> None:
    """Keep what is told; agendas and decisions follow."""
    if message.acted is not None:
        case_acted(message.acted, work)
    if work.cases.hear(message):
        work.meeting_days.fill_around(message.grid)
    for decision in work.decisions.of_case(message.case_id):
        if decision.kind == TASK:
            continue
        if message.state in OVER:
            decision.carried_out(work.caller.person_id, work.now, today(work))
        else:
            decision.taken_up_again()


def officer_changed(message: messages.OfficerChanged, work: Work) -> None:
    work.officers.store(message)
    work.meeting_days.needed()
    work.return_days.needed()


HANDLERS: Handlers = {
    messages.FinishDecision: finish,
    messages.CancelDecision: cancel,
    messages.CaseChanged: case_changed,
    messages.OfficerChanged: officer_changed,
}
