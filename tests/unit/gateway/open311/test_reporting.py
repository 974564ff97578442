"""POST Service Request: what is taken, what is refused, and that every fault is named at once (INC-21, ALL-05)."""

from typing import Any

import pytest

from wangge.incident.v1 import open311_pb2 as pb

from .conftest import KEY

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-21")]

REQUESTS = "/open311/v2/requests"
FORM = {"api_key": KEY, "service_code": "06010", "lat": "35.45", "long": "118.45"}
WATER = {**FORM, "service_code": "06026", "attribute[colour]": "黄"}


async def refused(client: Any, form: Any, **options: Any) -> tuple[int, list[str]]:
    answer = await client.post(REQUESTS, data=form, headers={"Accept-Language": "en"}, **options)
    return answer.status_code, [each["description"] for each in answer.json()]


async def test_the_specification_s_own_example_is_taken(client, county) -> None:
    body = (
        f"api_key={KEY}&jurisdiction_id=371321&service_code=06010&lat=35.45&long=118.45"
        "&address_string=1234+5th+street&email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456"
        "&first_name=john&last_name=smith&phone=111111111&description=A+large+sinkhole+is+destroying+the+street"
        "&media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg"
    )
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Idempotency-Key": "k-1"}
    answer = await client.post(REQUESTS, content=body, headers=headers)
    assert answer.status_code == 200
    request, metadata = county.last("Submit")
    assert request == pb.SubmitRequest(
        service_code="06010", description="A large sinkhole is destroying the street",
        point={"lat": 35.45, "lon": 118.45},
        address="1234 5th street", name="john smith", phone="111111111", email="smit333@sfgov.edu",
        device_id="tt222111", account_id="123456",
        media_url="http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg",
    )  # fmt: skip
    assert (metadata["authorization"], metadata["idempotency-key"]) == ("Bearer token-1", "k-1")
    assert answer.headers["idempotency-key"] == "k-1"


async def test_chinese_words_names_and_several_values_arrive(client, county) -> None:
    form = {
        **WATER,
        "first_name": "小明",
        "last_name": "王",
        "description": "河水发黄,\n有泡沫😀",
        "attribute[signs][]": ["异味", "死鱼"],
        "attribute[extent]": "12.5",
        "attribute[seen]": "2026-11-22T09:00:00+08:00",
    }
    assert (await client.post(REQUESTS, data=form)).status_code == 200
    request, _ = county.last("Submit")
    assert (request.name, request.description) == ("王小明", "河水发黄,\n有泡沫😀")
    given = {each.code: list(each.values) for each in request.attributes}
    assert given == {
        "colour": ["黄"], "signs": ["异味", "死鱼"], "extent": ["12.5"], "seen": ["2026-11-22T09:00:00+08:00"],
    }  # fmt: skip


@pytest.mark.parametrize(
    "place",
    [
        {"address_string": "幸福街 5 号"},
        {"address_id": "371321106201001"},
        {"lat": "35.45", "long": "118.45", "address_string": "幸福街 5 号"},
    ],
)
async def test_one_way_to_say_where_is_enough(client, county, place: dict[str, str]) -> None:
    answer = await client.post(REQUESTS, data={"api_key": KEY, "service_code": "06010", **place})
    assert answer.status_code == 200


async def test_empty_parameters_are_as_if_not_sent(client, county) -> None:
    form = {**FORM, "email": "", "address_id": " ", "attribute[x]": "", "jurisdiction_id": ""}
    assert (await client.post(REQUESTS, data=form)).status_code == 200


