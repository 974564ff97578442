"""The QueueConsumer of a service: one connection for its queues, one for copies of what failed.

It stands in nameko's extension life cycle where `nameko.messaging.QueueConsumer` would (shared by all entrypoints of
a container), but inherits nothing of it: there every method would have to be replaced. It decodes bodies, acks what it
cannot decode, closes sockets that may be frozen, waits up to 30 s to reconnect, and loses the acks of messages in hand
on SIGTERM.
"""

import random
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

import amqp
import eventlet
import structlog
from eventlet.event import Event
from eventlet.semaphore import Semaphore
from nameko.extensions import ProviderCollector, SharedExtension

from .declare import declare
from .failures import reason_of
from .link import OPEN_SECONDS, Link, within
from .publisher import Publisher
from .settings import Settings
from .state import WorkerState
from .subscription import Call, Subscription

log = structlog.get_logger(__name__)

SETTINGS = "WANGGE_SETTINGS"


class QueueConsumer(ProviderCollector, SharedExtension):  # type: ignore[misc]  # nameko is not typed
    """Keeps a service's subscriptions connected. Starting does not wait for the broker; stopping waits for handlers."""

    def __init__(self) -> None:
        super().__init__()
        self._subscriptions: dict[str, Subscription] = {}
        self._thread: Any = None
        self._stopping = Event()
        self._link: Link | None = None

    # What a subscription needs of its host

    @cached_property
    def settings(self) -> Settings:
        settings: Settings = self.container.config[SETTINGS]
        return settings

    @cached_property
    def state(self) -> WorkerState:
        return worker_state(self.container)

    @cached_property
    def slots(self) -> Semaphore:
        return Semaphore(self.settings.max_workers)

    @cached_property
    def publisher(self) -> Publisher:
        connect = partial(self._connect, "copies")
        return Publisher(connect, self._declare_all, self.spawn, self.settings.reconnect)

    def spawn(self, run: Callable[[], None]) -> Any:
        return self.container.spawn_managed_thread(run)

    def probe(self) -> None:
        """Call `probe` of the service class, if there is one; without one the next message is the probe."""
        probe = getattr(self.container.service_cls(), "probe", None)
        if probe is not None:
            probe()

    # Entrypoints

    def subscribe(self, provider: Any, types: tuple[str, ...], call: Call) -> None:
        """Register the entrypoint `provider` of `provider.producer`. Raises ValueError when a type is taken."""
        subscription = self._subscriptions.get(provider.producer)
        if subscription is None:
            subscription = Subscription(self.container.service_name, provider.producer, self)
            self._subscriptions[provider.producer] = subscription
        subscription.handle(types, call)
        self.register_provider(provider)

    def unregister_provider(self, provider: Any) -> None:
        """Return when the handlers of the provider's queue have ended and are acknowledged."""
        self._stop_reconnecting()
        self._subscriptions[provider.producer].finish()
        super().unregister_provider(provider)

    # Life cycle

    def start(self) -> None:
        if self._thread is None:
            self._thread = self.spawn(self._run)

    def stop(self) -> None:
        """Called by the container when all entrypoints have stopped: the acks are sent, now say goodbye."""
        super().stop()
        self._stop_reconnecting()
        self.publisher.close()
        if self._link is not None:
            self._link.close()

    def kill(self) -> None:
        self._stop_reconnecting()
        if self._link is not None:
            self._link.drop("the container is being killed")

    def _stop_reconnecting(self) -> None:
        if not self._stopping.ready():
            self._stopping.send()

    def _run(self) -> None:
        while not self._stopping.ready():
            error = self._session()
            for subscription in self._subscriptions.values():
                subscription.detach(error)
            pause = self.settings.reconnect * random.uniform(0.5, 1.5)  # noqa: S311  # jitter
            with eventlet.Timeout(pause, False):
                self._stopping.wait()

    def _session(self) -> Exception | None:
        """One connection from beginning to end. Return what ended it; whatever it is, the next one is tried."""
        link = None
        try:
            link = self._link = self._connect("consumer")
            with within(OPEN_SECONDS, "declaring queues"):
                self._attach(link)
            link.serve(self.spawn)
        except Exception as error:
            log.warning("no connection to the broker", service=self.container.service_name, reason=reason_of(error))
            return error
        finally:
            if link is not None:
                link.release()
        return None

    def _attach(self, link: Link) -> None:
        subscriptions = list(self._subscriptions.values())
        made = [subscription.prepare(link) for subscription in subscriptions]
        if any(made):
            eventlet.sleep(self.settings.on_disk)
        for subscription in subscriptions:
            subscription.attach(link)

    def _connect(self, purpose: str) -> Link:
        settings = self.settings
        return Link(settings.amqp_uri, settings.heartbeat, f"worker {self.container.service_name} {purpose}")

    def _declare_all(self, channel: amqp.Channel) -> None:
        for subscription in self._subscriptions.values():
            declare(channel, subscription.plan)


def worker_state(container: Any) -> WorkerState:
    """The one WorkerState of a container's service."""
    settings: Settings = container.config[SETTINGS]
    return WorkerState.of(container.service_name, settings.home)
