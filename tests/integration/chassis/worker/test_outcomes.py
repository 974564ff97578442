"""What becomes of a message: acknowledged, retried by the delays, or kept in the dead queue with its reason."""

import gzip
import pickle

import pytest

from services.chassis.envelope import CONTENT_TYPE


def test_handled_events_are_acknowledged_whichever_method_takes_them(probe):
    process = probe.start()
    ordered, noted = probe.send(), probe.send(fact="noted")
    probe.until(lambda: probe.journal("end", ordered) and probe.journal("noted", noted))
    assert probe.end(process) == 0
    assert (probe.depth(probe.queue), probe.depth(probe.dead)) == (0, 0)
    assert probe.state() == "ended"


def test_failing_event_is_tried_once_per_delay_and_then_rests_with_its_reason(probe):
    probe.start(RETRY_DELAYS="1,2")
    failing, other = probe.send("fail"), probe.send()
    probe.until(lambda: probe.journal("end", other))
    properties, body = probe.take(probe.dead)
    assert len(probe.journal("begin", failing)) == 3
    assert properties.headers == {"wangge-attempt": 3, "wangge-reason": "RuntimeError: did not work"}
    assert (properties.message_id, properties.content_type) == (failing, CONTENT_TYPE)
    assert failing.encode() in body
    assert (probe.depth(probe.queue), probe.depth(probe.dead)) == (0, 0)


def test_permanent_failure_is_not_tried_again(probe):
    probe.start()
    refused = probe.send("refuse")
    properties, _ = probe.take(probe.dead)
    assert properties.headers == {"wangge-attempt": 1, "wangge-reason": "nobody can do this"}
    assert len(probe.journal("begin", refused)) == 1


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
def test_poison_is_kept_as_it_came_and_the_next_event_is_handled(probe, body, properties, reason):
    probe.start()
    channel = probe.channel()
    probe.put(channel, body, **{"content_type": None, **properties})
    channel.connection.close()
    after = probe.send()
    kept, kept_body = probe.take(probe.dead)
    assert kept_body == body
    assert kept.content_type == properties.get("content_type")
    assert kept.content_encoding == properties.get("content_encoding")
    assert kept.headers["wangge-reason"].startswith(reason)
    assert not {"x-death", "CC", "BCC"} & kept.headers.keys()
    probe.until(lambda: probe.journal("end", after))


def test_event_of_unknown_type_is_kept(probe):
    probe.start()
    channel = probe.channel()
    unknown = probe.event("pass_", fact="dropped")
    probe.put(channel, unknown.to_bytes(), CONTENT_TYPE, user_id="platform", expiration="60000")
    channel.connection.close()
    kept, body = probe.take(probe.dead)
    assert kept.headers["wangge-reason"] == f"unknown type: {unknown.type}"
    assert (kept.user_id, kept.expiration, kept.delivery_mode) == (None, None, 2)
    assert body == unknown.to_bytes()


def test_trace_goes_on_from_the_event(probe):
    traces = probe.folder / "traces"
    probe.start(PROBE_TRACES=traces)
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    event = probe.send(traceparent=f"00-{trace}-{parent}-01")
    probe.until(lambda: probe.journal("end", event))
    assert probe.journal("begin", event)[0]["trace"] == trace
    span = probe.until(traces.read_text)
    for part in (f"process {probe.producer}.ordered.v1", f"0x{parent}", "CONSUMER", probe.queue, event):
        assert part in span


def test_timer_goes_on_after_errors_and_never_overlaps(probe):
    process = probe.start(PROBE_TICK="1")
    probe.until(lambda: len(probe.journal("tock")) >= 3)
    probe.end(process)
    steps = [entry["did"] for entry in (*probe.journal("tick"), *probe.journal("tock"))]
    assert steps.count("tick") == steps.count("tock")
    did = [line.split('"')[3] for line in (probe.folder / "journal").read_text().splitlines()]
    assert did == ["tick", "tock"] * (len(did) // 2)
