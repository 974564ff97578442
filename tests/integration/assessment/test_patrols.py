"""Coverage and what was overlooked, from the patrols' events to a score that opens down to them (PAT-05, ASM-08)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.auth import Principal
from services.chassis.envelope import Envelope
from services.chassis.ids import new_id
from tests.integration.assessment.conftest import GRID, NOON
from wangge.assessment.v1 import assessment_pb2 as pb

pytestmark = pytest.mark.rule("PAT-05", "ASM-02", "ASM-03")

ASSESSOR = Principal("assessor-1", "考核员", frozenset({"assessor"}), areas=("371321",))
COVERAGE, EFFECT = "patrols_done / patrols_due", "found / (found + overlooked)"


def indicator(name: str, formula: str) -> dict[str, Any]:
    numerator, denominator = formula.replace("(", "").replace(")", "").split(" / ")
    told = {"kind": "ratio", "assumed": True, "name": name, "weight": 500}
    return {**told, "id": name, "formula": formula, "numerator": numerator, "denominator": denominator}


@pytest.fixture
def patrol_event() -> Callable[..., Envelope]:
    def make(fact: str, sequence: int, task: str, person: str | None = "member-1", **data: Any) -> Envelope:
        told = {"patrol": "daily", "patrol_title": "日巡查", "day": "2026-11-22", "person_id": person, **data}
        return Envelope(
            id=new_id(), source="/wangge/371321/patrol", type=f"patrol.{fact}.v1", subject=task,
            time=NOON + timedelta(minutes=sequence), sequence=sequence, grid=GRID, data=told,
        )  # fmt: skip

    return make


@pytest.fixture
def walked(assessment, registry_event, patrol_event, event):
    """Two tasks done (one late, one sent back and done again), one not, one excused; a check found one thing."""
    schemes = [
        {
            "id": kind,
            "subject": kind,
            "name": kind,
            "departments": [],
            "indicators": [indicator("coverage", COVERAGE), indicator("effect", EFFECT)],
        }
        for kind in ("member", "grid")
    ]
    document = {
        "plan": {"id": "small"}, "score": {"total": 1000, "schemes": schemes}, "credit": {}, "matters": [],
    }  # fmt: skip
    activated = registry_event("plan-activated", "small", plan_id="small", version=1, title="小方案", document=document)
    assessment.take(activated, logged=False)
    first, late, missed, excused, check, case = (new_id() for _ in range(6))
    done = {"problems": 0, "late": False}
    assessment.take(
        patrol_event("finished", 1, first, **done),
        patrol_event("sent-back", 2, first, sent_back_by="leader-1"),
        patrol_event("finished", 3, first, **done),
        patrol_event("overdue", 1, late),
        patrol_event("finished", 2, late, **{**done, "late": True}),
        patrol_event("overdue", 1, missed, None),
        patrol_event("excused", 1, excused, excused_by="leader-1"),
        patrol_event(
            "missed", 1, check, "leader-1", item="environment/water", case_id=case, missed_task=first,
            missed_by="member-1",
        ),
        event("reported", 1, case, channel="patrol", first_report=False, settled=False, reporter_id="leader-1"),
    )  # fmt: skip
    return assessment


def score(client, kind: str, subject: str) -> Any:
    found = client("GetScore", pb.GetScoreRequest(subject_kind=kind, subject_id=subject, period="2026-11"), ASSESSOR)
    return found, {each.id: (each.numerator, each.denominator, each.points) for each in found.indicators}


def test_coverage_and_what_was_overlooked_show_numerator_and_denominator(walked, client) -> None:
    found, indicators = score(client, "grid", GRID)
    assert indicators == {"coverage": (2, 3, pytest.approx(333.33, abs=0.01)), "effect": (1, 2, 250)}
    assert "应巡查" in next(each.explanation for each in found.indicators if each.id == "coverage")
    _, member = score(client, "member", "member-1")
    assert member["coverage"][:2] == (2, 2)
    assert member["effect"][:2] == (0, 1)
    counters = {each.name: each.count for each in found.counters}
    assert (counters["patrols_on_time"], counters["overlooked"]) == (1, 1)


@pytest.mark.rule("ASM-08")
def test_the_number_opens_down_to_the_events(walked, client) -> None:
    def facts(counter: str) -> list[Any]:
        asked = pb.ListFactsRequest(subject_kind="grid", subject_id=GRID, period="2026-11", counter=counter)
        return list(client("ListFacts", asked, ASSESSOR).items)

    ids = {each.id: each for each in walked.log}
    (overlooked,) = facts("overlooked")
    assert ids[overlooked.event_id].type == "patrol.missed.v1"
    assert overlooked.why == "巡查 日巡查 2026-11-22检查发现此前认定正常的问题,“检查发现、此前巡查认定正常”计 1"
    due = facts("patrols_due")
    assert sum(each.amount for each in due) == 3
    assert {ids[each.event_id].type for each in due if each.amount} == {"patrol.finished.v1", "patrol.overdue.v1"}


def test_computing_again_from_the_log_gives_the_same(walked, client) -> None:
    found = client("Recompute", pb.RecomputeRequest(period="2026-11"), ASSESSOR)
    assert (found.same, found.facts) == (True, len(walked.fact_keys()))


def test_an_event_that_comes_again_changes_nothing(walked, client) -> None:
    before = walked.counters()
    assert walked.take(*walked.log, logged=False) == [False] * len(walked.log)
    assert walked.counters() == before
