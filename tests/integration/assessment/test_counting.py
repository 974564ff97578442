"""Events through the bus into PostgreSQL: once each, in any order, beside each other."""

import random

import pytest
import sqlalchemy as sa

from services.assessment import tables
from services.chassis.ids import new_id

GRID = "371321106201003"


@pytest.mark.rule("ASM-02", "ASM-03")
def test_counters_are_the_sum_of_the_facts(assessment, story, counted):
    envelopes = counted(story())
    assert assessment.take(*envelopes) == [True] * len(envelopes)
    found = assessment.counters()
    assert found == assessment.modelled(envelopes)
    for span in ("2026-11-22", "2026-11", "2026-Q4", "2026"):
        assert found["department", "env-office", "handled_on_time", span] == 1
        assert found["department", "env-office", "should_be_handled", span] == 2
        assert found["member", "member-1", "first_reports", span] == 1
    subjects = (("department", "env-office"), ("member", "member-1"), ("grid", GRID))
    assert assessment.areas() == {(*subject, GRID) for subject in subjects}


@pytest.mark.rule("ASM-02")
def test_redelivery_changes_nothing(assessment, story, counted):
    envelopes = counted(story())
    assessment.take(*envelopes)
    before, facts = assessment.counters(), assessment.fact_keys()
    assert assessment.take(*envelopes) == [False] * len(envelopes)
    assert (assessment.counters(), assessment.fact_keys()) == (before, facts)


@pytest.mark.rule("ASM-02")
def test_replay_after_the_inbox_was_emptied_changes_nothing(assessment, story, counted):
    envelopes = counted(story())
    assessment.take(*envelopes)
    before = assessment.counters()
    with assessment.service.engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM inbox"))
    assert assessment.take(*envelopes) == [True] * len(envelopes)
    assert assessment.counters() == before


@pytest.mark.rule("ASM-02")
@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_the_same_counters(assessment, story, event, counted, seed):
    case = new_id()
    settled = [
        event("reported", 1, case, channel="grid-worker", first_report=False, settled=True, way="settled"),
        event("filed", 2, case, on_time=True, way="settled"),
        event("registered", 3, case, drawn=False, way="settled"),
    ]
    envelopes = counted([*story(), *story(), *story(reporter_id="member-2"), *settled])
    random.Random(seed).shuffle(envelopes)
    assessment.take(*envelopes)
    assert assessment.counters() == assessment.modelled(envelopes)


@pytest.mark.rule("ASM-02", "ASM-11")
def test_events_beside_each_other_lose_nothing(assessment, story, counted, together):
    """Split reports of one problem: every event weighs the others' facts anew."""
    envelopes = counted([each for _ in range(6) for each in story()])
    random.Random(1).shuffle(envelopes)
    assert all(together(lambda each: assessment.take(each)[0], envelopes))
    assert assessment.counters() == assessment.modelled(envelopes)
    closed = [n for key, n in assessment.counters().items() if key[0] == "department" and key[2] == "closed"]
    assert closed == [pytest.approx(1)] * 4


def test_late_copies_do_not_undo_newer_ones(assessment, registry_event):
    new = registry_event("grid-changed", GRID, 2, code=GRID, name="新名", active=True)
    old = registry_event("grid-changed", GRID, 1, code=GRID, name="旧名", active=True)
    assessment.take(new, old)
    with assessment.service.engine.connect() as connection:
        assert connection.execute(sa.select(tables.grids.c.name)).scalar_one() == "新名"
