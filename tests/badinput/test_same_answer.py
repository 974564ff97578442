"""Whose case it is not, who may not, who repeats, and who comes at the same time (REG-14, ALL-04, INC-02).

Handler by handler on the service's side: tests/integration/incident/test_at_once.py, test_loop.py. Here by REST.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from services.chassis.ids import new_id
from tests.badinput.answers import AS_MARKED, expect
from tests.badinput.town import Town

REASON = {"reason": "试一试"}
BODIES: dict[str, dict[str, Any]] = {
    "file": {}, "decline": REASON, "dispatch": {"department": "env-office"}, "return": REASON, "escalate": REASON,
    "send-down": REASON, "contest": REASON, "rule": {"department": "env-office", **REASON}, "answer": {"result": "x"},
    "contribute": {"note": "x"}, "whistle": {"departments": ["county-water"], "lead": "county-water", **REASON},
    "arrive": {}, "sign-off": {"result": "x"}, "object": REASON, "insist": {"department": "env-office", **REASON},
    "withdraw-call": {"department": "env-office", **REASON}, "call-again": {"departments": ["env-office"], **REASON},
    "follow-up": {"note": "x"}, "ask": {"question": "x"}, "reply": {"note": "x"},
    "ask-extension": {"amount": 1, **REASON}, "refuse-extension": REASON, "verify": {"passed": True},
    "evaluate": {"contacted": False}, "reopen": REASON, "judge-missed": {"confirmed": False, **REASON},
    "excuse": REASON, "accept": {}, "grant-extension": {},
    "merge": {"duplicates": ["01a21f8f-f9cd-7197-bf4e-000000000000"]}, "unmerge": REASON,
}  # fmt: skip
READING = ("", "/similar", "/attachments/01a21f8f-f9cd-7197-bf4e-000000000000")
WAYS = [("GET", path) for path in READING] + [("POST", f"/{action}") for action in BODIES]


@pytest.fixture(scope="module")
def case(town: Town) -> dict[str, Any]:
    """A case of the story's grid, dispatched by the plan."""
    answer = town.report()
    assert answer.status_code == 201
    return dict(answer.json())


def _bytes(answer: httpx.Response, case_id: str) -> bytes:
    """The whole answer, headers and body, without what must differ: the id asked for, the trace, the date, the key."""
    trace = answer.headers["trace-id"]
    left_out = ("date", "trace-id", "idempotency-key", "content-length")
    headers = sorted(f"{name}: {value}" for name, value in answer.headers.items() if name not in left_out)
    text = "\n".join([str(answer.status_code), *headers, answer.text])
    return text.replace(case_id, "ID").replace(trace, "TRACE").encode()


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("who", ["stranger", "another-department"])
@pytest.mark.parametrize(("method", "path"), WAYS, ids=[f"{method}{path}" for method, path in WAYS])
def test_another_areas_case_answers_byte_for_byte_like_none(
    town: Town, case: dict[str, Any], method: str, path: str, who: str
) -> None:
    headers = _outsider(town, who)
    sent = {} if method == "GET" else {"json": BODIES[path[1:]]}
    absent = new_id()
    there, none = (
        town.ask(None, method, f"/cases/{each}{path}", headers=headers, **sent) for each in (case["id"], absent)
    )
    assert none.status_code in (403, 404), none.text
    assert _bytes(there, case["id"]) == _bytes(none, absent)


def _outsider(town: Town, who: str) -> dict[str, str]:
    if who == "stranger":
        return {"Authorization": f"Bearer {town.caller(town.stranger).token}"}
    token = town.token("department-head", person=new_id(), department="police", areas=("371321107",))
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.rule("REG-14")
def test_nothing_of_it_is_in_the_lists_of_another_area(town: Town, case: dict[str, Any]) -> None:
    stranger = town.caller(town.stranger)
    assert list(stranger.pages("/cases")) == []
    assert stranger.get("/events", subject=case["id"])["items"] == []
    assert [each for each in stranger.pages("/messages") if each["case_id"] == case["id"]] == []
    [*_] = found = stranger.get("/cases/similar", matter_code="06010", grid_code="371321106245001", text="垃圾")[
        "items"
    ]
    assert case["id"] not in [each["id"] for each in found]


# ---- a role that may not


