"""The county's working days changed: every open limit that this moves is counted anew, a batch at a time (INC-07)."""

from services.chassis.auth import PLATFORM
from services.incident import messages
from services.incident.handlers.acting import Handlers, rules_of
from services.incident.model.office_days import RECOUNT_ALONE, CalendarChange
from services.incident.ports import Work

BATCH = 100


def calendar_changed(message: messages.CalendarChanged, work: Work) -> None:
    """Keep the days; what they turn is carried out by deadlines that are due at once."""
    change = work.calendar.store(message)
    if change is not None:
        work.calendar.go_on(change)


def recount(change_id: str, work: Work) -> None:
    """Count a batch of limits anew and plan the next, in one transaction: nothing is left out, nothing done twice.

    A case that fails is put aside: the others go on, and it has a deadline of its own.
    """
    change = work.calendar.change(change_id)
    if change is None or change.done_at is not None:
        return
    batch = work.calendar.spanning(change, BATCH)
    work.calendar.count_moved(change, sum(_recount_apart(case_id, change, work) for case_id in batch))
    if batch:
        work.calendar.reach(change, batch[-1], len(batch))
    if len(batch) < BATCH:
        work.calendar.finish(change)
    else:
        work.calendar.go_on(change)


def recount_alone(change_id: str, case_id: str, work: Work) -> None:
    """Count the limit of one case anew that failed before, however far the change is by now."""
    change = work.calendar.change(change_id)
    if change is not None and _recount_one(case_id, change, work):
        work.calendar.count_moved(change, 1)


def _recount_apart(case_id: str, change: CalendarChange, work: Work) -> bool:
    moved: list[bool] = []
    error = work.apart(lambda: moved.append(_recount_one(case_id, change, work)))
    if error is not None:
        work.deadlines.put_aside(change.subject, RECOUNT_ALONE + case_id, work.now, error)
    return any(moved) and error is None


def _recount_one(case_id: str, change: CalendarChange, work: Work) -> bool:
    case = work.cases.get(case_id)
    moved = case.recount(PLATFORM, work.now, rules_of(case, work), change.why)
    if moved is not None:
        work.calendar.note_moved(change, case.id, *moved)
    return moved is not None


HANDLERS: Handlers = {messages.CalendarChanged: calendar_changed}
