"""Waking, stopping, cleaning, and coming back after database and broker."""

import signal
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest


def test_notify_wakes_it_without_any_polling(bench):
    queue = bench.queue("#.003")
    bench.start_relay(poll=3600)
    bench.until_leading()
    ids = bench.write()
    bench.eventually(lambda: bench.state()["oldest_unpublished_at"])
    assert bench.marked() == []
    bench.sql("NOTIFY outbox")
    assert bench.ids(queue, ids) == ids
    bench.eventually(lambda: bench.marked() == ids)


def test_polling_finds_what_nobody_announced(bench):
    queue = bench.queue("#.003")
    bench.start_relay(poll=0.2)
    bench.until_leading()
    ids = bench.write()
    assert bench.ids(queue, ids) == ids


def test_a_stop_under_load_leaves_no_row_published_but_unmarked(bench):
    queue = bench.queue("#.003")
    bench.write(20_000)
    relay = bench.start_relay()
    bench.eventually(bench.marked)
    relay.send_signal(signal.SIGTERM)
    assert relay.wait(timeout=10) == 0
    marked = bench.marked()
    assert bench.drain(queue) == marked
    assert 0 < len(marked) < 20_000
    assert bench.state()["leader"] is False
    assert bench.state()["unconfirmed"] == 0


def test_it_starts_before_its_table_and_stops_at_ctrl_c_too(bench):
    bench.sql("ALTER TABLE outbox RENAME TO elsewhere")
    queue = bench.queue("#.003")
    relay = bench.start_relay()
    bench.eventually(lambda: "UndefinedTable" in (bench.state().get("last_error") or ""))
    bench.sql("ALTER TABLE elsewhere RENAME TO outbox")
    ids = bench.write()
    assert bench.ids(queue, ids) == ids
    relay.send_signal(signal.SIGINT)
    assert relay.wait(timeout=10) == 0


def test_only_old_published_rows_are_deleted(bench):
    bench.queue("#.003")
    long_ago = datetime.now(UTC) - timedelta(days=8)
    bench.write(25, created_at=long_ago, published_at=long_ago)
    kept = bench.write(3, created_at=long_ago, published_at=datetime.now(UTC) - timedelta(days=6))
    kept += bench.write(1, created_at=long_ago, routing_key="nobody.cares")
    bench.start_relay(cleanup_every=0.2, cleanup_batch=10)
    bench.eventually(lambda: bench.sql("SELECT event_id::text FROM outbox ORDER BY id") == kept)


def test_it_leads_again_after_its_database_connection_is_cut(bench):
    queue = bench.queue("#.003")
    bench.start_relay()
    bench.until_leading()
    bench.write(5000, notify=True)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'wangge-relay-%'"
    assert bench.sql(cut) == [True]
    ids = bench.sql("SELECT event_id::text FROM outbox ORDER BY id")
    assert set(bench.ids(queue, ids)) == set(ids)
    bench.eventually(lambda: bench.marked() == ids)


def test_a_neighbour_whose_database_is_frozen_stops_nobody_else(bench):
    queue = bench.queue("#.003")
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        address = f"postgresql+psycopg2://someone:secret@127.0.0.1:{frozen.getsockname()[1]}/frozen"
        relay = bench.start_relay("frozen", {"WANGGE_FROZEN_DATABASE_URI": address}, poll=3600)
        bench.until_leading()
        ids = [event_id for _ in range(10) for event_id in bench.write(notify=True)]
        assert bench.ids(queue, ids, seconds=3) == ids
        bench.eventually(lambda: "TimeoutError" in (bench.state("frozen").get("last_error") or ""))
        relay.send_signal(signal.SIGTERM)
        assert relay.wait(timeout=5) == 0


def test_a_stop_does_not_wait_for_a_frozen_broker(bench, freezer):
    queue = bench.queue("#.003")
    parts = urlsplit(bench.amqp_uri)
    login = parts.netloc.rpartition("@")[0]
    through = parts._replace(netloc=f"{login}@127.0.0.1:{freezer.port}").geturl()
    relay = bench.start_relay(environment={"WANGGE_AMQP_URI": through}, drain=0.5)
    passed = bench.write()
    assert bench.ids(queue, passed) == passed
    bench.eventually(lambda: bench.marked() == passed)
    freezer.freeze()
    bench.write(notify=True)
    bench.eventually(lambda: bench.state()["unconfirmed"])
    relay.send_signal(signal.SIGTERM)
    assert relay.wait(timeout=5) == 0
    assert bench.marked() == passed


@pytest.mark.rule("XCH-03")
def test_a_broker_killed_under_load_loses_nothing(bench, rabbitmq):
    queue = bench.queue("#.003")
    rabbitmq.until_on_disk(queue)
    ids = bench.write(5000)
    bench.start_relay()
    bench.eventually(bench.marked)
    rabbitmq.kill()
    ids += bench.write(100, notify=True)
    rabbitmq.start()
    bench.eventually(lambda: len(bench.marked()) == len(ids), seconds=40)
    arrived = bench.drain(queue)
    assert set(arrived) == set(ids)
    assert list(dict.fromkeys(arrived)) == ids
    print(f"{len(ids)} rows, {len(arrived) - len(ids)} duplicates after the kill")
