"""The PyPI client `georeport`, against a gateway and services that really run (INC-21)."""

from typing import Any

import httpx
import pytest
from georeport import GeoReport

from .conftest import ADMINISTRATOR, OPERATOR, Platform

pytestmark = pytest.mark.rule("INC-21")

PLACE = {"lat": "35.45", "long": "118.45"}
WATER = {"service_code": "06026", "attribute[water-colour]": "黄", "attribute[smell]": "否", **PLACE}
FORMATS = pytest.mark.parametrize("output_format", ["json", "xml"])


@pytest.fixture(scope="module")
def reported(platform: Platform) -> list[dict[str, Any]]:
    """Two requests that are public, one that is confidential."""
    people = {"first_name": "五", "last_name": "王", "phone": "13812345678", "email": "wang@example.cn"}
    forms = (WATER, {"service_code": "06010", **PLACE}, {"service_code": "X1101", **PLACE})
    return [platform.report(description="门口 <b>河水</b> 发黄", **people, **form) for form in forms]


def client(platform: Platform, output_format: str) -> GeoReport:
    return GeoReport(platform.open311, jurisdiction="371321", output_format=output_format)


@FORMATS
def test_the_client_lists_services(platform: Platform, output_format: str) -> None:
    services = client(platform, output_format).get_service_list()
    by_code = {each["service_code"]: each for each in services}
    assert len(by_code) > 100
    assert by_code["06026"]["service_name"] == "河道污染"
    assert str(by_code["06026"]["metadata"]).lower() == "true"
    assert by_code["X1101"]["type"] == "blackbox"


@FORMATS
def test_the_client_reads_a_definition(platform: Platform, output_format: str) -> None:
    found = client(platform, output_format).get_service_definition("06026")
    attributes = found["attributes"] if output_format == "json" else found["attributes"]["attribute"]
    assert [each["code"] for each in attributes] == ["water-colour", "smell", "outfall", "extent"]
    assert attributes[3]["datatype"] == "number"


@FORMATS
def test_the_client_reads_requests(platform: Platform, output_format: str, reported: list[dict[str, Any]]) -> None:
    wanted = client(platform, output_format)
    ids = {each["service_request_id"] for each in reported if "service_request_id" in each}
    assert len(ids) == 2
    listed = wanted.get_service_requests(status="open", service_code="06026,06010,X1101")
    assert ids <= {each["service_request_id"] for each in listed}
    assert {each["service_code"] for each in listed} <= {"06026", "06010"}
    assert {each["service_request_id"] for each in wanted.get_service_requests(",".join(ids))} == ids
    one = wanted.get_service_request(next(iter(ids)))
    assert one["status"] == "open"
    assert float(one["lat"]) == 35.45
    shown = str(listed) + str(one)
    assert not any(word in shown for word in ("河水", "王", "138", "example.cn"))


@FORMATS
def test_times_of_answers_can_be_asked_for(
    platform: Platform, output_format: str, reported: list[dict[str, Any]]
) -> None:
    wanted = client(platform, output_format)
    ids = [each["service_request_id"] for each in reported if "service_request_id" in each]
    first, last = (wanted.get_service_request(each)["requested_datetime"] for each in ids)
    assert first.endswith("+08:00")
    listed = wanted.get_service_requests(service_code="06026,06010", start_date=first, end_date=last)
    assert {*ids} <= {each["service_request_id"] for each in listed}, "both moments are within"


@FORMATS
def test_the_client_raises_for_what_is_not_there(platform: Platform, output_format: str) -> None:
    import requests

    with pytest.raises(requests.HTTPError, match="404"):
        client(platform, output_format).get_service_request("nope")
    with pytest.raises(requests.HTTPError, match="404"):
        GeoReport(platform.open311, jurisdiction="city.gov", output_format=output_format).get_service_list()


def test_a_token_becomes_a_request_when_an_operator_files_it(platform: Platform) -> None:
    answer = platform.report(service_code="06010", address_string="幸福街一带")
    token = answer["token"]
    assert "service_request_id" not in answer
    assert platform.get(f"tokens/{token}.json").json() == [{"service_request_id": None, "token": token}]
    listed = platform.call("GET", "/cases?states=reported", OPERATOR).json()["items"]
    case_id = next(each["id"] for each in listed if each["address"] == "幸福街一带")
    assert platform.get(f"requests/{case_id}").status_code == 404, "nobody has looked at it yet"
    filed = platform.call("POST", f"/cases/{case_id}/file", OPERATOR, json={"grid_code": "371321106245001"})
    assert filed.status_code == 200
    assert platform.get(f"tokens/{token}").json()[0]["service_request_id"] == case_id
    assert platform.get(f"requests/{case_id}").json()[0]["status"] == "open"


def test_staff_sees_the_link_the_application_and_a_masked_reporter(
    platform: Platform, reported: list[dict[str, Any]]
) -> None:
    link = "https://example.cn/photo.jpg"
    request_id = platform.report(service_code="06010", media_url=link, last_name="王", first_name="五", **PLACE)
    case = platform.call("GET", f"/cases/{request_id['service_request_id']}", OPERATOR).json()
    assert (case["external_reference"], case["channel"], case["reporter_name"]) == (link, "open311", "王*")
    assert case["history"][0]["actor_name"] == "随手拍"


@pytest.mark.rule("ALL-04")
def test_repeating_with_a_key_reports_once(platform: Platform) -> None:
    form = {"api_key": platform.key, "service_code": "06010", **PLACE}
    sent = {"headers": {"Idempotency-Key": "k-7"}, "trust_env": False}
    answers = [httpx.post(f"{platform.open311}/requests", data=form, **sent) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = httpx.post(f"{platform.open311}/requests", data={**form, "lat": "35.41"}, **sent)
    assert other.status_code == 400


def test_an_application_is_listed_and_loses_its_key(platform: Platform) -> None:
    body = {"name": "另一个", "may": ["write"], "per_minute": 5}
    made = platform.call("POST", "/applications", ADMINISTRATOR, json=body)
    assert made.status_code == 201
    assert platform.call("POST", "/applications", OPERATOR, json=body).status_code == 403
    gone = platform.call("DELETE", f"/applications/{made.json()['id']}", ADMINISTRATOR)
    assert gone.status_code == 200
    listed = platform.call("GET", "/applications?state=revoked", ADMINISTRATOR).json()["items"]
    assert [each["name"] for each in listed] == ["另一个"]
    form = {"api_key": made.json()["key"], "service_code": "06010", **PLACE}
    assert httpx.post(f"{platform.open311}/requests", data=form, trust_env=False).status_code == 403
