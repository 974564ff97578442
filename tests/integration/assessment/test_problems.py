"""Cases of one problem: whatever comes when, each fact weighs what the model says, and no event is dear (ASM-11)."""

import random
from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.assessment import tables
from services.assessment.model.weighing import Case, problems, weigh
from services.chassis.ids import new_id

from .conftest import OTHER_GRID

pytestmark = pytest.mark.rule("ASM-02", "ASM-11")

OFFICE = "env-office"
SAME = {"channel": "grid-worker", "way": "dispatched"}
REPORTS: list[dict[str, Any]] = [
    {**SAME, "first_report": True},
    {**SAME, "first_report": False},
    {**SAME, "first_report": True, "way": "settled"},
    {**SAME, "first_report": False, "matter_code": "06027"},
    {**SAME, "first_report": True, "channel": "hotline-12345"},
]
COMING_AND_GOING: list[tuple[str, dict[str, Any]]] = [
    ("filed", {"on_time": True}),
    ("filed", {"on_time": True, "way": "settled"}),
    ("answered", {"department": OFFICE, "round": 1, "on_time": False, "by_reporter": True}),
    ("merged", {"into": "main", "keeps_first": True}),
    ("merged", {"into": "main", "keeps_first": False}),
    ("unmerged", {"out_of": "main", "first_report": True}),
]
MOVES: list[tuple[str, dict[str, Any]]] = [
    ("filed", {"on_time": True, "grid": OTHER_GRID}),
    ("dispatched", {"department": OFFICE}),
    ("answered", {"department": OFFICE, "round": 1, "on_time": True}),
    ("closed", {"department": OFFICE, "reworks": 0, "on_time": True}),
    ("reopened", {"department": OFFICE, "round": 2}),
    ("absorbed", {"first_report": False}),
]
MOVE = st.one_of(st.sampled_from(COMING_AND_GOING), st.sampled_from(MOVES))
CASE = st.tuples(st.one_of(st.sampled_from(REPORTS[:2]), st.sampled_from(REPORTS)), st.lists(MOVE, max_size=3))


def stored_counts(assessment) -> dict[str, bool]:
    with assessment.service.engine.connect() as connection:
        return {row.id: row.counts for row in connection.execute(sa.select(tables.cases))}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), cases=st.lists(CASE, min_size=3, max_size=4))
def test_after_every_event_all_is_as_if_weighed_together(assessment, event, data, cases) -> None:
    assessment.empty()
    envelopes = []
    for report, moves in cases:
        case = new_id()
        lives = [("reported", {"settled": False, **report}), *moves]
        envelopes += [event(fact, n, case, **dict(given)) for n, (fact, given) in enumerate(lives, 1)]
    arriving = data.draw(st.permutations(envelopes))
    for number, each in enumerate(arriving, 1):
        assessment.take(each)
        facts = assessment.facts_of(arriving[:number])
        expected = {key: weight for group in problems(facts) for key, weight in weigh(group).items()}
        assert assessment.weights() == expected
        assert assessment.counters() == assessment.modelled(arriving[:number])
        of_case = {fact.case_id: [other for other in facts if other.case_id == fact.case_id] for fact in facts}
        assert stored_counts(assessment) == {case: Case.of(its).counts for case, its in of_case.items()}


def test_a_merged_first_report_goes_on_to_be_a_part_of_its_problem(assessment, event) -> None:
    """It counts no more, but its `first_reports` weighs by the share, and so follows the problem's other cases."""
    cases = [new_id() for _ in range(3)]
    reports = [event("reported", 1, case, **SAME, first_report=True, settled=False) for case in cases]
    events = [*reports[:2], event("merged", 2, cases[0], into=cases[1], keeps_first=True), reports[2]]
    for number, each in enumerate(events, 1):
        assessment.take(each)
        (group,) = problems(assessment.facts_of(events[:number]))
        assert assessment.weights() == weigh(group)
        assert assessment.counters() == assessment.modelled(events[:number])
    assert assessment.counters()["member", "member-1", "first_reports", "2026"] == pytest.approx(1.5)


def test_cases_that_come_and_go_beside_each_other_lose_nothing(assessment, event, story, counted, together) -> None:
    """Four at a time; half of them merged in the end, so that the number of those that count goes up and down."""
    envelopes = counted([each for _ in range(8) for each in story()[:4]])
    for case in sorted({each.subject for each in envelopes})[::2]:
        envelopes.append(event("merged", 11, case, into="main", keeps_first=True))
    random.Random(2).shuffle(envelopes)
    assert all(together(lambda each: assessment.take(each)[0], envelopes))
    assert assessment.counters() == assessment.modelled(envelopes)
    (group,) = problems(assessment.facts_of(envelopes))
    assert assessment.weights() == weigh(group)


@pytest.fixture
def cost(assessment):
    """What handling an event costs: how many statements, and how many rows they fetch or write for the client."""

    def of(envelope) -> Counter[str]:
        found: Counter[str] = Counter()

        def note(_connection, cursor, _statement, _parameters, _context, _many) -> None:
            found.update(statements=1, rows=max(cursor.rowcount, 0))

        sa.event.listen(assessment.service.engine, "after_cursor_execute", note)
        assert assessment.take(envelope) == [True]
        sa.event.remove(assessment.service.engine, "after_cursor_execute", note)
        return found

    return of


@pytest.fixture
def versions(assessment):
    """Which transaction wrote each fact last."""

    def read() -> dict[tuple[Any, ...], str]:
        query = sa.select(*tables.facts.primary_key.columns, sa.literal_column("xmin::text"))
        with assessment.service.engine.connect() as connection:
            return {tuple(key): version for *key, version in connection.execute(query)}

    return read


def test_an_event_is_as_dear_in_large_company_as_in_small(assessment, event, cost, versions) -> None:
    def reported() -> Any:
        return event("reported", 1, new_id(), channel="grid-worker", first_report=False, settled=False)

    def life() -> list[Counter[str]]:
        first = reported()
        filed = event("filed", 2, first.subject, on_time=True)
        return [cost(each) for each in (first, filed, event("merged", 3, first.subject, into="m", keeps_first=False))]

    assessment.take(*(reported() for _ in range(2)))
    small = life()
    assessment.take(*(reported() for _ in range(200)))
    assert life() == small
    first = reported()
    assessment.take(first)
    before = versions()
    assessment.take(event("filed", 2, first.subject, on_time=True))
    after = versions()
    own = {key for key in after if key not in before or after[key] != before[key]}
    assert own == {each.key for each in assessment.facts_of(assessment.log[-2:]) if each.counter != "found"}
