"""The book of patrols notices each kind of difference, planted into books that agree."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.harness.walked import Event, Handed, Walked, audit


def agreeing() -> Walked:
    """A task with a fine item, a problem, and its end."""
    return Walked(
        handed=[
            Handed("c1", "t", "a", problem=False, outcome="accepted"),
            Handed("c2", "t", "b", problem=True, outcome="known", case_id="case"),
            Handed("c3", "t", "", problem=False, outcome="accepted"),
        ],
        stored=[("c1", "t", "a", None), ("c2", "t", "b", "case")],
        finished={"t"},
        cases=[("case", "patrol:t#b")],
        events=[
            Event("e1", "t", 1, "patrol.problem-found.v1", published=True, case_id="case"),
            Event("e2", "t", 2, "patrol.finished.v1", published=True),
        ],
        logged=["e1", "e2"],
        waiting={"outbox of patrol": 0},
    )


def test_books_that_agree_have_no_finding() -> None:
    assert audit(agreeing()) == []


def _unanswered(books: Walked) -> None:
    books.handed[0] = replace(books.handed[0], outcome="")


def _refused(books: Walked) -> None:
    books.handed[0] = replace(books.handed[0], outcome="refused", said="task-not-found")


def _unpublished(books: Walked) -> None:
    books.events[0] = replace(books.events[0], published=False)


def _other_case(books: Walked) -> None:
    books.handed[1] = replace(books.handed[1], case_id="another")


DIFFERENCES: list[tuple[str, str, Callable[[Walked], object]]] = [
    ("stuck", "device", _unanswered),
    ("lost", "device", _refused),
    ("lost", "patrol", lambda books: books.stored.pop()),
    ("lost", "patrol", lambda books: books.finished.clear()),
    ("doubled", "patrol", lambda books: books.stored.append(("c9", "t", "z", None))),
    ("lost", "incident", lambda books: books.cases.clear()),
    ("lost", "incident", _other_case),
    ("doubled", "incident", lambda books: books.cases.append(("second", "patrol:t#b"))),
    ("lost", "outbox", lambda books: books.events.pop()),
    ("doubled", "outbox", lambda books: books.events.append(replace(books.events[1], id="e3", sequence=3))),
    ("disordered", "outbox", lambda books: books.events.append(Event("e3", "t", 4, "patrol.signed.v1", True))),
    ("stuck", "outbox", _unpublished),
    ("lost", "liaison log", lambda books: books.logged.pop()),
    ("doubled", "liaison log", lambda books: books.logged.append("e1")),
    ("stuck", "outbox of patrol", lambda books: books.waiting.update({"outbox of patrol": 2})),  # type: ignore[attr-defined]
]


@pytest.mark.parametrize(("kind", "where", "plant"), DIFFERENCES)
def test_each_difference_is_named(kind: str, where: str, plant: Callable[[Walked], object]) -> None:
    books = agreeing()
    plant(books)
    assert (kind, where) in {(finding.kind, finding.where) for finding in audit(books)}
