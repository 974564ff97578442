"""What the clock says: notices, and the end of waiting."""

from services.chassis.auth import PLATFORM
from services.chassis.messages import DeadlinePassed
from services.incident.handlers import succession, whistling
from services.incident.handlers.acting import Handlers, rules_of
from services.incident.handlers.calendar import recount, recount_alone
from services.incident.handlers.climbing import climb_late
from services.incident.model.case.following import ALONE
from services.incident.model.limits import EXTENSION_LAPSES, UNANSWERED
from services.incident.model.office_days import RECOUNT, RECOUNT_ALONE
from services.incident.ports import Work


def deadline_passed(message: DeadlinePassed, work: Work) -> None:
    """A grid's cases follow to its successor (REG-04), limits are counted anew, or what is due of a case happens."""
    if message.kind == succession.FOLLOW:
        succession.follow_on(message, work)
    elif message.kind.startswith(ALONE):
        succession.follow_alone(message, work)
    elif message.kind.startswith(RECOUNT):
        _of_calendar(message, work)
    else:
        _of_case(message, work)


def _of_calendar(message: DeadlinePassed, work: Work) -> None:
    change_id, case_id = message.subject.removeprefix("calendar/"), message.kind.removeprefix(RECOUNT_ALONE)
    if message.kind == RECOUNT:
        recount(change_id, work)
    else:
        recount_alone(change_id, case_id, work)


def _of_case(message: DeadlinePassed, work: Work) -> None:
    """A notice of the plan goes out, or the time for the reporter's word is over (INC-08, INC-15)."""
    if message.kind.startswith(whistling.CALL):
        whistling.call_deadline_passed(message, work)
        return
    case = work.cases.get(message.subject)
    step, _, kind = message.kind.partition(":")
    rules = rules_of(case, work)
    if kind == UNANSWERED:
        case.go_on(PLATFORM, work.now, rules)
    elif kind == EXTENSION_LAPSES:
        case.lapse_extension(PLATFORM, work.now, rules)
    elif kind == "climb":
        climb_late(case, work)
    elif kind == "lapse" and case.state == "verified":
        case.lapse(PLATFORM, work.now, rules)
    elif (notice := rules.notice(kind)) and case.warn(step, notice, work.now):
        work.cases.warn(case, notice)


HANDLERS: Handlers = {DeadlinePassed: deadline_passed}
