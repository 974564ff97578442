"""One function for each message: load, ask the model, save. The bus opens and commits the transaction."""

from services.patrol.handlers import (
    copies,
    deadlines,
    decisions,
    diary,
    entries,
    inspections,
    meetings,
    returns,
    succession,
    tasks,
    visits,
)
from services.patrol.handlers.acting import Handlers

HANDLERS: Handlers = {
    **entries.HANDLERS,
    **tasks.HANDLERS,
    **copies.HANDLERS,
    **deadlines.HANDLERS,
    **diary.HANDLERS,
    **inspections.HANDLERS,
    **meetings.HANDLERS,
    **decisions.HANDLERS,
    **returns.HANDLERS,
    **succession.HANDLERS,
    **visits.HANDLERS,
}

__all__ = ["HANDLERS"]
