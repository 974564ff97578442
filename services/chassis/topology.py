"""Exchanges, queues and routing keys: their names and arguments, as data, with no messaging library in sight.

Guarantee: the same names and arguments wherever they are declared (relay by pika, worker by kombu, department's queue
by the management interface), because RabbitMQ refuses for ever to redeclare a queue differently. A change of arguments
is therefore a change of name; `tests/unit/chassis/test_topology.py` pins both.

How a failed message comes back: the worker publishes a copy to the fanout exchange `<consumer>.retry.<n>s` with the
name of the main queue as its routing key. The exchange has one queue of the same name and a fixed time to live; when
that is over the broker passes the message to the default exchange with the routing key it still has: home again. So a
consumer needs one retry queue per delay, not one per main queue and delay.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RETRY_DELAYS = (1, 5, 30, 120, 600)
"""Seconds before the second, third, … attempt; attempts = len + 1. `WANGGE_WORKER_RETRY_DELAYS` overrides it."""

DELIVERY_LIMIT = 20
"""How often the broker hands a message to consumers that vanish before it goes to the dead queue."""

ON_DISK_SECONDS = 1.5
"""Between making a queue and binding it. The broker writes a new quorum queue's directory within a second after it
answered, and killed before that has a queue that never gets a leader again (rabbitmq-server#15725): so it holds
nothing then, and can be deleted."""

Arguments = Mapping[str, str | int]

_WORD = re.compile(r"[a-z0-9-]+")
_TYPE = re.compile(r"[a-z0-9-]+\.[a-z0-9-]+\.v[0-9]+")
_GRID = re.compile(r"[0-9]{6}(?:[0-9]{3}){0,3}")
_NONE = "-"


def exchange_name(service: str) -> str:
    """The topic exchange of the service's events: `incident.events`."""
    return f"{_word(service)}.events"


def queue_name(consumer: str, producer: str) -> str:
    """The main queue of one pair: `assessment.on.incident`."""
    return f"{_word(consumer)}.on.{_word(producer)}"


def dead_queue(queue: str) -> str:
    """Where messages of `queue` rest that were given up: `assessment.on.incident.dead`."""
    return f"{queue}.dead"


def retry_queue(consumer: str, seconds: int) -> str:
    """The queue, and its fanout exchange, where failed messages wait `seconds` (>= 1): `assessment.retry.30s`."""
    if seconds < 1:
        raise ValueError(f"a retry delay is at least one second, not {seconds}")
    return f"{_word(consumer)}.retry.{seconds}s"


def routing_key(type: str, department: str | None, grid: str | None) -> str:
    """Return the eight words of an event: type (three), department, county6, town3, village3, grid3; `-` for none.

    `grid` is a 15-digit grid code, a 12-digit village code, or a shorter division prefix (9: town, 6: county).
    Raises ValueError when a word could not be bound by position.
    """
    if not is_event_type(type):
        raise ValueError(f"not an event type (<service>.<fact>.v<n>): {type!r}")
    area = _area(grid) if grid is not None else [_NONE] * 4
    return ".".join([type, _NONE if department is None else _word(department), *area])


def is_event_type(text: str) -> bool:
    """Say whether `text` is `<service>.<fact>.v<n>`."""
    return _TYPE.fullmatch(text) is not None


def is_department(text: str) -> bool:
    """Say whether `text` can be the department word of a routing key (`-` alone means none, so it is not one)."""
    return _WORD.fullmatch(text) is not None and text != _NONE


def is_area(text: str) -> bool:
    """Say whether `text` is a county, town, village or grid code (6, 9, 12 or 15 digits)."""
    return _GRID.fullmatch(text) is not None


def _area(grid: str) -> list[str]:
    if not is_area(grid):
        raise ValueError(f"not a division or grid code of 6, 9, 12 or 15 digits: {grid!r}")
    words = [grid[:6], *(grid[at : at + 3] for at in (6, 9, 12))]
    return [word or _NONE for word in words]


def _word(text: str) -> str:
    if not is_department(text):
        raise ValueError(f"not a word of lower-case letters, digits and hyphens: {text!r}")
    return text


def main_arguments(queue: str) -> Arguments:
    """Arguments of a main queue: nothing is lost on its way to the dead queue, and nothing is dropped when full."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_queue(queue),
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def retry_arguments(seconds: int) -> Arguments:
    """Arguments of a retry queue: messages wait `seconds` and return by the routing key they came with."""
    return {
        "x-queue-type": "quorum",
        "x-message-ttl": seconds * 1000,
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def dead_arguments() -> Arguments:
    """Arguments of a dead queue: messages stay until a person decides."""
    return {"x-queue-type": "quorum"}


@dataclass(frozen=True)
class Exchange:
    """A durable exchange that is never deleted automatically; `kind` is topic or fanout."""

    name: str
    kind: str


@dataclass(frozen=True)
class Queue:
    """A durable queue, never exclusive, never deleted automatically."""

    name: str
    arguments: Arguments


@dataclass(frozen=True)
class Binding:
    """Messages of `exchange` that match `key` go to `queue`."""

    queue: str
    exchange: str
    key: str


@dataclass(frozen=True)
class Plan:
    """What must exist before one consumer reads the events of one producer; declare it in this order."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


def events_exchange(service: str) -> Exchange:
    """The exchange of a service's events, declared identically by its relay and by whoever consumes from it."""
    return Exchange(exchange_name(service), "topic")


def plan(consumer: str, producer: str, types: Sequence[str], delays: Sequence[int] = RETRY_DELAYS) -> Plan:
    """What `consumer` declares to receive `types` of `producer`; no types means all of them (the event log)."""
    queue, source = queue_name(consumer, producer), events_exchange(producer)
    waits = {retry_queue(consumer, seconds): seconds for seconds in delays}
    keys = [f"{type}.#" for type in types] or [f"{producer}.#"]
    return Plan(
        exchanges=(source, *(Exchange(name, "fanout") for name in waits)),
        queues=(
            Queue(dead_queue(queue), dead_arguments()),
            Queue(queue, main_arguments(queue)),
            *(Queue(name, retry_arguments(seconds)) for name, seconds in waits.items()),
        ),
        bindings=(
            *(Binding(queue, source.name, key) for key in keys),
            *(Binding(name, name, "") for name in waits),
        ),
    )
