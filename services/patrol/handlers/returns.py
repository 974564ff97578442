"""Returns from below: handed in, sent back, accepted (PAT-12)."""

from services.patrol import messages
from services.patrol.errors import NotTheReceiver, NotTheReporter
from services.patrol.handlers.acting import Answer, Handlers, today
from services.patrol.model.report import Return, filled
from services.patrol.model.return_plan import ReturnRule
from services.patrol.ports import Work


def submit(command: messages.SubmitReturn, work: Work) -> Answer:
    """What is not given and the platform knows stands in the form as it is known now."""
    found, rule = _load(command, work)
    if found.person_id != work.caller.person_id:
        raise NotTheReporter
    found.check_submit(today(work))
    given = [(each.field, each.value) for each in command.values]
    known = {} if command.nil else work.returns.known(found, rule)
    values = filled(rule, given, known, command.words, command.nil)
    found.submit(values, command.words, command.nil, work.caller.person_id, work.now, today(work))
    return receipt(found)


def send_back(command: messages.SendBackReturn, work: Work) -> Answer:
    found, rule = _load(command, work)
    _require_receiver(rule, found.grid, work, "退回")
    found.send_back(command.reason, work.caller.person_id, work.now)
    return receipt(found)


def accept(command: messages.AcceptReturn, work: Work) -> Answer:
    found, rule = _load(command, work)
    _require_receiver(rule, found.grid, work, "接收")
    found.accept(work.caller.person_id, work.now)
    return receipt(found)


def receipt(found: Return) -> Answer:
    return {"id": found.id, "version": found.version, "state": found.state}


def _load(command: messages.ReturnCommand, work: Work) -> tuple[Return, ReturnRule]:
    found = work.returns.get(command.return_id)
    found.expect(command.expected_version)
    return found, work.plans.return_(found.plan, found.form)


def _require_receiver(rule: ReturnRule, grid: str, work: Work, action: str) -> None:
    if not (rule.unit.holds(work.caller.department, work.caller.roles) and work.caller.covers(grid)):
        raise NotTheReceiver(action=action, department=rule.unit.name)


HANDLERS: Handlers = {
    messages.SubmitReturn: submit,
    messages.SendBackReturn: send_back,
    messages.AcceptReturn: accept,
}
