"""The ledger of the fault tests notices each kind of difference, planted into books that agree."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.harness.ledger import Books, CaseRow, EventRow, Finding, Told, audit

TYPES = ("incident.reported.v1", "incident.filed.v1", "incident.dispatched.v1", "incident.accepted.v1")
COUNTED = TYPES[:3]
CASES = ("case-a", "case-b")


def told(case: str, action: str, version: int) -> Told:
    return Told("lane-0", "person", f"key-{case}-{action}", action, f"mark-{case}", "accepted", case, version)


def event(case: str, number: int) -> EventRow:
    type_ = TYPES[number - 1]
    return EventRow(f"{case}-{number}", case, number, type_, True, counts=type_ in COUNTED, concerns=number > 2)


def agreeing() -> Books:
    """Two cases, each reported (three events, of which the department gets the third) and accepted (one more)."""
    commands = [told(case, action, version) for case in CASES for action, version in (("report", 3), ("accept", 4))]
    events = [event(case, number) for case in CASES for number in range(1, 5)]
    seen = [(each.id, each.subject, each.sequence) for each in events]
    concerning = {each.id for each in events if each.concerns}
    return Books(
        told=commands,
        cases=[CaseRow(case, f"mark-{case}", 4) for case in CASES],
        changes=Counter((str(each.case_id), each.action) for each in commands),
        answers={(each.actor, each.key): (str(each.case_id), each.version or 0) for each in commands},
        audited=Counter((each.actor, each.action, str(each.case_id)) for each in commands),
        events=events,
        logged=seen,
        counted={each.id for each in events if each.counts},
        facts=Counter({(case, type_): 1 for case in CASES for type_ in COUNTED}),
        sums=[("grid 1 reported", 2.0, 2.0)],
        received=[each for each in seen if each[0] in concerning],
        waiting={"outbox of incident": 0, "queue liaison.on.incident": 0},
    )


Plant = Callable[[Books], None]


def _without_case(books: Books) -> None:
    books.cases = [case for case in books.cases if case.id != "case-a"]


def _second_case(books: Books) -> None:
    books.cases.append(CaseRow("case-c", "mark-case-a", 4))
    books.events += [replace(event("case-c", number), concerns=False, counts=False) for number in range(1, 5)]
    books.logged += [(f"case-c-{number}", "case-c", number) for number in range(1, 5)]


def _refused(books: Books) -> None:
    """The client was refused, and the case is there all the same."""
    books.told[0] = replace(books.told[0], outcome="refused", case_id=None, version=None)


def _forgotten_fact(books: Books) -> None:
    del books.facts["case-a", "incident.reported.v1"]


def _counter(says: float) -> Plant:
    return lambda books: books.sums.append(("grid 1 closed", says, 2.0))


def _renumbered(books: Books) -> None:
    books.events.append(replace(event("case-a", 2), id="another"))


PLANTED: dict[str, tuple[str, str, Plant]] = {
    "a case that was accepted is gone": ("lost", "incident", _without_case),
    "a report has a second case": ("doubled", "incident", _second_case),
    "a refused report has a case": ("doubled", "incident", _refused),
    "an accepted command is not in the history": (
        "lost",
        "incident history",
        lambda books: books.changes.pop(("case-a", "accept")),
    ),
    "a command was carried out twice": (
        "doubled",
        "incident history",
        lambda books: books.changes.update([("case-a", "accept")]),
    ),
    "two commands were told one version": (
        "doubled",
        "incident",
        lambda books: books.told.append(replace(told("case-a", "accept", 4), key="another")),
    ),
    "a version was told that is not there": (
        "lost",
        "incident",
        lambda books: books.told.append(told("case-a", "answer", 5)),
    ),
    "the answer of a key is gone": ("lost", "idempotency", lambda books: books.answers.popitem()),
    "a refused key has an answer": ("doubled", "idempotency", _refused),
    "an audit entry is missing": ("lost", "audit", lambda books: books.audited.subtract([next(iter(books.audited))])),
    "an audit entry is there twice": (
        "doubled",
        "audit",
        lambda books: books.audited.update([next(iter(books.audited))]),
    ),
    "an event was never written": ("lost", "outbox", lambda books: books.events.pop()),
    "an event was written under a number taken": ("doubled", "outbox", _renumbered),
    "an event is not published": (
        "stuck",
        "outbox",
        lambda books: books.events.__setitem__(0, replace(books.events[0], published=False)),
    ),
    "the log lacks an event": ("lost", "liaison log", lambda books: books.logged.pop()),
    "the log has an event twice": ("doubled", "liaison log", lambda books: books.logged.append(books.logged[0])),
    "the log has a number twice": (
        "doubled",
        "liaison log",
        lambda books: books.logged.append(("another", "case-a", 1)),
    ),
    "the department did not get an event": ("lost", "department", lambda books: books.received.pop()),
    "the department got a fact under a second id": (
        "doubled",
        "department",
        lambda books: books.received.append(("another", "case-a", 3)),
    ),
    "the department saw a case backwards": ("disordered", "department", lambda books: books.received.reverse()),
    "the assessment did not handle an event": ("lost", "assessment", lambda books: books.counted.pop()),
    "a report is no fact": ("lost", "assessment", _forgotten_fact),
    "a report is a fact twice": (
        "doubled",
        "assessment",
        lambda books: books.facts.update([("case-a", "incident.reported.v1")]),
    ),
    "a counter counts more than its facts": ("doubled", "assessment", _counter(3.0)),
    "a counter counts less than its facts": ("lost", "assessment", _counter(1.0)),
    "a client has no answer": (
        "stuck",
        "client",
        lambda books: books.told.append(replace(told("case-a", "answer", 4), outcome="unknown", version=None)),
    ),
    "a queue is not empty": ("stuck", "queue x", lambda books: books.waiting.update({"queue x": 3})),  # type: ignore[attr-defined]
}


def test_books_that_agree_have_no_finding() -> None:
    assert audit(agreeing()) == []


@pytest.mark.parametrize("name", PLANTED)
def test_what_does_not_hold_is_noticed(name: str) -> None:
    kind, where, plant = PLANTED[name]
    books = agreeing()
    plant(books)
    assert (kind, where) in {(finding.kind, finding.where) for finding in audit(books)}


def test_a_second_delivery_of_the_same_event_is_none_too_many() -> None:
    books = agreeing()
    books.received += books.received
    assert audit(books) == []


def test_a_command_without_an_answer_may_have_happened_once_and_not_twice() -> None:
    books = agreeing()
    books.told[0] = replace(books.told[0], outcome="unknown", case_id=None, version=None)
    assert [finding.kind for finding in audit(books)] == ["stuck"]
    books.cases.append(CaseRow("case-c", "mark-case-a", 0))
    assert Finding("doubled", "incident", "report mark-case-a (unknown) has 2 cases") in audit(books)
