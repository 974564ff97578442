"""Questions to the reporter, which stop the clock, and longer limits (INC-07)."""

from services.incident import messages
from services.incident.handlers.acting import Answer, Handlers, act
from services.incident.ports import Work


def ask(command: messages.Ask, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.ask(work.caller, work.now, rules, command.question))


def reply(command: messages.Reply, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.reply(work.caller, work.now, rules, command.note, command.attachments),
    )


def ask_extension(command: messages.AskExtension, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.ask_extension(work.caller, work.now, rules, command.amount, command.reason),
    )


def grant_extension(command: messages.GrantExtension, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.grant_extension(work.caller, work.now, rules))


def refuse_extension(command: messages.RefuseExtension, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.refuse_extension(work.caller, work.now, rules, command.reason),
    )


HANDLERS: Handlers = {
    messages.Ask: ask,
    messages.Reply: reply,
    messages.AskExtension: ask_extension,
    messages.GrantExtension: grant_extension,
    messages.RefuseExtension: refuse_extension,
}
