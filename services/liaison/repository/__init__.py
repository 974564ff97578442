"""Loads and saves what the handlers ask for; the unit of work commits it."""

from services.liaison.repository.partitions import make_ahead
from services.liaison.repository.work import Ground, LiaisonWork, works

__all__ = ["Ground", "LiaisonWork", "make_ahead", "works"]
