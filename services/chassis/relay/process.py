"""The role `relay`: one thread, one loop, one AMQP connection, and a direct database connection for each
service.
"""

import signal
import time
from collections.abc import Sequence
from pathlib import Path

from environs import Env
from pika.adapters.select_connection import IOLoop

from services.chassis import telemetry
from services.chassis.clock import PRODUCTION, platform_clock
from services.chassis.relay.publisher import Broker
from services.chassis.relay.service import ServiceRelay
from services.chassis.relay.settings import Settings

ROLE = "relay"
LOOK_SECONDS = 0.05
CLOSE_SECONDS = 1.0


def run(names: Sequence[str], settings: Settings | None = None) -> None:
    """Relay these services until SIGTERM or SIGINT, then return, at the latest `Settings.drain` and a
    second later.

    Reads `WANGGE_AMQP_URI`, `WANGGE_<SERVICE>_DATABASE_URI` and `WANGGE_HOME`; raises environs.EnvError
    where a URI is missing. Neither broker nor databases need to be there yet. Writes
    `$WANGGE_HOME/run/relay-<service>.json`. Call it from the main thread: it takes over both signals.
    """
    for name in names:
        telemetry.configure(name, ROLE)
    telemetry.configure_logging(names[0] if len(names) == 1 else "all", ROLE)
    process = Process(names, settings or Settings.from_env())
    previous = {each: signal.signal(each, process.request_stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        process.run()
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)


class Process:
    """All relays of this process and the broker connection they share."""

    def __init__(self, names: Sequence[str], settings: Settings) -> None:
        env = Env()
        home = Path(env.str("WANGGE_HOME", ".wangge"))
        clock = platform_clock(home, env.str("WANGGE_PROFILE", PRODUCTION))
        self._loop, self._settings = IOLoop(), settings
        self._relays = [
            ServiceRelay(
                name, env.str(f"WANGGE_{name.upper()}_DATABASE_URI"), self._loop, settings, home / "run", clock
            )
            for name in names
        ]
        publishers = [relay.publisher for relay in self._relays]
        self._broker = Broker(self._loop, env.str("WANGGE_AMQP_URI"), settings.reconnect, publishers)
        self._stopping = False
        self._give_up_at = 0.0

    def run(self) -> None:
        """Block until a requested stop is done."""
        for relay in self._relays:
            relay.open()
        self._broker.open()
        self._loop.start()

    def request_stop(self, *_: object) -> None:
        """Signal handler: the stop begins on the loop. A second signal changes nothing."""
        self._loop.add_callback_threadsafe(self._stop)

    def _stop(self) -> None:
        if self._stopping:
            return
        self._stopping = True
        self._give_up_at = time.monotonic() + self._settings.drain
        for relay in self._relays:
            relay.drain()
        self._close_when_drained()

    def _close_when_drained(self) -> None:
        if time.monotonic() < self._give_up_at and not all(relay.is_drained for relay in self._relays):
            self._loop.call_later(LOOK_SECONDS, self._close_when_drained)
            return
        for relay in self._relays:
            relay.close()
        self._loop.call_later(CLOSE_SECONDS, self._loop.stop)
        self._broker.close(self._loop.stop)
