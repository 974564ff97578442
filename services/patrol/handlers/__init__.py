"""One function for each message: load, ask the model, save. The bus opens and commits the transaction."""

from services.patrol.handlers import copies, deadlines, diary, entries, tasks
from services.patrol.handlers.acting import Handlers

HANDLERS: Handlers = {**entries.HANDLERS, **tasks.HANDLERS, **copies.HANDLERS, **deadlines.HANDLERS, **diary.HANDLERS}

__all__ = ["HANDLERS"]
