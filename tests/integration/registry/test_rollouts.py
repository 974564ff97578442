"""The phases of a plan with lights, and the marks behind them (REG-15)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Refused, Registry
from .table_files import Desk, gateway
from .test_boards import P02, in_force

pytestmark = pytest.mark.rule("REG-15")
DATED = P02.replace(
    "    kind: batch\n    deliverables: [{name: 村级网格化管理服务中心",
    "    kind: batch\n    from: 2026-11-01\n    to: 2026-11-25\n    deliverables: [{name: 村级网格化管理服务中心",
    1,
).replace(
    "    name: 第二批剩余村庄\n    kind: batch\n",
    "    name: 第二批剩余村庄\n    kind: batch\n    from: 2026-12-01\n",
    1,
)
CENTRE = "村级网格化管理服务中心（制度门牌、办公桌椅、业务流程、日常值守）"


@pytest.fixture
def rolled(county: Registry) -> Registry:
    assert DATED.count("from: 2026-1") == 2
    in_force(county, DATED)
    return county


def lights(county: Registry) -> dict[str, tuple[str, str, int]]:
    phases = county.operator("GetRollout").phases
    return {each.id: (each.light, each.deliverables[0].state, each.deliverables[0].done) for each in phases}


def mark(county: Registry, **changed: Any) -> str:
    values = {"phase": "batch-1", "deliverable": CENTRE, "count": 1, "day": "2026-11-20", **changed}
    return str(county.with_roles("department-handler", department="grid-centre")("MarkDone", **values).id)


def test_lights_follow_the_days_and_what_is_done(rolled: Registry) -> None:
    assert lights(rolled) == {
        "batch-1": ("yellow", "under-way", 0),
        "batch-2": ("green", "waiting", 0),
        "platform": ("yellow", "under-way", 0),
    }
    mark(rolled, count=5)
    rolled.clock.advance(days=2)
    assert lights(rolled)["batch-1"] == ("yellow", "under-way", 5), "its last day is a day on which it can be done"
    rolled.clock.advance(days=1)
    assert lights(rolled)["batch-1"] == ("red", "overdue", 5)
    wrong = mark(rolled)
    assert lights(rolled)["batch-1"] == ("green", "done", 6)
    assert rolled.operator("GetRollout").phases[0].deliverables[0].done_on == "2026-11-20"
    rolled.with_roles("county-leader")("WithdrawMark", mark_id=wrong, reason="尚未验收")
    assert lights(rolled)["batch-1"] == ("red", "overdue", 5)
    marks = rolled.operator("ListMarks", phase="batch-1").items
    assert [(each.count, each.reason) for each in marks] == [(1, "尚未验收"), (5, "")]


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"phase": "batch-9"}, "value-refused", "phase"),
        ({"deliverable": "别的"}, "value-refused", "deliverable"),
        ({"count": 0}, "value-refused", "count"),
        ({"day": "2026-11-24"}, "value-refused", "day"),
        ({"words": "字" * 501}, "value-refused", "words"),
    ],
)
def test_marks_that_cannot_be_are_refused(rolled: Registry, changed: dict[str, Any], code: str, path: str) -> None:
    with pytest.raises(Refused) as refused:
        mark(rolled, **changed)
    assert (refused.value.code, list(refused.value.faults)) == (code, [path])
    assert rolled.rows("SELECT * FROM rollout_mark") == []


def test_only_the_owner_marks_and_only_who_marked_takes_back(rolled: Registry) -> None:
    made = mark(rolled)
    other = rolled.with_roles("department-handler", department="env-office")
    for method, values in (
        ("MarkDone", {"phase": "batch-1", "deliverable": CENTRE, "count": 1, "day": "2026-11-20"}),
        ("WithdrawMark", {"mark_id": made, "reason": "不是我"}),
    ):
        with pytest.raises(Refused) as refused:
            other(method, **values)
        assert refused.value.code == "forbidden"
    leader = rolled.with_roles("county-leader")
    leader("WithdrawMark", mark_id=made, reason="重复")
    for mark_id, code in ((made, "mark-withdrawn"), ("nonsense", "not-found")):
        with pytest.raises(Refused) as refused:
            leader("WithdrawMark", mark_id=mark_id, reason="再撤")
        assert refused.value.code == code


def test_without_a_plan_there_is_no_rollout(county: Registry) -> None:
    with pytest.raises(Refused) as refused:
        county.operator("GetRollout")
    assert refused.value.code == "no-plan-in-force"


@pytest.fixture
def desk(rolled: Registry, keys: Path, tmp_path: Path) -> Iterator[Desk]:
    with gateway(rolled, keys, tmp_path) as desk:
        yield desk


def test_proof_has_to_be_ones_own(desk: Desk) -> None:
    body = {"deliverable": CENTRE, "day": "2026-11-20"}
    stranger = desk.post("/rollout/batch-1/marks", **body, proofs=["0193a5c8-0000-7000-8000-000000000001"])
    assert (stranger.status_code, stranger.json()["errors"][0]["pointer"]) == (422, "/proofs/0")
    assert desk.post("/rollout/batch-1/marks", **body).status_code == 201
    assert desk.get("/rollout").json()["phases"][0]["deliverables"][0]["done"] == 1
    assert len(desk.get("/rollout/marks").json()["items"]) == 1
