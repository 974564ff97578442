"""Read-only questions: tasks, a day to take along, coverage."""

from services.patrol.queries.answers import Queries, TaskFilter
from services.patrol.queries.coverage import CoverageFilter

__all__ = ["CoverageFilter", "Queries", "TaskFilter"]
