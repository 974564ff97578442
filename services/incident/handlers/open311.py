"""Reports of applications by Open311 (INC-21): like any other report, without a person who reported."""

from services.incident import messages
from services.incident.handlers.acting import Answer, Handlers
from services.incident.handlers.intake import report
from services.incident.model.publication import new_token
from services.incident.model.rights import APPLICATION
from services.incident.model.workflow import INITIAL
from services.incident.ports import Submission, Work

MULTIPLE = "\n"
"""Between the values of a question that takes several."""


def submit(command: messages.Submit, work: Work) -> Answer:
    """Take the report in. It answers a request id; a token where nobody could file it yet; neither where the matter is
    confidential, since what may not be shown has no public name."""
    work.caller.require(APPLICATION, action="Open311 上报")
    taken = report(_as_report(command, work), work)
    shown = work.plan.publication(command.service_code)
    waiting = taken["state"] == INITIAL
    token = new_token() if waiting and shown.fields else ""
    contact = {name: getattr(command, name) for name in ("email", "device_id", "account_id") if getattr(command, name)}
    work.submissions.add(Submission(taken["id"], work.caller.person_id, token or None, contact))
    request_id = taken["id"] if shown.fields and not waiting else ""
    return {"id": taken["id"], "request_id": request_id, "token": token, "notice": shown.notice}


def _as_report(command: messages.Submit, work: Work) -> messages.Report:
    person = messages.GivenReporter(command.name, command.phone) if command.name or command.phone else None
    return messages.Report(
        matter_code=command.service_code,
        description=command.description,
        channel="open311",
        point=command.point,
        grid_code=command.grid_code,
        address=command.address,
        way=work.plan.card(command.service_code).way_from_outside(),
        replies=tuple(messages.GivenReply(each.code, MULTIPLE.join(each.values)) for each in command.attributes),
        reporter=person,
        external_reference=command.media_url,
    )


HANDLERS: Handlers = {messages.Submit: submit}
