"""What becomes of a message: acknowledged, retried by the delays, or kept in the dead queue with its reason."""

import gzip
import json
import pickle
from datetime import datetime, timedelta

import pytest

from services.chassis.envelope import CONTENT_TYPE

WHEN = ("first", "last")


def test_handled_events_are_acknowledged_whichever_method_takes_them(running):
    ordered, noted = running.send(), running.send(fact="noted")
    running.until(lambda: running.journal("end", ordered) and running.journal("noted", noted))
    assert (running.depth(running.queue), running.depth(running.dead)) == (0, 0)


def test_failing_event_is_tried_once_per_delay_and_then_rests_with_its_reason(running):
    failing, other = running.send("fail"), running.send()
    running.until(lambda: running.journal("end", other))
    properties, body = running.take(running.dead)
    assert len(running.journal("begin", failing)) == 3
    first, last = (datetime.fromisoformat(properties.headers.pop(f"wangge-{which}-failed")) for which in WHEN)
    assert properties.headers == {"wangge-attempt": 3, "wangge-reason": "RuntimeError: did not work"}
    assert timedelta(seconds=2) <= last - first < timedelta(seconds=30), "the delays are 1 and 2 seconds"
    assert (properties.message_id, properties.content_type) == (failing, CONTENT_TYPE)
    assert failing.encode() in body
    assert (running.depth(running.queue), running.depth(running.dead)) == (0, 0)


def test_permanent_failure_is_not_tried_again(running):
    refused = running.send("refuse")
    properties, _ = running.take(running.dead)
    assert {properties.headers.pop(f"wangge-{which}-failed") for which in WHEN} != {None}
    assert properties.headers == {"wangge-attempt": 1, "wangge-reason": "nobody can do this"}
    assert len(running.journal("begin", refused)) == 1


class Executed(Exception):
    """Raised if anybody unpickles what nobody may."""

    def __reduce__(self):
        return (open, ("/nonexistent/executed", "w"))


@pytest.mark.parametrize(
    ("body", "properties", "reason"),
    [
        (b"\xff\x00not json", {"content_type": CONTENT_TYPE}, "malformed: not UTF-8 JSON"),
        (b"", {"content_type": CONTENT_TYPE}, "malformed: not UTF-8 JSON"),
        (pickle.dumps(Executed()), {"content_type": "application/x-python-serialize"}, "malformed: content type"),
        (gzip.compress(b"{}"), {"content_type": CONTENT_TYPE, "content_encoding": "gzip"}, "malformed: content enc"),
        (b"plain", {"headers": {"compression": "application/x-gzip", "x-death": "y", "CC": ["a"]}}, "malformed"),
    ],
    ids=["bytes", "empty", "pickle", "gzip", "compression"],
)
def test_poison_is_kept_as_it_came_and_the_next_event_is_handled(running, body, properties, reason):
    channel = running.channel()
    running.put(channel, body, **{"content_type": None, **properties})
    channel.connection.close()
    after = running.send()
    kept, kept_body = running.take(running.dead)
    assert kept_body == body
    assert kept.content_type == properties.get("content_type")
    assert kept.content_encoding == properties.get("content_encoding")
    assert kept.headers["wangge-reason"].startswith(reason)
    assert not {"x-death", "CC", "BCC"} & kept.headers.keys()
    running.until(lambda: running.journal("end", after))


def test_event_of_unknown_type_is_kept(running):
    channel = running.channel()
    unknown = running.event("pass_", fact="dropped")
    running.put(channel, unknown.to_bytes(), CONTENT_TYPE, user_id="platform", expiration="60000")
    channel.connection.close()
    kept, body = running.take(running.dead)
    assert kept.headers["wangge-reason"] == f"unknown type: {unknown.type}"
    assert (kept.user_id, kept.expiration, kept.delivery_mode) == (None, None, 2)
    assert body == unknown.to_bytes()


def test_copy_that_cannot_be_routed_is_not_lost(running):
    running.send("refuse")
    running.take(running.dead)
    channel = running.channel()
    channel.queue_delete(running.dead)
    refused = running.send("refuse")
    running.until(lambda: "returned by the broker" in running.log())
    running.until(lambda: running.queue_exists(running.dead))
    assert running.take(running.dead)[0].message_id == refused


def test_trace_goes_on_from_the_event(running):
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    event = running.send(traceparent=f"00-{trace}-{parent}-01")
    running.until(lambda: running.journal("end", event))
    assert running.journal("begin", event)[0]["trace"] == trace
    told = running.folder / "traces"
    running.until(lambda: told.exists() and trace in told.read_text())  # a span is written when it is over
    span = next(span for span in told.read_text().splitlines() if trace in span)
    for part in (f"process {running.producer}.ordered.v1", f"0x{parent}", "CONSUMER", running.queue, event):
        assert part in span


def test_timer_goes_on_after_errors_and_never_overlaps(running):
    running.until(lambda: len(running.journal("tock")) >= 3)
    entries = [json.loads(line)["did"] for line in (running.folder / "journal").read_text().splitlines()]
    ticks = [did for did in entries if did in ("tick", "tock")]
    assert ticks == (["tick", "tock"] * len(ticks))[: len(ticks)]
