"""Whose turn it is: order within a subject, patience, failures, duplicates. The clock is the test's own."""

from datetime import UTC, datetime

import pytest

from wangge_department import Event
from wangge_department import agenda as agendas
from wangge_department.agenda import Agenda


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def event(subject: str, sequence: int) -> Event:
    return Event(f"{subject}{sequence}", "t", subject, datetime(2026, 1, 1, tzinfo=UTC), sequence, {})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ordered(clock: Clock) -> Agenda:
    return Agenda(ordered=True, patience=2, clock=clock)


def fill(agenda: Agenda, *events: Event) -> None:
    for each in events:
        agenda.add(each, None)


def due(agenda: Agenda) -> list[str]:
    """The ids that could be taken now, in order, without blocking."""
    taken = []
    while any(agenda._is_due(delivery) for delivery in agenda._waiting):
        delivery = agenda.take()
        assert delivery
        taken.append(delivery.event.id)
        agenda.settled(delivery.event)
    return taken


def test_without_order_events_come_as_they_came() -> None:
    agenda = Agenda()
    fill(agenda, event("a", 3), event("a", 1), event("b", 1))
    assert due(agenda) == ["a3", "a1", "b1"]


@pytest.mark.rule("XCH-03")
def test_with_order_the_lower_number_of_a_subject_comes_first(ordered: Agenda) -> None:
    fill(ordered, event("a", 2), event("b", 1), event("a", 1))
    assert due(ordered) == ["b1", "a1", "a2"]


def test_a_gap_holds_its_own_subject_only_and_only_for_its_patience(ordered: Agenda, clock: Clock) -> None:
    fill(ordered, event("a", 1), event("a", 4), event("b", 1), event("a", 3))
    assert due(ordered) == ["a1", "b1"]
    clock.now += 2
    assert due(ordered) == ["a3", "a4"]


def test_what_comes_late_is_shown_at_once(ordered: Agenda, clock: Clock) -> None:
    fill(ordered, event("a", 3))
    clock.now += 2
    assert due(ordered) == ["a3"]
    fill(ordered, event("a", 2))
    assert due(ordered) == ["a2"]
    fill(ordered, event("a", 4))
    assert due(ordered) == ["a4"]


def test_successors_wait_for_a_failed_event_to_come_again(ordered: Agenda, clock: Clock) -> None:
    fill(ordered, event("a", 1), event("a", 2))
    first = ordered.take()
    assert first
    ordered.failed(first.event, pause=10)
    clock.now += 11
    assert due(ordered) == []
    fill(ordered, event("a", 1))
    assert due(ordered) == ["a1", "a2"]


def test_successors_go_on_when_the_failed_event_was_given_up(ordered: Agenda) -> None:
    fill(ordered, event("a", 1), event("a", 2))
    first = ordered.take()
    assert first
    ordered.failed(first.event, pause=10)
    ordered.settled(first.event, handled=False)
    assert due(ordered) == ["a2"]
    assert not ordered.was_handled(first.event)


def test_successors_go_on_when_the_failed_event_never_comes_again(ordered: Agenda, clock: Clock) -> None:
    fill(ordered, event("a", 1), event("a", 2))
    first = ordered.take()
    assert first
    ordered.failed(first.event, pause=10)
    clock.now += 12
    assert due(ordered) == ["a2"]


def test_handled_ids_are_remembered_within_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agendas, "HANDLED_IDS", 2)
    agenda = Agenda()
    for number in (1, 2, 3):
        agenda.settled(event("a", number))
    assert [agenda.was_handled(event("a", number)) for number in (1, 2, 3)] == [False, True, True]


def test_a_lost_connection_empties_the_agenda_and_close_ends_it() -> None:
    agenda = Agenda()
    fill(agenda, event("a", 1))
    agenda.forget_waiting()
    agenda.close()
    assert agenda.take() is None
