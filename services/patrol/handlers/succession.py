"""Tasks follow from grids that are no more to their successors, with what was begun on them (PAT-02, REG-04)."""

from datetime import timedelta

from services.chassis.messages import DeadlinePassed
from services.patrol import messages
from services.patrol.handlers.acting import Handlers, today
from services.patrol.ports import Work

SUBJECT = "succession"
PATIENCE = timedelta(seconds=2)
"""Until successors that the registry has not told of yet are looked for again."""


def grid_succeeded(message: messages.GridSucceeded, work: Work) -> None:
    """Note who comes after whom; a grid that only hangs below another parent keeps its tasks."""
    if message.kind == "reparent":
        return
    work.successions.store(message)
    for code in message.predecessors:
        work.deadlines.set(SUBJECT, code, work.now)


def follow(message: DeadlinePassed, work: Work) -> None:
    """Let the tasks of one grid follow."""
    if not work.successions.follow(message.kind, today(work)):
        work.deadlines.set(SUBJECT, message.kind, work.now + PATIENCE)


HANDLERS: Handlers = {messages.GridSucceeded: grid_succeeded}
