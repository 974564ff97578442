"""Wiring a service once for each worker process: nameko makes a new Worker for every message."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def built_once(build: Callable[[], T]) -> Callable[[], T]:
    """Decorate `build` so that it runs once, however many green threads ask for the first time together."""
    lock = threading.Lock()
    made: list[T] = []

    def get() -> T:
        if not made:
            with lock:
                if not made:
                    made.append(build())
        return made[0]

    return get
