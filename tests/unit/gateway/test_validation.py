"""Every wrong input is named with its place, a code, and what would be right in the caller's language (ALL-05)."""

from typing import Any

import pytest

from gateway.api.fields import SEPARATOR

pytestmark = [pytest.mark.anyio, pytest.mark.rule("ALL-05")]

GOOD = {"matter_code": "06026", "description": "黑水", "point": {"lon": 118.4, "lat": 35.5}, "channel": "grid-worker"}
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"surprise": 1}, "/surprise", "unknown-field"),
    ({"description": None}, "/description", "null"),
    ({"description": 5}, "/description", "type"),
    ({"description": "   "}, "/description", "blank"),
    ({"description": "\ufeff\u200b\u202e\x01"}, "/description", "blank"),
    ({"description": "长" * 2001}, "/description", "length"),
    ({"point": {"lon": "118", "lat": 35.5}}, "/point/lon", "type"),
    ({"point": {"lon": True, "lat": 35.5}}, "/point/lon", "type"),
    ({"point": {"lon": 181, "lat": 35.5}}, "/point/lon", "range"),
    ({"point": {"lon": 118.4}}, "/point/lat", "required"),
    ({"point": [118.4, 35.5]}, "/point", "type"),
    ({"grid_code": "12"}, "/grid_code", "format"),
    ({"grid_code": "371321106201003\n"}, "/grid_code", "format"),
    ({"channel": "pigeon"}, "/channel", "choice"),
    ({"settled": "true"}, "/settled", "type"),
    ({"attachments": "a"}, "/attachments", "type"),
    ({"attachments": ["a"] * 21}, "/attachments", "count"),
    ({"attachments": [1]}, "/attachments/0", "type"),
    ({"replies": [{"question": "q"}]}, "/replies/0/value", "required"),
    ({"occurred_at": "2026-11-22T09:00:00"}, "/occurred_at", "format"),
    ({"occurred_at": "yesterday"}, "/occurred_at", "format"),
]


@pytest.mark.parametrize(("change", "pointer", "code"), WRONG, ids=[f"{row[1]}-{row[2]}" for row in WRONG])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_wrong_body_is_named(client, change: dict[str, Any], pointer: str, code: str, language: str) -> None:
    answer = await client.post("/api/v1/cases", json={**GOOD, **change}, headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [(pointer, code)]
    detail = answer.json()["errors"][0]["detail"]
    assert detail
    assert SEPARATOR not in detail
    assert detail.isascii() is (language == "en") or "…" in detail


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"5", b"null"])
async def test_a_body_that_is_no_object_is_named(client, content: bytes) -> None:
    answer = await client.post("/api/v1/cases", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "type"


async def test_a_good_body_reaches_the_service_as_it_was_meant(client, services) -> None:
    body = {**GOOD, "occurred_at": "2026-11-22T09:00:00+08:00", "replies": [{"question": "smell", "value": "臭"}]}
    answer = await client.post("/api/v1/cases", json=body)
    assert answer.status_code == 201
    request, _ = services.last("Report")
    assert (request.matter_code, request.point.lon, request.channel) == ("06026", 118.4, "grid-worker")
    assert request.occurred_at.ToJsonString() == "2026-11-22T01:00:00Z"
    assert request.replies[0].value == "臭"
    assert not request.HasField("grid_code")


QUERIES = [
    ("limit=0", "/query/limit", "range"),
    ("limit=201", "/query/limit", "range"),
    ("limit=ten", "/query/limit", "type"),
    ("limit=1.5", "/query/limit", "type"),
    ("limit=1&limit=2", "/query/limit", "repeated"),
    ("for_me=yes", "/query/for_me", "type"),
    ("sort=name", "/query/sort", "choice"),
    ("surprise=1", "/query/surprise", "unknown-field"),
    ("since=2026-11-22", "/query/since", "format"),
    ("area=abc", "/query/area", "format"),
]


@pytest.mark.parametrize(("query", "pointer", "code"), QUERIES, ids=[row[0] for row in QUERIES])
async def test_a_wrong_query_is_named(client, query: str, pointer: str, code: str) -> None:
    answer = await client.get(f"/api/v1/cases?{query}")
    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)


async def test_a_good_query_reaches_the_service(client, services) -> None:
    query = "states=filed&states=dispatched&limit=7&for_me=true&area=371321106&since=2026-11-22T00:00:00%2B08:00"
    answer = await client.get(f"/api/v1/cases?{query}")
    assert answer.json() == {"items": [], "next_cursor": None}
    request, _ = services.last("ListCases")
    assert list(request.states) == ["filed", "dispatched"]
    assert (request.limit, request.for_me, request.area) == (7, True, "371321106")
    assert request.since.ToJsonString() == "2026-11-21T16:00:00Z"


@pytest.mark.parametrize(
    "path", ["/api/v1/grids/12", "/api/v1/cases/a%20b", "/api/v1/cases/%00", "/api/v1/cases/..%2f"]
)
async def test_a_wrong_path_parameter_is_refused(client, path: str) -> None:
    assert (await client.get(path)).status_code in (400, 404, 422)


async def test_a_number_in_the_path_is_a_number(client, services) -> None:
    assert (await client.get("/api/v1/plans/p2/3")).status_code == 200
    assert services.last("GetPlan")[0].version == 3
    assert (await client.get("/api/v1/plans/p2/three")).json()["errors"][0]["pointer"] == "/path/version"


async def test_an_address_of_any_letters_is_answered_as_a_reference(client) -> None:
    answer = await client.get("/api/v1/cases/%C2%84网")
    assert answer.json()["instance"] == "/api/v1/cases/%C2%84%E7%BD%91"


async def test_a_nul_in_the_query_is_refused(client) -> None:
    assert (await client.get("/api/v1/cases?text=a%00b")).status_code == 400


@pytest.mark.parametrize("text", ["x\\u0000y", "x\\ud800y"])
async def test_a_character_that_no_database_takes_is_named_with_its_place(client, text: str) -> None:
    body = f'{{"replies": [{{"question": "q", "value": "{text}"}}]}}'.encode()
    answer = await client.post("/api/v1/cases", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/replies/0/value"]


async def test_a_question_mark_and_a_tab_stay_in_the_address_that_is_answered(client) -> None:
    answer = await client.get("/api/v1/cases/a%3Fb%09c%23d")
    assert answer.json()["instance"] == "/api/v1/cases/a%3Fb%09c%23d"


async def test_query_bodies_with_reserved_names_pass(client, services) -> None:
    assert (await client.get("/api/v1/matters?class=环境")).status_code == 200
    request, _ = services.last("ListMatters")
    assert getattr(request, "class") == "环境"
