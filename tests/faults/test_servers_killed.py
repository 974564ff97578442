"""RabbitMQ and PostgreSQL go away under load and come back: nothing is lost, doubled or stuck."""

import time
from datetime import timedelta

import pika
import pytest
from pika.exceptions import AMQPError

from infra.local import moving
from infra.local.process import wait_until
from infra.local.status import status
from tests.faults.harness.load import Load
from tests.faults.harness.ordeal import suffer
from tests.faults.harness.site import Site

pytestmark = [pytest.mark.needs_platform, pytest.mark.timeout(300), pytest.mark.rule("ALL-04", "XCH-03")]

CONSUMERS_BACK = 5.0


def test_the_api_goes_on_accepting_while_rabbitmq_is_killed_and_consumers_are_back_at_once(site: Site) -> None:
    accepted: list[int] = []

    def kill(load: Load) -> None:
        begun = time.monotonic()
        site.kill("rabbitmq")
        returned = _back(site)
        back = _consuming(site)
        accepted.append(load.accepted_between(begun, returned))
        print(f"    away for {returned - begun:.1f} s, {accepted[0]} commands accepted meanwhile")
        print(f"    consumers back {back - returned:.1f} s after the broker")
        assert back - returned <= CONSUMERS_BACK

    load, _ = suffer(site, kill)
    assert accepted[0] > 0
    assert all(told.outcome == "accepted" for told in load.told)


def test_everything_goes_on_when_postgresql_is_killed(site: Site) -> None:
    def kill(_load: Load) -> None:
        gone = site.kill("postgres")
        site.wait_ready("postgres", other_than=gone)

    load, _ = suffer(site, kill)
    assert any(told.attempts > 1 for told in load.told)


@pytest.mark.rule("INC-08")
def test_a_day_without_rabbitmq_expires_nothing_and_raises_an_alarm_on_the_age_of_what_waits(site: Site) -> None:
    def day(load: Load) -> None:
        site.take_away("rabbitmq")
        load.more(10)
        moving.forward(site.settings, timedelta(days=1))
        load.more(10)
        _expect_alarms(site)
        site.bring_back("rabbitmq")
        _consuming(site)

    load, _ = suffer(site, day)
    assert all(told.outcome == "accepted" for told in load.told)
    left = [alarm for alarm in status(site.settings)["alarms"] if alarm["kind"] != "timer-failing"]
    assert left == []


def _expect_alarms(site: Site) -> None:
    """`wangge status` says for how long events wait, and the relay's log does too."""
    found = {(alarm["kind"], alarm["where"]): alarm["says"] for alarm in status(site.settings)["alarms"]}
    assert ("no-answer", "rabbitmq") in found
    assert "最早的已等 1 天" in found["outbox-waits", "incident"]
    log = site.settings.logs / "relay.log"
    wait_until(lambda: "events wait in the outbox" in log.read_text("utf-8"), seconds=30, what="the relay's alarm")


def _back(site: Site) -> float:
    """The moment at which the broker lets somebody in again."""
    parameters = pika.URLParameters(site.amqp_uri)
    parameters.socket_timeout = parameters.stack_timeout = parameters.blocked_connection_timeout = 5

    def let_in() -> bool:
        try:
            pika.BlockingConnection(parameters).close()
        except (AMQPError, OSError):
            return False
        return True

    wait_until(let_in, seconds=90, what="RabbitMQ lets in")
    return time.monotonic()


def _consuming(site: Site) -> float:
    """The moment at which every main queue, and the department's, has its consumer again."""

    def all_there() -> bool:
        try:
            return all(site.consumers().values())
        except (AMQPError, OSError):
            return False

    wait_until(all_there, seconds=60, what="every queue has a consumer")
    return time.monotonic()
