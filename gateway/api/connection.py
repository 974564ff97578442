"""The HTTP connection: uvicorn's with httptools, and a limit for what is not yet a request.

Neither of the two bounds how long a head may grow; an endless header line would be kept in memory until it ended. The
body is limited where it is read (gateway.api.body).
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_PENDING = 64 * 1024
"""Bytes in a row that complete no head and deliver no body: request line, headers, trailers, extensions of chunks."""


class Connection(HttpToolsProtocol):
    """Answers 400 and closes once MOST_PENDING bytes are passed."""

    _pending = 0

    def data_received(self, data: bytes) -> None:
        """Feed the parser; what brings it no further is counted."""
        self._pending += len(data)
        super().data_received(data)
        if self._pending > MOST_PENDING and not self.transport.is_closing():
            self.logger.warning("request head too long")
            self.send_400_response("The head of the request is too long.")

    def on_headers_complete(self) -> None:
        self._pending = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._pending = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._pending = 0
        super().on_message_complete()
