"""Read-only questions: the case page, work lists, messages, matters. The caller's scope is part of every query."""

from services.incident.queries.answers import Enquiry, Queries
from services.incident.queries.worklists import Filter

__all__ = ["Enquiry", "Filter", "Queries"]
