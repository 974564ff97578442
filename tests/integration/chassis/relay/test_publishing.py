"""What arrives, with which properties, in which order; and what waits."""

from datetime import UTC, datetime


def test_rows_arrive_with_all_properties(bench):
    queue = bench.queue("#.003")
    body = '{"specversion": "1.0", "data": {"地点": "沂南"}}'.encode()
    [event_id] = bench.write(body=body, created_at=datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC))
    bench.start_relay()
    [(properties, arrived)] = bench.collect(queue, [event_id])
    assert arrived == body
    assert (properties.message_id, properties.type) == (event_id, "things.happened.v1")
    assert (properties.content_type, properties.delivery_mode) == ("application/cloudevents+json", 2)
    assert properties.timestamp == datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC).timestamp()
    assert not properties.headers


def test_rows_arrive_in_the_order_of_their_ids(bench):
    queue = bench.queue("#.003")
    before = bench.write(1500)
    bench.start_relay()
    bench.until_leading()
    after = [event_id for _ in range(20) for event_id in bench.write(10, notify=True)]
    assert bench.ids(queue, before + after) == before + after


def test_bcc_keys_get_a_copy_and_the_header_is_stripped(bench):
    main, copy, both = bench.queue("#.003"), bench.queue("other.#"), bench.queue("#.003", "other.#")
    [event_id] = bench.write(bcc=["other.one", "other.two"])
    bench.start_relay()
    for queue in (main, copy, both):
        [(properties, _)] = bench.collect(queue, [event_id])
        assert "BCC" not in (properties.headers or {})


def test_an_unroutable_row_waits_while_others_pass(bench):
    queue = bench.queue("#.003")
    [stray] = bench.write(routing_key="nobody.cares")
    passing = bench.write(50)
    bench.start_relay(backoff_first=0.2, backoff_last=0.5)
    assert bench.ids(queue, passing) == passing
    state = _state_when(bench, lambda state: state["waiting"] == 1 and state["published"] == 50)
    assert "NO_ROUTE nobody.cares" in state["last_error"]
    assert state["oldest_unpublished_at"] is not None
    assert bench.marked() == passing

    late = bench.queue("nobody.#")
    assert bench.ids(late, [stray]) == [stray]
    state = _state_when(bench, lambda state: state["waiting"] == 0 and not state["oldest_unpublished_at"])
    assert state["published"] == 51


def test_a_row_that_amqp_cannot_carry_waits_while_others_pass(bench):
    queue = bench.queue("#.003")
    bench.write(routing_key="x" * 300)
    passing = bench.write(10)
    bench.start_relay()
    assert bench.ids(queue, passing) == passing
    _state_when(bench, lambda state: state["waiting"] == 1 and state["published"] == 10)


def test_a_row_that_closes_the_channel_is_found_and_waits(bench):
    queue = bench.queue("#.003")
    passing = bench.write(5)
    bench.write(exchange="no.such.exchange")
    passing += bench.write(5)
    bench.start_relay(reconnect=0.1)
    assert sorted(set(bench.ids(queue, passing))) == sorted(passing)
    state = _state_when(bench, lambda state: state["waiting"] == 1 and state["published"] == 10)
    assert "no.such.exchange" in state["last_error"]


def test_a_waiting_row_that_somebody_deletes_is_forgotten(bench):
    bench.write(routing_key="nobody.cares")
    bench.start_relay(backoff_first=0.2, backoff_last=0.2)
    _state_when(bench, lambda state: state["waiting"] == 1)
    bench.sql("DELETE FROM outbox")
    _state_when(bench, lambda state: state["waiting"] == 0)


def _state_when(bench, holds):
    return bench.eventually(lambda: (state := bench.state()) and holds(state) and state)


def test_a_row_that_waits_for_too_long_is_an_error_in_the_log_and_a_fresh_one_is_not(bench, capfd):
    said = ""

    def alarms() -> list[str]:
        nonlocal said
        said += "".join(capfd.readouterr())
        return [line for line in said.splitlines() if "events wait in the outbox" in line and '"error"' in line]

    bench.write(routing_key="nobody.cares")
    bench.start_relay()
    _state_when(bench, lambda state: state["oldest_unpublished_at"])
    assert alarms() == []
    bench.sql("UPDATE outbox SET created_at = now() - interval '2 minutes'")
    bench.eventually(alarms)
