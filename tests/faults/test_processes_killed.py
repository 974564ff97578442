"""Processes of the platform die or are asked to go in the middle of their work: nothing is lost, doubled or stuck."""

import signal

import pytest

from tests.faults.harness.ordeal import suffer
from tests.faults.harness.site import Site

pytestmark = [pytest.mark.needs_platform, pytest.mark.timeout(300), pytest.mark.rule("ALL-04", "XCH-03")]

ROLES = ("gateway", "api", "relay", "worker")


@pytest.mark.parametrize("point", ["api.before-commit", "api.after-commit"])
def test_a_command_has_one_effect_when_the_api_dies_around_its_commit(site: Site, point: str) -> None:
    load, _ = suffer(site, lambda _load: _die(site, "api", point))
    assert any(told.attempts > 1 and told.outcome == "accepted" for told in load.told)


def test_an_event_goes_out_again_when_the_relay_dies_between_confirm_and_mark(site: Site) -> None:
    load, settled = suffer(site, lambda _load: _die(site, "relay", "relay.before-mark"))
    assert all(told.outcome == "accepted" for told in load.told)
    assert len(settled.books.received) >= len(set(settled.books.received))


@pytest.mark.parametrize("point", ["worker.before-commit", "worker.before-ack"])
def test_an_event_has_one_effect_when_the_worker_dies_handling_it(site: Site, point: str) -> None:
    suffer(site, lambda _load: _die(site, "worker", point))


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_lost_when_a_process_is_killed(site: Site, role: str) -> None:
    suffer(site, lambda _load: _restart(site, role, signal.SIGKILL))


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_lost_when_a_process_is_restarted(site: Site, role: str) -> None:
    suffer(site, lambda _load: _restart(site, role, signal.SIGTERM))


def _die(site: Site, role: str, point: str) -> None:
    site.points.arm(point)
    dead = site.points.wait_hit(point)
    site.wait_ready(role, other_than=dead)


def _restart(site: Site, role: str, number: int) -> None:
    gone = site.end(role, number)
    site.wait_ready(role, other_than=gone)
