"""Which TCP ports of the loopback address are free."""

import os
import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range from which the kernel takes ports for outgoing connections, so that a server which is
# down for a moment cannot lose its port to a client.
_TEST_PORTS = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """True if a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """True if somebody accepts connections on 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def free_block(length: int) -> int:
    """The first of `length` neighbouring free ports, chosen at random so that parallel runs seldom meet.

    Raises OSError when a hundred attempts find none.
    """
    start, stop = _range()
    for _ in range(100):
        first = random.randrange(start, stop - length)  # noqa: S311 (not a secret)
        if all(is_free(port) for port in range(first, first + length)):
            return first
    raise OSError(f"no {length} neighbouring free ports from {start} to {stop}")


def _range() -> tuple[int, int]:
    """Where free ports are looked for: WANGGE_FREE_PORTS ("20000-23000") parts runs beside each other."""
    said = os.environ.get("WANGGE_FREE_PORTS")
    if not said:
        return _TEST_PORTS.start, _TEST_PORTS.stop
    start, _, stop = said.partition("-")
    return int(start), int(stop)
