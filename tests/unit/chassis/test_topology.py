"""Names and arguments that the broker remembers for ever: a change here needs a new queue name."""

import pytest

from services.chassis import topology


def test_names():
    assert topology.exchange_name("incident") == "incident.events"
    assert topology.queue_name("assessment", "incident") == "assessment.on.incident"
    assert topology.dead_queue("assessment.on.incident") == "assessment.on.incident.dead"
    assert topology.retry_queue("assessment", 30) == "assessment.retry.30s"


def test_main_queue_arguments_are_pinned():
    assert topology.main_arguments("a.on.b") == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": "a.on.b.dead",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def test_retry_queue_arguments_are_pinned():
    assert topology.retry_arguments(5) == {
        "x-queue-type": "quorum",
        "x-message-ttl": 5000,
        "x-dead-letter-exchange": "",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def test_dead_queue_arguments_are_pinned():
    assert topology.dead_arguments() == {"x-queue-type": "quorum"}


@pytest.mark.parametrize(
    ("department", "grid", "key"),
    [
        ("env-bureau", "371321106201003", "incident.dispatched.v1.env-bureau.371321.106.201.003"),
        (None, "371321106201", "incident.dispatched.v1.-.371321.106.201.-"),
        ("env-bureau", "371321106", "incident.dispatched.v1.env-bureau.371321.106.-.-"),
        (None, "371321", "incident.dispatched.v1.-.371321.-.-.-"),
        (None, None, "incident.dispatched.v1.-.-.-.-.-"),
    ],
)
def test_routing_key_has_eight_words(department, grid, key):
    assert topology.routing_key("incident.dispatched.v1", department, grid) == key
    assert len(key.split(".")) == 8


@pytest.mark.parametrize(
    ("type_", "department", "grid"),
    [
        ("incident.dispatched", None, None),
        ("incident.dispatched.1", None, None),
        ("incident.dispatched.v1.extra", None, None),
        ("Incident.dispatched.v1", None, None),
        ("incident.#.v1", None, None),
        ("incident.dispatched.v1\n", None, None),
        ("incident.dispatched.v1", "env.bureau", None),
        ("incident.dispatched.v1", "环保局", None),
        ("incident.dispatched.v1", "", None),
        ("incident.dispatched.v1", "-", None),
        ("incident.dispatched.v1", "*", None),
        ("incident.dispatched.v1", None, ""),
        ("incident.dispatched.v1", None, "3713211062010"),
        ("incident.dispatched.v1", None, "3713211062010031"),
        ("incident.dispatched.v1", None, "37132110620100x"),
        ("incident.dispatched.v1", None, "３７１３２１"),  # full-width digits
    ],
)
def test_words_that_cannot_be_bound_are_refused(type_, department, grid):
    with pytest.raises(ValueError, match="not a"):
        topology.routing_key(type_, department, grid)


def test_names_are_words():
    with pytest.raises(ValueError, match="not a word"):
        topology.queue_name("assessment", "incident.events")
    with pytest.raises(ValueError, match="at least one second"):
        topology.retry_queue("assessment", 0)


def test_plan_binds_each_type_and_each_retry_queue_to_its_own_exchange():
    plan = topology.plan("assessment", "incident", ["incident.closed.v1", "incident.reported.v1"], [1, 5])
    assert [(e.name, e.kind) for e in plan.exchanges] == [
        ("incident.events", "topic"),
        ("assessment.retry.1s", "fanout"),
        ("assessment.retry.5s", "fanout"),
    ]
    assert {q.name for q in plan.queues} == {
        "assessment.on.incident",
        "assessment.on.incident.dead",
        "assessment.retry.1s",
        "assessment.retry.5s",
    }
    assert [(b.queue, b.exchange, b.key) for b in plan.bindings] == [
        ("assessment.on.incident", "incident.events", "incident.closed.v1.#"),
        ("assessment.on.incident", "incident.events", "incident.reported.v1.#"),
        ("assessment.retry.1s", "assessment.retry.1s", ""),
        ("assessment.retry.5s", "assessment.retry.5s", ""),
    ]


def test_no_types_means_every_event_and_never_a_leading_hash():
    keys = [b.key for b in topology.plan("liaison", "incident", []).bindings if b.queue == "liaison.on.incident"]
    assert keys == ["incident.#"]
