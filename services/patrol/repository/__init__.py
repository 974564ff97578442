"""Loads and saves tasks, keeps copies, makes the tasks of a day: rows and outbox in one commit."""

from services.patrol.repository.copies import PlanBook
from services.patrol.repository.work import Ground, works

__all__ = ["Ground", "PlanBook", "works"]
