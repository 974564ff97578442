"""nameko's own handler on a quorum queue, doing nothing.

    python -m tests.bench.baselines.handling COUNT EXCHANGE QUEUE      (WANGGE_AMQP_URI)

Prints one JSON line when COUNT messages were handled: the seconds from the first to the last.
"""

import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
import eventlet  # noqa: E402 - before anything that holds a socket or a lock

eventlet.monkey_patch()

import json  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from kombu import Exchange, Queue  # noqa: E402
from nameko.messaging import consume  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

COUNT, EXCHANGE, QUEUE = sys.argv[1:]
SOURCE = Queue(
    QUEUE,
    exchange=Exchange(EXCHANGE, type="topic", durable=True),
    routing_key="#",
    durable=True,
    queue_arguments={"x-queue-type": "quorum"},
)


class Bare:
    name = "bare"
    wanted = int(COUNT)
    count = 0
    began = 0.0

    @consume(queue=SOURCE)
    def handle(self, _payload: Any) -> None:
        Bare.began = Bare.began or time.perf_counter()
        Bare.count += 1
        if Bare.count == Bare.wanted:
            print(json.dumps({"seconds": time.perf_counter() - Bare.began}), flush=True)


if __name__ == "__main__":
    runner = ServiceRunner({"AMQP_URI": os.environ["WANGGE_AMQP_URI"], "max_workers": 10})
    runner.add_service(Bare)
    runner.start()
    runner.wait()
