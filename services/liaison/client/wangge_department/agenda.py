"""Which event is handled next: order within a subject, and what was handled already. No I/O; safe between
threads.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wangge_department.event import Event

HANDLED_IDS = 10_000
_SUBJECTS = 10_000


@dataclass(frozen=True)
class Delivery:
    """An event together with what its acknowledgement needs (`ticket`, opaque here) and when it came
    (seconds).
    """

    event: Event
    ticket: Any
    came: float


@dataclass(frozen=True)
class _Failing:
    """A sequence number that will be tried again; its successors wait for it until then."""

    sequence: int
    until: float


class Agenda:
    """Deliveries that wait for the one worker.

    Without `ordered` they come out as they came in. With it, of one subject the lowest number comes first,
    and number n waits until n-1 was handled, at most `patience` seconds: a department does not see every
    number, and a gap may never close. A failed event's successors wait for its next attempt as well.
    """

    def __init__(
        self, *, ordered: bool = False, patience: float = 2.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ordered, self._patience, self._clock = ordered, patience, clock
        self._waiting: deque[Delivery] = deque()
        self._handled: OrderedDict[str, None] = OrderedDict()
        self._last: OrderedDict[str, int] = OrderedDict()
        self._failing: dict[str, _Failing] = {}
        self._changed = threading.Condition()
        self._closed = False

    def add(self, event: Event, ticket: Any) -> None:
        with self._changed:
            self._waiting.append(Delivery(event, ticket, self._clock()))
            self._changed.notify()

    def take(self) -> Delivery | None:
        """The next delivery whose turn it is; blocks until there is one. None after `close`."""
        with self._changed:
            while not self._closed:
                ready = next((delivery for delivery in self._waiting if self._is_due(delivery)), None)
                if ready:
                    self._waiting.remove(ready)
                    return ready
                self._changed.wait(self._until_next_turn())
        return None

    def settled(self, event: Event, *, handled: bool = True) -> None:
        """The event is finished with: handled, or given up (`handled` False: a copy sent later is no
        duplicate).
        """
        with self._changed:
            if handled:
                _remember(self._handled, event.id, None, HANDLED_IDS)
            if event.sequence >= self._last.get(event.subject, 0):
                _remember(self._last, event.subject, event.sequence, _SUBJECTS)
            failing = self._failing.get(event.subject)
            if failing and failing.sequence <= event.sequence:
                del self._failing[event.subject]

    def failed(self, event: Event, pause: float) -> None:
        """The event comes again after `pause` seconds."""
        with self._changed:
            self._failing[event.subject] = _Failing(event.sequence, self._clock() + pause + self._patience)

    def was_handled(self, event: Event) -> bool:
        """Whether this id was handled among the last HANDLED_IDS."""
        with self._changed:
            return event.id in self._handled

    def forget_waiting(self) -> None:
        """The connection is lost: what waits will be delivered again."""
        with self._changed:
            self._waiting.clear()

    def close(self) -> None:
        """No more turns: `take` returns None from now on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _is_due(self, delivery: Delivery) -> bool:
        return not self._ordered or self._turn(delivery) <= self._clock()

    def _turn(self, delivery: Delivery) -> float:
        """The moment from which this delivery may be handled; in the past when it is due."""
        event, now = delivery.event, self._clock()
        failing = self._failing.get(event.subject)
        if failing and failing.sequence < event.sequence and failing.until > now:
            return failing.until
        if any(other.event.sequence < event.sequence for other in self._same_subject(event)):
            return float("inf")
        follows = event.sequence <= self._last.get(event.subject, 0) + 1
        return 0.0 if follows else delivery.came + self._patience

    def _same_subject(self, event: Event) -> list[Delivery]:
        return [delivery for delivery in self._waiting if delivery.event.subject == event.subject]

    def _until_next_turn(self) -> float | None:
        turns = [self._turn(delivery) for delivery in self._waiting] if self._ordered else []
        soonest = min(turns, default=float("inf"))
        return None if soonest == float("inf") else max(0.0, soonest - self._clock())


def _remember(kept: OrderedDict[str, Any], key: str, value: Any, most: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > most:
        kept.popitem(last=False)
