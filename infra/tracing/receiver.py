"""Receives spans by OTLP over HTTP on loopback and keeps them in `$WANGGE_HOME/traces.db`.

Answers 200 only after the spans are committed, so an exporter that repeats loses nothing. Bodies are
bounded before and after decompression. It refuses to listen anywhere but on loopback: it knows no sign-in.
The standard library's HTTP server is used because the process must stay small (about 25 MB against 34 MB
with an ASGI stack).
"""

import os
import signal
import sqlite3
import sys
import threading
import zlib
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError

from infra.tracing.otlp import spans_in
from infra.tracing.store import SpanStore, database_path

PROTOBUF = "application/x-protobuf"
MOST_BYTES_SENT = 8 * 2**20
MOST_BYTES_UNPACKED = 32 * 2**20
_SHORTEN_EVERY_S = 60
_IDLE_S = 30


class Refused(Exception):
    """The request is answered with `status` and the sentence."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        self.status = status
        super().__init__(sentence)


class Receiver(ThreadingHTTPServer):
    """Listens on (host, port) from the moment it is made; `serve_forever()` answers until `shutdown()`."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], store: SpanStore) -> None:
        self.store = store
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver
    protocol_version = "HTTP/1.1"
    timeout = _IDLE_S

    def do_GET(self) -> None:
        known = self.path == "/healthz"
        self._answer(HTTPStatus.OK if known else HTTPStatus.NOT_FOUND, b"ok\n" if known else b"not found\n")

    def do_POST(self) -> None:
        try:
            self.server.store.add(spans_in(self._body()))
        except Refused as refusal:
            self._refuse(refusal.status, str(refusal))
        except DecodeError:
            self._refuse(HTTPStatus.BAD_REQUEST, "the body is no ExportTraceServiceRequest")
        except sqlite3.Error as error:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, f"not stored, send again: {error}")
        else:
            self._answer(HTTPStatus.OK, b"", PROTOBUF)

    def _body(self) -> bytes:
        if urlsplit(self.path).path != "/v1/traces":
            raise Refused(HTTPStatus.NOT_FOUND, "spans go to /v1/traces")
        if self.headers.get_content_type() != PROTOBUF:
            raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-Type must be {PROTOBUF}")
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit():
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "Content-Length is needed")
        if int(length) > MOST_BYTES_SENT:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"at most {MOST_BYTES_SENT} bytes")
        return unpacked(self.rfile.read(int(length)), self.headers.get("Content-Encoding", "identity"))

    def _refuse(self, status: HTTPStatus, sentence: str) -> None:
        """The body may be unread, so the connection cannot be used again."""
        self.close_connection = True
        self._answer(status, f"{sentence}\n".encode())

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """One line for each batch of spans would drown the log."""


def unpacked(body: bytes, encoding: str) -> bytes:
    """Undo gzip or deflate, up to MOST_BYTES_UNPACKED; raises Refused for more, for damage, for other
    encodings.
    """
    if encoding == "identity":
        return body
    if encoding not in ("gzip", "deflate"):
        raise Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Content-Encoding must be gzip, deflate or identity")
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        whole = inflater.decompress(body, MOST_BYTES_UNPACKED)
    except zlib.error as error:
        raise Refused(HTTPStatus.BAD_REQUEST, f"the body is not {encoding}: {error}") from error
    if not inflater.eof:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"cut off, or over {MOST_BYTES_UNPACKED} bytes unpacked")
    return whole


def address_of(endpoint: str) -> tuple[str, int]:
    """Host and port of WANGGE_OTLP_ENDPOINT. Raises ValueError for a host that is not this machine's
    loopback.
    """
    url = urlsplit(endpoint)
    host = "127.0.0.1" if url.hostname == "localhost" else url.hostname or ""
    if not host or not url.port or not ip_address(host).is_loopback:
        raise ValueError(f"the trace receiver listens on loopback with a port only, not on {endpoint!r}")
    return host, url.port


def run() -> None:
    """Serve until SIGTERM or SIGINT, then finish what is being written. Exits with a message where it
    cannot listen.
    """
    endpoint = os.environ.get("WANGGE_OTLP_ENDPOINT", "")
    try:
        address = address_of(endpoint)
        store = SpanStore(database_path())
        receiver = Receiver(address, store)
    except (ValueError, OSError, sqlite3.Error) as error:
        sys.exit(f"trace receiver: WANGGE_OTLP_ENDPOINT={endpoint!r}: {error}")
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    _serve(receiver, stopping)
    store.close()


def _serve(receiver: Receiver, stopping: threading.Event) -> None:
    serving = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.2})
    serving.start()
    receiver.store.shorten()
    while not stopping.wait(_SHORTEN_EVERY_S):
        receiver.store.shorten()
    receiver.shutdown()
    serving.join()
    receiver.server_close()


if __name__ == "__main__":
    run()