ROLES = [
    ("member", "POST", "/divisions/import", {"rows": []}, "导入区划"),
    ("operator", "POST", "/plans", {"text": "x"}, "保存方案草稿"),
    ("env-handler", "PUT", "/calendar/2026", {"days": []}, "设置某年本县自定的工作日"),
    ("auditor", "POST", "/applications", {}, "登记应用"),
    ("system-admin", "POST", "/people/import", {"rows": []}, "导入人员与账号"),
    ("security-admin", "POST", "/grids/import", {"rows": []}, "导入网格"),
    ("leader", "POST", "/scores/recompute", {"period": "2026"}, "重新计算并核对"),
]


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize(("who", "method", "path", "body", "action"), ROLES, ids=[f"{r[0]}-{r[2]}" for r in ROLES])
def test_a_role_that_may_not_is_told_what_it_may_not(
    town: Town, who: str, method: str, path: str, body: dict[str, Any], action: str
) -> None:
    expect(town.ask(who, method, path, json=body), 403, "forbidden", f"您的岗位不能执行此操作:{action}")


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("who", ["auditor", "security-admin", "system-admin", "inspector"])
def test_who_only_watches_reports_nothing_but_the_attempt_is_in_the_audit(town: Town, who: str) -> None:
    town.caller(who)
    before = town.rows("incident")
    answer = town.report(who)
    expect(answer, 403, "forbidden", "您的岗位不能执行此操作:上报")
    after = town.rows("incident")
    assert {name: count - before[name] for name, count in after.items() if count != before[name]} == {
        "incident.audit": 1
    }


# ---- the same command twice, with another body, at once


def _report(town: Town, key: str, description: str = "重复的请求") -> httpx.Response:
    body = {"matter_code": "06010", "description": description, "grid_code": "371321106245001"}
    return town.ask("member", "POST", "/cases", json=body, headers={"Idempotency-Key": key})


@pytest.mark.rule("ALL-04")
def test_the_same_command_again_gives_the_same_answer_and_one_case(town: Town) -> None:
    key = f"again-{new_id()}"
    first, second = _report(town, key), _report(town, key)
    assert first.status_code == second.status_code == 201
    assert (
        first.json() == second.json() and first.headers["idempotency-key"] == second.headers["idempotency-key"] == key
    )


@pytest.mark.rule("ALL-04")
def test_another_body_under_the_same_key_is_refused(town: Town) -> None:
    key = f"other-{new_id()}"
    assert _report(town, key).status_code == 201
    before = town.rows("incident")
    said = f"幂等键 {key} 已用于另一份内容;新的请求请换一个键"
    expect(_report(town, key, "另一份内容"), 422, "idempotency-mismatch", said)
    assert town.rows("incident") == before


@pytest.mark.rule("ALL-04")
def test_somebody_elses_key_is_somebody_elses(town: Town) -> None:
    key = f"shared-{new_id()}"
    mine = _report(town, key)
    theirs = town.ask(
        "leader", "POST", "/cases", headers={"Idempotency-Key": key},
        json={"matter_code": "06010", "description": "别人的", "grid_code": "371321106245001"},
    )  # fmt: skip
    assert (mine.status_code, theirs.status_code) == (201, 201) and mine.json()["id"] != theirs.json()["id"]


def _at_once(ask: Callable[[], httpx.Response], times: int = 8) -> list[httpx.Response]:
    with ThreadPoolExecutor(times) as pool:
        return [each.result() for each in [pool.submit(ask) for _ in range(times)]]


@pytest.mark.rule("ALL-04")
def test_the_same_command_eight_times_at_once_is_one_case(town: Town) -> None:
    key, before = f"at-once-{new_id()}", town.rows("incident")["incident.case"]
    answers = _at_once(lambda: _report(town, key))
    assert town.rows("incident")["incident.case"] == before + 1
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    for answer in answers:
        if answer.status_code != 201:
            expect(answer, 409, "still-running", "同一请求正在处理,请稍候查询结果")


@pytest.mark.rule("ALL-04", "INC-02")
def test_two_people_edit_one_case_and_the_slower_is_told(town: Town) -> None:
    path = f"/cases/{town.report(matter_code='06026', replies=_REPLIES).json()['id']}"
    seen = town.ask("env-handler", "GET", path).headers["etag"]
    handler = town.ask("env-handler", "POST", f"{path}/accept", headers={"If-Match": seen})
    assert handler.status_code == 200, handler.text
    version = handler.json()["version"]
    assert handler.headers["etag"] == f'"{version}"' != seen
    before = town.rows("incident")
    late = town.ask("env-handler", "POST", f"{path}/answer", json={"result": "已清理"}, headers={"If-Match": seen})
    expect(late, 412, "stale-version", f"内容已被他人修改(当前版本 {version}),请刷新后重试")
    assert town.rows("incident") == before
    wrong = town.ask("env-handler", "POST", f"{path}/answer", json={"result": "x"}, headers={"If-Match": "3"})
    expect(wrong, 422, "invalid", AS_MARKED, **{"header/If-Match": '应为 ETag 给出的版本,如 "3"'})


_REPLIES = [{"question": "water-colour", "value": "黄"}, {"question": "smell", "value": "否"}]


@pytest.mark.rule("INC-02")
def test_two_who_accept_at_once_are_one_and_a_refusal(town: Town) -> None:
    path = f"/cases/{town.report(matter_code='06026', replies=_REPLIES).json()['id']}"
    seen = town.ask("env-handler", "GET", path).headers["etag"]
    answers = _at_once(lambda: town.ask("env-handler", "POST", f"{path}/accept", headers={"If-Match": seen}), 4)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412], [each.text for each in answers]
    history = town.caller("env-handler").get(path)["history"]
    assert [entry["action"] for entry in history].count("accept") == 1
