"""Verification, the reporter's word, and what comes after the end."""

from collections.abc import Callable
from dataclasses import replace

from services.incident import messages
from services.incident.errors import SatisfactionMissing
from services.incident.handlers.acting import Answer, Handlers, act, receipt, rules_of
from services.incident.handlers.succession import follow_soon
from services.incident.model.case import Case, Evaluation
from services.incident.model.limits import LimitRules
from services.incident.ports import Work


def verify(command: messages.Verify, work: Work) -> Answer:
    return act(
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
    return _act_on_main(command, work, lambda case, rules: case.evaluate(work.caller, work.now, rules, word))


def reopen(command: messages.Reopen, work: Work) -> Answer:
    def change(case: Case, rules: LimitRules) -> None:
        until = work.plan.reopen_until(case.closed_at or work.now)
        case.reopen(work.caller, work.now, rules, command.reason, until)
        follow_soon(case, work)

    return _act_on_main(command, work, change)


def _act_on_main(command: messages.CaseCommand, work: Work, change: Callable[[Case, LimitRules], None]) -> Answer:
    """As `act`, where the reporter of a merged case speaks about its main case, which need not be visible (INC-16)."""
    own = work.cases.peek(command.case_id)
    if own.main is None or own.reporter_id != work.caller.person_id:
        return act(command, work, change)
    own.expect(command.expected_version)
    main = work.cases.main_of(own)
    change(main, rules_of(main, work))
    own.main = replace(own.main, state=main.state)
    return receipt(own, work)


def excuse(command: messages.Excuse, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.excuse(work.caller, work.now, rules, command.reason))


def read_message(command: messages.ReadMessage, work: Work) -> Answer:
    work.inbox.mark_read(command.message_id)
    return {"id": command.message_id}


HANDLERS: Handlers = {
    messages.Verify: verify,
    messages.Evaluate: evaluate,
    messages.Reopen: reopen,
    messages.Excuse: excuse,
    messages.ReadMessage: read_message,
}
