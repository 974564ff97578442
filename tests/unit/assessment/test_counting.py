"""From events to counters: what moves, what counts, and that order and repetition change nothing."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assessment.model import facts as model
from services.assessment.model.weighing import count, weigh

GRID = "371321106201003"


@pytest.fixture(scope="session")
def counted(facts):
    """Counters of one subject over all days, those at 0 left out."""

    def of(events, kind, subject):
        sums = defaultdict(float)
        for cell, amount in count(facts(events)).items():
            if (cell.subject_kind, cell.subject_id) == (kind, subject):
                sums[cell.counter] += amount
        return {name: round(amount, 6) for name, amount in sums.items() if round(amount, 6)}

    return of


@pytest.mark.rule("ASM-02", "ASM-03")
def test_story_counts_for_department(story, counted):
    assert counted(story(), "department", "env-office") == {
        "dispatched": 1,
        "dispatched_right": 1,
        "answers": 2,
        "should_be_handled": 2,
        "handled_on_time": 2,
        "reworked": 1,
        "verified": 1,
        "contacted": 1,
        "reached": 1,
        "solved": 1,
        "satisfied": 1,
        "closed": 1,
        "settled_here": 1,
    }


@pytest.mark.rule("ASM-03")
def test_story_counts_the_same_for_member_and_grid(story, counted):
    member = counted(story(), "member", "member-1")
    assert member == counted(story(), "grid", GRID)
    assert (member["reported"], member["filed"], member["found"], member["closed"]) == (1, 1, 1, 1)


@pytest.mark.rule("ASM-03", "ASM-11")
def test_self_handled_is_in_neither_numerator_nor_denominator(happened, counted):
    events = [happened(fact, n, way="settled") for n, fact in enumerate(("reported", "filed", "registered"), 1)]
    assert counted(events, "member", "member-1") == {"self_handled": 1}
    assert counted(events, "grid", GRID) == {"self_handled": 1}


@pytest.mark.rule("ASM-03")
def test_settled_by_hand_at_filing_takes_the_report_back(happened, counted):
    events = [happened("reported", 1), happened("filed", 2, way="settled"), happened("registered", 3, way="settled")]
    assert counted(events[:1], "member", "member-1") == {"reported": 1, "found": 1}
    assert counted(events, "member", "member-1") == {"self_handled": 1}


@pytest.mark.rule("ASM-11")
def test_case_that_its_reporter_handles_is_self_handled(happened, counted):
    answer = happened("answered", 3, round=1, on_time=True, by_reporter=True)
    events = [happened("reported", 1), happened("filed", 2), answer, happened("closed", 4)]
    assert counted(events, "member", "member-1") == {"self_handled": 1}


@pytest.mark.rule("ASM-11")
@pytest.mark.parametrize("parts", [2, 3, 7])
def test_splitting_one_problem_weighs_as_much_as_reporting_it_once(story, counted, parts):
    split = [event for n in range(parts) for event in story(f"part-{n}")]
    assert counted(split, "member", "member-1") == counted(story(), "member", "member-1")
    assert counted(split, "department", "env-office") == counted(story(), "department", "env-office")


@pytest.mark.rule("ASM-11")
def test_bad_part_of_a_split_problem_counts_by_its_share(story, happened, counted):
    late = happened("answered", 4, "part-2", department="env-office", round=1, on_time=False)
    events = [*story("part-1")[:4], *story("part-2")[:3], late]
    department = counted(events, "department", "env-office")
    assert (department["handled_on_time"], department["should_be_handled"]) == (0.5, 1)


def test_same_matter_on_another_day_or_by_another_person_is_another_problem(story, counted):
    other_day = story("case-2", at=datetime(2026, 11, 23, 4, tzinfo=UTC))
    other_person = story("case-3", reporter_id="member-2")
    assert counted([*story(), *other_day, *other_person], "department", "env-office")["closed"] == 3


@pytest.mark.rule("ASM-11")
def test_declined_report_raises_no_rate(happened, counted):
    events = [happened("reported", 1, first_report=True), happened("declined", 2)]
    assert counted(events, "member", "member-1") == {"reported": 1, "rejected": 1}


@pytest.mark.rule("ASM-11")
def test_closing_again_after_reopening_counts_once(story, happened, counted):
    reopened = [*story(), happened("reopened", 10, department="env-office", round=2)]
    assert "closed" not in counted(reopened, "department", "env-office")
    again = [*reopened, happened("closed", 11, department="env-office")]
    assert counted(again, "department", "env-office")["closed"] == 1


@pytest.mark.rule("INC-15")
@pytest.mark.parametrize(
    ("contacted", "solved", "satisfaction", "expected"),
    [
        (True, True, "satisfied", {"contacted": 1, "reached": 1, "solved": 1, "satisfied": 1}),
        (True, True, "rather-satisfied", {"contacted": 1, "reached": 1, "solved": 1, "rather_satisfied": 1}),
        (True, False, "dissatisfied", {"contacted": 1, "reached": 1}),
        (False, False, "", {}),
        (False, True, "satisfied", {}),
    ],
)
def test_word_counts_only_of_a_reporter_who_was_reached(happened, counted, contacted, solved, satisfaction, expected):
    word = {"contacted": contacted, "solved": solved, "satisfaction": satisfaction}
    evaluated = happened("evaluated", 8, department="env-office", **word)
    assert counted([evaluated], "department", "env-office") == expected


@pytest.mark.rule("INC-15")
def test_last_word_of_the_reporter_counts(happened, counted):
    first = happened("evaluated", 8, department="env-office", contacted=True, solved=False, satisfaction="dissatisfied")
    last = happened("evaluated", 12, department="env-office", contacted=True, solved=True, satisfaction="satisfied")
    expected = {"contacted": 1, "reached": 1, "solved": 1, "satisfied": 1}
    assert counted([last, first], "department", "env-office") == expected


@pytest.mark.rule("INC-19")
def test_excused_lateness_counts_as_on_time(happened, counted):
    late = happened("answered", 2, department="env-office", round=1, on_time=False)
    excused = happened("excused", 3, department="env-office")
    before, after = counted([late], "department", "env-office"), counted([late, excused], "department", "env-office")
    assert "handled_on_time" not in before
    assert (after["handled_on_time"], after["should_be_handled"]) == (1, 1)


@pytest.mark.rule("INC-19")
def test_first_report_is_counted_for_member_and_grid(happened, counted):
    events = [happened("reported", 1, first_report=True)]
    assert counted(events, "member", "member-1")["first_reports"] == 1
    assert counted(events, "grid", GRID)["first_reports"] == 1


def test_limit_that_passed_counts_once_with_the_answer_that_came_late(happened, counted):
    at = datetime(2026, 11, 22, 5, tzinfo=UTC)
    passed = {"step": "handle", "due_at": at, "at": at, "department": "env-office"}
    warned = happened("warned", 2, round=1, **passed)
    late = happened("answered", 3, round=1, on_time=False, department="env-office")
    assert counted([warned], "department", "env-office") == {"should_be_handled": 1}
    assert counted([warned, late], "department", "env-office") == {"should_be_handled": 1, "answers": 1}


def test_yellow_light_counts_nothing(happened, facts):
    at = datetime(2026, 11, 22, 5, tzinfo=UTC)
    early = happened("warned", 2, step="handle", round=1, at=at, due_at=at + timedelta(hours=1))
    assert facts([early]) == []


@pytest.mark.rule("INC-20", "ASM-03")
def test_public_report_is_nobodys_credit_and_missed_only_where_a_person_says_so(happened, counted):
    events = [happened("reported", 1, channel="hotline-12345", reporter_id="operator-1")]
    assert counted(events, "grid", GRID) == {"reported": 1}
    assert counted(events, "member", "operator-1") == {}
    possible = happened("missed-report", 2)
    confirmed = happened("missed-report", 3, counts=True)
    assert counted([*events, possible], "grid", GRID) == {"reported": 1}
    assert counted([*events, possible, confirmed], "grid", GRID) == {"reported": 1, "missed": 1}
    assert counted([*events, confirmed], "member", "operator-1") == {}
    corrected = happened("missed-report", 4)
    assert counted([corrected, *events, confirmed, possible], "grid", GRID) == {"reported": 1}
    declined = happened("declined", 4)
    assert counted([*events, confirmed, declined], "grid", GRID) == {"reported": 1, "rejected": 1}


def test_case_without_grid_counts_for_its_reporter_until_a_grid_is_found(happened, counted):
    unknown = happened("reported", 1, grid="371321")
    assert counted([unknown], "grid", "371321") == {}
    assert counted([unknown, happened("filed", 2)], "grid", GRID) == {"reported": 1, "filed": 1}


def test_day_is_the_countys(happened, facts):
    late_evening = happened("reported", 1, at=datetime(2026, 11, 22, 16, 30, tzinfo=UTC))
    assert {fact.day for fact in facts([late_evening])} == {date(2026, 11, 23)}


@pytest.mark.rule("ASM-10")
def test_presence_and_diligence_are_not_counted(happened, facts):
    for type in ("patrol.checked-in.v1", "registry.signed-in.v1", "incident.contributed.v1", "incident.accepted.v1"):
        assert facts([happened("reported", 1, type=type)]) == []
    words = ("sign", "login", "online", "photo", "track", "minutes", "quota")
    assert not [name for name in model.COUNTERS if any(word in name for word in words)]


@pytest.mark.rule("ASM-02")
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_order_and_repetition_change_nothing(story, happened, facts, data):
    events = [
        *story("a"),
        *story("b"),
        *story("c", reporter_id="member-2")[:6],
        happened("reopened", 10, "a", department="env-office", round=2),
        happened("excused", 11, "a", department="env-office"),
        *(happened(fact, n, "d", way="settled") for n, fact in enumerate(("reported", "filed", "registered"), 1)),
    ]
    expected = count(facts(events))
    shuffled = data.draw(st.permutations(events))
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=10))
    assert {cell: round(n, 6) for cell, n in count(facts([*shuffled, *repeated])).items()} == {
        cell: round(n, 6) for cell, n in expected.items()
    }


@pytest.mark.rule("INC-09", "ASM-03")
def test_calls_by_whistle_are_facts_about_the_called_department(happened, facts):
    call = {"called": "county-water", "call": 2, "department": "county-ecology"}
    found = facts(
        [
            happened("arrived", 1, on_time=True, **call),
            happened("signed-off", 2, round=1, on_time=False, **call),
        ]
    )
    assert {(each.counter, each.subject_id, each.amount) for each in found} == {
        ("should_arrive", "county-water", 1),
        ("arrived_on_time", "county-water", 1),
        ("should_finish", "county-water", 1),
        ("finished_on_time", "county-water", 0),
    }


@pytest.mark.rule("INC-09", "ASM-03")
def test_a_call_past_its_limit_counts_before_anybody_comes_and_a_withdrawn_one_not_at_all(happened, facts):
    call = {"called": "county-water", "call": 2, "department": "county-ecology"}
    warned = happened("call-warned", 1, step="arrive", round=1, due_at=datetime(2026, 11, 22, 4, tzinfo=UTC), **call)
    early = happened("call-warned", 1, step="act", round=1, due_at=datetime(2026, 11, 23, tzinfo=UTC), **call)
    assert [(each.counter, each.amount) for each in facts([warned])] == [("should_arrive", 1), ("arrived_on_time", 0)]
    assert facts([early]) == []
    known = facts([warned, happened("call-withdrawn", 2, **call)])
    counted = [weight.counted for weight in weigh(known).values()]
    assert counted == [0, 0, 0, 0]


@pytest.mark.rule("INC-09", "ASM-11")
def test_a_case_that_changes_hands_by_whistle_is_the_new_leads(happened, facts):
    led = {"department": "county-ecology"}
    known = facts(
        [
            happened("dispatched", 1, department="env-office"),
            happened("whistled", 2, new_lead=True, **led),
            happened("whistled", 3, new_lead=False, **led),
        ]
    )
    weights = weigh(known)
    right = {fact.subject_id: weights[fact.key].counted for fact in known if fact.counter == "dispatched_right"}
    assert right["county-ecology"] == 1
    assert sum(weights[fact.key].counted for fact in known if fact.subject_id == "env-office") == 1
