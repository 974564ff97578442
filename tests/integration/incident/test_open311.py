"""Reports by Open311 and what the public sees of them, on a real database (INC-21, INC-12, INC-18)."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.auth import Principal
from services.chassis.errors import Forbidden, NotFound
from services.chassis.ids import new_id
from services.incident import messages
from services.incident.errors import GridUnknown, MatterUnknown, OutsideCounty, PlaceMissing, ReplyMissing, ReplyWrong
from services.incident.queries.open311 import Wanted

from .conftest import GRID, INSIDE, County, hear

pytestmark = pytest.mark.rule("INC-21")

APPLICATION = Principal("application:0193", "随手拍", frozenset({"application"}))
RUBBISH, WATER, QUARREL = "06010", "06026", "X1101"
CONTACT = {"email": "wang@example.cn", "device_id": "tt222", "account_id": "account-77"}
PERSON = {"name": "王五", "phone": "13812345678", **CONTACT}
POINT = messages.GivenPoint(*INSIDE)


def submit(county: County, code: str = RUBBISH, key: str | None = None, **changed: Any) -> dict[str, Any]:
    values = {"description": "垃圾成堆", "point": POINT, **changed}
    return county.do(messages.Submit(service_code=code, **values), APPLICATION, key)


def find(county: County, **wanted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = county.service.public.requests(Wanted(**wanted))["items"]
    return found


def ids(requests: Sequence[dict[str, Any]]) -> list[str]:
    return [request["id"] for request in requests]


def attribute(code: str, *values: str) -> messages.GivenAttribute:
    return messages.GivenAttribute(code=code, values=values)


def test_a_report_is_filed_and_dispatched_like_any_other_and_names_its_application(county: County) -> None:
    answer = submit(county, media_url="https://example.cn/a.jpg", **PERSON)
    assert answer["request_id"] == answer["id"]
    assert (answer["token"], answer["notice"]) == ("", "处理时限:5 个工作日")
    case = county.case(answer["id"])
    assert (case["state"], case["channel"], case["external_reference"]) == (
        "dispatched", "open311", "https://example.cn/a.jpg",
    )  # fmt: skip
    first = case["history"][0]
    actor = (first["actor_id"], first["actor_name"], first["actor_role"])
    assert actor == ("application:0193", "随手拍", "application")
    assert (case["reporter_id"], case["first_report"]) == ("", False), "nobody is scored for it"
    assert (case["reporter_name"], case["reporter_phone"]) == ("王*", "138****5678")


@pytest.mark.rule("PRV-02", "PRV-04")
def test_who_reported_is_sealed_and_in_no_event(county: County) -> None:
    answer = submit(county, description="门口垃圾成堆,电话 13812345678", **PERSON)
    tables = ("submission", "change", '"limit"', "message", "deadline", "audit", "idempotency")
    dump = str([county.rows(f"SELECT row_to_json(each)::text FROM {table} each") for table in tables])
    dump += str(county.rows("SELECT convert_from(body, 'UTF8') FROM outbox"))
    dump += str(county.rows('SELECT reporter_name, reporter_phone FROM "case"'))
    assert [secret for secret in PERSON.values() if secret in dump] == []
    sealed = county.rows("SELECT contact FROM submission")[0].contact
    assert _open(county, sealed, answer["id"]) == CONTACT


def _open(county: County, sealed: str, case_id: str) -> Any:
    return json.loads(county.service.queries._seal.open(sealed, f"open311.contact:{case_id}"))


@pytest.mark.rule("INC-18", "PRV-03")
def test_a_request_shows_what_the_plan_publishes_and_nothing_of_the_reporter(county: County) -> None:
    answer = submit(county, address="张三家门口", **PERSON)
    [request] = find(county, ids=[answer["request_id"]])
    assert request["service_code"] == RUBBISH
    assert (request["status"], request["status_notes"]) == ("open", "已派遣,待接件")
    assert request["address"] == "网格001, 网格001"
    assert (request["address_id"], request["point"]) == (GRID, {"lon": INSIDE[0], "lat": INSIDE[1]})
    assert request["agency"] == "", "the plan does not publish departments"
    assert request["expected_at"] > request["requested_at"] == county.case(answer["id"])["reported_at"]
    shown = str(request)
    assert not any(word in shown for word in ("垃圾成堆", "张三", "王五", "138", "example", "tt222"))


def test_without_a_grid_a_token_stands_for_the_request_until_it_is_filed(county: County) -> None:
    answer = submit(county, point=None, address="幸福街一带")
    assert (answer["request_id"], len(answer["token"])) == ("", 32)
    assert county.service.public.token(answer["token"]) == {"request_id": ""}
    assert find(county) == find(county, ids=[answer["id"]]) == []
    county.do(messages.File(case_id=answer["id"], grid_code=GRID), county.operator)
    assert county.service.public.token(answer["token"]) == {"request_id": answer["id"]}
    assert ids(find(county)) == [answer["id"]]
    for unknown in ("", "x", new_id(), "\u0661"):
        with pytest.raises(NotFound):
            county.service.public.token(unknown)


def test_a_declined_report_is_closed_without_the_reason(county: County) -> None:
    answer = submit(county, point=None, address="幸福街一带")
    county.do(messages.Decline(case_id=answer["id"], reason="李四说不归我们管"), county.operator)
    request_id = county.service.public.token(answer["token"])["request_id"]
    [request] = find(county, ids=[request_id])
    assert (request["status"], request["status_notes"], request["address"]) == ("closed", "不予受理", "")


@pytest.mark.rule("INC-12")
def test_confidential_cases_are_not_shown_found_or_counted(county: County) -> None:
    shown, hidden = submit(county), submit(county, QUARREL)
    assert (hidden["request_id"], hidden["token"]) == ("", "")
    unfiled = submit(county, QUARREL, point=None, address="东头")
    assert (unfiled["request_id"], unfiled["token"]) == ("", "")
    for wanted in ({}, {"codes": [QUARREL, RUBBISH]}, {"statuses": ["open"]}, {"ids": [hidden["id"], shown["id"]]}):
        assert ids(find(county, **wanted)) == [shown["id"]]
    for wanted in ({"codes": [QUARREL]}, {"ids": [hidden["id"]]}, {"ids": [new_id()]}, {"codes": ["nothing"]}):
        assert find(county, **wanted) == []
    numbers = [request["id"] for request in find(county)]
    assert not any("20261123" in each for each in numbers), "running numbers would let one count what is hidden"


@pytest.mark.rule("INC-12")
def test_a_case_is_hidden_when_filing_finds_a_confidential_matter(county: County) -> None:
    answer = submit(county, point=None, address="东头")
    county.do(messages.File(case_id=answer["id"], matter_code=QUARREL, grid_code=GRID), county.operator)
    with pytest.raises(NotFound):
        county.service.public.token(answer["token"])
    assert find(county) == find(county, ids=[answer["id"]]) == []


@pytest.mark.rule("INC-12")
def test_a_plan_that_makes_a_matter_confidential_hides_its_old_cases(
    county: County, plan_document: dict[str, Any]
) -> None:
    answer = submit(county)
    secret = [{**each, "confidential": True} if each["code"] == RUBBISH else each for each in plan_document["matters"]]
    document = {**plan_document, "matters": secret}
    data = {"plan_id": "p02", "version": 2, "document": document}
    hear(county.service, "registry.plan-activated.v1", "p02", data, sequence=2)
    assert find(county, ids=[answer["id"]]) == []


def test_questions_are_answered_by_code_and_checked(county: County) -> None:
    with pytest.raises(ReplyMissing):
        submit(county, WATER)
    with pytest.raises(ReplyWrong):
        submit(county, WATER, attributes=(attribute("water-colour", "紫"), attribute("smell", "是")))
    good = (attribute("water-colour", "黑"), attribute("smell", "是"), attribute("extent", "30"))
    case = county.case(submit(county, WATER, attributes=good)["id"])
    assert {reply["question"]: reply["value"] for reply in case["replies"]} == {
        "water-colour": "黑", "smell": "是", "extent": "30",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code": "99999"}, MatterUnknown),
        ({"point": messages.GivenPoint(1.0, 1.0)}, OutsideCounty),
        ({"point": None}, PlaceMissing),
        ({"point": None, "grid_code": "371321999999999"}, GridUnknown),
    ],
)
def test_wrong_reports_are_refused_and_leave_nothing(county: County, changed: dict[str, Any], error: type) -> None:
    with pytest.raises(error):
        submit(county, **changed)
    assert county.rows("SELECT 1 FROM submission") == county.rows('SELECT 1 FROM "case"') == []


def test_only_applications_submit(county: County) -> None:
    with pytest.raises(Forbidden):
        county.do(messages.Submit(service_code=RUBBISH, point=POINT), county.operator)
    assert county.rows('SELECT 1 FROM "case"') == []


@pytest.mark.rule("ALL-04")
def test_the_same_idempotency_key_reports_once(county: County) -> None:
    assert submit(county, key="once") == submit(county, key="once")
    assert len(county.rows("SELECT 1 FROM submission")) == 1


def test_filters_by_service_status_and_time(county: County) -> None:
    rubbish = submit(county)
    county.clock.advance(hours=1)
    settled = county.do(
        messages.Report(
            matter_code=RUBBISH,
            description="已修",
            channel="grid-worker",
            grid_code=GRID,
            settled=True,
            result="已清运",
        ),
        county.member,
    )
    if settled["state"] == "spot-check":  # one in ten is drawn, by its id (INC-14)
        county.do(messages.Verify(case_id=settled["id"], passed=True), county.verifier)
    county.clock.advance(hours=1)
    other = submit(county, "07001")
    requested = {request["id"]: request["requested_at"] for request in find(county)}
    assert list(requested) == [other["id"], settled["id"], rubbish["id"]], "newest first"
    assert ids(find(county, codes=[RUBBISH])) == [settled["id"], rubbish["id"]]
    assert ids(find(county, statuses=["open"])) == [other["id"], rubbish["id"]]
    assert ids(find(county, codes=[RUBBISH], statuses=["closed"])) == [settled["id"]]
    assert ids(find(county, codes=[RUBBISH, "07001"], statuses=["open", "closed"])) == list(requested)
    at = requested[settled["id"]]
    assert ids(find(county, since=at, until=at)) == [settled["id"]], "both ends count"
    assert ids(find(county, until=at - timedelta(microseconds=1))) == [rubbish["id"]]
    assert ids(find(county, ids=[rubbish["id"], "x", new_id()], statuses=["closed"])) == [rubbish["id"]], "ids override"
    closed = next(request for request in find(county) if request["id"] == settled["id"])
    assert closed["status_notes"] in ("自行处置,已登记:已清运", "自行处置,抽查中")


def test_services_are_the_plan_s_matters_with_their_questions(county: County) -> None:
    answer = county.service.public.services()
    by_code = {each["code"]: each for each in answer["items"]}
    assert answer["plan"] == "p02/1"
    assert (by_code[RUBBISH]["published"], by_code[QUARREL]["published"]) == (True, False)
    assert by_code[WATER]["attributes"][1] == {
        "code": "smell", "text": "是否有异味", "kind": "choice", "choices": ["是", "否"], "required": True,
    }  # fmt: skip
    assert [each["kind"] for each in by_code[WATER]["attributes"]] == ["choice", "choice", "choice", "number"]


@pytest.mark.rule("INC-16")
def test_a_duplicate_is_closed_and_its_notes_follow_the_main_case(county: County) -> None:
    main, duplicate = submit(county), submit(county)
    county.do(messages.Merge(case_id=main["id"], duplicates=(duplicate["id"],)), county.operator)
    [request] = find(county, ids=[duplicate["id"]])
    assert (request["status"], request["status_notes"]) == ("closed", "已并案;主案已派遣,待接件")
    assert ids(find(county, statuses=["open"])) == [main["id"]]
    assert ids(find(county, codes=[RUBBISH], statuses=["closed"])) == [duplicate["id"]]
