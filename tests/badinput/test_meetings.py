"""Meetings, decisions and returns asked by the wrong people, too early, twice, about what is not there (PAT-09).

Step by step without a platform: tests/integration/patrol/test_meetings.py, test_returns.py.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.demo.people import STORY_GRID
from infra.local.process import wait_until
from services.chassis.ids import new_id
from tests.badinput.town import Town

pytestmark = pytest.mark.rule("PAT-09", "INC-10", "ALL-05")
SECONDS = 60.0
MEETINGS = "/patrol/meetings"
Values = dict[str, Any]


def asked_case(town: Town) -> str:
    """A case of the environment office that it put on the agenda."""
    report = town.report(matter_code="X1302", description="厂界噪声扰民")
    case_id = str(report.json()["id"])
    answer = town.ask("env-head", "POST", f"/cases/{case_id}/ask-consultation", json={"reason": "几家都说不归自己管"})
    assert answer.status_code == 200, answer.text
    return case_id


def next_meeting(town: Town, case_id: str) -> Values:
    """The town's next consultation, once the case has come to it by itself."""
    found: list[Values] = []

    def there() -> bool:
        coming = town.caller("operator").get(MEETINGS, meeting="consultation", states="planned", limit=50)["items"]
        ordered = sorted(coming, key=lambda each: str(each["day"]))[:1]
        found[:] = [town.caller("operator").get(f"{MEETINGS}/{each['id']}") for each in ordered]
        return any(item.get("case_id") == case_id for each in found for item in each["agenda"])

    wait_until(there, seconds=SECONDS, what="the case on the agenda")
    return found[0]


def refused(town: Town, who: str | None, path: str, status: int, code: str, **body: Any) -> Values:
    answer = town.ask(who, "POST", path, json=body)
    problem: Values = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    return problem


@pytest.fixture(scope="module")
def meeting(town: Town) -> Values:
    return next_meeting(town, asked_case(town))


def test_a_case_comes_on_the_agenda_and_is_asked_for_once(town: Town) -> None:
    case_id = asked_case(town)
    refused(town, "env-head", f"/cases/{case_id}/ask-consultation", 409, "on-the-agenda", reason="再提一次")
    refused(town, "water-handler", f"/cases/{case_id}/ask-consultation", 403, "forbidden", reason="x")
    found = next_meeting(town, case_id)
    item = next(each for each in found["agenda"] if each.get("case_id") == case_id)
    assert item["why_names"] == ["提请会商"]


def test_who_is_not_the_convener_changes_nothing(town: Town, meeting: Values) -> None:
    path = f"{MEETINGS}/{meeting['id']}"
    for who in ("env-handler", "county-leader"):
        refused(town, who, f"{path}/items", 403, "not-the-convener", words="修路")
    for who in ("member", town.stranger):
        refused(town, who, f"{path}/open", 404, "meeting-not-found")
        assert town.ask(who, "GET", path).status_code == 404
    assert town.ask(None, "GET", path).status_code == 401
    assert town.caller("operator").get(path)["version"] == meeting["version"]


def test_what_is_not_there_or_not_yet_is_named(town: Town, meeting: Values) -> None:
    path = f"{MEETINGS}/{meeting['id']}"
    assert town.ask("operator", "GET", f"{MEETINGS}/{new_id()}").status_code == 404
    problem = refused(town, "operator", f"{path}/items", 422, "case-not-in-area", case_id="no-such-case")
    assert problem["errors"][0]["pointer"] == "/case_id"
    refused(town, "operator", f"{path}/arrange", 422, "meeting-day-wrong", day="2099-01-01", reason="x")
    refused(town, "operator", f"{path}/decide", 409, "meeting-state", item_id="x", kind="case", words="x")
    refused(town, "operator", f"{path}/close", 409, "meeting-state", minutes="x")
    assert town.ask("operator", "GET", MEETINGS, params={"cursor": "x"}).status_code == 422


