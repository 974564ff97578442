"""What is under way and what is held back: the relay's bookkeeping, pure, no I/O and no clock of its own."""

from collections.abc import Collection
from dataclasses import dataclass

from services.chassis.relay.tracing import PublishSpan


@dataclass(slots=True)
class Flight:
    """One published, not yet confirmed message. `returned` is the broker's reason when it found no queue
    for it.
    """

    row_id: int
    event_id: str
    span: PublishSpan
    returned: str | None = None


class Window:
    """Which delivery tags of the present channel stand for which messages.

    Tags count from 1 on a fresh channel, as the broker does. At most `limit` messages are under way, or a
    single one while
    `narrow` lasts.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._narrow = 0
        self._last_tag = 0
        self._by_tag: dict[int, Flight] = {}
        self._by_event: dict[str, Flight] = {}

    def __len__(self) -> int:
        return len(self._by_tag)

    @property
    def free(self) -> int:
        """How many messages may be published now."""
        return max(0, (1 if self._narrow else self._limit) - len(self._by_tag))

    @property
    def row_ids(self) -> list[int]:
        """Rows under way, in the order of publishing."""
        return [flight.row_id for flight in self._by_tag.values()]

    def add(self, flight: Flight) -> int:
        """Note a message just published and answer its delivery tag."""
        self._last_tag += 1
        self._by_tag[self._last_tag] = flight
        self._by_event[flight.event_id] = flight
        return self._last_tag

    def returned(self, event_id: str, reason: str) -> None:
        """The broker gave this message back as unroutable; its confirm is still to come. Unknown ids are
        ignored.
        """
        if flight := self._by_event.get(event_id):
            flight.returned = reason

    def settle(self, tag: int, multiple: bool) -> list[Flight]:
        """Take out what a confirm (or nack) speaks of, in the order of publishing: `tag`, or all up to it.
        Unknown: nothing.
        """
        tags = self._tags_up_to(tag) if multiple else [tag] if tag in self._by_tag else []
        settled = [self._by_tag.pop(each) for each in tags]
        for flight in settled:
            del self._by_event[flight.event_id]
        self._narrow = max(0, self._narrow - len(settled))
        return settled

    def reset(self) -> list[Flight]:
        """The channel is gone: forget all tags, begin at 1 again, and answer what was under way."""
        lost = list(self._by_tag.values())
        self._by_tag.clear()
        self._by_event.clear()
        self._last_tag = 0
        return lost

    def narrow(self, count: int) -> None:
        """One at a time for the next `count` messages: finds the one for which the broker closes the
        channel.
        """
        self._narrow = count

    def _tags_up_to(self, tag: int) -> list[int]:
        tags = []
        for each in self._by_tag:
            if each > tag:
                break
            tags.append(each)
        return tags


class Waiting:
    """Rows that the broker gave back, each with the time of its next attempt; the wait doubles from `first`
    to `last`.

    Times are seconds of any one monotonic clock, passed in.
    """

    def __init__(self, first: float, last: float) -> None:
        self._first, self._last = first, last
        self._rows: dict[int, tuple[float, float]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def put_back(self, row_id: int, now: float) -> None:
        """Hold the row until its next attempt, twice as long as the last time."""
        _, pause = self._rows.get(row_id, (0.0, self._first / 2))
        pause = min(pause * 2, self._last)
        self._rows[row_id] = (now + pause, pause)

    def discard(self, row_id: int) -> None:
        """The row went out after all, or is gone."""
        self._rows.pop(row_id, None)

    def held(self, now: float) -> list[int]:
        """Rows whose next attempt lies ahead."""
        return [row_id for row_id, (due, _) in self._rows.items() if due > now]

    def due(self, now: float) -> list[int]:
        """Rows that may be tried again."""
        return [row_id for row_id, (due, _) in self._rows.items() if due <= now]

    def forget_due_except(self, row_ids: Collection[int], now: float) -> None:
        """Drop due rows that a claim of everything unpublished did not find: somebody deleted or marked
        them.
        """
        for row_id in set(self.due(now)).difference(row_ids):
            del self._rows[row_id]
