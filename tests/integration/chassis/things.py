"""The smallest service that stands on the chassis: it makes things, which can be refused, and expects them to fade."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from marshmallow import Schema, fields

from services.chassis import tables
from services.chassis.auth import Principal
from services.chassis.bus import MessageBus
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.chassis.messages import Aggregate, Command, DeadlinePassed, Event
from services.chassis.outbox import Wakeup
from services.chassis.unit_of_work import UnitOfWork

METADATA = sa.MetaData()
things = sa.Table("thing", METADATA, sa.Column("id", sa.Text, primary_key=True), sa.Column("word", sa.Text))
SOMEBODY = Principal("somebody", "某人", frozenset({"maker"}))
ANOTHER = Principal("another", "另一人", frozenset({"maker"}))


@dataclass(frozen=True, kw_only=True)
class Make(Command):
    """Make a thing called `word`."""

    word: str


@dataclass(frozen=True, kw_only=True)
class ThingMade(Event):
    TYPE: ClassVar[str] = "things.made.v1"
    word: str


class MadeV1(Schema):
    word = fields.String(required=True)


class Thing(Aggregate):
    """A word with an id."""

    def __init__(self, word: str, at: datetime) -> None:
        super().__init__()
        self.id, self.word = new_id(), word
        self.record(ThingMade(subject=self.id, at=at, word=word))


class ThingWork(UnitOfWork):
    """Writes things at the commit, as services do."""

    held: list[Thing]

    def hold(self, thing: Thing) -> None:
        self.track(thing)
        self.held.append(thing)

    def flush(self) -> None:
        for thing in self.held:
            self.connection.execute(sa.insert(things).values(id=thing.id, word=thing.word))
        self.held = []

    def forget(self) -> None:
        super().forget()
        self.held = []


@dataclass
class Clock:
    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 3, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.moment

    def advance(self, **amount: float) -> None:
        self.moment += timedelta(**amount)


@dataclass
class Things:
    """The service: its bus, its database, and what the tests put between."""

    engine: sa.Engine
    uri: str
    clock: Clock = field(default_factory=Clock)
    meanwhile: Callable[[Command], None] = lambda _: None
    fired: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        METADATA.create_all(self.engine)
        tables.CHASSIS.create_all(self.engine)
        self.bus = MessageBus({Make: self._make, DeadlinePassed: self._fade}, self.work, Wakeup(self.uri), self.clock)

    def work(self, caller: Principal, now: datetime, traceparent: str | None = None) -> ThingWork:
        work = ThingWork(self.engine, {ThingMade: MadeV1()}, "/wangge/371321/things", caller, now, traceparent)
        work.held = []
        return work

    def _make(self, command: Make, work: ThingWork) -> dict[str, Any]:
        thing = Thing(command.word, work.now)
        work.hold(thing)
        self.meanwhile(command)
        if command.word == "forbidden":
            raise Forbidden(action="make")
        return {"id": thing.id, "word": thing.word}

    def _fade(self, message: DeadlinePassed, work: ThingWork) -> None:
        work.hold(Thing(message.subject, work.now))
        self.meanwhile(message)
        self.fired.append(message.subject)

    def set_deadline(self, subject: str, **later: float) -> None:
        with self.work(SOMEBODY, self.clock.now()) as work:
            work.deadlines.set(subject, "fade", self.clock.now() + timedelta(**later))
            work.commit()

    def rows(self, statement: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(statement)))

    def count(self, table: str) -> int:
        return self.rows(f"SELECT count(*) FROM {table}")[0][0]

    def close(self) -> None:
        self.bus.close()
        self.engine.dispose()


def together(*actions: Callable[[], Any]) -> list[Any]:
    """Run `actions` at the same time, each in a thread; return what each returned or raised, in their order."""
    results: list[Any] = [None] * len(actions)
    barrier = threading.Barrier(len(actions))

    def run(index: int, action: Callable[[], Any]) -> None:
        barrier.wait(10)
        try:
            results[index] = action()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return results
