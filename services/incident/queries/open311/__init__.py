"""What Open311 shows to anybody: services, tokens, requests (INC-21). No caller, so no scope but the plan's word."""

from services.incident.queries.open311.public import PublicQueries, Wanted

__all__ = ["PublicQueries", "Wanted"]
