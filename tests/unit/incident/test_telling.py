"""Who is told of what (INC-03, INC-08, INC-13)."""

from collections.abc import Sequence

import pytest

from services.incident.model import telling
from services.incident.model.case import Case, Change, Extension, Reporter
from services.incident.model.limits import Limit, Notice
from services.incident.model.workflow import ACTIONS
from tests.unit.incident.fakes import GRID, START
from tests.unit.incident.test_rights import case

TOWN = "371321106000001"


def told(of: Case, action: str, reason: str = "原因", ancestors: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    change = Change(1, START, action, "person", "某人", "role", "", "", reason)
    return [(each.audience_kind, each.audience, each.kind) for each in telling.of_change(of, change, ancestors)]


@pytest.mark.rule("INC-13")
def test_a_result_is_told_to_the_reporter_and_the_lower_grid() -> None:
    assert told(case(), "answer") == [("person", "person-citizen", "answer"), ("grid", GRID, "answer")]


@pytest.mark.rule("INC-05")
def test_a_return_is_told_to_the_centre_and_a_second_one_to_who_rules() -> None:
    assert told(case(department=None), "return") == [("role", "centre-operator", "return")]
    contested = case(department=None, arbiters=("county-leader", "party-secretary"))
    found = told(contested, "contest")
    assert found == [("role", "county-leader", "contest"), ("role", "party-secretary", "contest")]


@pytest.mark.parametrize("action", ["dispatch", "rule", "refuse", "dispute", "reopen"])
def test_work_is_told_to_who_has_to_do_it(action: str) -> None:
    assert told(case(), action) == [("department", "env-office", action)]
    assert told(case(department=None), action) == [("grid", GRID, action)]


@pytest.mark.parametrize("action", ["decline", "pass", "hand-over"])
def test_what_becomes_of_a_report_is_told_to_its_reporter_if_there_is_one(action: str) -> None:
    assert told(case(), action) == [("person", "person-citizen", action)]
    assert told(case(reporter_id=None), action) == []


@pytest.mark.rule("INC-03")
def test_an_urgent_case_is_told_at_once_to_the_grid_and_all_above_it() -> None:
    found = told(case(way="urgent"), "file", ancestors=(TOWN,))
    assert found == [("grid", GRID, "urgent"), ("grid", TOWN, "urgent"), ("role", "county-leader", "urgent")]
    assert told(case(), "file", ancestors=(TOWN,)) == []


@pytest.mark.parametrize("action", [each.name for each in ACTIONS])
def test_every_message_is_a_sentence_with_number_and_matter(action: str) -> None:
    change = Change(1, START, action, "person", "某人", "role", "", "", "河水{仍}发黑")
    for each in telling.of_change(case(way="urgent", description="黑水{外}溢"), change, ()):
        assert "河道污染" in each.text and " 1" in each.text
        assert "{number}" not in each.text and "{reason}" not in each.text


@pytest.mark.rule("INC-08")
def test_a_notice_reaches_each_whom_the_plan_names_once() -> None:
    notice = Notice("yellow", "yellow", 1.0, ("handler", "department-head", "grid-leader", "centre-operator"))
    found = [(each.audience_kind, each.audience, each.kind) for each in telling.of_warning(case(), notice)]
    assert found == [
        ("department-handlers", "env-office", "warned-yellow"),
        ("department-heads", "env-office", "warned-yellow"),
        ("grid-leaders", GRID, "warned-yellow"),
        ("role", "centre-operator", "warned-yellow"),
    ]
    assert "黄牌" in telling.of_warning(case(), notice)[0].text


@pytest.mark.rule("INC-08")
def test_a_notice_about_a_case_that_a_grid_holds_goes_to_its_members_then_to_its_leader() -> None:
    notice = Notice("red", "red", 1.0, ("handler", "department-head", "grid-leader", "county-leader"))
    found = [(each.audience_kind, each.audience) for each in telling.of_warning(case(department=None), notice)]
    assert found == [("grid-members", GRID), ("grid-leaders", GRID), ("role", "county-leader")]


@pytest.mark.rule("INC-08")
@pytest.mark.parametrize(
    ("step", "role"),
    [
        ("file", "centre-operator"),
        ("dispatch", "centre-operator"),
        ("verify", "verifier"),
        ("evaluate", "centre-operator"),
    ],
)
def test_a_notice_about_a_step_of_the_centre_goes_to_the_centre(step: str, role: str) -> None:
    late = case(limits=[Limit(step, 1, START, START, 1, "working-hours")])
    notice = Notice("yellow", "yellow", 1.0, ("handler", "department-head"))
    assert [(each.audience_kind, each.audience) for each in telling.of_warning(late, notice)] == [("role", role)]


@pytest.mark.rule("INC-07")
def test_a_question_is_told_to_the_reporter_and_to_who_has_the_reporters_number() -> None:
    assert told(case(), "ask") == [("person", "person-citizen", "ask")]
    called = case(reporter=Reporter("某人", "13800000000"))
    assert told(called, "ask") == [("role", "centre-operator", "ask"), ("person", "person-citizen", "ask")]
    assert told(case(reporter_id=None), "ask") == [("role", "centre-operator", "ask")]


@pytest.mark.rule("INC-07")
@pytest.mark.parametrize(
    ("approver", "department", "audience"),
    [
        ("department-head", "env-office", ("department-heads", "env-office")),
        ("department-handler", "env-office", ("department-handlers", "env-office")),
        ("department-head", None, ("role", "centre-operator")),
        ("county-leader", "env-office", ("role", "county-leader")),
    ],
)
def test_a_request_is_told_to_who_decides_and_the_decision_to_who_asked(
    approver: str, department: str | None, audience: tuple[str, str]
) -> None:
    asked = Extension(1, "handle", 1, 2, "working-days", "雨天", approver, START, "person-x", "某人", START)
    held = case(department=department, extensions=[asked])
    assert told(held, "ask-extension") == [(*audience, "ask-extension")]
    for decision in ("grant-extension", "refuse-extension", "lapse-extension"):
        assert told(held, decision) == [("person", "person-x", decision)]
