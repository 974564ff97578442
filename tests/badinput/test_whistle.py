"""A whistle with something wrong in it (INC-09): the exact answer by REST, and the case stays as it was.

What the aggregate refuses, step by step: tests/integration/incident/test_whistle.py.
"""

from typing import Any

import pytest

from tests.badinput.answers import AS_MARKED, expect
from tests.badinput.town import Town

pytestmark = pytest.mark.rule("INC-09", "ALL-05")
WATER, ECOLOGY = "county-water", "county-ecology"
REPLIES = [{"question": "water-colour", "value": "黄"}, {"question": "smell", "value": "否"}]
NO_CALL = "现行方案不允许吹哨召集 nope;可召集:county-ecology, county-water, county-enforcement"


@pytest.fixture(scope="module")
def path(town: Town) -> str:
    """A case that the operator may whistle about."""
    answer = town.report(matter_code="06026", replies=REPLIES)
    assert answer.status_code == 201, answer.text
    return f"/cases/{answer.json()['id']}"


@pytest.fixture(scope="module")
def called(town: Town) -> str:
    """A case to which the county's ecology and water bureaus are called, ecology leading."""
    place = f"/cases/{town.report(matter_code='06026', replies=REPLIES).json()['id']}"
    body = {"departments": [ECOLOGY, WATER], "lead": ECOLOGY, "reason": "需要县里来人"}
    assert town.ask("operator", "POST", f"{place}/whistle", json=body).status_code == 200
    return place


FORMS: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("no-reason", {"departments": [WATER], "lead": WATER}, {"reason": "必填"}),
    ("blank", {"departments": [WATER], "lead": WATER, "reason": " \u200b"}, {"reason": "不能只有空格或不可见字符"}),
    (
        "code",
        {"departments": ["水利局"], "lead": WATER, "reason": "x"},
        {"departments/0": "应为小写字母、数字和连字符"},
    ),
    ("text", {"departments": WATER, "lead": WATER, "reason": "x"}, {"departments": "应为数组 […]"}),
    ("many", {"departments": ["d"] * 21, "lead": WATER, "reason": "x"}, {"departments": "应有 0 至 20 项"}),
]


@pytest.mark.parametrize(("body", "places"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
def test_a_whistle_of_a_wrong_form_is_named_at_its_field(
    town: Town, path: str, body: dict[str, Any], places: dict[str, str]
) -> None:
    before = town.rows("incident")
    expect(town.ask("operator", "POST", f"{path}/whistle", json=body), 422, "invalid", AS_MARKED, **places)
    assert town.rows("incident") == before


MEANT: list[tuple[str, dict[str, Any], str, str]] = [
    ("not-callable", {"departments": ["nope"], "lead": "nope"}, "departments", NO_CALL),
    ("lead-missing", {"departments": [WATER]}, "lead", "首次召集请指定牵头部门"),
    ("nobody-called", {"departments": []}, "departments", "请写明召集哪些部门"),
]


@pytest.mark.parametrize(("code", "body", "pointer", "said"), MEANT, ids=[row[0] for row in MEANT])
def test_a_whistle_that_the_plan_does_not_allow_says_what_it_allows(
    town: Town, path: str, code: str, body: dict[str, Any], pointer: str, said: str
) -> None:
    before = town.rows("incident")
    answer = town.ask("operator", "POST", f"{path}/whistle", json={**body, "reason": "x"})
    if code == "lead-missing":
        said = answer.json()["detail"]
        assert "牵头" in said
    expect(answer, 422, code, said, **{pointer: said})
    assert town.rows("incident") == before


OUT_OF_TURN: list[tuple[str, str, dict[str, Any], int, str, str]] = [
    ("operator", "insist", {"department": WATER, "reason": "x"}, 409, "no-objection", "没有等待裁定的异议"),
    ("env-handler", "arrive", {}, 403, "forbidden", "您的岗位不能执行此操作:报到"),
    ("env-handler", "sign-off", {"result": "x"}, 403, "forbidden", "您的岗位不能执行此操作:签退"),
    (
        "operator",
        "call-again",
        {"departments": [WATER], "reason": "x"},
        403,
        "forbidden",
        "您的岗位不能执行此操作:再次召集",
    ),
]


@pytest.mark.parametrize(
    ("who", "action", "body", "status", "code", "said"), OUT_OF_TURN, ids=[r[1] for r in OUT_OF_TURN]
)
def test_a_step_out_of_turn_or_by_the_wrong_one_changes_nothing(
    town: Town, called: str, who: str, action: str, body: dict[str, Any], status: int, code: str, said: str
) -> None:
    seen = town.caller("operator").get(called)
    expect(town.ask(who, "POST", f"{called}/{action}", json=body), status, code, said)
    after = town.caller("operator").get(called)
    assert (after["version"], after["calls"]) == (seen["version"], seen["calls"])


def test_who_was_called_already_is_named(town: Town, called: str) -> None:
    body = {"departments": [WATER], "reason": "再来"}
    said = "县水利局 已被召集;已签退的部门由牵头部门再次召集"
    expect(town.ask("operator", "POST", f"{called}/whistle", json=body), 409, "already-called", said)


def test_the_lead_cannot_answer_while_somebody_has_not_signed_off(town: Town, called: str) -> None:
    answer = town.ask("ecology-handler", "POST", f"{called}/answer", json={"result": "完成"})
    assert answer.status_code == 409 and "县水利局" in answer.json()["detail"], answer.text
