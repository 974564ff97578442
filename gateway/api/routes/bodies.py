"""Leading groups and command bodies of the plan in force (REG-16)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import bodies as schemas
from wangge.registry.v1 import bodies_pb2

BODIES = methods(bodies_pb2, "Bodies")

routes = Routes("bodies", zh="领导小组与指挥部", en="Leading groups and command bodies")
routes.ask(
    "GET", "/bodies", BODIES["ListBodies"], query=schemas.BodiesQuery,
    zh="领导小组、指挥部及其成员", en="Bodies of the plan in force, with who has their seats (REG-16)",
)  # fmt: skip
