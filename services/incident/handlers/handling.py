"""What the holder and those who help do with a case."""

from services.incident import messages
from services.incident.handlers.acting import Answer, Handlers, act
from services.incident.ports import Work


def accept(command: messages.Accept, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.accept(work.caller, work.now, rules))


def answer(command: messages.Answer, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.answer(work.caller, work.now, rules, command.result, command.attachments),
    )


def contribute(command: messages.Contribute, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.contribute(work.caller, work.now, rules, command.note, command.attachments),
    )


def follow_up(command: messages.FollowUp, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.follow_up(work.caller, work.now, rules, command.note, command.attachments),
    )


HANDLERS: Handlers = {
    messages.Accept: accept,
    messages.Answer: answer,
    messages.Contribute: contribute,
    messages.FollowUp: follow_up,
}
