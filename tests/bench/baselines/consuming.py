"""A bare consumer: pika, one quorum queue, each message acknowledged.

    python -m tests.bench.baselines.consuming FILE COUNT QUEUE      (WANGGE_AMQP_URI)

Writes {message id: seconds of the machine's monotonic clock} to FILE once COUNT messages have come.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pika

SEEN: dict[str, float] = {}


def main(file: str, count: int, queue: str) -> None:
    channel = pika.BlockingConnection(pika.URLParameters(os.environ["WANGGE_AMQP_URI"])).channel()
    channel.basic_qos(prefetch_count=10)

    def received(channel: Any, method: Any, properties: Any, _body: bytes) -> None:
        SEEN[properties.message_id] = time.monotonic()
        channel.basic_ack(method.delivery_tag)
        if len(SEEN) == count:
            Path(file).write_text(json.dumps(SEEN), encoding="utf-8")

    channel.basic_consume(queue, received)
    channel.start_consuming()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
