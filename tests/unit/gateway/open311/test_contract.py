"""The structure of every answer is that of the specification's own examples, in both formats (INC-21)."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from .conftest import ID, KEY, TOKEN

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-21")]

V2 = "/open311/v2"
SERVICE = ["service_code", "service_name", "description", "metadata", "type", "keywords", "group"]
ATTRIBUTE = ["variable", "code", "datatype", "required", "datatype_description", "order", "description", "values"]
REQUEST = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
]  # fmt: skip
FORM = {"api_key": KEY, "service_code": "06010", "lat": "35.45", "long": "118.45", "description": "垃圾成堆"}


async def xml(client: Any, path: str) -> ET.Element:
    answer = await client.get(f"{V2}/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<')
    return ET.fromstring(answer.content)


def names(element: ET.Element) -> list[str]:
    return [below.tag for below in element]


@pytest.mark.parametrize("suffix", ["", ".json"])
async def test_services_in_json_are_a_bare_array(client, county, suffix: str) -> None:
    answer = await client.get(f"{V2}/services{suffix}")
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    listed = answer.json()
    assert [list(each) for each in listed] == [SERVICE] * 3
    assert listed[0] == {
        "service_code": "06010", "service_name": "暴露垃圾", "description": "市容环境·暴露垃圾(GB/T 47678.5-2026)",
        "metadata": False, "type": "realtime", "keywords": "市容环境, 暴露垃圾", "group": "市容环境",
    }  # fmt: skip
    assert listed[1]["metadata"] is True


@pytest.mark.rule("INC-12")
async def test_a_confidential_matter_is_a_blackbox(client, county) -> None:
    assert [each["type"] for each in (await client.get(f"{V2}/services")).json()] == [
        "realtime",
        "realtime",
        "blackbox",
    ]


async def test_services_in_xml(client, county) -> None:
    root = await xml(client, "services.xml")
    assert (root.tag, names(root)) == ("services", ["service"] * 3)
    assert [names(each) for each in root] == [SERVICE] * 3
    assert root.findtext("service/metadata") == "false"
    assert root.attrib == {}, "no namespace is declared"


async def test_a_definition_in_json(client, county) -> None:
    found = (await client.get(f"{V2}/services/06026.json")).json()
    assert list(found) == ["service_code", "attributes"]
    attributes = found["attributes"]
    assert list(attributes[0]) == ATTRIBUTE
    assert [each["datatype"] for each in attributes] == [
        "singlevaluelist", "multivaluelist", "number", "datetime", "text",
    ]  # fmt: skip
    assert [each["order"] for each in attributes] == [1, 2, 3, 4, 5]
    assert [each["required"] for each in attributes] == [True, False, False, False, False]
    assert attributes[0]["values"] == [{"key": "黄", "name": "黄"}, {"key": "黑", "name": "黑"}]
    assert "values" not in attributes[4]


async def test_a_definition_in_xml(client, county) -> None:
    root = await xml(client, "services/06026.xml")
    assert (root.tag, names(root)) == ("service_definition", ["service_code", "attributes"])
    attributes = root.find("attributes")
    assert names(attributes) == ["attribute"] * 5
    assert names(attributes[0]) == ATTRIBUTE
    assert names(attributes[0].find("values")) == ["value"] * 2
    assert names(attributes[0].find("values")[0]) == ["key", "name"]
    assert (attributes[0].findtext("variable"), attributes[0].findtext("required")) == ("true", "true")


@pytest.mark.parametrize("path", ["requests", f"requests/{ID}"])
async def test_requests_in_json_are_a_bare_array(client, county, path: str) -> None:
    [request] = (await client.get(f"{V2}/{path}.json")).json()
    assert list(request) == REQUEST
    assert request["service_request_id"] == ID
    assert request["requested_datetime"] == "2026-11-22T11:04:05+08:00"
    assert (request["lat"], request["long"]) == (35.45, 118.45)
    assert request["description"] is request["zipcode"] is request["media_url"] is None


@pytest.mark.parametrize("path", ["requests", f"requests/{ID}"])
async def test_requests_in_xml(client, county, path: str) -> None:
    root = await xml(client, f"{path}.xml")
    assert (root.tag, names(root), names(root[0])) == ("service_requests", ["request"], REQUEST)
    assert root.findtext("request/lat") == "35.45"
    assert root.find("request/description").text is None


async def test_a_report_answers_its_id(client, county) -> None:
    answer = await client.post(f"{V2}/requests.json", data={**FORM, "account_id": "123456"})
    assert answer.status_code == 200
    assert answer.json() == [
        {"service_request_id": ID, "service_notice": "处理时限:5 个工作日", "account_id": "123456"}
    ]
    root = ET.fromstring((await client.post(f"{V2}/requests.xml", data=FORM)).content)
    assert (root.tag, names(root)) == ("service_requests", ["request"])
    assert names(root[0]) == ["service_request_id", "service_notice", "account_id"]


async def test_a_report_that_waits_answers_a_token_and_no_id(client, county) -> None:
    from wangge.incident.v1 import open311_pb2 as pb

    county.answers["Submit"] = lambda *_: pb.Submitted(id=ID, token=TOKEN)
    [answer] = (await client.post(f"{V2}/requests", data=FORM)).json()
    assert answer == {"token": TOKEN, "service_notice": None, "account_id": None}
    county.answers["Submit"] = lambda *_: pb.Submitted(id=ID)
    [answer] = (await client.post(f"{V2}/requests", data=FORM)).json()
    assert answer == {"service_notice": None, "account_id": None}, "a blackbox has neither"


async def test_a_token_answers_its_request(client, county) -> None:
    assert (await client.get(f"{V2}/tokens/{TOKEN}.json")).json() == [{"service_request_id": ID, "token": TOKEN}]
    root = await xml(client, f"tokens/{TOKEN}.xml")
    assert [names(root), names(root[0])] == [["request"], ["service_request_id", "token"]]
    from wangge.incident.v1 import open311_pb2 as pb

    county.answers["FindToken"] = lambda *_: pb.FoundToken()
    assert (await client.get(f"{V2}/tokens/{TOKEN}")).json() == [{"service_request_id": None, "token": TOKEN}]


@pytest.mark.parametrize("root", ["/open311", V2])
async def test_discovery_in_both_formats(client, county, root: str) -> None:
    found = (await client.get(f"{root}/discovery.json")).json()
    assert list(found) == ["changeset", "contact", "key_service", "endpoints"]
    [endpoint] = found["endpoints"]
    assert list(endpoint) == ["specification", "url", "changeset", "type", "formats"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == "http://gateway/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert found["changeset"] == "2026-11-22 11:04"
    document = ET.fromstring((await client.get(f"{root}/discovery.xml")).content)
    assert [document.tag, *names(document)] == ["discovery", *found]
    assert names(document.find("endpoints/endpoint/formats")) == ["format", "format"]


async def test_errors_are_an_array_in_the_format_asked_for(client, county) -> None:
    answer = await client.post(f"{V2}/requests.json", data={"service_code": "06010"})
    assert (answer.status_code, list(answer.json()[0])) == (403, ["code", "description"])
    assert answer.json()[0]["code"] == 403
    answer = await client.post(f"{V2}/requests.xml", data={"service_code": "06010"})
    assert (answer.status_code, answer.headers["content-type"]) == (403, "text/xml; charset=utf-8")
    root = ET.fromstring(answer.content)
    assert (root.tag, names(root), names(root[0])) == ("errors", ["error"], ["code", "description"])


async def test_a_browser_s_page_may_ask_and_nothing_is_kept_by_caches(client, county) -> None:
    answer = await client.get(f"{V2}/services.json", headers={"Origin": "https://example.cn"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads((await client.head(f"{V2}/services.json")).headers["content-length"]) > 100
