"""One function for each message: load, ask the model, save. The bus opens and commits the transaction."""

from services.incident.handlers import (
    calendar,
    climbing,
    closing,
    consulting,
    copies,
    deadlines,
    handling,
    intake,
    merging,
    missed,
    open311,
    routing,
    succession,
    waiting,
    whistling,
)
from services.incident.handlers.acting import Handlers

HANDLERS: Handlers = {
    **intake.HANDLERS,
    **open311.HANDLERS,
    **routing.HANDLERS,
    **climbing.HANDLERS,
    **handling.HANDLERS,
    **waiting.HANDLERS,
    **closing.HANDLERS,
    **whistling.HANDLERS,
    **deadlines.HANDLERS,
    **merging.HANDLERS,
    **missed.HANDLERS,
    **consulting.HANDLERS,
    **copies.HANDLERS,
    **succession.HANDLERS,
    **calendar.HANDLERS,
}

__all__ = ["HANDLERS"]
