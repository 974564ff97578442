"""Two reports of one problem count once (ASM-11, INC-16)."""

from collections import defaultdict
from random import Random

import pytest

from services.assessment.model.weighing import count

GRID = "371321106201003"

pytestmark = pytest.mark.rule("ASM-11", "INC-16")


@pytest.fixture(scope="session")
def counted(facts):
    """Counters of the grid over all days, those at 0 left out."""

    def of(events):
        sums = defaultdict(float)
        for cell, amount in count(facts(events)).items():
            if cell.subject_kind == "grid":
                sums[cell.counter] += amount
        return {name: round(amount, 6) for name, amount in sums.items() if round(amount, 6)}

    return of


def without(counters, *names):
    return {name: amount for name, amount in counters.items() if name not in names}


def test_a_merged_case_counts_in_nothing_but_as_merged(story, happened, counted):
    main = story("case-1")
    merged = [*story("case-2", reporter_id="member-2")[:3], happened("merged", 4, "case-2")]
    alone = counted(main)
    assert counted([*main, *merged]) == {**alone, "merged": 1}


def test_a_case_that_is_taken_out_again_counts_again(story, happened, counted):
    events = [*story("case-2")[:3], happened("merged", 4, "case-2"), happened("unmerged", 5, "case-2")]
    assert counted(events) == counted(story("case-2")[:3])


def test_the_order_of_arrival_changes_nothing(story, happened, counted):
    events = [
        *story("case-1"),
        *story("case-2")[:3],
        happened("merged", 4, "case-2"),
        happened("absorbed", 10, "case-1"),
    ]
    expected = counted(events)
    for seed in range(5):
        assert counted(Random(seed).sample(events, len(events))) == expected


def test_the_earliest_report_stays_the_first(happened, counted):
    first = happened("reported", 1, "case-2", first_report=True, reporter_id="member-2")
    merged = happened("merged", 2, "case-2", keeps_first=True, reporter_id="member-2")
    main = happened("reported", 1, "case-1", first_report=True)
    absorbed = happened("absorbed", 2, "case-1", first_report=False)
    assert counted([first, merged, main, absorbed])["first_reports"] == 1
    later = happened("merged", 2, "case-2", keeps_first=False, reporter_id="member-2")
    kept = happened("absorbed", 2, "case-1", first_report=True)
    assert counted([first, later, main, kept])["first_reports"] == 1
    assert without(counted([first, later, main, kept]), "first_reports") == {"reported": 1, "found": 1, "merged": 1}


def test_a_merged_part_of_a_split_problem_gives_its_weight_to_the_others(story, happened, counted):
    split = [*story("case-1"), *story("case-2")]
    assert counted([*split, happened("merged", 10, "case-2")]) == {**counted(story("case-1")), "merged": 1}
