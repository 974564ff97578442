"""A service for the tests: each event says in its data what the handler shall do; a journal says what it did."""

import json
import os
import signal
from pathlib import Path

import eventlet
import sqlalchemy as sa
from opentelemetry import trace

from services.chassis import inbox
from services.chassis.worker import PermanentFailure, Transient, consume, every

HERE = Path(os.environ["PROBE_HOME"])
NAME = os.environ["PROBE_NAME"]
PRODUCER = os.environ["PROBE_PRODUCER"]


def journal(**entry) -> None:
    with (HERE / "journal").open("a") as file:
        file.write(json.dumps(entry) + "\n")


ENGINE = sa.create_engine(
    os.environ.get("PROBE_DATABASE", "postgresql+psycopg2://127.0.0.1:1/none"),
    pool_timeout=2,
    # As chassis.database has it, in a twelfth of the time: what a client left open when it was cut off ends by itself.
    connect_args={"options": "-c idle_in_transaction_session_timeout=5s"},
)


class Worker:
    """Handles `ordered` by what data says, and notes `noted`."""

    name = NAME

    @consume(PRODUCER, f"{PRODUCER}.ordered.v1")
    def on_ordered(self, envelope) -> None:
        span = trace.get_current_span().get_span_context()
        journal(
            did="begin", id=envelope.id, pid=os.getpid(), trace=f"{span.trace_id:032x}", span=f"{span.span_id:016x}"
        )
        getattr(self, envelope.data["do"])(envelope)
        journal(did="end", id=envelope.id)

    @consume(PRODUCER, f"{PRODUCER}.noted.v1")
    def on_noted(self, envelope) -> None:
        journal(did="noted", id=envelope.id)

    if "PROBE_TICK" in os.environ:

        @every(0.2)
        def tick(self) -> None:
            journal(did="tick")
            eventlet.sleep(0.3)
            journal(did="tock")
            raise RuntimeError("a tick that fails")

    def probe(self) -> None:
        journal(did="probe")
        if (HERE / "away").exists():
            raise ConnectionError("still away")

    def pass_(self, envelope) -> None:
        pass

    def fail(self, envelope) -> None:
        raise RuntimeError("did not work")

    def refuse(self, envelope) -> None:
        raise PermanentFailure("nobody can do this")

    def slow(self, envelope) -> None:
        eventlet.sleep(envelope.data["seconds"])

    def select(self, envelope) -> None:
        with ENGINE.connect() as connection:
            connection.execute(sa.text("SELECT pg_sleep(0.01)"))

    def deadlock(self, envelope) -> None:
        with ENGINE.connect() as connection:
            connection.execute(sa.text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"))

    def vanish(self, envelope) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def release(self, envelope) -> None:
        if "PROBE_BAD" in os.environ:
            raise TypeError("this release cannot do that")

    def effect(self, envelope) -> None:
        """One row for each event, at most once, as a service does it."""
        with ENGINE.begin() as connection:
            if inbox.is_new(connection, NAME, envelope.id):
                eventlet.sleep(envelope.data.get("seconds", 0))
                connection.execute(sa.text("INSERT INTO effect VALUES (:id)"), {"id": envelope.id})

    def need(self, envelope) -> None:
        if (HERE / "away").exists():
            raise Transient("what is needed is away")
