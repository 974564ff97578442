"""The live stream without a broker: who sees what, gaps, slow clients, the end of a token."""

import asyncio
import json
from typing import Any

import pytest

from gateway.api.stream.hub import BUFFER, Hub, Signal
from gateway.api.stream.sse import Stream
from gateway.api.stream.visible import departments, slim, visible
from services.chassis.auth import PLATFORM, Principal
from services.chassis.errors import Unavailable

TOWN = Principal("p1", "张三", frozenset({"grid-member"}), areas=("371321106",))
OFFICE = Principal("p2", "李四", frozenset({"department-handler"}), department="env-office")
NOBODY = Principal("p3", "王五", frozenset())


def event(number: int, **fields: Any) -> dict[str, Any]:
    base = {"id": f"e{number}", "type": "incident.dispatched.v1", "subject": "c1", "time": "2026-11-22T00:00:00Z"}
    return {**base, "grid": "371321106201003", "department": "env-office", **fields}


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize(
    ("principal", "fields", "seen"),
    [
        (TOWN, {"department": None}, True),
        (TOWN, {"grid": "371321107201003", "department": None}, False),
        (TOWN, {"grid": "371321106000000"}, True),
        (TOWN, {"grid": "3713211"}, False),
        (TOWN, {"grid": None, "department": "env-office"}, False),
        (TOWN, {"grid": "", "department": ""}, False),
        (OFFICE, {"grid": "371321999999999"}, True),
        (OFFICE, {"department": "water-station"}, False),
        (OFFICE, {"department": "water-station", "data": {"co_departments": ["env-office"]}}, True),
        (OFFICE, {"department": "water-station", "concerned": ["env-office"]}, True),
        (OFFICE, {"department": "water-station", "concerned": "police,env-office"}, True),
        (NOBODY, {"data": {"reporter_id": "p3"}}, True),
        (NOBODY, {"data": {"reporter_id": "p1"}}, False),
        (PLATFORM, {"grid": None, "department": None}, True),
        (OFFICE, {"department": None, "data": None}, False),
        (NOBODY, {}, False),
        (NOBODY, {"grid": None, "department": None}, False),
        (NOBODY, {"type": "registry.plan-activated.v1", "grid": None, "department": None}, True),
    ],
)
def test_visible_is_ones_area_and_department_and_no_more(principal: Principal, fields: Any, seen: bool) -> None:
    assert visible(principal, event(1, **fields)) is seen


def test_what_is_kept_of_an_event_is_enough_to_judge_it() -> None:
    full = event(
        1, department="x", data={"document": {"much": 1}, "co_departments": ["env-office"], "reporter_id": "p3"}
    )
    kept = slim({**full, "traceparent": "00-…"})
    assert kept["data"] == {"co_departments": ["env-office"], "reporter_id": "p3"}
    assert "traceparent" not in kept
    for principal in (TOWN, OFFICE, NOBODY):
        assert visible(principal, kept) is visible(principal, full)


def test_no_department_is_nobodys() -> None:
    assert departments(event(1, department=None)) == set()


class Log:
    """Liaison's log as a list."""

    def __init__(self, *events: dict[str, Any], page: int = 2) -> None:
        self.events, self.page, self.away = list(events), page, False

    async def __call__(self, after: str) -> tuple[list[Any], bool]:
        if self.away:
            raise Unavailable(what="liaison")
        ids = [entry["id"] for entry in self.events]
        start = ids.index(after) + 1
        return self.events[start : start + self.page], start + self.page < len(ids)


class Reader:
    """Reads a stream as a client does; what arrives is `ids`, comments and gaps included."""

    def __init__(self, stream: Stream) -> None:
        self.ids: list[str] = []
        self._items = stream.events()

    async def until(self, wanted: str) -> list[str]:
        async with asyncio.timeout(5):
            while wanted not in self.ids:
                await self.one()
        return self.ids

    async def one(self) -> None:
        item = await anext(self._items)
        self.ids.append(item.id or item.event or f":{item.comment}")

    async def rest(self) -> list[str]:
        async with asyncio.timeout(5):
            async for item in self._items:
                self.ids.append(item.id or item.event or f":{item.comment}")
        return self.ids


