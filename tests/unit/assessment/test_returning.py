"""A wrong dispatch is one that was returned; the accuracy of dispatch follows from it (INC-05, ASM-03)."""

import pytest

from services.assessment.model.weighing import count


def counted(facts, events, kind, subject):
    cells = count(facts(events)).items()
    return {cell.counter: amount for cell, amount in cells if (cell.subject_kind, cell.subject_id) == (kind, subject)}


@pytest.mark.rule("INC-05", "ASM-03")
def test_what_was_returned_was_not_dispatched_right(happened, facts):
    first = [happened("dispatched", 3, department="env-office"), happened("returned", 4, department="env-office")]
    assert counted(facts, first[:1], "department", "env-office") == {"dispatched": 1, "dispatched_right": 1}
    assert counted(facts, first, "department", "env-office") == {"dispatched": 1}
    again = [*first, happened("dispatched", 5, department="water-station")]
    assert counted(facts, again, "department", "env-office") == {"dispatched": 1}
    assert counted(facts, again, "department", "water-station") == {"dispatched": 1, "dispatched_right": 1}
    assert counted(facts, again, "grid", "371321106201003") == {"dispatched": 2, "dispatched_right": 1}
    assert counted(facts, again[::-1], "grid", "371321106201003") == {"dispatched": 2, "dispatched_right": 1}


@pytest.mark.rule("INC-05", "ASM-03")
def test_a_case_returned_twice_and_ruled_on_was_dispatched_right_once_in_three(happened, facts):
    events = [
        happened("dispatched", 3, department="a"),
        happened("returned", 4, department="a"),
        happened("dispatched", 5, department="b"),
        happened("returned", 6, department="b"),
        happened("dispatched", 8, department="c"),
    ]
    assert counted(facts, events, "grid", "371321106201003") == {"dispatched": 3, "dispatched_right": 1}


@pytest.mark.rule("INC-06", "ASM-03")
def test_settled_at_its_level_is_a_case_that_closed_without_climbing(happened, facts):
    grid = "371321106201003"
    here = [happened("closed", 9, "a"), happened("closed", 9, "b", climbed=2), happened("escalated", 5, "b")]
    counters = counted(facts, here, "grid", grid)
    assert (counters["closed"], counters["settled_here"], counters["escalated"]) == (2, 1, 1)
    assert "settled_here" not in counted(facts, [here[0], happened("reopened", 10, "a")], "grid", grid)
