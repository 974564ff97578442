"""Bad input by Open311 (INC-21): refusals in the standard's own form, and no case of them.

Field by field, without a platform: tests/unit/gateway/open311.
"""

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as xml

import httpx
import pytest

from tests.badinput.town import Town

pytestmark = pytest.mark.rule("INC-21", "ALL-05")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DEGREES = "应为 -90 至 90 的度数(WGS 84)"


@pytest.fixture(scope="module")
def key(town: Town) -> Iterator[str]:
    """The key of an application that may read and write."""
    security = town.caller("security-admin")
    found = security.post("/applications", name="坏输入", may=["read", "write"], per_minute=10_000)
    yield str(found["key"])
    security.delete(f"/applications/{found['id']}")


def _report(town: Town, key: str, form: str = "json", **changed: Any) -> httpx.Response:
    grid = town.county.outfall
    good = {
        "service_code": "06010", "lat": str(grid.lat), "long": str(grid.lon), "description": "垃圾", "api_key": key,
    }  # fmt: skip
    return town.http.post(f"/open311/v2/requests.{form}", data={**good, **changed})


WRONG: list[tuple[str, dict[str, str], int, str]] = [
    ("service", {"service_code": "99999"}, 404, "service_code: 没有服务 99999;请从 services 中选择"),
    (
        "outside", {"lat": "0", "long": "0"}, 400,
        "lat, long: 该位置(经度 0.0,纬度 0.0)不在本县任何网格内;请检查定位或选择网格",
    ),
    ("no-number", {"lat": "abc"}, 400, f"lat: {DEGREES}"),
    ("nan", {"lat": "nan"}, 400, f"lat: {DEGREES}"),
    ("beyond", {"lat": "90.1"}, 400, f"lat: {DEGREES}"),
    ("half", {"long": ""}, 400, "long: lat 与 long 须同时给出"),
    ("long", {"description": "x" * 4001}, 400, "description: 最多 4000 个字"),
    ("nul", {"description": "a\0b"}, 400, "description: 文字中含有 NUL 字符;请删去"),
    ("mail", {"email": "x\r\nBcc: all@example.org"}, 400, "email: 应为电子邮箱地址"),
    ("link", {"media_url": "javascript:alert(1)"}, 400, "media_url: 应为不含用户名和密码的 http(s) 链接"),
    ("inside-link", {"media_url": "http://user:secret@host/"}, 400, "media_url: 应为不含用户名和密码的 http(s) 链接"),
    ("phone", {"phone": "'; DROP TABLE--"}, 400, "phone: 应为电话号码:数字、空格、+ ( ) -"),
    ("device", {"device_id": "x" * 500}, 400, "device_id: 最多 200 个字"),
    ("attribute", {"attribute[q]": "x"}, 400, "attribute[q]: 该服务没有此属性;可用:-"),
    ("key", {"api_key": "wgk_forged"}, 403, "api_key 无效,或不允许此操作(api_key)"),
    ("elsewhere", {"jurisdiction_id": "370000"}, 404, "jurisdiction_id: 没有此辖区;本平台为 371321"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "code", "said"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_report_is_named_in_both_formats_and_makes_no_case(
    town: Town, key: str, changed: dict[str, str], code: int, said: str
) -> None:
    before = town.rows("incident")
    answer = _report(town, key, **changed)
    assert (answer.status_code, answer.json()) == (code, [{"code": code, "description": said}])
    written = _report(town, key, "xml", **changed)
    [error] = xml.fromstring(written.text.encode())
    assert written.status_code == code and (error.findtext("code"), error.findtext("description")) == (str(code), said)
    assert town.rows("incident") == before


BODIES: list[tuple[str, bytes, dict[str, str], list[dict[str, Any]]]] = [
    (
        "json", b"{}", {"Content-Type": "application/json"},
        [{"code": 415, "description": "不支持的内容类型 application/json;请使用 application/x-www-form-urlencoded"}],
    ),
    ("not-utf-8", b"description=%ff", FORM, [{"code": 400, "description": "请求无法读取:参数不是 UTF-8 文字"}]),
    (
        "ten-megabytes", b"description=" + b"x" * 10_000_000, FORM,
        [{"code": 413, "description": "内容过大:最多 256 KiB"}],
    ),
    ("many", b"a=1&" * 600, FORM, [{"code": 400, "description": "请求无法读取:参数超过 500 个"}]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "headers", "errors"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES])
def test_a_body_that_is_no_form_is_refused(
    town: Town, key: str, content: bytes, headers: dict[str, str], errors: list[dict[str, Any]]
) -> None:
    answer = town.http.post("/open311/v2/requests.json", params={"api_key": key}, content=content, headers=headers)
    assert (answer.status_code, answer.json()) == (400, errors)


ASKED = [
    ("/requests.json?start_date=yesterday", 400, "start_date: 应为带时区的时间,如 2026-11-22T00:00:00+08:00"),
    ("/requests.json?service_request_id=%00", 400, "service_request_id: 文字中含有 NUL 字符;请删去"),
    ("/services/99999.json", 404, "service_code: 没有服务 99999;请从 services 中选择"),
    ("/tokens/none.json", 404, "没有找到凭证 none"),
    ("/requests.yaml", 404, "没有此地址:/open311/v2/requests.yaml"),
    ("/requests/%3Cb%3E.json", 404, None),
]


@pytest.mark.parametrize(("path", "code", "said"), ASKED, ids=[row[0] for row in ASKED])
def test_a_wrong_question_is_answered_in_the_standards_form(town: Town, path: str, code: int, said: str | None) -> None:
    answer = town.http.get(f"/open311/v2{path}")
    [error] = answer.json()
    assert (answer.status_code, error["code"]) == (code, code)
    assert said is None or error["description"] == said


def test_a_method_that_is_none_is_refused(town: Town) -> None:
    answer = town.http.delete("/open311/v2/requests.json")
    assert (answer.status_code, answer.json()) == (
        400,
        [{"code": 405, "description": "此地址不支持 DELETE;可用:GET, POST"}],
    )


def test_a_citizens_text_is_kept_and_escaped_in_xml(town: Town, key: str) -> None:
    text = "=1+1 <b>'; --</b> \u202e ]]>"
    sent = _report(town, key, description=text)
    assert sent.status_code == 200
    case = town.caller("operator").get(f"/cases/{sent.json()[0]['service_request_id']}")
    assert case["description"] == text