def test_two_who_open_it_at_once_open_it_once_and_the_decision_reaches_the_case(town: Town, meeting: Values) -> None:
    operator, path = town.caller("operator"), f"{MEETINGS}/{meeting['id']}"
    today = str(operator.get("/patrol/day")["day"])
    if meeting["day"] != today:
        operator.post(f"{path}/arrange", day=today, reason="群众反映强烈")
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: town.ask("operator", "POST", f"{path}/open"), range(2)))
    assert sorted(each.status_code for each in answers) == [200, 409]
    item = next(each for each in operator.get(path)["agenda"] if each.get("case_id"))
    decide = {"item_id": item["id"], "kind": "case", "words": "镇环保办牵头,夜间停产整改"}
    key = new_id()
    twice = [
        town.ask("operator", "POST", f"{path}/decide", json=decide, headers={"Idempotency-Key": key}) for _ in range(2)
    ]
    assert [each.status_code for each in twice] == [200, 200]
    assert twice[0].json() == twice[1].json()
    problem = refused(
        town, "operator", f"{path}/decide", 422, "due-in-the-past",
        item_id=item["id"], kind="task", words="x", department="env-office", due_on="2020-01-01",
    )  # fmt: skip
    assert problem["errors"][0]["pointer"] == "/due_on"
    operator.post(f"{path}/close", minutes="形成一项决定")
    refused(town, "operator", f"{path}/items", 409, "meeting-state", words="补充")

    def decided() -> bool:
        return any(
            each["kind"] == "decided"
            for each in town.caller("env-head").get(f"/cases/{item['case_id']}")["consultations"]
        )

    wait_until(decided, seconds=SECONDS, what="the decision on the case")
    history = town.caller("env-head").get(f"/cases/{item['case_id']}")["history"]
    assert [each["action"] for each in history].count("consult") == 1


def test_what_became_a_case_is_one_once(town: Town) -> None:
    """A decision that is a case comes back as a case of its own, reported by who convened."""
    operator = town.caller("operator")
    found = next_meeting(town, asked_case(town))
    path, today = f"{MEETINGS}/{found['id']}", str(operator.get("/patrol/day")["day"])
    if found["day"] != today:
        operator.post(f"{path}/arrange", day=today, reason="一并研究")
    operator.post(f"{path}/open")
    item = operator.get(path)["agenda"][0]["id"]
    common = {"item_id": item, "kind": "incident", "words": "上游两家作坊一并整治", "matter_code": "06010"}
    problem = refused(
        town, "operator", f"{path}/decide", 422, "grid-not-in-area", **common, grid_code="371321999999999"
    )
    assert problem["errors"][0]["pointer"] == "/grid_code"
    operator.post(f"{path}/decide", **common, grid_code=STORY_GRID)
    case_id = operator.get(path)["decisions"][0]["case_id"]
    wait_until(
        lambda: town.ask("operator", "GET", f"/cases/{case_id}").status_code == 200,
        seconds=SECONDS, what="the case that the meeting decided",
    )  # fmt: skip
    case = operator.get(f"/cases/{case_id}")
    assert case["description"] == "会商:上游两家作坊一并整治"
    operator.post(f"{path}/close", minutes="形成一项决定")


def test_bodies_are_those_of_the_plan_and_wrong_questions_are_refused(town: Town) -> None:
    bodies = town.caller("county-leader").get("/bodies")["items"]
    group = next(each for each in bodies if each["id"] == "leading-group")
    office = next(each for each in group["seats"] if each.get("department") == "env-office")
    assert len(office["people"]) == 2 and group["meetings"] == ["会商"]
    for wrong in ({"kind": "club"}, {"area": "x"}, {"page": "2"}):
        assert town.ask("county-leader", "GET", "/bodies", params=wrong).status_code == 422
    assert town.ask(None, "GET", "/bodies").status_code == 401


@pytest.mark.rule("PAT-12")
def test_a_return_that_is_not_there_is_not_there_for_anybody(town: Town) -> None:
    for who in ("leader", "operator", "env-head"):
        refused(town, who, f"/patrol/returns/{new_id()}/submit", 404, "return-not-found", words="x")
        refused(town, who, "/patrol/returns/nonsense/accept", 404, "return-not-found")
    assert town.caller("operator").get("/patrol/returns")["items"] == []
