"""Verification, the reporter's word, and what comes after the end."""

from services.incident import messages
from services.incident.errors import SatisfactionMissing
from services.incident.handlers.acting import Answer, Handlers, act
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
    return act(command, work, lambda case, rules: case.evaluate(work.caller, work.now, rules, word))


def reopen(command: messages.Reopen, work: Work) -> Answer:
    def change(case: Case, rules: LimitRules) -> None:
        until = work.plan.reopen_until(case.closed_at or work.now)
        case.reopen(work.caller, work.now, rules, command.reason, until)

    return act(command, work, change)


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
