"""A relay that drains a backlog, marked, beside a bare publisher with a window of unconfirmed messages."""

import time
from contextlib import closing
from pathlib import Path

from psycopg2.extras import execute_values

from infra.local.process import wait_until
from services.chassis.ids import new_id
from services.chassis.topology import exchange_name
from tests.bench.county_platform import CountyPlatform
from tests.bench.ratios import Rates, in_turn
from tests.bench.report import Report
from tests.bench.running import QUORUM, channel, running

LEAST = 0.5
SERVICE = "backlog"
EXCHANGE, KEY, TYPE = exchange_name(SERVICE), "backlog.made.v1.-.371321.106.201.003", "backlog.made.v1"
QUEUES = ("drained", "lean")
PATIENCE = 180.0
GOLDEN = Path(__file__).parents[2] / "proto" / "events" / "incident.dispatched.v1.json"
_BODY = GOLDEN.read_bytes()


def of_relay(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """Rows a second that a relay publishes, has confirmed and marks."""
    count, rounds = (50_000, 3) if whole else (1_000, 1)
    folder, amqp = stage.settings.home / "bench-relay", stage.rabbitmq.create_vhost("bench-relay")
    uri = stage.postgres.create_database(SERVICE, "for-the-bench")
    environment = {
        **stage.settings.environment(), "WANGGE_AMQP_URI": amqp, "WANGGE_HOME": str(folder),
        f"WANGGE_{SERVICE.upper()}_DATABASE_URI": uri,
    }  # fmt: skip
    _declare(amqp)
    ours, bare = Rates("relay, marked, traced"), Rates("bare publisher, window 500")
    with stage.without("relay", "worker"), running(folder, "programs.relaying", SERVICE, **environment) as relay:
        wait_until((folder / "run" / f"relay-{SERVICE}.json").exists, seconds=PATIENCE, what="the relay")

        def platform() -> None:
            relay.suspend()
            _fill(stage, count)
            began = time.time()
            relay.resume()
            wait_until(lambda: _unpublished(stage) == 0, seconds=PATIENCE, what="the backlog is drained")
            ours.take(count / (_last_mark(stage) - began))
            _purge(amqp)

        def lean() -> None:
            relay.suspend()
            arguments = (count, "lean", "lean", len(_BODY))
            with running(folder, "baselines.publishing", *arguments, **environment) as publisher:
                bare.take(count / publisher.seconds(PATIENCE))
            relay.resume()
            _purge(amqp)

        in_turn(rounds, platform, lean)
    stage.rabbitmq.delete_vhost("bench-relay")
    stage.postgres.drop_database(SERVICE)
    said = f"{count:,} events of {len(_BODY)} bytes, one quorum queue bound, persistent, mandatory, confirmed."
    report.rates("Relaying a backlog", said, ours, bare, LEAST if whole else 0)


def _declare(amqp: str) -> None:
    with channel(amqp) as on:
        for exchange, queue in zip((EXCHANGE, "lean"), QUEUES, strict=True):
            on.exchange_declare(exchange, "topic", durable=True)
            on.queue_declare(queue, durable=True, arguments=QUORUM)
            on.queue_bind(queue, exchange, "#")


def _purge(amqp: str) -> None:
    with channel(amqp) as on:
        for queue in QUEUES:
            on.queue_purge(queue)


def _fill(stage: CountyPlatform, count: int) -> None:
    rows = [(new_id(), EXCHANGE, KEY, TYPE, _BODY) for _ in range(count)]
    statement = "INSERT INTO outbox (event_id, exchange, routing_key, type, body) VALUES %s"
    with closing(stage.postgres.connect(SERVICE)) as connection, connection.cursor() as cursor:
        execute_values(cursor, statement, rows, page_size=1_000)
        cursor.execute("VACUUM ANALYZE outbox")
        cursor.execute("CHECKPOINT")


def _unpublished(stage: CountyPlatform) -> int:
    return int(_scalar(stage, "SELECT count(*) FROM outbox WHERE published_at IS NULL"))


def _last_mark(stage: CountyPlatform) -> float:
    return float(_scalar(stage, "SELECT extract(epoch FROM max(published_at)) FROM outbox"))


def _scalar(stage: CountyPlatform, statement: str) -> float:
    with closing(stage.postgres.connect(SERVICE)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
