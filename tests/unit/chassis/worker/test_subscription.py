"""Several methods share one queue, each with its types."""

from types import SimpleNamespace

import pytest

from services.chassis.worker.settings import Settings
from services.chassis.worker.subscription import Subscription


@pytest.fixture
def subscription():
    return Subscription("assessment", "incident", SimpleNamespace(settings=Settings(amqp_uri="amqp://none")))


def keys(subscription):
    return [b.key for b in subscription.plan.bindings if b.queue == subscription.queue]


def test_types_of_all_methods_are_bound_to_the_one_queue(subscription):
    subscription.handle(("incident.closed.v1", "incident.reported.v1"), lambda envelope: None)
    subscription.handle(("incident.accepted.v1",), lambda envelope: None)
    assert keys(subscription) == ["incident.accepted.v1.#", "incident.closed.v1.#", "incident.reported.v1.#"]


def test_a_method_without_types_brings_all_events(subscription):
    subscription.handle(("incident.closed.v1",), lambda envelope: None)
    subscription.handle((), lambda envelope: None)
    assert keys(subscription) == ["incident.#"]


def test_a_type_has_one_method(subscription):
    subscription.handle(("incident.closed.v1",), lambda envelope: None)
    with pytest.raises(ValueError, match=r"two handlers for incident\.closed\.v1"):
        subscription.handle(("incident.closed.v1",), lambda envelope: None)


def test_settings_that_cannot_work_are_refused(monkeypatch):
    monkeypatch.setenv("WANGGE_AMQP_URI", "amqp://none")
    monkeypatch.setenv("WANGGE_WORKER_RETRY_DELAYS", "2,4")
    assert Settings.from_environment().retry_delays == (2, 4)
    monkeypatch.setenv("WANGGE_WORKER_RETRY_DELAYS", "0")
    with pytest.raises(ValueError, match="at least 1"):
        Settings.from_environment()
