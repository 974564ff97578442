"""Returning, ruling, precedents over REST: what reaches the service, and each wrong input by name (INC-05, ALL-05)."""

from typing import Any

import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-05", "ALL-05")]

RETURN, RULE = "/api/v1/cases/c1/return", "/api/v1/cases/c1/rule"
CONTEST = "/api/v1/cases/c1/contest"
REVOKE = "/api/v1/precedents/p1/revoke"
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (RETURN, {}, "/reason", "required"),
    (RETURN, {"reason": "  "}, "/reason", "blank"),
    (RETURN, {"reason": 5}, "/reason", "type"),
    (RETURN, {"reason": "x", "proposed": ["env-office"]}, "/proposed", "type"),
    (RETURN, {"reason": "x", "department": "env-office"}, "/department", "unknown-field"),
    (CONTEST, {"proposed": "env-office"}, "/reason", "required"),
    (RULE, {"reason": "x"}, "/department", "required"),
    (RULE, {"department": "env-office"}, "/reason", "required"),
    (RULE, {"department": "env-office", "reason": "x", "co_departments": "a"}, "/co_departments", "type"),
    (RULE, {"department": "env-office", "reason": "x", "co_departments": ["a-b"] * 21}, "/co_departments", "count"),
    (REVOKE, {}, "/reason", "required"),
    (REVOKE, {"reason": "长" * 2001}, "/reason", "length"),
]


@pytest.mark.parametrize(("path", "body", "pointer", "code"), WRONG, ids=[f"{row[0]}{row[2]}" for row in WRONG])
async def test_a_wrong_body_is_named(client, path: str, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = await client.post(path, json=body)
    assert answer.status_code == 422
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("state=over", "/query/state", "choice"),
        ("area=abc", "/query/area", "format"),
        ("limit=0", "/query/limit", "range"),
        ("who=me", "/query/who", "unknown-field"),
    ],
)
async def test_a_wrong_question_is_named(client, query: str, pointer: str, code: str) -> None:
    answer = await client.get(f"/api/v1/precedents?{query}")
    assert answer.status_code == 422
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [(pointer, code)]


async def test_what_was_meant_reaches_the_service(client, services) -> None:
    await client.post(RETURN, json={"reason": "不属我办", "proposed": "water-station"})
    request, _ = services.last("Return")
    assert (request.case_id, request.reason, request.proposed) == ("c1", "不属我办", "water-station")
    await client.post(RETURN, json={"reason": "不属我办"})
    assert not services.last("Return")[0].HasField("proposed")
    await client.post(CONTEST, json={"reason": "也不属我站"})
    assert services.last("Contest")[0].reason == "也不属我站"
    await client.post(RULE, json={"department": "env-office", "co_departments": ["police"], "reason": "裁定"})
    request, _ = services.last("Rule")
    assert (request.department, list(request.co_departments), request.reason) == ("env-office", ["police"], "裁定")
    await client.post(REVOKE, json={"reason": "职责已调整"})
    assert services.last("RevokePrecedent")[0].precedent_id == "p1"
    await client.get("/api/v1/precedents?matters=06026&area=371321106&state=active")
    request, _ = services.last("ListPrecedents")
    assert (list(request.matters), request.area, request.state) == (["06026"], "371321106", "active")
