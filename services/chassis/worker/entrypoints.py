"""The decorators `consume` and `every`, as nameko entrypoints. Guarantees: see the package's docstring."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import eventlet
import structlog
from eventlet.event import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, register_entrypoint

from services.chassis.envelope import Envelope
from services.chassis.topology import is_event_type, queue_name

from .consumer import QueueConsumer, worker_state
from .failures import Transient, reason_of
from .tracing import Handler, traced

log = structlog.get_logger(__name__)

Tick = Callable[[Any], None]
Method = Callable[..., None]


def consume(producer: str, *types: str) -> Callable[[Handler], Handler]:
    """Call the decorated method of a service class with each event of `types` that `producer` publishes.

    Without types every event of the producer that no other method takes is handled. Several methods may share a
    producer: they share its queue. Raises ValueError for what is not an event type of `producer`.
    """
    for type in types:
        if not is_event_type(type) or type.partition(".")[0] != producer:
            raise ValueError(f"not an event type of {producer}: {type!r}")

    def decorate(handler: Handler) -> Handler:
        handle = traced(contained(handler), lambda service: queue_name(service.name, producer))
        register_entrypoint(handle, Consume(producer, types))
        return handle

    return decorate


def every(seconds: float) -> Callable[[Tick], Tick]:
    """Call the decorated method about every `seconds`, first after a random part of them, on each replica.

    Never twice at the same time in one process: a slow tick delays the next. What must happen once for all replicas is
    claimed by the callee (rows with SKIP LOCKED).
    """
    if seconds <= 0:
        raise ValueError(f"a timer needs a positive number of seconds, not {seconds}")

    def decorate(tick: Tick) -> Tick:
        run = contained(tick)
        register_entrypoint(run, Every(seconds))
        return run

    return decorate


def contained(method: Method) -> Method:
    """Return `method` with what nameko would not catch, and wait for without end, made an Exception."""

    @wraps(method)
    def call(*args: Any) -> None:
        try:
            method(*args)
        except eventlet.Timeout as timeout:
            raise Transient(f"timed out: {timeout}") from timeout
        except SystemExit as exit:
            raise RuntimeError("the method wanted to end the process") from exit

    return call


class Consume(Entrypoint):  # type: ignore[misc]  # nameko is not typed
    """One method that handles events of one producer."""

    queue_consumer = QueueConsumer()

    def __init__(self, producer: str, types: tuple[str, ...]) -> None:
        super().__init__()
        self.producer, self.types = producer, types

    def setup(self) -> None:
        self.queue_consumer.subscribe(self, self.types, self._call)

    def stop(self) -> None:
        self.queue_consumer.unregister_provider(self)

    def _call(self, envelope: Envelope) -> BaseException | None:
        return call_method(self, envelope)


class Every(Entrypoint):  # type: ignore[misc]  # nameko is not typed
    """One method that is called about every so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds
        self._stopping = Event()
        self._thread: Any = None

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Return when a tick that runs has ended."""
        if not self._stopping.ready():
            self._stopping.send()
        self._thread.wait()

    def kill(self) -> None:
        if self._thread is not None:
            self._thread.kill()

    def _run(self) -> None:
        pause = random.uniform(0, self.seconds)  # noqa: S311  # jitter
        while not self._stops_within(pause):
            began = time.monotonic()
            self._tick()
            pause = self.seconds * random.uniform(0.9, 1.1) - (time.monotonic() - began)  # noqa: S311  # jitter

    def _tick(self) -> None:
        error = call_method(self)
        if error is not None:
            log.error("timer failed", timer=self.method_name, reason=reason_of(error), exc_info=error)
        reason = reason_of(error) if error else None
        worker_state(self.container).timer(self.method_name, reason)

    def _stops_within(self, seconds: float) -> bool:
        with eventlet.Timeout(max(seconds, 0), False):
            self._stopping.wait()
            return True
        return False


def call_method(entrypoint: Any, *args: Any) -> BaseException | None:
    """Call the entrypoint's method in a nameko worker. Return what it raised, or None when it returned."""
    ended = Event()

    def on_result(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        ended.send(exc_info[1] if exc_info else None)
        return result, exc_info

    try:
        entrypoint.container.spawn_worker(entrypoint, args, {}, handle_result=on_result)
    except ContainerBeingKilled:
        return Transient("the worker is being killed")
    error: BaseException | None = ended.wait()
    return error
