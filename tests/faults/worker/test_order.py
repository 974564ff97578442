"""The same event many times, and events in the wrong order, to worker processes that run at the same time (XCH-03)."""

import pytest

from infra.local.process import wait_until
from tests.faults.worker.probing import Effects
from tests.integration.chassis.worker.conftest import Probe

pytestmark = [pytest.mark.rule("XCH-03"), pytest.mark.timeout(300)]


def test_one_event_a_hundred_times_to_two_workers_has_one_effect(probe: Probe, effects: Effects) -> None:
    """The first handler holds its transaction for a second, so that others arrive in the middle of it."""
    for _ in range(2):
        probe.start(PROBE_DATABASE=effects.uri)
    event, other = probe.event("effect", seconds=1), probe.event("effect")
    probe.send_all([*[event] * 50, other, *[event] * 50])
    wait_until(lambda: len(probe.journal("end", event.id)) == 100, seconds=90, what="all hundred handled")
    effects.until([event.id, other.id])
    workers = {entry["pid"] for entry in probe.journal("begin", event.id)}
    assert len(workers) == 2, "one worker got them all"
    assert (probe.depth(probe.queue), probe.depth(probe.dead)) == (0, 0)
