"""A worker that notes the event in its inbox and writes a row, beside nameko's bare handler; both on quorum queues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.local.process import wait_until
from services.chassis.envelope import CONTENT_TYPE, Envelope
from services.chassis.ids import new_id
from services.chassis.topology import exchange_name, queue_name, routing_key
from tests.bench.county_platform import CountyPlatform
from tests.bench.programs import CONSUMER, PRODUCER, TYPE
from tests.bench.ratios import Rates, in_turn
from tests.bench.report import Report
from tests.bench.running import consumers, depth, publish, running

LEAST = 0.3
PREFETCHED = 10
PATIENCE = 120.0
GRID = "371321106201003"
KEY = routing_key(TYPE, None, GRID)


@dataclass(frozen=True)
class Contender:
    """A program, the queue that it declares and consumes from, and what is put there for it."""

    module: str
    arguments: Sequence[str]
    exchange: str
    queue: str
    content_type: str

    def rate(self, folder: Path, environment: Mapping[str, str], bodies: Sequence[bytes]) -> float:
        """Messages a second: it is held while its queue is filled, then let go."""
        amqp = environment["WANGGE_AMQP_URI"]
        with running(folder, self.module, len(bodies), *self.arguments, **environment) as program:
            wait_until(lambda: consumers(amqp, self.queue) == 1, seconds=PATIENCE, what=f"{self.module} consumes")
            program.suspend()
            publish(amqp, self.exchange, KEY, bodies, self.content_type)
            wanted = len(bodies) - PREFETCHED
            wait_until(lambda: depth(amqp, self.queue) >= wanted, seconds=PATIENCE, what=f"{self.queue} filled")
            program.resume()
            return len(bodies) / program.seconds(PATIENCE)


OURS = Contender("programs.handling", (), exchange_name(PRODUCER), queue_name(CONSUMER, PRODUCER), CONTENT_TYPE)
BARE = Contender(
    "baselines.handling", ("bare.events", "bare.on.maker"), "bare.events", "bare.on.maker", "application/json"
)


def of_workers(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """Messages a second of a queue that was full before the worker was let go."""
    count, rounds = (5_000, 3) if whole else (200, 1)
    folder, amqp = stage.settings.home / "bench-workers", stage.rabbitmq.create_vhost("bench-workers")
    uri = stage.postgres.create_database("bench", "for-the-bench")
    environment = {**stage.settings.environment(), "WANGGE_AMQP_URI": amqp, "WANGGE_BENCH_DATABASE_URI": uri}
    ours, bare = Rates("handler with inbox, row, trace"), Rates("nameko's bare handler")
    with stage.without("relay", "worker"):
        in_turn(
            rounds,
            lambda: ours.take(OURS.rate(folder, environment, [_event() for _ in range(count)])),
            lambda: bare.take(BARE.rate(folder, environment, [b'{"subject": "case-1"}'] * count)),
        )
    stage.rabbitmq.delete_vhost("bench-workers")
    stage.postgres.drop_database("bench")
    said = f"{count:,} messages that waited in a quorum queue, prefetch {PREFETCHED}, one process."
    report.rates("Handling events", said, ours, bare, LEAST if whole else 0)


def _event() -> bytes:
    made = Envelope(
        id=new_id(), source="/wangge/371321/maker", type=TYPE, subject=new_id(), time=datetime.now(UTC), sequence=1,
        grid=GRID, data={"word": "河水发黄"},
    )  # fmt: skip
    return made.to_bytes()
