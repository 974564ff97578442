"""A worker that is cut off from the broker or the database waits a bounded time, and loses and doubles nothing.

By a proxy that falls silent, which only the worker's own limits can notice, or resets.
"""

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest

from infra.local.process import wait_until
from tests.faults.harness.proxy import Proxy
from tests.faults.worker.probing import Effects
from tests.integration.chassis.worker.conftest import Probe

pytestmark = [pytest.mark.rule("XCH-03"), pytest.mark.timeout(300)]

BOUND = 30.0
"""Seconds on a busy machine within which a worker with a heartbeat of one second notices."""

LIMITS = {"HEARTBEAT": 1, "PREFETCH": 50, "CONCURRENCY": 3, "DATABASE_ANSWER": 3, "DATABASE_CONNECT": 2}


@pytest.fixture
def through() -> Iterator[Callable[[str], tuple[Proxy, str]]]:
    """Call it with an address: a proxy before that server, and the address through it."""
    made: list[Proxy] = []

    def proxied(uri: str) -> tuple[Proxy, str]:
        parts = urlsplit(uri)
        proxy = Proxy(parts.port or 0)
        made.append(proxy)
        return proxy, urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.port}", f":{proxy.port}")))

    yield proxied
    for proxy in made:
        proxy.close()


@pytest.mark.parametrize("fault", ["silence", "cut"])
def test_from_the_broker_it_notices_and_takes_up_its_work_again(
    probe: Probe, effects: Effects, through: Callable[[str], tuple[Proxy, str]], fault: str
) -> None:
    straight = probe.amqp_uri
    proxy, probe.amqp_uri = through(straight)
    process = probe.start(PROBE_DATABASE=effects.uri, HEARTBEAT=1, PREFETCH=3, CONCURRENCY=2)
    probe.amqp_uri = straight
    before = probe.send_all([probe.event("effect", seconds=0.2) for _ in range(30)])
    wait_until(lambda: len(effects.ids()) >= 3, seconds=BOUND, what="the first effects")
    getattr(proxy, fault)()
    wait_until(lambda: probe.state() == "connecting", seconds=BOUND, what="the worker noticing")
    assert len(effects.ids()) < 30, "the broker went away after the work was done"
    meanwhile = probe.send_all([probe.event("effect") for _ in range(10)])
    assert process.poll() is None
    proxy.heal()
    began = time.monotonic()
    wait_until(lambda: probe.state() == "consuming", seconds=BOUND, what="the worker consuming again")
    print(f"consuming {time.monotonic() - began:.1f} s after healing")
    effects.until([*before, *meanwhile])
    wait_until(lambda: probe.depth(probe.queue) == 0, seconds=BOUND, what="everything acknowledged")
    assert probe.depth(probe.dead) == 0
    assert probe.end(process) == 0


@pytest.mark.parametrize("fault", ["silence", "cut"])
def test_from_the_database_it_waits_in_place_while_heartbeats_go_on(
    probe: Probe, effects: Effects, through: Callable[[str], tuple[Proxy, str]], fault: str
) -> None:
    """Connections that were silent stay so for good: the worker has to give them up by itself."""
    proxy, uri = through(effects.uri)
    process = probe.start(PROBE_DATABASE=uri, **LIMITS)
    before = probe.send_all([probe.event("effect", seconds=0.2) for _ in range(20)])
    wait_until(lambda: len(effects.ids()) >= 3, seconds=BOUND, what="the first effects")
    getattr(proxy, fault)()
    meanwhile = probe.send_all([probe.event("effect") for _ in range(10)])
    wait_until(lambda: "is away, retrying in place" in probe.log(), seconds=BOUND, what="the worker noticing")
    assert len(effects.ids()) < 20, "the database went away after the work was done"
    tried = len(probe.journal("begin"))
    wait_until(lambda: len(probe.journal("begin")) >= tried + 6, seconds=BOUND, what="tries in place")
    other = probe.send(fact="noted")
    probe.until(lambda: probe.journal("noted", other), BOUND)  # what needs no database is handled all the same
    proxy.heal()
    effects.until([*before, *meanwhile])
    wait_until(lambda: probe.depth(probe.queue) == 0, seconds=BOUND, what="everything acknowledged")
    assert probe.depth(probe.dead) == 0
    assert "connection dropped" not in probe.log(), "a heartbeat was missed"
    assert probe.end(process) == 0
