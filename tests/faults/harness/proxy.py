"""A TCP proxy between a process and its server that can fall silent or reset, as a network does.

`silence`: connections stay open, new ones are accepted, and nothing passes; the kernel acknowledges everything, so that
only the program's own limits can notice. `cut`: every connection is reset, new ones too. `heal`: new connections pass;
those that were silent have been forgotten for good, as by a firewall that lost its table: nobody ever resets them.
"""

import asyncio
import contextlib
import socket
import struct
import threading

from infra.local.ports import LOOPBACK

_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: on, zero seconds. Closing then sends RST."""


class Proxy:
    """Listens on `port` for the server on the loopback port `upstream`. Every method may be called from any thread."""

    def __init__(self, upstream: int) -> None:
        self._upstream = upstream
        self._mode = "open"
        self._generation = 0
        self._sockets: dict[asyncio.StreamWriter, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self.port: int = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def silence(self) -> None:
        self._set("silent")

    def cut(self) -> None:
        self._set("cut")
        self._call(self._reset_all)

    def heal(self) -> None:
        self._set("open")

    def close(self) -> None:
        """End everything; the port is free when this returns."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _set(self, mode: str) -> None:
        def change() -> None:
            self._generation += mode != "open"
            self._mode = mode

        self._call(change)

    def _call(self, function: "object") -> None:
        done = threading.Event()

        def run() -> None:
            function()  # type: ignore[operator]
            done.set()

        self._loop.call_soon_threadsafe(run)
        assert done.wait(10), "the proxy's loop stands still"

    async def _listen(self) -> int:
        self._server = await asyncio.start_server(self._accepted, LOOPBACK, 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())  # type: ignore[arg-type]
        generation = self._generation
        self._sockets[writer] = generation
        if self._mode == "cut":
            return self._reset(writer)
        if self._mode == "silent":
            return None
        with contextlib.suppress(OSError, asyncio.CancelledError):
            up_reader, up_writer = await asyncio.open_connection(LOOPBACK, self._upstream)
            self._sockets[up_writer] = generation
            await asyncio.gather(self._pump(reader, up_writer, generation), self._pump(up_reader, writer, generation))
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, generation: int) -> None:
        """Pass what comes while nothing has happened to the network since the connection was made."""
        try:
            while chunk := await reader.read(65_536):
                if generation != self._generation:
                    return  # the connection is forgotten: both ends stay open, and nothing passes
                writer.write(chunk)
                await writer.drain()
        except OSError:
            pass
        if generation == self._generation:
            with contextlib.suppress(OSError):
                writer.close()

    def _reset_all(self) -> None:
        for writer in list(self._sockets):
            self._reset(writer)

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        self._sockets.pop(writer, None)
        sock = writer.get_extra_info("socket")
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        writer.transport.abort()

    async def _end(self) -> None:
        self._server.close()
        self._reset_all()
        tasks = [task for task in self._tasks if not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
