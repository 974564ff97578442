"""A department's program: callbacks by event type, run one at a time while the connection is kept alive.

What is guaranteed:
- At least once: an event is acknowledged after its callback returned; a crash before that brings it again.
- One callback runs at a time, in a thread of its own; heartbeats go on however long it takes (the broker ends a
  delivery that is unacknowledged for 30 minutes).
- A failing callback gets the event again after a growing pause, `attempts` times in all; then, and for what is no
  event or contradicts its schema, the queue's dead letters keep it.
- An id that was handled is not shown again, as far as this process remembers (the last 10,000).
- A lost connection is made anew within two seconds of the broker's return.
"""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from types import FrameType, TracebackType
from typing import Any, Literal, Self

from wangge_department import address
from wangge_department.address import Address
from wangge_department.agenda import Agenda, Delivery
from wangge_department.contracts import Contracts
from wangge_department.errors import InvalidData, NotAnEvent
from wangge_department.event import Event, parse
from wangge_department.link import Link, Ticket
from wangge_department.tracing import tracing_for

log = logging.getLogger("wangge_department")

Callback = Callable[[Event], object]
EVERY_TYPE = "*"
_LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True)
class Habits:
    """How a department works through its queue.

    `attempts` deliveries at most, the first pause between them `pause` seconds, doubling up to 60;
    `prefetch` events are fetched ahead. `ordered`: hold number n+1 of a subject until n was handled, at
    most `patience` seconds. `duplicates`: "filter" them by event id, or "show" them with `event.duplicate`
    set.
    """

    attempts: int = 5
    pause: float = 1.0
    prefetch: int = 10
    ordered: bool = False
    patience: float = 2.0
    duplicates: Literal["filter", "show"] = "filter"

    def pause_after(self, attempt: int) -> float:
        """Seconds to wait after this attempt (from 1) failed."""
        return min(self.pause * 2.0 ** min(attempt - 1, 30), _LONGEST_PAUSE_S)


class Department:
    """Register callbacks with `on`, then `run()`; or embed it with `start()` and `stop()`, or as a context
    manager.
    """

    def __init__(self, uri: str | Address, *, contracts: Contracts | None = None, **habits: Any) -> None:
        """`habits` are the fields of `Habits`. Raises WrongAddress."""
        self.address = uri if isinstance(uri, Address) else address.parse(uri)
        self.habits = Habits(**habits)
        self._contracts = contracts or Contracts()
        self._callbacks: dict[str, Callback] = {}
        self._stopping = threading.Event()
        self._ignored: set[str] = set()
        self._running: _Running | None = None

    @classmethod
    def from_environment(cls, variable: str = address.VARIABLE, **habits: Any) -> Self:
        """The department whose secret address is in WANGGE_DEPARTMENT_URI. Raises WrongAddress."""
        return cls(address.from_environment(variable), **habits)

    def on(self, *types: str) -> Callable[[Callback], Callback]:
        """Decorator: call this function for events of these types; `"*"` for all that have no function of
        their own.
        """

        def register(callback: Callback) -> Callback:
            for type_ in types or (EVERY_TYPE,):
                if type_ in self._callbacks:
                    raise ValueError(f"there is a callback for {type_} already")
                self._callbacks[type_] = callback
            return callback

        return register

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, finish the callback in progress, return. Raises Refused where not
        let in.

        A second signal ends the program at once. Outside the main thread signals are left alone: use
        `stop()`.
        """
        if not logging.getLogger().handlers:  # a program without logging of its own reads our one line, not pika's ten
            logging.getLogger("pika").setLevel(logging.CRITICAL)
        with _signals(self._stopping), self:
            self.wait()

    def start(self) -> None:
        """Connect and work in background threads; returns at once."""
        if self._running:
            raise RuntimeError("it is running already")
        if not self._callbacks:
            raise RuntimeError("there is no callback: register one with @department.on(…)")
        self._stopping.clear()
        self._running = _Running(self)

    def wait(self, timeout: float | None = None) -> bool:
        """Block until it is asked to stop (True) or `timeout` seconds have passed. Raises what ended it, as
        Refused.
        """
        running = self._running
        asked = self._stopping.wait(timeout)
        if running and running.link.refusal:
            raise running.link.refusal
        return asked

    def ask_to_stop(self) -> None:
        """Let `run()` or `wait()` return, and begin no further callback; may be called from a callback."""
        self._stopping.set()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop; a long callback may look here."""
        return self._stopping.is_set()

    def stop(self) -> None:
        """Finish the callback in progress, acknowledge it, give back the rest, disconnect. Not from a
        callback.
        """
        running, self._running = self._running, None
        self._stopping.set()
        if running:
            running.end()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def callback_for(self, event: Event) -> Callback | None:
        """The function that gets this event; None, said once for each type, when nobody asked for it."""
        callback = self._callbacks.get(event.type) or self._callbacks.get(EVERY_TYPE)
        if callback is None and event.type not in self._ignored:
            self._ignored.add(event.type)
            log.warning("no callback for %s: such events are acknowledged and dropped", event.type)
        return callback

    def read(self, body: bytes, attempt: int) -> Event:
        """The event in a message. Raises NotAnEvent or InvalidData."""
        event = parse(body)
        return replace(event, attempt=attempt, known=self._contracts.check(event))