def stream(hub: Hub, log: Log | None = None, seconds: float = 60.0, last_id: str | None = None) -> Reader:
    return Reader(Stream(hub, TOWN, log or Log(), seconds, last_id))


pytestmark = pytest.mark.anyio


async def test_live_events_arrive_filtered_and_bare() -> None:
    hub = Hub()
    items = Stream(hub, TOWN, Log(), 60.0).events()
    await anext(items)
    reading = asyncio.ensure_future(anext(items))
    await _subscribed(hub)
    hub.publish(event(1, grid="371321999000000"))
    hub.publish(event(2, data={"words": "secret"}))
    item = await reading
    assert (item.id, item.event) == ("e2", "incident.dispatched.v1")
    assert set(json.loads(item.data)) == {"id", "type", "subject", "time", "grid", "department"}


async def _subscribed(hub: Hub) -> None:
    while not hub.clients:
        await asyncio.sleep(0)


async def test_a_short_gap_is_filled_from_recent_events_without_the_log() -> None:
    hub = Hub()
    for number in range(1, 5):
        hub.publish(event(number))
    log = Log()
    log.away = True
    assert await stream(hub, log, last_id="e2").until("e4") == [":connected", "e3", "e4"]


async def test_a_long_gap_is_filled_from_the_log_and_nothing_comes_twice() -> None:
    hub = Hub()
    hub.publish(event(5))
    hub.publish(event(6))
    reader = stream(hub, Log(*(event(number) for number in range(1, 6)), page=2), last_id="e1")
    assert await reader.until("e6") == [":connected", "e2", "e3", "e4", "e5", "e6"]


async def test_a_gap_that_cannot_be_filled_is_said() -> None:
    hub = Hub()
    log = Log()
    log.away = True
    assert await stream(hub, log, last_id="e1").until("gap") == [":connected", "gap"]


async def test_after_the_feed_was_away_the_log_is_read() -> None:
    hub = Hub()
    hub.feed_up()
    log = Log(event(1), event(2))
    reader = stream(hub, log)
    await reader.one()
    arriving = asyncio.ensure_future(reader.until("e3"))
    await _subscribed(hub)
    hub.publish(event(1))
    hub.feed_down()
    hub.feed_up()
    hub.publish(event(3))
    assert await arriving == [":connected", "e1", "e2", "e3"]


async def test_the_log_is_read_a_second_time_because_it_may_be_behind(monkeypatch) -> None:
    monkeypatch.setattr("gateway.api.stream.sse.SECOND_LOOK_SECONDS", 0.05)
    hub = Hub()
    hub.feed_up()
    log = Log(event(1))
    reader = stream(hub, log)
    await reader.one()
    arriving = asyncio.ensure_future(reader.until("e2"))
    await _subscribed(hub)
    hub.publish(event(1))
    hub.feed_down()
    hub.feed_up()
    while "e1" not in reader.ids or hub.clients.copy().pop().waiting.qsize():
        await asyncio.sleep(0)
    log.events.append(event(2))
    assert await arriving == [":connected", "e1", "e2"]


async def test_a_client_that_does_not_keep_up_is_cut_off_and_told() -> None:
    hub = Hub()
    reader = stream(hub)
    await reader.one()
    for number in range(BUFFER + 50):
        hub.publish(event(number))
    assert await reader.rest() == [":connected", ":too slow"]
    assert not hub.clients


async def test_the_stream_ends_with_the_token() -> None:
    hub = Hub()
    assert await stream(hub, seconds=0.02).rest() == [":connected", ":token expired"]
    assert not hub.clients


async def test_the_stream_ends_with_the_gateway() -> None:
    hub = Hub()
    reader = stream(hub)
    await reader.one()
    hub.close()
    assert await reader.rest() == [":connected", ":gateway stops"]


async def test_only_an_interruption_is_announced() -> None:
    hub = Hub()
    with hub.client("p1", lambda _: True) as client:
        hub.feed_up()
        assert client.waiting.empty()
        hub.feed_down()
        hub.feed_up()
        assert client.waiting.get_nowait() is Signal.RESUMED


async def test_without_a_broker_the_stream_is_unavailable(client) -> None:
    answer = await client.get("/api/v1/stream")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