async def test_the_key_may_stand_in_the_address(client, county) -> None:
    form = {name: value for name, value in FORM.items() if name != "api_key"}
    assert (await client.post(f"{REQUESTS}?api_key={KEY}", data=form)).status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"service_code": ""}, "service_code: is required"),
        ({"lat": ""}, "lat: lat and long need each other"),
        ({"lat": "", "long": ""}, "lat, long: give lat and long"),
        ({"lat": "nan"}, "lat: must be degrees"),
        ({"lat": "91"}, "lat: must be degrees"),
        ({"long": "-180.1"}, "long: must be degrees"),
        ({"lat": "1e1"}, "lat: must be degrees"),
        ({"lat": "٣٥"}, "lat: must be degrees"),
        ({"address_id": "12"}, "address_id: must be a grid code"),
        ({"email": "nobody"}, "email: must be an address"),
        ({"phone": "ring me"}, "phone: must be a telephone number"),
        ({"description": "字" * 4001}, "description: may have 4000"),
        ({"first_name": "名" * 61}, "first_name: may have 60"),
        ({"media_url": "ftp://example.cn/a"}, "media_url: must be an http(s) link"),
        ({"media_url": "javascript:alert(1)"}, "media_url: must be an http(s) link"),
        ({"media_url": "http://user:pass@example.cn/"}, "media_url: must be an http(s) link"),
        ({"media_url": "http://[::1"}, "media_url: must be an http(s) link"),
        ({"media_url": "https:///a"}, "media_url: must be an http(s) link"),
        ({"attribute[smell]": "是"}, "attribute[smell]: is none of the service's"),
        ({"lat": ["35.1", "35.2"]}, "lat: may be given once only"),
    ],
)
async def test_what_is_wrong_is_named(client, county, changed: dict[str, Any], said: str) -> None:
    status, descriptions = await refused(client, {**FORM, **changed})
    assert status == 400
    assert [each[: len(said)] for each in descriptions] == [said]
    assert "Submit" not in [name for name, *_ in county.asked]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"attribute[colour]": ""}, "attribute[colour]: is required: 水体颜色"),
        ({"attribute[colour]": "紫"}, "attribute[colour]: must be one of: 黄、黑"),
        ({"attribute[colour]": ["黄", "黑"]}, "attribute[colour]: takes one value only"),
        ({"attribute[signs][]": ["异味", "没有"]}, "attribute[signs]: must be one of"),
        ({"attribute[extent]": "many"}, "attribute[extent]: must be a number"),
        ({"attribute[seen]": "2026-11-22"}, "attribute[seen]: must be a W3C time"),
        ({"attribute[words]": "字" * 2001}, "attribute[words]: may have 2000"),
    ],
)
async def test_answers_to_questions_are_checked(client, county, changed: dict[str, Any], said: str) -> None:
    status, descriptions = await refused(client, {**WATER, **changed})
    assert (status, [each[: len(said)] for each in descriptions]) == (400, [said])


@pytest.mark.rule("ALL-05")
async def test_all_faults_are_answered_at_once(client, county) -> None:
    wrong = {**WATER, "attribute[colour]": "紫", "lat": "x", "email": "x", "phone": "x", "description": "字" * 4001}
    status, descriptions = await refused(client, wrong)
    assert (status, len(descriptions)) == (400, 5)


async def test_an_unknown_service_is_404_and_other_faults_are_named_too(client, county) -> None:
    answer = await client.post(REQUESTS, data={**FORM, "service_code": "nope", "email": "x"})
    assert (answer.status_code, [each["code"] for each in answer.json()]) == (404, [404, 400])


async def test_a_service_that_left_the_plan_meanwhile_is_404(client, county) -> None:
    import grpc

    fault = {"path": "matter_code", "code": "matter-unknown", "zh": "没有", "en": "no such matter"}
    detail = {"code": "matter-unknown", "zh": "没有", "en": "no", "faults": [fault], "http": 422}
    county.refuse("Submit", grpc.StatusCode.INVALID_ARGUMENT, detail)
    answer = await client.post(REQUESTS, data=FORM, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.json()) == (404, [{"code": 404, "description": "service_code: no such matter"}])


async def test_what_the_service_refuses_is_400_in_the_standard_s_words(client, county) -> None:
    import grpc

    fault = {"path": "point", "code": "outside-county", "zh": "不在本县", "en": "outside the county"}
    detail = {"code": "outside-county", "zh": "不在本县", "en": "outside", "faults": [fault], "http": 422}
    county.refuse("Submit", grpc.StatusCode.INVALID_ARGUMENT, detail)
    answer = await client.post(f"{REQUESTS}.json", data=FORM)
    assert (answer.status_code, answer.json()) == (400, [{"code": 400, "description": "lat, long: 不在本县"}])


@pytest.mark.parametrize(
    ("content", "content_type", "code"),
    [
        (b'{"api_key": "x"}', "application/json", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
        (b"api_key=x", "application/x-www-form-urlencoded; charset=gbk", 415),
        (b"api_key=%FF%FE", "application/x-www-form-urlencoded", 400),
        (b"description=a%00b", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % number for number in range(501)), "application/x-www-form-urlencoded", 400),
        (b"description=" + b"x" * (256 * 1024), "application/x-www-form-urlencoded", 413),
        (b"", "", 415),
    ],
)
async def test_bodies_that_are_no_form_are_refused(
    client, county, content: bytes, content_type: str, code: int
) -> None:
    answer = await client.post(REQUESTS, content=content, headers={"Content-Type": content_type})
    assert (answer.status_code, [each["code"] for each in answer.json()]) == (400, [code])


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
async def test_other_methods_are_refused(client, county, method: str) -> None:
    answer = await client.request(method, REQUESTS)
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 405)


async def test_an_unfit_idempotency_key_is_refused(client, county) -> None:
    answer = await client.post(REQUESTS, data=FORM, headers={"Idempotency-Key": "a b"})
    assert (answer.status_code, answer.json()[0]["description"][:15]) == (400, "Idempotency-Key")
