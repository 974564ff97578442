"""The county's working days changed: every open limit that this moves is counted anew, a batch at a time (INC-07)."""

from services.chassis.auth import PLATFORM
from services.incident import messages
from services.incident.handlers.acting import Handlers, rules_of
from services.incident.model.office_days import CalendarChange
from services.incident.ports import Work

BATCH = 100


def calendar_changed(message: messages.CalendarChanged, work: Work) -> None:
    """Keep the days; what they turn is carried out by deadlines that are due at once."""
    change = work.calendar.store(message)
    if change is not None:
        work.calendar.go_on(change)


def recount(change_id: str, work: Work) -> None:
    """Count a batch of limits anew and plan the next, in one transaction: nothing is left out, nothing done twice."""
    change = work.calendar.change(change_id)
    if change is None or change.done_at is not None:
        return
    batch = work.calendar.spanning(change, BATCH)
    for case_id in batch:
        _recount_one(case_id, change, work)
    if work.calendar.reach(change, batch[-1] if batch else None, len(batch), done=len(batch) < BATCH):
        work.calendar.go_on(change)


def _recount_one(case_id: str, change: CalendarChange, work: Work) -> None:
    case = work.cases.get(case_id)
    moved = case.recount(PLATFORM, work.now, rules_of(case, work), change.why)
    if moved is not None:
        work.calendar.note_moved(change, case.id, *moved)


HANDLERS: Handlers = {messages.CalendarChanged: calendar_changed}
