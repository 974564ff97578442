"""The whistle: calling departments, their arrival and their sign-off (INC-09)."""

from collections.abc import Sequence

from services.chassis.messages import DeadlinePassed
from services.incident import messages
from services.incident.errors import DepartmentUnknown, NotCallable, WhistleNotPlanned
from services.incident.handlers.acting import Answer, Handlers, act, rules_of
from services.incident.model.case.whistling import Summons
from services.incident.ports import Work

CALL = "call-"
"""How the deadlines of calls begin: "call-2-1:act:yellow" (call, round, step, notice)."""


def whistle(command: messages.Whistle, work: Work) -> Answer:
    """Call departments that the plan lets be called and the registry knows."""
    if not work.plan.whistlers():
        raise WhistleNotPlanned
    summons = Summons(_names(command.departments, work), command.lead)
    return act(command, work, lambda case, rules: case.whistle(work.caller, work.now, rules, summons, command.reason))


def _names(departments: Sequence[str], work: Work) -> dict[str, str]:
    possible = work.plan.callable_departments()
    names = {each: work.departments.name(each) for each in dict.fromkeys(departments)}
    for department, name in names.items():
        if possible and department not in possible:
            raise NotCallable(value=department, possible=", ".join(possible))
        if name is None:
            raise DepartmentUnknown(value=department)
    return {department: name for department, name in names.items() if name is not None}


def arrive(command: messages.Arrive, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.arrive(work.caller, work.now, rules, command.note))


def sign_off(command: messages.SignOff, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.sign_off(work.caller, work.now, rules, command.result, command.attachments),
    )


def object_to_call(command: messages.Object, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.object(work.caller, work.now, rules, command.reason))


def insist(command: messages.Insist, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.insist(work.caller, work.now, rules, command.department, command.reason),
    )


def withdraw_call(command: messages.WithdrawCall, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.withdraw_call(work.caller, work.now, rules, command.department, command.reason),
    )


def call_again(command: messages.CallAgain, work: Work) -> Answer:
    return act(
        command,
        work,
        lambda case, rules: case.call_again(work.caller, work.now, rules, command.departments, command.reason),
    )


def call_deadline_passed(message: DeadlinePassed, work: Work) -> None:
    """A notice about the clock of one call goes out (INC-08)."""
    call, step, kind = message.kind.split(":")
    number, round = map(int, call.removeprefix(CALL).split("-"))
    case = work.cases.get(message.subject)
    notice = rules_of(case, work).notice(kind)
    if notice and (warned := case.warn_call(number, round, step, notice, work.now)):
        work.cases.warn_call(case, warned, notice)


HANDLERS: Handlers = {
    messages.Whistle: whistle,
    messages.Arrive: arrive,
    messages.SignOff: sign_off,
    messages.Object: object_to_call,
    messages.Insist: insist,
    messages.WithdrawCall: withdraw_call,
    messages.CallAgain: call_again,
}
