"""Read-only questions: scores, facts, the daily report, and computing everything again from the event log."""

from services.assessment.queries.answers import DailyFilter, FactFilter, Queries, ScoreFilter
from services.assessment.queries.recomputation import Recomputation

__all__ = ["DailyFilter", "FactFilter", "Queries", "Recomputation", "ScoreFilter"]
