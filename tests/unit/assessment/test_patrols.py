"""From events about patrols to counters: coverage and what was overlooked (PAT-02, PAT-05, ASM-03)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.messages import TaskHappened
from services.assessment.model.patrols import RULES, facts_of
from services.assessment.model.weighing import count

pytestmark = pytest.mark.rule("ASM-02", "ASM-03")

GRID, ZONE = "371321106245001", ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


def happened(fact: str, sequence: int, task: str = "task-1", **more: object) -> TaskHappened:
    told = {
        "event_id": f"{task}-{sequence}",
        "type": f"patrol.{fact}.v1",
        "task_id": task,
        "sequence": sequence,
        "at": NOON + timedelta(hours=sequence),
        "grid": GRID,
        "person_id": "member-1",
        "title": "日巡查",
        "day": date(2026, 11, 22),
    }
    return TaskHappened(**{**told, **more})  # type: ignore[arg-type]


def counted(events: Sequence[TaskHappened], kind: str = "member", subject: str = "member-1") -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for cell, amount in count(fact for each in events for fact in facts_of(each, ZONE)).items():
        if (cell.subject_kind, cell.subject_id) == (kind, subject):
            sums[cell.counter] += amount
    return {name: amount for name, amount in sums.items() if amount}


def test_a_finished_task_is_due_and_done() -> None:
    done = {"patrols_due": 1, "patrols_done": 1, "patrols_on_time": 1}
    assert counted([happened("finished", 1)]) == counted([happened("finished", 1)], "grid", GRID) == done


def test_an_overdue_task_is_due_and_not_done_until_it_is_finished_late() -> None:
    events = [happened("overdue", 1)]
    assert counted(events) == {"patrols_due": 1}
    events.append(happened("finished", 2, late=True))
    assert counted(events) == {"patrols_due": 1, "patrols_done": 1}


def test_what_is_sent_back_is_not_done_and_what_is_excused_is_not_due() -> None:
    back = [happened("finished", 1), happened("sent-back", 2)]
    assert counted(back) == {"patrols_due": 1}
    assert counted([*back, happened("excused", 3)]) == {}
    assert counted([happened("overdue", 1), happened("excused", 2)], "grid", GRID) == {}


def test_a_task_that_nobody_holds_is_its_grids_alone() -> None:
    events = [happened("overdue", 1, person_id=None)]
    assert counted(events, "grid", GRID) == {"patrols_due": 1}
    assert counted(events) == {}


@pytest.mark.rule("PAT-05", "INC-20")
def test_what_a_check_found_is_held_to_who_had_called_it_fine_not_to_who_checked() -> None:
    check = [
        happened("missed", 1, "check-1", item="environment/water"),
        happened("missed", 2, "check-1", item="order/fraud-clue", person_id="member-2"),
        happened("finished", 3, "check-1", person_id="leader-1"),
    ]
    assert counted(check) == {"overlooked": 1}
    assert counted(check, "grid", GRID)["overlooked"] == 2
    assert counted(check, "member", "leader-1") == {"patrols_due": 1, "patrols_done": 1, "patrols_on_time": 1}


KINDS = sorted({name.removeprefix("patrol.").removesuffix(".v1") for name in RULES} - {"missed"})


@given(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8), st.data())
def test_order_and_repetition_are_of_no_matter_and_nothing_is_done_that_is_not_due(
    kinds: list[str], data: st.DataObject
) -> None:
    events = [happened(kind, number) for number, kind in enumerate(kinds, 1)]
    mixed = data.draw(st.permutations(events)) + data.draw(st.lists(st.sampled_from(events), max_size=4))
    found = counted(events)
    assert counted(mixed) == found
    assert 0 <= found.get("patrols_on_time", 0) <= found.get("patrols_done", 0) <= found.get("patrols_due", 0) <= 1
    assert found.get("patrols_due", 0) == (kinds[-1] != "excused")
