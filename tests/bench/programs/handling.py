"""A worker of the chassis: each event is noted in the inbox and writes one row, in one transaction.

    python -m tests.bench.programs.handling COUNT      (the variables of a worker, WANGGE_BENCH_DATABASE_URI)

Prints one JSON line when COUNT events were handled: the seconds from the first to the last.
"""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet  # noqa: E402 - before anything that holds a socket or a lock

eventlet.monkey_patch()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from functools import cache  # noqa: E402
from typing import Any  # noqa: E402

import sqlalchemy as sa  # noqa: E402

from services.chassis import config as configuration  # noqa: E402
from services.chassis import database, tables, telemetry  # noqa: E402
from services.chassis.auth import Principal  # noqa: E402
from services.chassis.bus import MessageBus  # noqa: E402
from services.chassis.envelope import Envelope  # noqa: E402
from services.chassis.outbox import Wakeup  # noqa: E402
from services.chassis.topology import queue_name  # noqa: E402
from services.chassis.unit_of_work import UnitOfWork  # noqa: E402
from services.chassis.worker import consume  # noqa: E402
from services.chassis.worker.runner import serve  # noqa: E402
from services.chassis.worker.settings import Settings  # noqa: E402
from tests.bench.programs import CONSUMER, PRODUCER, TYPE  # noqa: E402

METADATA = sa.MetaData()
HANDLED = sa.Table(
    "handled",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True)
class Made:
    subject: str


@cache
def bus() -> MessageBus:
    config = configuration.read("bench")
    engine = database.engine(config)
    METADATA.create_all(engine)
    tables.CHASSIS.create_all(engine)

    def works(caller: Principal, now: datetime, traceparent: str | None) -> UnitOfWork:
        return UnitOfWork(engine, {}, "/wangge/371321/bench", caller, now, traceparent)

    return MessageBus({Made: _note}, works, Wakeup(config.database_uri))


def _note(message: Made, work: UnitOfWork) -> dict[str, Any] | None:
    work.writes.insert(HANDLED, [{"subject": message.subject, "at": datetime.now(UTC)}])
    return None


class Worker:
    name = CONSUMER
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    count = 0
    began = 0.0

    @consume(PRODUCER, TYPE)
    def on_made(self, envelope: Envelope) -> None:
        Worker.began = Worker.began or time.perf_counter()
        bus().consume(Made(envelope.subject), queue_name(CONSUMER, PRODUCER), envelope.id)
        Worker.count += 1
        if Worker.count == Worker.wanted:
            print(json.dumps({"seconds": time.perf_counter() - Worker.began}), flush=True)


if __name__ == "__main__":
    telemetry.configure("bench", "worker")
    telemetry.configure_logging("bench", "worker")
    bus()
    serve([Worker], Settings.from_environment())
