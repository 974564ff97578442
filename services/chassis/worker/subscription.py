"""One queue of one consumer: takes its messages through handler and verdict, and decides when not to consume.

A subscription is `connecting` (no broker), `consuming`, `paused` (what handlers need is away; a probe brings it back),
`stopped` (bad release; only a restart brings it back) or `ended` (the process is going down).
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol

import amqp
import eventlet
import structlog
from eventlet.event import Event
from eventlet.semaphore import Semaphore

from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.topology import Plan, dead_queue, plan, queue_name, retry_queue

from .declare import all_exist, bind, make_queues
from .delivery import Delivery
from .failures import PermanentFailure, is_transient, reason_of
from .link import FAULTS, Link, within
from .publisher import Publisher
from .settings import Settings
from .state import WorkerState
from .verdict import BadReleaseGuard, Dead, Done, Retry, Verdict, decide

log = structlog.get_logger(__name__)

PROBE_SECONDS = 10.0
Call = Callable[[Envelope], BaseException | None]


class Host(Protocol):
    """What a subscription needs of the worker that it belongs to."""

    settings: Settings
    state: WorkerState
    slots: Semaphore
    publisher: Publisher

    def spawn(self, run: Callable[[], None]) -> Any: ...

    def probe(self) -> None:
        """Raise while what the handlers need is away."""
        ...


class Subscription:
    """The messages of one producer for one consumer."""

    def __init__(self, consumer: str, producer: str, host: Host) -> None:
        self.queue = queue_name(consumer, producer)
        self._consumer, self._producer, self._host = consumer, producer, host
        self._handlers: dict[str, Call] = {}
        self._log = log.bind(queue=self.queue)
        self._guards = defaultdict[str, BadReleaseGuard](lambda: BadReleaseGuard(host.settings.dead_limit))
        self._halted: str | None = None
        self._link: Link | None = None
        self._channel: amqp.Channel | None = None
        self._tag = ""
        self._away_since: float | None = None
        self._interrupt = Event()
        self._in_hand: set[Delivery] = set()
        self._empty = Event()

    # What is handled

    def handle(self, types: tuple[str, ...], call: Call) -> None:
        """Send events of `types` to `call`; no types means all that nobody else takes. Raises ValueError if taken."""
        for type in types or ("",):
            if type in self._handlers:
                raise ValueError(f"two handlers for {type or 'every event'} in {self.queue}")
            self._handlers[type] = call

    @property
    def plan(self) -> Plan:
        types = () if "" in self._handlers else tuple(sorted(self._handlers))
        return plan(self._consumer, self._producer, types, self._host.settings.retry_delays)

    @property
    def _mode(self) -> str:
        return self._halted or ("connecting" if self._link is None else "consuming")

    # Connection and consumer

    def prepare(self, link: Link) -> bool:
        """Make the queues on a new connection, unbound where they are new; say whether there were new ones."""
        there = all_exist(link.channel, self.plan)
        self._channel = link.channel()
        make_queues(self._channel, self.plan)
        return not there

    def attach(self, link: Link) -> None:
        """Bind the prepared queues and begin to consume, unless paused, stopped or ended."""
        assert self._channel is not None
        bind(self._channel, self.plan)
        self._channel.basic_qos(0, self._host.settings.prefetch, False)
        self._link = link
        if self._halted is None:
            self._consume()

    def detach(self, error: BaseException | None) -> None:
        """The connection is gone; whatever was in hand will be delivered again."""
        self._link = self._channel = None
        if self._halted is None:
            self._break_off()
            self._host.state.queue(self.queue, "connecting", reason_of(error) if error else None)

    def finish(self) -> None:
        """Take no more messages; return when handlers that run have ended and are acknowledged."""
        self._halt("ended", None)
        while self._in_hand:
            self._empty.wait()

    def _consume(self) -> None:
        assert self._channel is not None
        self._interrupt, self._away_since = Event(), None
        self._tag = f"{self.queue}.{random.getrandbits(48):012x}"  # a name, not a secret
        self._channel.basic_consume(self.queue, self._tag, callback=partial(self._receive, self._link), nowait=True)
        self._host.state.queue(self.queue, "consuming")

    def _halt(self, state: str, error: BaseException | str | None) -> None:
        if self._halted in ("ended", state):
            return
        consuming, self._halted = self._halted is None, state
        reason = reason_of(error) if isinstance(error, BaseException) else error
        self._host.state.queue(self.queue, state, reason)
        if consuming:
            self._cancel()
            self._break_off()

    def _cancel(self) -> None:
        if self._channel is None or self._link is None:
            return
        try:
            self._channel.basic_cancel(self._tag, nowait=True)
        except FAULTS as error:
            self._link.drop(error)

    def _break_off(self) -> None:
        """Wake those who wait before they call a handler again."""
        if not self._interrupt.ready():
            self._interrupt.send()

    # One message

    def _receive(self, link: Link | None, message: amqp.Message) -> None:
        assert link is not None
        delivery = Delivery(message, link)
        self._in_hand.add(delivery)
        self._host.spawn(partial(self._process, delivery))

    def _process(self, delivery: Delivery) -> None:
        try:
            self._carry(delivery)
        except Exception as error:
            self._log.exception("message could not be settled, given back", message_id=delivery.key)
            delivery.give_back()
            self._host.state.queue(self.queue, self._mode, reason_of(error))
        finally:
            self._in_hand.discard(delivery)
            if not self._in_hand:
                self._empty.send()
                self._empty = Event()

    def _carry(self, delivery: Delivery) -> None:
        try:
            envelope, call = self._route(delivery)
        except PermanentFailure as failure:
            return self._settle(delivery, decide(failure, delivery.attempt, ()), "")
        for pause in _pauses():
            if not self._may_start(delivery):
                return delivery.give_back()
            with self._host.slots:
                if not self._may_start(delivery):
                    return delivery.give_back()
                error = call(envelope)
            if error is None or not is_transient(error):
                verdict = decide(error, delivery.attempt, self._host.settings.retry_delays)
                return self._settle(delivery, verdict, envelope.type)
            self._wait_in_place(error, pause)
        return None

    def _may_start(self, delivery: Delivery) -> bool:
        return self._halted is None and delivery.open

    def _route(self, delivery: Delivery) -> tuple[Envelope, Call]:
        """Raises PermanentFailure for what is not an event, or not one that is handled here."""
        encoding = delivery.properties.get("content_encoding")
        if encoding not in (None, "", "utf-8", "UTF-8"):
            raise PermanentFailure(f"malformed: content encoding is {encoding!r}, not utf-8")
        try:
            envelope = Envelope.parse(delivery.body, delivery.properties.get("content_type"))
        except MalformedEvent as error:
            raise PermanentFailure(f"malformed: {error}") from error
        call = self._handlers.get(envelope.type) or self._handlers.get("")
        if call is None:
            raise PermanentFailure(f"unknown type: {envelope.type}")
        return envelope, call

    def _settle(self, delivery: Delivery, verdict: Verdict, type: str) -> None:
        """`type` is empty for what is no event handled here. Types count apart: a release may be bad for one alone."""
        guard = self._guards[type]
        if isinstance(verdict, Done):
            self._away_since = None
            guard.succeeded()
            return delivery.acknowledge()
        if isinstance(verdict, Dead) and self._halted == "stopped":
            return delivery.give_back()
        self._report(delivery, verdict)
        exchange, key = self._destination(verdict)
        if self._host.publisher.publish(delivery.copy(verdict), exchange, key, wanted=lambda: delivery.open):
            delivery.acknowledge()
            if isinstance(verdict, Dead) and guard.died(delivery.key):
                self._stop_itself(verdict, type)
        return None

    def _destination(self, verdict: Retry | Dead) -> tuple[str, str]:
        if isinstance(verdict, Retry):
            return retry_queue(self._consumer, verdict.seconds), self.queue
        return "", dead_queue(self.queue)

    def _report(self, delivery: Delivery, verdict: Retry | Dead) -> None:
        what = "message failed, will be retried" if isinstance(verdict, Retry) else "message dead-lettered"
        say = self._log.warning if isinstance(verdict, Retry) else self._log.error
        say(what, message_id=delivery.key, attempt=delivery.attempt, reason=verdict.reason)
        self._host.state.queue(self.queue, self._mode, verdict.reason)

    def _stop_itself(self, verdict: Dead, type: str) -> None:
        if self._halted in ("stopped", "ended"):
            return
        limit, what = self._host.settings.dead_limit, type or "unreadable"
        self._log.critical(
            "consumer stopped itself: every message of a type fails", type=what, limit=limit, reason=verdict.reason
        )
        self._halt(
            "stopped", f"{limit} messages dead-lettered one after the other ({what}), the last: {verdict.reason}"
        )

    # What handlers need is away

    def _wait_in_place(self, error: BaseException, pause: float) -> None:
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            self._log.warning("what the handler needs is away, retrying in place", reason=reason_of(error))
            self._host.state.queue(self.queue, self._mode, reason_of(error))
        left = self._away_since + self._host.settings.patience - now
        if left <= 0:
            return self._pause(error)
        with eventlet.Timeout(min(pause, left), False):
            self._interrupt.wait()
        return None

    def _pause(self, error: BaseException) -> None:
        if self._halted is None:
            self._log.critical("consumer paused until a probe succeeds", reason=reason_of(error))
            self._halt("paused", error)
            self._host.spawn(self._resume_when_back)

    def _resume_when_back(self) -> None:
        while self._halted == "paused":
            eventlet.sleep(self._host.settings.probe_interval)
            if self._halted == "paused" and self._is_back():
                self._resume()

    def _is_back(self) -> bool:
        try:
            with within(PROBE_SECONDS, "probing"):
                self._host.probe()
        except Exception as error:
            self._log.info("still away", reason=reason_of(error))
            return False
        return True

    def _resume(self) -> None:
        self._halted = None
        self._log.info("consumer resumes")
        if self._channel is None or self._link is None:
            return
        try:
            self._consume()
        except FAULTS as error:
            self._link.drop(error)


def _pauses(first: float = 0.25, longest: float = 10.0) -> Iterator[float]:
    """Seconds between calls in place: growing, with jitter so that replicas do not come back together."""
    pause = first
    while True:
        yield pause * random.uniform(0.8, 1.2)  # noqa: S311  # jitter
        pause = min(pause * 2, longest)
