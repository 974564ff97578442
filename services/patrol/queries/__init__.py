"""Read-only questions: tasks, a day to take along, coverage."""

from services.patrol.queries.answers import CoverageFilter, Queries, TaskFilter

__all__ = ["CoverageFilter", "Queries", "TaskFilter"]