class _Running:
    """The two threads of one start: the link reads and acknowledges, the worker calls back."""

    def __init__(self, department: Department) -> None:
        self._department, self._habits = department, department.habits
        self._agenda = Agenda(ordered=self._habits.ordered, patience=self._habits.patience)
        self._tracing = tracing_for(department.address.department, department.address.queue)
        self.link = Link(department.address, self._habits.prefetch, self)
        self._worker = threading.Thread(target=self._work, name="wangge-department-worker", daemon=True)
        self._worker.start()
        self.link.start()

    def end(self) -> None:
        self._agenda.close()
        self.link.pause()
        self._worker.join()
        self.link.close()
        self._tracing.close()

    def arrived(self, body: bytes, headers: Mapping[str, object], ticket: Ticket) -> None:
        try:
            event = self._department.read(body, attempt=1 + _count(headers))
        except (NotAnEvent, InvalidData) as error:
            log.error("sent to the dead letters: %s", error)
            self.link.give_up(ticket)
        else:
            self._agenda.add(event, ticket)

    def lost(self) -> None:
        self._agenda.forget_waiting()

    def ended(self) -> None:
        self._department.ask_to_stop()

    def _work(self) -> None:
        while delivery := self._agenda.take():
            if self._department.stopping:
                return  # fetched ahead: it goes back when the link closes
            self._handle(delivery)

    def _handle(self, delivery: Delivery) -> None:
        event = replace(delivery.event, duplicate=self._agenda.was_handled(delivery.event))
        callback = self._department.callback_for(event)
        if callback and (self._habits.duplicates == "show" or not event.duplicate):
            try:
                with self._tracing.receiving(event):
                    callback(event)
            except BaseException as error:  # sys.exit in a callback must not end this thread unseen
                self._failed(delivery, error)
                return
        self._agenda.settled(event)
        self.link.acknowledge(delivery.ticket)

    def _failed(self, delivery: Delivery, error: BaseException) -> None:
        event, most = delivery.event, self._habits.attempts
        log.error("%s %s failed, attempt %d of %d", event.type, event.id, event.attempt, most, exc_info=error)
        if event.attempt >= most:
            self._agenda.settled(event, handled=False)
            self.link.give_up(delivery.ticket)
        else:
            pause = self._habits.pause_after(event.attempt)
            self._agenda.failed(event, pause)
            self.link.give_back(delivery.ticket, pause)


class _signals(AbstractContextManager[None]):
    """While inside, SIGTERM and SIGINT set the event once, and a second one acts as before."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                self._before[number] = signal.signal(number, self._caught)

    def __exit__(self, *_failure: object) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _caught(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()
        self.__exit__()


def _count(headers: Mapping[str, object]) -> int:
    """How often a quorum queue delivered this message before."""
    count = headers.get("x-delivery-count", 0)
    return count if isinstance(count, int) else 0
