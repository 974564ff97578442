"""Enterprises, organisations, places and facilities (REG-10)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import places as schemas
from wangge.registry.v1 import places_pb2

PLACES = methods(places_pb2, "Places")
KEEPERS = ("system-administrator", "centre-operator", "grid-leader", "instructor", "platform")

routes = Routes("places", zh="企业与场所", en="Enterprises and places")
routes.ask(
    "POST", "/places", PLACES["EnterPlace"], body=schemas.Place, roles=KEEPERS, status=201,
    zh="登记企业、组织、场所或设施", en="Enter an enterprise, organisation, place or facility (REG-10)",
)  # fmt: skip
routes.ask("GET", "/places", PLACES["ListPlaces"], query=schemas.PlacesQuery, zh="企业与场所列表", en="Places")
routes.ask(
    "GET", "/places/{place_id}", PLACES["GetPlace"], query=schemas.PlaceQuery, etag="version",
    zh="企业或场所详情", en="One place; with a purpose unmasked and recorded (PRV-02)",
)  # fmt: skip
routes.ask(
    "PUT", "/places/{place_id}", PLACES["ChangePlace"], body=schemas.Place, roles=KEEPERS, versioned=True,
    zh="变更企业或场所", en="Replace what is known of a place",
)  # fmt: skip
routes.ask(
    "POST", "/places/{place_id}/assessments", PLACES["AssessPlace"], body=schemas.Assessment, roles=KEEPERS,
    versioned=True, zh="登记安全评估(等级决定巡查频次)", en="A dated safety assessment: grade and key list (P6)",
)  # fmt: skip
routes.ask(
    "POST", "/places/{place_id}/facts", PLACES["StatePlaceFacts"], body=schemas.StatedFacts, roles=KEEPERS,
    versioned=True, zh="登记经营、职工、党员数、组织设置", en="Dated facts (P14)",
)  # fmt: skip
routes.ask(
    "POST", "/places/{place_id}/retire", PLACES["RetirePlace"], body=schemas.RetiredPlace, roles=KEEPERS,
    versioned=True, zh="注销", en="It is no more",
)  # fmt: skip
routes.ask(
    "GET", "/places/{place_id}/records", PLACES["ListPlaceRecords"], query=schemas.PlaceRecordsQuery,
    zh="登记、评估、变更记录", en="What was entered about a place, the latest first",
)  # fmt: skip
