"""The live stream of what the caller may see (XCH-02), as server-sent events."""

import time
from collections.abc import Callable
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent

from gateway.api.call import Call
from gateway.api.declare import Routes
from gateway.api.stream.hub import Event
from gateway.api.stream.sse import Stream
from services.chassis.errors import TooMany, Unavailable

from .liaison import LIAISON

PING_SECONDS = 15
SEND_SECONDS = 10.0
LOG_PAGE = 500
STREAMS_PER_PERSON = 20
STREAMS = 2000

routes = Routes("stream", zh="实时消息", en="Live stream")


@routes.add(
    "GET", "/stream", media=("text/event-stream",), refusals=(429,),
    zh="实时消息流", en="Events that the caller may see, live",
)  # fmt: skip
async def live_stream(call: Call) -> Any:
    """Events until the token ends; Last-Event-ID resumes after a gap. Raises Unavailable without a broker, TooMany."""
    shared = call.state
    if shared.feed is None:
        raise Unavailable(what="stream")
    _check_room(call)
    expires = shared.verifier.claims(call.token)["exp"]
    stream = Stream(
        hub=shared.hub,
        principal=call.person,
        read_log=_log_reader(call),
        seconds=max(0.0, expires - time.time()),
        last_id=call.request.headers.get("last-event-id", "")[:100] or None,
    )
    return EventSourceResponse(
        stream.events(), ping=PING_SECONDS, sep="\n", send_timeout=SEND_SECONDS, ping_message_factory=_heartbeat
    )


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="heartbeat", sep="\n")


def _check_room(call: Call) -> None:
    clients = call.state.hub.clients
    mine = sum(client.who == call.person.person_id for client in clients)
    if mine >= STREAMS_PER_PERSON or len(clients) >= STREAMS:
        raise TooMany(seconds=10)


def _log_reader(call: Call) -> Callable[[str], Any]:
    async def read(after_event_id: str) -> tuple[list[Event], bool]:
        reply = await call.ask(LIAISON["ReadLog"], {"after_event_id": after_event_id, "limit": LOG_PAGE})
        return reply["items"], reply["more"]

    return read
