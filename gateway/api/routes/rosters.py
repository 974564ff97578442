"""The duty roster (值班): who is on duty, taking turns, swaps by consent (REG-18)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import rosters as schemas
from wangge.registry.v1 import rosters_pb2

ROSTERS = methods(rosters_pb2, "Rosters")
KEEPING = ("centre-operator", "system-administrator", "platform")

routes = Routes("duty-roster", zh="值班表", en="Duty roster")
routes.ask(
    "POST", "/duty-shifts", ROSTERS["EnterShifts"], body=schemas.EnterShifts, status=201, roles=KEEPING,
    zh="编排值班表", en="Enter shifts, people taking turns, all or none (REG-18)",
)  # fmt: skip
routes.ask(
    "GET", "/duty-shifts", ROSTERS["ListShifts"], query=schemas.ShiftsQuery, zh="值班表", en="Shifts by their beginning"
)
routes.ask(
    "GET", "/duty-shifts/on-duty", ROSTERS["WhoIsOnDuty"], query=schemas.OnDutyQuery,
    zh="现在谁值班", en="Who is on duty at this moment (REG-18)",
)  # fmt: skip
routes.ask(
    "POST", "/duty-shifts/{shift_id}/withdraw", ROSTERS["WithdrawShift"], body=schemas.WithdrawShift, roles=KEEPING,
    versioned=True, zh="撤销班次", en="Take a shift off the roster",
)  # fmt: skip
routes.ask(
    "POST", "/duty-shifts/{shift_id}/offer", ROSTERS["OfferSwap"], body=schemas.OfferSwap, versioned=True,
    zh="请人代班或换班", en="Ask a colleague to take over",
)  # fmt: skip
routes.ask(
    "POST", "/duty-shifts/{shift_id}/answer", ROSTERS["AnswerSwap"], body=schemas.AnswerSwap, versioned=True,
    zh="答复代班、换班", en="Consent to a swap, or decline",
)  # fmt: skip
