"""The keys of applications that report and read by Open311 (INC-21), for those who administer them."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas.applications import ApplicationsQuery, RegisterApplication
from wangge.registry.v1 import registry_pb2

REGISTRY = methods(registry_pb2, "Registry")
SECURITY = ("security-administrator", "platform")
READERS = (*SECURITY, "auditor")

routes = Routes("applications", zh="Open311 应用", en="Applications that use Open311")
routes.ask(
    "POST", "/applications", REGISTRY["RegisterApplication"], body=RegisterApplication, status=201, roles=SECURITY,
    zh="登记应用", en="Register an application; its key is shown once (INC-21)",
)  # fmt: skip
routes.ask(
    "GET", "/applications", REGISTRY["ListApplications"], query=ApplicationsQuery, roles=READERS,
    zh="应用列表", en="Applications, never their keys",
)  # fmt: skip
routes.ask(
    "DELETE", "/applications/{application_id}", REGISTRY["RevokeApplication"], roles=SECURITY,
    zh="停用应用", en="Take an application's key away for good",
)  # fmt: skip
