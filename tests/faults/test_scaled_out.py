"""A second api and a second worker of one service are added and stopped under load: nothing is lost."""

import time
from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from infra.demo.broker import depth
from infra.local import process
from infra.local.ports import answers
from infra.local.process import wait_until
from infra.local.settings import SERVICES
from tests.faults.harness.load import Load
from tests.faults.harness.ordeal import suffer
from tests.faults.harness.site import Site

pytestmark = [pytest.mark.needs_platform, pytest.mark.timeout(300), pytest.mark.rule("ALL-04", "XCH-03")]

RENAMED = "water-station"
QUEUE = "incident.on.registry"


@pytest.fixture
def wide_site(site: Site) -> Iterator[Site]:
    """The platform behind a gateway that knows a second address of the incident service, where nobody is yet."""
    first, second = f"127.0.0.1:{site.settings.grpc_port('incident')}", f"127.0.0.1:{site.spare_port}"
    site.take_away("gateway")
    gateway = site.run("gateway", WANGGE_INCIDENT_GRPC_ADDRESS=f"{first},{second}")
    wait_until(lambda: _ready(site), seconds=60, what="the gateway with two addresses")
    yield site
    process.stop(gateway)
    site.bring_back("gateway")


def test_an_api_and_a_worker_come_and_go_under_load(wide_site: Site) -> None:
    site = wide_site

    def come_and_go(load: Load) -> None:
        api, worker = _second_api(site), site.run("worker", "incident")
        wait_until(lambda: depth(site.amqp_uri, QUEUE).consumers == 2, seconds=60, what="two consumers")
        _rename(site, range(10))
        load.more(15)
        begun = time.monotonic()
        gone = site.end("api")
        load.more(10)
        carried = load.accepted_between(begun, time.monotonic())
        site.wait_ready("api", other_than=gone)
        wait_until(lambda: _ready(site), seconds=10, what="the gateway's way to the api that is back")
        process.stop(worker)
        _rename(site, range(10, 20))
        load.more(10)
        process.stop(api)
        print(f"    {carried} commands accepted by the second api alone")

    suffer(site, come_and_go)
    for service in set(SERVICES) - {"registry", "patrol"}:  # which keep no names of departments
        assert _name(site, service) == "水利站 19"


def _second_api(site: Site):
    health = f"127.0.0.1:{site.spare_port + 1}"
    address = f"127.0.0.1:{site.spare_port}"
    api = site.run("api", "incident", WANGGE_INCIDENT_GRPC_ADDRESS=address, WANGGE_API_HEALTH_ADDRESS=health)
    wait_until(lambda: answers(site.spare_port), seconds=60, what="the second api")
    return api


def _rename(site: Site, numbers: range) -> None:
    """The registry says something ten times, for the incident service's workers to handle."""
    administrator = site.accounts.sign_in("system-admin", anew=True)
    known = next(each for each in administrator.pages("/departments") if each["id"] == RENAMED)
    row = {name: known[name] for name in ("id", "level", "kind", "division_code")}
    for number in numbers:
        administrator.post("/departments/import", rows=[{**row, "name": f"水利站 {number}"}])


def _name(site: Site, service: str) -> str:
    engine = sa.create_engine(site.database_uri(service), poolclass=sa.NullPool)
    with engine.connect() as connection:
        name: str = connection.exec_driver_sql(f"SELECT name FROM department WHERE id = '{RENAMED}'").scalar_one()
    return name


def _ready(site: Site) -> bool:
    """Ready as a whole: a service with one of two addresses away is."""
    try:
        return httpx.get(f"{site.settings.gateway_url}/readyz", timeout=5, trust_env=False).is_success
    except httpx.TransportError:
        return False
