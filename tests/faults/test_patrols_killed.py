"""Processes and the broker die while devices hand in their patrols: each entry once, each problem one case (PAT-11)."""

import signal
import time
from collections.abc import Callable

import pytest

from tests.faults.harness.site import Site
from tests.faults.harness.walking_truth import settle
from tests.faults.harness.walks import Values, Walks, appointed

pytestmark = [
    pytest.mark.needs_platform,
    pytest.mark.timeout(400),
    pytest.mark.rule("PAT-03", "PAT-11", "ALL-04", "XCH-03"),
]
TASKS = 3
"""Of each test: 19 entries in 10 batches each, 9 of the entries problems."""
POINTS = ("api.before-commit", "api.after-commit", "relay.before-mark", "worker.before-commit", "worker.before-ack")
KILLED = ("gateway", "api", "relay", "worker", "rabbitmq")
Batch = tuple[list[Values], list[str]]


@pytest.fixture(scope="module")
def days(whole_site: Site) -> Batch:
    """Tasks of today, each test takes its own, and the items of their checklist."""
    whole_site.all_ready()
    return appointed(whole_site, TASKS * (len(POINTS) + len(KILLED)))


@pytest.mark.parametrize("point", POINTS)
def test_each_entry_has_one_effect_when_a_process_dies_at(site: Site, days: Batch, point: str) -> None:
    def die() -> None:
        site.points.arm(point)
        dead = site.points.wait_hit(point)
        site.wait_ready(point.partition(".")[0], other_than=dead)

    walks = _suffer(site, days, die)
    assert walks.repeated or not point.startswith("api")


@pytest.mark.parametrize("role", KILLED)
def test_nothing_handed_in_is_lost_or_doubled_when_somebody_is_killed(site: Site, days: Batch, role: str) -> None:
    def kill() -> None:
        gone = site.end(role, signal.SIGKILL)
        site.wait_ready(role, other_than=gone)

    _suffer(site, days, kill)


def _suffer(site: Site, days: Batch, deed: Callable[[], None]) -> Walks:
    """Do `deed` while devices hand in, and compare the books."""
    tasks, items = days
    own, tasks[:] = tasks[:TASKS], tasks[TASKS:]
    with Walks(site, own, items) as walks:
        walks.more(6)
        deed()
        healed = time.monotonic()
        books = settle(site, walks, healed)
    assert len(books.handed) == len(own) * (len(items) + 1)
    assert len(books.cases) == sum(each.problem for each in books.handed) > 0
    print(f"    {len(books.handed)} entries, {walks.repeated} batches repeated, {len(books.cases)} cases")
    return walks
