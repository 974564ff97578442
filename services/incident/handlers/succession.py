"""Open cases follow from grids that are no more to their successors, in bounded batches (REG-04).

The event only notes the succession and sets a deadline for each predecessor; each firing moves one batch in a
transaction of its own and sets the next while there is more, so that ten thousand cases hold nothing up and a crash
loses nothing. A case that fails is put aside: the others of its batch go on, and it has a deadline of its own.
"""

from datetime import timedelta
from functools import partial

from services.chassis.auth import PLATFORM
from services.chassis.messages import DeadlinePassed
from services.incident import messages
from services.incident.errors import SuccessorUnknown
from services.incident.handlers.acting import Handlers
from services.incident.model.case import Case
from services.incident.model.case.following import ALONE
from services.incident.ports import Work

FOLLOW = "grid-succession"
BATCH = 100
PATIENCE = timedelta(seconds=2)
"""Until cases that others hold, and successors that the registry has not told of yet, are looked at again."""


def grid_succeeded(message: messages.GridSucceeded, work: Work) -> None:
    """Note who comes after whom; a grid that only hangs below another parent keeps its cases."""
    if message.kind == "reparent":
        return
    work.successions.store(message)
    for code in message.predecessors:
        work.deadlines.set(code, FOLLOW, work.now)


def follow_on(message: DeadlinePassed, work: Work) -> None:
    """Let the next batch of a grid's cases follow."""
    ids, more = work.successions.waiting(message.subject, BATCH)
    for case_id in ids:
        error = work.apart(partial(_follow_one, case_id, work))
        if isinstance(error, SuccessorUnknown):
            work.deadlines.set(message.subject, FOLLOW, work.now + PATIENCE)
            return
        if error is not None:
            work.deadlines.put_aside(message.subject, ALONE + case_id, work.now, error)
    if more:
        work.deadlines.set(message.subject, FOLLOW, work.now if ids else work.now + PATIENCE)


def follow_alone(message: DeadlinePassed, work: Work) -> None:
    """Let one case follow that failed before."""
    _follow_one(message.kind.removeprefix(ALONE), work)


def _follow_one(case_id: str, work: Work) -> None:
    follow(work.cases.get(case_id), work)


def follow_soon(case: Case, work: Work) -> None:
    """Let a case that came back to work follow, now or as soon as the successor is known."""
    try:
        follow(case, work)
    except SuccessorUnknown:
        work.deadlines.set(case.area, FOLLOW, work.now + PATIENCE)


def follow(case: Case, work: Work) -> None:
    """Let one case follow where its grid is no more. Raises SuccessorUnknown."""
    case.follow(PLATFORM, work.now, {code: work.successions.line(code, case.place) for code in case.grids})


HANDLERS: Handlers = {messages.GridSucceeded: grid_succeeded}
