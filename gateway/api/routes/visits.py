"""Visits to the households on the list, never with the reason why they are visited (PAT-07)."""

from collections.abc import Sequence
from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.routes.care import CARE
from gateway.api.schemas import patrol as schemas
from services.chassis.errors import WanggeError
from wangge.patrol.v1 import visits_pb2

VISITS = methods(visits_pb2, "Visits")
PURPOSE = "care-visit"
_CARD = ("address", "contact", "phone", "persons")

routes = Routes("visits", zh="走访", en="Care visits")
routes.ask(
    "GET", "/patrol/visits", VISITS["ListVisits"], query=schemas.VisitsQuery,
    zh="走访任务列表", en="Visits that are owed and made (PAT-07)",
)  # fmt: skip
routes.ask(
    "GET", "/patrol/visits/coverage", VISITS["ListVisitCoverage"], query=schemas.VisitCoverageQuery,
    zh="走访完成情况(不含住户)", en="How many visits were owed and made, by grid, without households",
)  # fmt: skip
routes.ask("GET", "/patrol/visits/{visit_id}", VISITS["GetVisit"], etag="version", zh="走访任务详情", en="One visit")
routes.ask(
    "POST", "/patrol/visits/{visit_id}/excuse", VISITS["ExcuseVisit"], body=schemas.VisitReason, versioned=True,
    zh="免除走访", en="Say why a visit need not be made",
)  # fmt: skip


async def with_households(visits: Sequence[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
    """Visits with whom to ask for and where, for those that the caller has still to make.

    Read under the caller's own rights, and each look is recorded (PRV-03). While the registry is away the visits come
    without.
    """
    wanted = [each["household_id"] for each in visits if each["state"] in ("due", "overdue")]
    cards = await _cards(wanted, call) if wanted else {}
    return [{**each, "household": cards.get(each["household_id"])} for each in visits]


async def _cards(ids: Sequence[str], call: Call) -> dict[str, dict[str, Any]]:
    try:
        found = await call.ask(CARE["GetHouseholds"], {"household_ids": list(ids), "purpose": PURPOSE})
    except WanggeError:
        return {}
    return {each["id"]: {name: each[name] for name in _CARD} for each in found["items"]}
