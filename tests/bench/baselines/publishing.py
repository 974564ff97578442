"""A bare publisher: pika's SelectConnection, confirms pipelined in a window, nothing else.

    python -m tests.bench.baselines.publishing COUNT EXCHANGE KEY BYTES      (WANGGE_AMQP_URI)

Prints one JSON line when all are confirmed: the seconds from the first publish to the last confirm.
"""

import json
import os
import sys
import time
from typing import Any

from pika import BasicProperties, SelectConnection, URLParameters
from pika.channel import Channel

WINDOW = 500


class Publisher:
    """Publishes `count` messages; at most WINDOW are unconfirmed."""

    def __init__(self, uri: str, count: int, exchange: str, key: str, size: int) -> None:
        self._count, self._exchange, self._key, self._body = count, exchange, key, b"x" * size
        self._sent, self._confirmed, self._began = 0, 0, 0.0
        self._connection = SelectConnection(URLParameters(uri), on_open_callback=self._opened)

    def run(self) -> float:
        self._connection.ioloop.start()
        return time.perf_counter() - self._began

    def _opened(self, connection: SelectConnection) -> None:
        connection.channel(on_open_callback=self._ready)

    def _ready(self, channel: Channel) -> None:
        self._channel = channel
        channel.confirm_delivery(self._settled, callback=lambda _: self._start())

    def _start(self) -> None:
        self._began = time.perf_counter()
        self._fill()

    def _fill(self) -> None:
        while self._sent < self._count and self._sent - self._confirmed < WINDOW:
            self._sent += 1
            properties = BasicProperties(delivery_mode=2, message_id=str(self._sent))
            self._channel.basic_publish(self._exchange, self._key, self._body, properties, mandatory=True)

    def _settled(self, frame: Any) -> None:
        tag, multiple = frame.method.delivery_tag, frame.method.multiple
        self._confirmed = max(self._confirmed, tag) if multiple else self._confirmed + 1
        if self._confirmed >= self._count:
            self._connection.ioloop.stop()
            return
        self._fill()


if __name__ == "__main__":
    count, exchange, key, size = sys.argv[1:]
    publisher = Publisher(os.environ["WANGGE_AMQP_URI"], int(count), exchange, key, int(size))
    print(json.dumps({"seconds": publisher.run()}), flush=True)
