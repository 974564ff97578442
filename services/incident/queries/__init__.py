"""Read-only questions: the case page, work lists, messages, matters. The caller's scope is part of every query."""

from services.incident.queries.answers import Filter, Queries

__all__ = ["Filter", "Queries"]
