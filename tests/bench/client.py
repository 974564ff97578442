"""The load: an HTTP/1.1 client of few microseconds a request, the same for the platform and for its baselines.

A client like httpx takes a millisecond for each request, which on two cores is taken from whoever is measured. This one
writes prepared bytes on connections that stay open and looks at nothing but status, length and, where asked, the body.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

CONNECTIONS = 16
PATIENCE = 60.0
"""How long after the end an answer may still be under way, in seconds."""
Body = Callable[[bytes], None]
Talk = Generator[bytes, Any, None]


@dataclass
class Answers:
    """What came back: how often each status, how long each took (seconds), in how many seconds altogether."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    first_refusal: bytes = b""

    @property
    def rate(self) -> float:
        """Answers of 2xx a second."""
        return sum(count for status, count in self.statuses.items() if status < 300) / self.seconds

    @property
    def refused(self) -> int:
        """Answers of another kind. A measurement in which there are any measures nothing."""
        return sum(count for status, count in self.statuses.items() if status >= 300)

    def percentile(self, part: float) -> float:
        """The time within which `part` (0.99) of the answers came, in seconds."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def request(method: str, url: str, headers: Mapping[str, str], body: Any = None) -> bytes:
    """One request as it goes over the wire; `body` becomes JSON."""
    parts = urlsplit(url)
    content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(content)}"]
    if content:
        lines.append("Content-Type: application/json")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + content


def load(
    port: int, requests: Iterator[bytes], seconds: float, connections: int = CONNECTIONS, body: Body | None = None
) -> Answers:
    """Keep `connections` busy with `requests` for `seconds` (or until there are no more); `body` sees each answer's.

    What is under way at the end is awaited and counted. Raises ConnectionError where a connection ends, TimeoutError
    where an answer does not come.
    """
    return converse(port, [_one_by_one(requests, body) for _ in range(connections)], seconds)


def _one_by_one(requests: Iterator[bytes], body: Body | None) -> Talk:
    for each in requests:
        answer = yield each
        if body is not None:
            body(answer)


def converse(port: int, talks: Sequence[Talk], seconds: float) -> Answers:
    """Give each of `talks` a connection of its own for `seconds`: it yields a request and is sent the answer's body.

    Raises as `load` does.
    """
    return uvloop.run(_converse(port, talks, seconds))


async def _converse(port: int, talks: Sequence[Talk], seconds: float) -> Answers:
    loop = asyncio.get_running_loop()
    answers, began = Answers(), time.perf_counter()
    lines = [_Line(talk, answers, began + seconds, loop.create_future()) for talk in talks]
    transports = [(await loop.create_connection(lambda line=line: line, "127.0.0.1", port))[0] for line in lines]
    try:
        await asyncio.wait_for(asyncio.gather(*(line.done for line in lines)), seconds + PATIENCE)
    finally:
        for transport in transports:
            transport.close()
    answers.seconds = time.perf_counter() - began
    return answers


class _Line(asyncio.Protocol):
    """One connection: sends the next request as soon as the answer to the last one is complete."""

    def __init__(self, talk: Talk, answers: Answers, until: float, done: "asyncio.Future[None]") -> None:
        self._talk, self._answers, self._until, self.done = talk, answers, until, done
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own class, which derives from nothing
        self._next(None)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError(f"the server closed the connection: {error}"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = _length(head)
        if len(rest) >= length:
            self._buffer = rest[length:]
            self._take(int(head[9:12]), rest[:length])

    def _take(self, status: int, body: bytes) -> None:
        self._answers.statuses[status] += 1
        self._answers.times.append(time.perf_counter() - self._sent)
        if status >= 300 and not self._answers.first_refusal:
            self._answers.first_refusal = body
        self._next(body)

    def _next(self, body: bytes | None) -> None:
        try:
            following = self._talk.send(body)
        except StopIteration:
            following = None
        except Exception as error:  # the talk's own word on an answer that it did not expect
            self.done.set_exception(error)
            return
        now = time.perf_counter()
        if following is None or now > self._until:
            if not self.done.done():
                self.done.set_result(None)
            return
        self._sent = now
        self._transport.write(following)


def _length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"content-length:")
    return int(lowered[at + 15 : lowered.find(b"\r\n", at) if b"\r\n" in lowered[at:] else None]) if at >= 0 else 0
