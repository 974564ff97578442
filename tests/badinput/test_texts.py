"""Texts that a browser, a database, a spreadsheet or a log might take for something else: they stay texts.

Stored as they were written, escaped by whoever shows them, neutral in the files that a spreadsheet opens.
"""

import csv
import io
import json
from typing import Any

import openpyxl
import pytest

from infra.demo.people import STORY_GRID
from infra.local.process import wait_until
from tests.badinput.town import Town

TEXTS = {
    "right-to-left": "照片\u202egpj.exe",
    "zero-width": "张\u200b三\u200d\ufeff",
    "html": "<script>alert('x')</script><img src=x onerror=alert(1)>",
    "entities": "&lt;b&gt; &#60; ]]> <!-- -->",
    "sql": "'; DROP TABLE \"case\"; -- \\' %s %(id)s",
    "template": "{{7*7}} ${7*7} {why} %n",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+86 10086",
    "minus": "-2+3",
    "at": "@SUM(1+1)*cmd",
    "tab": "\t=1+1",
    "line-breaks": 'x\r\n{"event": "request", "status": 200, "person": "forged"}\n\u2028\u0085y',
    "terminal": "\x1b[2J\x1b[31m\x07",
    "emoji": "👨‍👩‍👧‍👦 𠮷 é",
}
EVERY = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
FORMULAS = [name for name in TEXTS if name in ("formula", "plus", "minus", "at", "tab")]


@EVERY
@pytest.mark.rule("INC-01")
def test_every_text_of_a_case_comes_back_as_it_was_written(town: Town, text: str) -> None:
    reporter = {"name": text[:60], "phone": "13800000000"}
    said = {"description": text, "address": text, "original_text": text, "external_reference": text}
    question = {"question": text, "value": text}
    answer = town.report("operator", **said, channel="telephone", reporter=reporter, replies=[question])
    if answer.status_code == 422:  # a matter has questions of its own; another one is named
        assert answer.json()["errors"][0]["pointer"].startswith("/replies/0"), answer.text
        answer = town.report("operator", **said, channel="telephone", reporter=reporter)
    assert answer.status_code == 201, answer.text
    path = f"/cases/{answer.json()['id']}"
    got = town.ask("operator", "GET", path, params={"purpose": "case-handling"})
    case = got.json()
    assert {name: case[name] for name in said} == said
    assert case["reporter_name"] == text[:60]
    assert got.headers["content-type"] == "application/json" and got.headers["x-content-type-options"] == "nosniff"
    _answered(town, path, text)


def _answered(town: Town, path: str, text: str) -> None:
    """The words of who handles it, too."""
    assert town.ask("env-handler", "POST", f"{path}/contribute", json={"note": text}).status_code in (
        200,
        403,
        404,
        409,
    )
    noted = town.ask("operator", "POST", f"{path}/decline", json={"reason": text})
    assert noted.status_code in (200, 409)
    history = town.caller("operator").get(path)["history"]
    if noted.status_code == 200:
        assert text in [entry["reason"] for entry in history]


@pytest.mark.rule("REG-13")
def test_exports_neutralise_what_a_spreadsheet_would_run_and_imports_take_it_back(town: Town) -> None:
    rows = [_department(f"bad-{name}", text) for name, text in TEXTS.items()]
    found = town.ask("system-admin", "POST", "/departments/import", json={"rows": rows})
    assert found.status_code == 200, found.text
    stored = {each["id"]: each["name"] for each in town.caller("system-admin").pages("/departments")}
    assert {name: stored[f"bad-{name}"] for name in TEXTS} == {name: text.strip() for name, text in TEXTS.items()}
    for form in (_csv, _xlsx):
        shown = form(town)
        for name in FORMULAS:
            assert shown[f"bad-{name}"] == f"'{TEXTS[name].strip()}"
        assert not [value for value in shown.values() if value[:1] in ("=", "+", "-", "@", "\t", "\r")]
    again = town.ask("system-admin", "POST", "/imports/departments?dry_run=true", content=_export(town, "xlsx"))
    assert (again.json()["state"], again.json()["changed"]) == ("checked", 0), again.text


def _department(code: str, name: str) -> dict[str, Any]:
    return {"id": code, "name": name, "level": "county", "kind": "other"}


def _export(town: Town, form: str) -> bytes:
    answer = town.ask("system-admin", "GET", f"/exports/departments.{form}")
    assert answer.status_code == 200
    return answer.content


def _csv(town: Town) -> dict[str, str]:
    text = io.StringIO(_export(town, "csv").decode("utf-8-sig"), newline="")
    return {row[0]: row[1] for row in csv.reader(text)}


def _xlsx(town: Town) -> dict[str, str]:
    sheet = openpyxl.load_workbook(io.BytesIO(_export(town, "xlsx"))).worksheets[0]
    cells = [row for row in sheet.iter_rows() if row[0].value]
    assert {cell.data_type for row in cells for cell in row if cell.value is not None} <= {"s", "n"}, "no formula"
    return {str(row[0].value): str(row[1].value) for row in cells}


@pytest.mark.rule("ALL-05")
def test_line_breaks_make_no_line_in_any_log(town: Town) -> None:
    forged = "%0d%0a%7b%22event%22%3a%22forged%22%7d"
    headers = {"User-Agent": "a\tb", "traceparent": "00-forged", "Accept-Language": "zh\t{}"}
    for path in (f"/cases/{forged}", f"/cases?text={forged}", f"/{forged}", f"/grids/{forged}"):
        assert town.ask("member", "GET", path, headers=headers).status_code in (200, 404, 422)
    sign_in = {"username": 'x\r\n{"event": "forged"}', "password": "y\r\nforged"}
    assert town.ask(None, "POST", "/sign-in", json=sign_in).status_code == 401
    assert town.report(description=TEXTS["line-breaks"]).status_code == 201
    marker = town.ask("member", "GET", "/cases/the-last-line-of-this-test")
    wait_until(lambda: marker.headers["trace-id"] in _text(town, "gateway"), seconds=30, what="the access log")
    for name in ("gateway", "api", "worker", "relay"):
        lines = town.log(name)  # every line is one JSON object
        assert all(isinstance(line, dict) and line.get("event") != "forged" for line in lines)
        assert "forged" not in [line.get("person") for line in lines]
    ours = [line for line in town.log("gateway") if "forged" in str(line.get("path"))]
    assert {line["event"] for line in ours} == {"request"} and len(ours) == 3
    assert "y\\r\\nforged" not in json.dumps(town.log("gateway")), "passwords are in no log"


def _text(town: Town, name: str) -> str:
    return (town.settings.logs / f"{name}.log").read_text("utf-8")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_that_are_html_escape_what_they_show(town: Town, language: str) -> None:
    headers = {"Accept-Language": language}
    for address in ("/problems/matter-unknown", "/problems", "/docs"):
        page = town.http.get(address, headers=headers)
        assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
        assert "default-src 'none'" in page.headers["content-security-policy"]
    for code in ("<script>alert(1)<%2Fscript>", "%22onload=x", "{code}"):
        page = town.http.get(f"/problems/{code}", headers=headers)
        assert page.status_code == 404 and page.headers["content-type"] == "application/problem+json"


def test_an_xml_answer_escapes_what_a_citizen_wrote(town: Town) -> None:
    text = "<b>&\"'</b>]]>"
    assert town.report(matter_code="06010", description=text, grid_code=STORY_GRID).status_code == 201
    answer = town.http.get("/open311/v2/requests.xml", params={"service_code": "06010"})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/xml")
    assert "<b>" not in answer.text
