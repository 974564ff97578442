"""One caller's stream as server-sent events: live, resumed after a gap, ended with the token.

An event is sent with its id, its type as SSE event name, and {id, type, subject, time, grid, department} as data. What
was missed is first looked for among the hub's recent events, else read from liaison's log with the caller's token; it
is sent before what is live, and nothing twice. Comments (": …") are heartbeats and the reason why a stream ends.
"""

import asyncio
import json
import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from sse_starlette import ServerSentEvent

from services.chassis.auth import Principal
from services.chassis.errors import NotFound, WanggeError

from .hub import Client, Event, Hub, Signal
from .visible import SHOWN, visible

RECONNECT_MS = 2000
REMEMBERED = 4000
MAX_PAGES = 20
"""Who was away for longer than this many pages of the log is told to load afresh."""
SECOND_LOOK_SECONDS = 5.0
"""After an interruption the log may be a little behind; it is read a second time after this long."""

ReadLog = Callable[[str], Awaitable[tuple[list[Event], bool]]]


@dataclass
class Stream:
    """The stream of one caller. `read_log(after_event_id)` gives logged events after that one, and whether there are
    more; `seconds` is how long the token still holds."""

    hub: Hub
    principal: Principal
    read_log: ReadLog
    seconds: float
    last_id: str | None = None
    _sent: "OrderedDict[str, None]" = field(default_factory=OrderedDict)

    async def events(self) -> AsyncIterator[ServerSentEvent]:
        """All that the caller gets, until the token ends, the client is too slow or the gateway stops."""
        with self.hub.client(self.principal.person_id, self._visible) as client:
            yield ServerSentEvent(comment="connected", retry=RECONNECT_MS)
            if self.last_id:
                async for missed in self._missed(self.last_id):
                    yield missed
            self.last_id = self.last_id or self.hub.latest
            async for item in self._live(client):
                yield item

    def _visible(self, event: Event) -> bool:
        return visible(self.principal, event)

    async def _live(self, client: Client) -> AsyncIterator[ServerSentEvent]:
        alarms = Alarms(asyncio.get_running_loop().time() + self.seconds)
        while True:
            item = await alarms.next(client)
            if isinstance(item, Ending) or item in (Signal.TOO_SLOW, Signal.CLOSING):
                yield ServerSentEvent(comment=item.value)
                return
            if isinstance(item, Signal):
                async for missed in self._missed(self.last_id):
                    yield missed
            else:
                for sent in self._new([item]):
                    yield sent

    async def _missed(self, last_id: str | None) -> AsyncIterator[ServerSentEvent]:
        """What happened after `last_id`: the log, then the recent events. A gap that cannot be filled is said."""
        recent = self.hub.since(last_id) if last_id else None
        if recent is None:
            try:
                async for event in self._logged(last_id or ""):
                    yield event
            except WanggeError:
                yield ServerSentEvent(event="gap", data=json.dumps({"after": last_id}))
        for item in self._new(list(self.hub.recent) if recent is None else recent):
            yield item

    async def _logged(self, last_id: str) -> AsyncIterator[ServerSentEvent]:
        """Events of the log after `last_id`. Raises NotFound where the log does not know it or is too far ahead."""
        for _ in range(MAX_PAGES if last_id else 0):
            events, more = await self.read_log(last_id)
            for item in self._new(events):
                yield item
            if not (more and events):
                return
            last_id = events[-1]["id"]
        raise NotFound(kind="event", id=last_id)

    def _new(self, events: Iterable[Event]) -> Iterable[ServerSentEvent]:
        """Those of `events` that the caller may see and has not been sent."""
        for event in events:
            if event["id"] not in self._sent and self._visible(event):
                self._remember(event["id"])
                yield _shown(event)

    def _remember(self, event_id: str) -> None:
        self.last_id = event_id
        self._sent[event_id] = None
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)


class Ending(Enum):
    EXPIRED = "token expired"


@dataclass
class Alarms:
    """The moments (of the loop's clock) at which a stream does something though nothing arrived."""

    token_ends: float
    second_look: float | None = None

    async def next(self, client: Client) -> Event | Signal | Ending:
        """The client's next item, the second look into the log when it is due, or the end of the token."""
        try:
            async with asyncio.timeout_at(min(self.token_ends, self.second_look or math.inf)):
                item = await client.waiting.get()
        except TimeoutError:
            expired = self.second_look is None or self.token_ends <= self.second_look
            self.second_look = None
            return Ending.EXPIRED if expired else Signal.RESUMED
        if item is Signal.RESUMED:
            self.second_look = asyncio.get_running_loop().time() + SECOND_LOOK_SECONDS
        return item


def _shown(event: Event) -> ServerSentEvent:
    data = {name: event[name] for name in SHOWN if event.get(name)}
    return ServerSentEvent(json.dumps(data, ensure_ascii=False), event=event["type"], id=event["id"])
