"""Loads and saves what the handlers ask for; the unit of work commits it with its events."""

from services.incident.repository.work import Ground, IncidentWork, works

__all__ = ["Ground", "IncidentWork", "works"]
