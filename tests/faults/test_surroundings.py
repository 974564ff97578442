"""What the platform stands on gives way under load: refused clearly or pending, never success without a commit.

The api is cut off from the database, the disk of a database or of the broker is full, the clock of one process is ten
minutes off. The ledger says that nothing was lost, doubled or stuck a minute after the healing.
"""

import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg2
import pytest

from infra.local import moving
from infra.local.process import wait_until
from services.chassis.clock import PRODUCTION, read_ahead
from services.chassis.ids import new_id
from tests.faults.harness.load import REPORT, Load
from tests.faults.harness.ordeal import suffer
from tests.faults.harness.site import Site
from tests.faults.harness.surroundings import broker_disk_alarm, home_ahead, instead, on_small_disk, through_proxy

pytestmark = [pytest.mark.needs_platform, pytest.mark.timeout(420), pytest.mark.rule("ALL-04", "XCH-03")]

BOUND = 15.0
"""Seconds within which a client is answered; the gateway's own deadline is 5."""
OFF = 600


@dataclass(frozen=True)
class Answer:
    """What one client was told, and after how many seconds."""

    status: int
    code: str
    seconds: float
    retry_after: str | None


def report(load: Load, mark: str = "probe") -> Answer:
    """One report, sent once with a key of its own."""
    headers = {"Authorization": f"Bearer {load.token('operator')}", "Idempotency-Key": new_id()}
    begun = time.monotonic()
    body = {**REPORT, "grid_code": load.site.grids[0], "description": f"河水发黄 {mark}"}
    url = f"{load.site.settings.gateway_url}/api/v1/cases"
    reply = httpx.post(url, json=body, headers=headers, timeout=60, trust_env=False)
    code = "" if reply.is_success else reply.json()["code"]
    return Answer(reply.status_code, code, time.monotonic() - begun, reply.headers.get("retry-after"))


def refusal(load: Load, seconds: float = 60) -> Answer:
    """Report until it is refused, and return the refusal."""
    seen: list[Answer] = []

    def refused() -> bool:
        seen.append(report(load))
        return seen[-1].status >= 500

    wait_until(refused, seconds=seconds, what="a refusal")
    return seen[-1]


def test_an_api_that_is_reset_by_the_database_refuses_at_once(site: Site) -> None:
    def deed(load: Load) -> None:
        proxy.cut()
        answers = [refusal(load), *(report(load) for _ in range(4))]
        assert {(each.status, each.code, each.retry_after) for each in answers} == {(503, "unavailable", "2")}
        assert max(answer.seconds for answer in answers) < BOUND
        proxy.heal()

    with through_proxy(site) as (proxy, leading), instead(site, "api", **leading):
        load, _ = suffer(site, deed)
    assert any(told.attempts > 1 for told in load.told)


def test_an_api_whose_database_falls_silent_answers_in_time_and_finds_back(site: Site) -> None:
    """The connections of before never answer again, nor are they reset: the api has to give them up by itself."""

    def deed(load: Load) -> None:
        proxy.silence()
        answers = [report(load) for _ in range(3)]
        assert {answer.status for answer in answers} <= {503, 504}, answers
        assert max(answer.seconds for answer in answers) < BOUND
        proxy.heal()

    with through_proxy(site) as (proxy, leading), instead(site, "api", **leading):
        suffer(site, deed)


def test_a_database_whose_disk_is_full_is_a_clear_refusal(site: Site, server_folder: Path) -> None:
    def deed(load: Load) -> None:
        disk.fill()
        answer = refusal(load)
        assert (answer.status, answer.code, answer.retry_after) == (503, "unavailable", "2")
        assert answer.seconds < BOUND
        disk.free()

    with on_small_disk(site, "incident", server_folder / f"disk-{new_id()[-6:]}") as disk:
        suffer(site, deed)


def test_while_the_brokers_disk_is_full_the_api_accepts_and_everything_goes_out_afterwards(site: Site) -> None:
    def deed(load: Load) -> None:
        with broker_disk_alarm(site):
            wait_until(lambda: unpublished(site) > 5, seconds=60, what="events that cannot go out")
            accepted = load.accepted
            load.more(20)
            assert unpublished(site) > 5
            assert load.accepted >= accepted + 20

    load, _ = suffer(site, deed)
    assert all(told.outcome == "accepted" for told in load.told)


def unpublished(site: Site) -> int:
    uri = site.database_uri("incident").replace("+psycopg2", "")
    with closing(psycopg2.connect(uri)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        return cursor.fetchone()[0]


@pytest.mark.rule("INC-08")
@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_process_whose_clock_is_ten_minutes_fast_loses_and_doubles_nothing(
    site: Site, tmp_path: Path, role: str
) -> None:
    ahead = read_ahead(site.settings.demo_clock).total_seconds() + OFF
    with home_ahead(site, tmp_path / "home", int(ahead)) as home, instead(site, role, WANGGE_HOME=home):
        suffer(site, nothing)


@pytest.mark.rule("INC-08")
@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_process_whose_clock_is_ten_minutes_slow_loses_and_doubles_nothing(site: Site, role: str) -> None:
    """The platform's clock is put forward; the one process goes by the machine's."""
    missing = timedelta(seconds=OFF) - read_ahead(site.settings.demo_clock)
    if missing > timedelta():
        moving.forward(site.settings, missing)
    with instead(site, role, WANGGE_PROFILE=PRODUCTION):
        suffer(site, nothing)


def nothing(load: Load) -> None:
    load.more(12)
