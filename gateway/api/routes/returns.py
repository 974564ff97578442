"""Returns due from below: handed in, sent back, accepted (PAT-12)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import returns as schemas
from wangge.patrol.v1 import returns_pb2

RETURNS = methods(returns_pb2, "Returns")

routes = Routes("returns", zh="报表", en="Returns")
routes.ask(
    "GET", "/patrol/returns", RETURNS["ListReturns"], query=schemas.ReturnsQuery,
    zh="报表列表", en="Returns owed and received (PAT-12)",
)  # fmt: skip
routes.ask(
    "GET", "/patrol/returns/{return_id}", RETURNS["GetReturn"], etag="version",
    zh="报表内容", en="One return; its form is filled from what is known (PAT-12)",
)  # fmt: skip
routes.ask(
    "POST", "/patrol/returns/{return_id}/submit", RETURNS["SubmitReturn"], body=schemas.ReturnForm, versioned=True,
    zh="报送", en="Hand a return in (PAT-12)",
)  # fmt: skip
routes.ask(
    "POST", "/patrol/returns/{return_id}/send-back", RETURNS["SendBackReturn"], body=schemas.ReturnReason,
    versioned=True, zh="退回报表", en="Send a return back with a reason (PAT-12)",
)  # fmt: skip
routes.ask(
    "POST", "/patrol/returns/{return_id}/accept", RETURNS["AcceptReturn"], versioned=True,
    zh="接收报表", en="Accept a return (PAT-12)",
)  # fmt: skip
