"""What every command on one case shares: load, let the case change, answer the receipt."""

from collections.abc import Callable
from typing import Any

from services.incident import messages
from services.incident.model.case import Case
from services.incident.model.limits import LimitRules
from services.incident.model.rights import may
from services.incident.ports import Work

Answer = dict[str, Any]
Handlers = dict[type, Callable[[Any, Any], Answer | None]]


def act(command: messages.CaseCommand, work: Work, change: Callable[[Case, LimitRules], None]) -> Answer:
    case = load(command, work)
    change(case, rules_of(case, work))
    return receipt(case, work)


def load(command: messages.CaseCommand, work: Work) -> Case:
    case = work.cases.get(command.case_id)
    case.expect(command.expected_version)
    return case


def rules_of(case: Case, work: Work) -> LimitRules:
    return work.plan.rules(case.matter.code, case.way)


def receipt(case: Case, work: Work) -> Answer:
    return {
        "id": case.id,
        "number": case.number,
        "state": case.state,
        "version": case.sequence,
        "actions": list(may(case, work.caller)),
    }
