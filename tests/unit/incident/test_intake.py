"""What is asked when a case is taken in, which way it goes, which ones are drawn (INC-01, INC-03, INC-04, INC-14)."""

import pytest

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.incident import messages
from services.incident.errors import (
    GridUnknown,
    InTheFuture,
    MatterUnknown,
    OutsideCounty,
    PlaceMissing,
    ReplyMissing,
    ReplyWrong,
    ResultMissing,
    WayNotAllowed,
)
from services.incident.handlers import intake
from services.incident.model.intake import MatterCard, Question, check_result, is_drawn
from tests.unit.incident.fakes import GRID, INSIDE, MATTER, OTHER_GRID, OUTSIDE, PEOPLE, START, FakeWork

COLOUR = Question("colour", "水色", "choice", ("黑", "红"), required=True)
SMELL = Question("smell", "气味", "text")
CARD = MatterCard(MATTER, "dispatched", ("dispatched", "urgent"), "water", (COLOUR, SMELL))


@pytest.mark.rule("INC-03")
def test_the_way_is_the_one_asked_for_else_the_plans() -> None:
    assert CARD.choose_way(None, settled=False) == "dispatched"
    assert CARD.choose_way("urgent", settled=False) == "urgent"


@pytest.mark.rule("INC-03", "ALL-05")
@pytest.mark.parametrize(("asked", "settled"), [("approval", False), (None, True)])
def test_a_way_that_the_matter_does_not_have_is_refused_with_those_it_has(asked: str | None, settled: bool) -> None:
    with pytest.raises(WayNotAllowed) as refusal:
        CARD.choose_way(asked, settled)
    assert "dispatched, urgent" in refusal.value.sentence("zh")
    assert [fault.path for fault in refusal.value.faults] == ["way"]


@pytest.mark.rule("INC-04")
def test_questions_of_the_matter_are_answered_as_the_plan_wants() -> None:
    CARD.check_replies({"colour": "黑"})
    CARD.check_replies({"colour": "红", "smell": "随便什么", "unknown": "不管"})
    for replies, error in (({}, ReplyMissing), ({"colour": ""}, ReplyMissing), ({"colour": "彩"}, ReplyWrong)):
        with pytest.raises(error):
            CARD.check_replies(replies)


@pytest.mark.rule("INC-03")
def test_a_matter_settled_on_the_spot_says_how() -> None:
    check_result(True, "已清扫")
    check_result(False, "")
    with pytest.raises(ResultMissing):
        check_result(True, " \n")


@pytest.mark.rule("INC-14")
def test_the_draw_follows_the_ratio_and_can_be_repeated() -> None:
    ids = [new_id() for _ in range(4000)]
    drawn = [each for each in ids if is_drawn(each, 0.25)]
    assert 850 < len(drawn) < 1150
    assert drawn == [each for each in ids if is_drawn(each, 0.25)]
    assert not any(is_drawn(each, 0) for each in ids)
    assert all(is_drawn(each, 1) for each in ids)


def report(**changes: object) -> messages.Report:
    given: dict[str, object] = {"matter_code": "06026", "description": "黑水", "channel": "grid-worker"}
    values = {**given, "point": INSIDE}
    return messages.Report(**{**values, **changes})  # type: ignore[arg-type]


@pytest.mark.rule("INC-03", "INC-05")
@pytest.mark.parametrize(
    ("changes", "state", "department"),
    [
        ({}, "dispatched", "env-office"),
        ({"way": "urgent"}, "dispatched", "env-office"),
        ({"way": "coordinated"}, "dispatched", None),
        ({"way": "approval"}, "handed-over", None),
        ({"settled": True, "result": "已清扫"}, "registered", None),
        ({"point": None, "address": "河边"}, "reported", None),
        ({"point": None, "grid_code": OTHER_GRID}, "dispatched", "env-office"),
    ],
)
def test_a_report_goes_as_far_as_it_can_without_a_person(changes: dict, state: str, department: str | None) -> None:
    work = FakeWork()
    answer = intake.report(report(**changes), work.by(PEOPLE["member"]))
    case = work.cases.get(answer["id"])
    assert (answer["state"], case.state, case.department) == (state, state, department)
    assert answer["version"] == case.sequence == len(case.collect())


@pytest.mark.rule("INC-05")
def test_a_matter_without_a_duty_waits_for_the_operator() -> None:
    work = FakeWork()
    work.plan.duty = None
    answer = intake.report(report(), work.by(PEOPLE["operator"]))
    assert (answer["state"], answer["actions"]) == ("filed", ["decline", "dispatch", "merge"])


@pytest.mark.rule("INC-14")
def test_a_drawn_case_waits_for_a_verifier_who_is_not_the_one_who_settled_it() -> None:
    work = FakeWork()
    work.plan.ratio = 1.0
    answer = intake.report(report(settled=True, result="已清扫"), work.by(PEOPLE["member-verifier"]))
    assert (answer["state"], answer["actions"]) == ("spot-check", [])


@pytest.mark.rule("INC-19")
def test_only_the_first_report_of_a_matter_in_a_grid_is_the_first() -> None:
    work = FakeWork()
    firsts = []
    for grid in (GRID, GRID, OTHER_GRID):
        answer = intake.report(report(point=None, grid_code=grid), work.by(PEOPLE["member"]))
        firsts.append(work.cases.get(answer["id"]).first_report)
    assert firsts == [True, False, True]


@pytest.mark.rule("INC-01", "ALL-05")
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"matter_code": "99999"}, MatterUnknown),
        ({"point": OUTSIDE}, OutsideCounty),
        ({"point": None}, PlaceMissing),
        ({"point": None, "grid_code": "371321999999999"}, GridUnknown),
        ({"settled": True}, ResultMissing),
        ({"occurred_at": START.replace(year=2027)}, InTheFuture),
    ],
)
def test_a_report_that_cannot_be_right_is_refused_where_it_is_wrong(changes: dict, error: type) -> None:
    work = FakeWork()
    with pytest.raises(error) as refusal:
        intake.report(report(**changes), work.by(PEOPLE["member"]))
    assert [fault.path for fault in refusal.value.faults] == [error.path]  # type: ignore[attr-defined]
    assert work.cases.by_id == {}


def test_who_only_looks_reports_nothing() -> None:
    with pytest.raises(Forbidden):
        intake.report(report(), FakeWork().by(PEOPLE["auditor"]))
