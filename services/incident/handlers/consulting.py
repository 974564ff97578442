"""Cases that nobody could settle, and the meetings that decide about them (INC-10)."""

import json

from services.chassis.auth import Principal
from services.incident import messages
from services.incident.handlers.acting import Answer, Handlers, act, rules_of
from services.incident.handlers.intake import take
from services.incident.model.case.paths import Consultation
from services.incident.ports import Work

CHANNEL = "grid-leader"
"""Who convenes a meeting reports what it made a case: neither the public nor a superior found it (INC-20)."""


def ask(command: messages.AskConsultation, work: Work) -> Answer:
    return act(command, work, lambda case, rules: case.ask_consultation(work.caller, work.now, rules, command.reason))


def decided(message: messages.MeetingDecided, work: Work) -> None:
    """The decision is recorded on the case."""
    told = json.loads(work.seal.open(message.sealed, f"patrol.decided:{message.decision_id}"))
    case = work.cases.get(message.case_id)
    consultation = Consultation(
        kind="decided",
        at=message.at,
        by=told["name"],
        words=told["words"],
        meeting=message.title,
        meeting_id=message.meeting_id,
        decision_id=message.decision_id,
        day=message.day.isoformat(),
    )
    case.consult(work.now, rules_of(case, work), consultation)


def raised(message: messages.CaseRaised, work: Work) -> None:
    """What a meeting decided to make a case is a report of whoever convened it: nothing is entered twice."""
    told = json.loads(work.seal.open(message.sealed, f"patrol.sealed:{message.case_id}"))
    by = Principal(message.decided_by, told["name"], frozenset(told["roles"]))
    command = messages.Report(
        matter_code=message.matter_code,
        description=f"{message.title}:{told['words']}",
        channel=CHANNEL,
        grid_code=message.grid,
        external_reference=f"meeting:{message.meeting_id}#{message.decision_id}",
    )
    take(command, by, message.case_id, work)


HANDLERS: Handlers = {
    messages.AskConsultation: ask,
    messages.MeetingDecided: decided,
    messages.CaseRaised: raised,
}
