"""The live stream from broker to browser: filtered, resumed, ended, through a real broker and a real server."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.chassis.auth import Principal

from .conftest import Gateway

OFFICE = Principal("person-2", "李四", frozenset({"department-handler"}), department="env-office")
ELSEWHERE = Principal("person-3", "王五", frozenset({"grid-member"}), areas=("371321107",))


@contextmanager
def open_stream(gateway: Gateway, token: str | None = None, **headers: str) -> Iterator[Iterator[dict[str, str]]]:
    """The server-sent events of one connection as dictionaries; comments have the key "comment", heartbeats
    are left out."""
    sent = {"Authorization": f"Bearer {token or gateway.token()}", **headers}
    with httpx.Client(trust_env=False, timeout=20.0) as client:
        with client.stream("GET", f"{gateway.address}/api/v1/stream", headers=sent) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            items = parsed(answer.iter_lines())
            assert next(items)["comment"] == "connected"
            yield items


def parsed(lines: Iterator[str]) -> Iterator[dict[str, str]]:
    item: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(":")
            item[name or "comment"] = value.strip()
        else:
            if item.get("comment") != "heartbeat":
                yield item
            item = {}


@pytest.mark.rule("XCH-02", "REG-14")
def test_each_caller_gets_what_they_may_see_within_a_second(start: Any, publish: Any) -> None:
    gateway = start()
    with open_stream(gateway) as member, open_stream(gateway, gateway.token(OFFICE)) as office:
        publish(grid="371321107201003", department="police")
        mine = publish()
        ours = publish(grid="371321107201003", department="env-office")
        began = time.monotonic()
        first = next(member)
        assert time.monotonic() - began < 1.0
        assert (first["id"], first["event"]) == (mine, "incident.dispatched.v1")
        assert set(json.loads(first["data"])) == {"id", "type", "subject", "time", "grid"}
        assert next(office)["id"] == ours
        last = publish()
        assert next(member)["id"] == last


def test_who_comes_back_gets_what_was_missed(start: Any, publish: Any) -> None:
    gateway = start()
    with open_stream(gateway) as stream:
        seen = publish()
        assert next(stream)["id"] == seen
    missed = [publish() for _ in range(3)]
    with open_stream(gateway, **{"Last-Event-ID": seen}) as stream:
        assert [next(stream)["id"] for _ in missed] == missed
        live = publish()
        assert next(stream)["id"] == live


def test_what_is_no_event_disturbs_nobody(start: Any, publish: Any) -> None:
    gateway = start()
    with open_stream(gateway) as stream:
        for body in (b"", b"nonsense", b"[]", b'{"id": 5}', b"[" * 100_000):
            publish.channel.basic_publish(publish.exchange, "a.b.c.-.-.-.-.-", body)
        good = publish()
        assert next(stream)["id"] == good


def test_the_stream_ends_with_the_token(start: Any, publish: Any) -> None:
    gateway = start()
    with open_stream(gateway, gateway.token(lifetime=timedelta(seconds=2))) as stream:
        assert [item["comment"] for item in stream] == ["token expired"]


def test_leaving_clients_are_forgotten(start: Any, publish: Any, wait: Any) -> None:
    gateway = start()

    def open_streams() -> str:
        metrics = httpx.get(f"{gateway.address}/metrics", trust_env=False).text
        return next(line for line in metrics.splitlines() if line.startswith("wangge_streams ")).split()[1]

    with open_stream(gateway), open_stream(gateway, gateway.token(ELSEWHERE)):
        wait(lambda: open_streams() == "2.0")
    wait(lambda: open_streams() == "0.0")


def test_without_a_token_there_is_no_stream(start: Any) -> None:
    answer = httpx.get(f"{start().address}/api/v1/stream", trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


@pytest.mark.timeout(180)
def test_a_restart_of_the_broker_is_survived_and_said(start: Any, publish: Any, rabbitmq: Any, wait: Any) -> None:
    gateway = start()
    with open_stream(gateway) as stream:
        before = publish()
        assert next(stream)["id"] == before
        rabbitmq.restart()
        wait(lambda: gateway.ready()["stream"] == "connected", 60.0)
        assert next(stream)["event"] == "gap"
