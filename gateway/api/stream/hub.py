"""From the one feed of this process to its clients, each with a bounded buffer of its own.

Everything here runs in the event loop; the feed's thread hands events over with `call_soon_threadsafe`. A client that
does not keep up is cut off rather than waited for: it comes back with Last-Event-ID and catches up.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Event = Mapping[str, Any]
BUFFER = 256
RECENT = 2000


class Signal(Enum):
    """What a client may receive instead of an event: look into the log, or the reason why the stream ends."""

    RESUMED = "the feed is back"
    TOO_SLOW = "too slow"
    CLOSING = "gateway stops"


@dataclass(eq=False)
class Client:
    """One open stream of the person `who`: `wants` chooses its events, `waiting` holds those not sent yet."""

    who: str
    wants: Callable[[Event], bool]
    waiting: "asyncio.Queue[Event | Signal]" = field(default_factory=lambda: asyncio.Queue(BUFFER))
    ended: Signal | None = None

    def offer(self, item: Event | Signal) -> None:
        """Put `item` into the buffer; a full one ends the client."""
        if self.ended is None:
            try:
                self.waiting.put_nowait(item)
            except asyncio.QueueFull:
                self.end(Signal.TOO_SLOW)

    def end(self, why: Signal) -> None:
        """Drop what waits and tell the stream to end."""
        self.ended = why
        while not self.waiting.empty():
            self.waiting.get_nowait()
        self.waiting.put_nowait(why)


class Hub:
    """All clients of this process, and the last RECENT events, from which most gaps are filled."""

    def __init__(self) -> None:
        self.clients: set[Client] = set()
        self.recent: deque[Event] = deque(maxlen=RECENT)
        self.latest: str | None = None
        self.connected = False
        self._ever = False

    def publish(self, event: Event) -> None:
        """Offer `event` to every client that wants it."""
        self.recent.append(event)
        self.latest = event["id"]
        for client in list(self.clients):
            if client.wants(event):
                client.offer(event)

    def feed_up(self) -> None:
        """The feed is connected. After an interruption the recent events have a hole: they are forgotten, and every
        client is told to look into the log."""
        if self._ever and not self.connected:
            self.recent.clear()
            for client in list(self.clients):
                client.offer(Signal.RESUMED)
        self.connected = self._ever = True

    def feed_down(self) -> None:
        self.connected = False

    def since(self, event_id: str) -> list[Event] | None:
        """The recent events after `event_id`, oldest first; None where it is not among them."""
        ids = [event["id"] for event in self.recent]
        return list(self.recent)[ids.index(event_id) + 1 :] if event_id in ids else None

    @contextmanager
    def client(self, who: str, wants: Callable[[Event], bool]) -> Iterator[Client]:
        """A client that is fed as long as the context lasts."""
        client = Client(who, wants)
        self.clients.add(client)
        try:
            yield client
        finally:
            self.clients.discard(client)

    def close(self) -> None:
        """End every stream."""
        for client in list(self.clients):
            client.end(Signal.CLOSING)
