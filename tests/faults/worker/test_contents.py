"""What is no event is kept byte for byte among the dead letters, and nothing in it is ever carried out (XCH-05)."""

import hashlib
import json
import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pika
import pytest

from infra.local.process import wait_until
from services.chassis.envelope import CONTENT_TYPE
from tests.faults.worker.probing import Operator
from tests.integration.chassis.worker.conftest import Probe

sys.path.insert(0, str(Path(__file__).parents[3] / "services" / "liaison" / "client"))
from wangge_department import Department  # a distribution of its own

pytestmark = [pytest.mark.rule("XCH-05"), pytest.mark.timeout(300)]


class Touch:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.system, (f"touch {self.path}",)


def contents(trap: Path, maker: str) -> dict[str, tuple[bytes, str | None]]:
    """Bodies and content types that are no event; carrying any of them out would make the file `trap`."""
    touch = f"touch {trap}"
    event = {"specversion": "1.0", "id": "1", "source": "/x", "type": f"{maker}.ordered.v1", "subject": "case-1"}
    yaml = f'!!python/object/apply:os.system ["{touch}"]\n'.encode()
    msgpack = b"\x81\xa2do\xd9" + bytes([len(touch)]) + touch.encode()
    return {
        "pickle": (pickle.dumps(Touch(trap)), "application/x-python-serialize"),
        "pickle that says it is JSON": (pickle.dumps(Touch(trap), protocol=0), "application/json"),
        "pickle that says it is an event": (pickle.dumps(Touch(trap)), CONTENT_TYPE),
        "yaml": (yaml, "application/x-yaml"),
        "msgpack": (msgpack, "application/x-msgpack"),
        "not UTF-8": (b'{"specversion": "\xff\xfe"}', CONTENT_TYPE),
        "NUL and noise": (bytes(range(256)) * 4, CONTENT_TYPE),
        "not JSON": (b"{'do': 'pass_'}", CONTENT_TYPE),
        "empty": (b"", CONTENT_TYPE),
        "10 MB of text": (b'{"data": "' + b"x" * 10_000_000 + b'"}', CONTENT_TYPE),
        "10 MB of brackets": (b"[" * 10_000_000, CONTENT_TYPE),
        "envelope of another version": (json.dumps({**event, "specversion": "0.3"}).encode(), CONTENT_TYPE),
        "envelope without a time": (json.dumps(event).encode(), CONTENT_TYPE),
        "a list of events": (json.dumps([event]).encode(), CONTENT_TYPE),
        "no content type": (b"{}", None),
    }


def digests(bodies: list[bytes]) -> list[str]:
    return sorted(hashlib.sha256(body).hexdigest() for body in bodies)


def test_a_worker_keeps_them_whole_and_handles_what_comes_after(
    probe: Probe, operator: Operator, tmp_path: Path
) -> None:
    trap = tmp_path / "carried-out"
    bad = contents(trap, probe.producer)
    probe.start()
    channel = probe.channel()
    for body, content_type in bad.values():
        probe.put(channel, body, content_type)
    channel.connection.close()
    after = probe.send()
    probe.until(lambda: probe.journal("end", after), 60)
    wait_until(lambda: probe.depth(probe.dead) == len(bad), seconds=90, what="everything else among the dead letters")

    letters = operator.letters()
    assert sorted(letter["sha256"] for letter in letters) == digests([body for body, _ in bad.values()])
    assert all(letter["reason"].startswith("malformed:") and letter["attempts"] == 1 for letter in letters)
    for letter in letters:
        wait_until(lambda: probe.depth(probe.dead) == len(bad), seconds=30, what="letters back in their queue")
        operator.done("show", letter["id"])
    wait_until(lambda: probe.depth(probe.dead) == len(bad), seconds=30, what="letters back in their queue")
    operator.done("resend", "--all", "--yes")
    wait_until(lambda: probe.depth(probe.dead) == len(bad), seconds=90, what="dead again, each of them")
    kept = {(body, properties.content_type) for properties, body in probe.take_all(probe.dead, len(bad))}
    assert kept == set(bad.values())
    assert len(probe.journal("begin")) == 1, "a handler saw what is no event"
    assert not trap.exists()


def test_properties_that_are_no_text_end_by_the_delivery_limit(probe: Probe, operator: Operator) -> None:
    """The worker's library cannot read such a frame at all: the connection breaks, the broker counts, and ends it."""
    probe.start(PREFETCH=1)
    channel = probe.channel()
    probe.put(channel, b"{}", CONTENT_TYPE, message_id=b"\xff\xfe")
    channel.connection.close()
    after = probe.send()
    probe.until(lambda: probe.journal("end", after), 120)
    wait_until(lambda: probe.depth(probe.dead) == 1, seconds=60, what="the dead letter")
    [letter] = operator.letters()
    assert (letter["id"], letter["reason"].partition(":")[0]) == ("\\xff\\xfe", "delivery limit")
    assert operator.done("give-up", letter["id"], "--why", "no event")["done"] == {probe.queue: 1}


def test_the_departments_library_keeps_them_whole_too(probe: Probe, operator: Operator, tmp_path: Path) -> None:
    """Read with the platform's user from a queue that has dead letters as a department's has."""
    trap = tmp_path / "carried-out"
    probe.end(probe.start())
    bad = {name: each for name, each in contents(trap, probe.producer).items() if name != "no content type"}
    seen: list[Any] = []
    broker = urlsplit(probe.amqp_uri)
    department = Department(f"amqp://{broker.netloc}{broker.path}?queue={probe.queue}&department=env-office")
    department.on("*")(seen.append)
    with department:
        channel = probe.channel()
        for body, content_type in bad.values():
            properties = pika.BasicProperties(content_type=content_type, delivery_mode=2)
            channel.basic_publish("", probe.queue, body, properties, mandatory=True)
        channel.connection.close()
        after = probe.send()
        wait_until(lambda: [event.id for event in seen] == [after], seconds=90, what="the event after them")
        wait_until(lambda: probe.depth(probe.dead) == len(bad), seconds=60, what="the rest among the dead letters")
    assert {letter["reason"] for letter in operator.letters()} == {"rejected by its consumer"}
    kept = {(body, properties.content_type) for properties, body in probe.take_all(probe.dead, len(bad))}
    assert kept == set(bad.values())
    assert not trap.exists()
