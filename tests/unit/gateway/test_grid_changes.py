"""The routes for changes of grids, and who was responsible (REG-04): bad bodies and queries are named (ALL-05)."""

from typing import Any

import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.rule("REG-04", "ALL-05")]

GRID, OTHER = "371321106201001", "371321106201002"
WHY = {"effective": "2026-12-01", "reason": "户数超过规模"}
RING = [[118.0, 35.0], [118.1, 35.0], [118.1, 35.1], [118.0, 35.0]]
PART = {"name": "甲", "boundary": {"type": "Polygon", "coordinates": [RING]}, "drawn_how": "drawn"}
BODIES: dict[str, dict[str, Any]] = {
    "split": {**WHY, "parts": [PART, {**PART, "people": [{"person_id": "p-1", "post": "leader"}]}]},
    "merge": {**WHY, "others": [OTHER], "name": "合"},
    "reparent": {**WHY, "parent_code": OTHER},
    "retire": {**WHY, "successor_code": OTHER},
}
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("split", {"parts": [PART]}, "/parts", "count"),
    ("split", {"parts": [PART, {**PART, "drawn_how": "guessed"}]}, "/parts/1/drawn_how", "choice"),
    ("split", {"parts": [PART, {**PART, "boundary": "round"}]}, "/parts/1/boundary", "type"),
    ("split", {"parts": [PART, {**PART, "people": [{"person_id": "p"}]}]}, "/parts/1/people/0/post", "required"),
    ("split", {"parts": [PART, {**PART, "children": ["12"]}]}, "/parts/1/children/0", "format"),
    ("split", {"reason": " "}, "/reason", "blank"),
    ("split", {"effective": "tomorrow"}, "/effective", "format"),
    ("merge", {"others": []}, "/others", "count"),
    ("merge", {"others": ["1"]}, "/others/0", "format"),
    ("merge", {"name": 5}, "/name", "type"),
    ("reparent", {"parent_code": None}, "/parent_code", "null"),
    ("retire", {"successor_code": "next door"}, "/successor_code", "format"),
    ("retire", {"surprise": 1}, "/surprise", "unknown-field"),
]


@pytest.mark.parametrize(("kind", "change", "pointer", "code"), WRONG, ids=[f"{row[0]}-{row[2]}" for row in WRONG])
async def test_a_wrong_body_is_named(client, administrator, kind: str, change: Any, pointer: str, code: str) -> None:
    answer = await client.post(f"/api/v1/grids/{GRID}/{kind}", json={**BODIES[kind], **change}, headers=administrator)
    assert answer.status_code == 422
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("kind", BODIES)
async def test_a_good_body_reaches_the_service(client, services, administrator, kind: str) -> None:
    answer = await client.post(f"/api/v1/grids/{GRID}/{kind}", json=BODIES[kind], headers=administrator)
    assert answer.status_code == 201
    method = {"split": "SplitGrid", "merge": "MergeGrids", "reparent": "ReparentGrid", "retire": "RetireGrid"}[kind]
    request, metadata = services.last(method)
    assert (request.code, request.effective) == (GRID, "2026-12-01")
    assert metadata["idempotency-key"]


@pytest.mark.parametrize("kind", BODIES)
async def test_a_grid_member_may_not(client, kind: str) -> None:
    assert (await client.post(f"/api/v1/grids/{GRID}/{kind}", json=BODIES[kind])).status_code == 403
    assert (await client.post("/api/v1/grid-changes/some-id/cancel")).status_code == 403


async def test_a_path_that_is_no_grid_is_named(client, administrator) -> None:
    answer = await client.post("/api/v1/grids/12/retire", json=BODIES["retire"], headers=administrator)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/path/code"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("responsible?lon=east&lat=35", "/query/lon"),
        ("responsible?lon=118&lat=91", "/query/lat"),
        ("responsible?grid_code=12", "/query/grid_code"),
        ("responsible?on=yesterday&grid_code=371321106201001", "/query/on"),
        ("grid-changes?state=lost", "/query/state"),
        ("grid-changes?kind=burn", "/query/kind"),
    ],
)
async def test_a_wrong_query_is_named(client, query: str, pointer: str) -> None:
    answer = await client.get(f"/api/v1/{query}")
    assert answer.status_code == 422
    assert [row["pointer"] for row in answer.json()["errors"]] == [pointer]


async def test_a_question_by_point_reaches_the_service_with_its_day(client, services) -> None:
    answer = await client.get("/api/v1/responsible?lon=118.4&lat=35.5&on=2026-11-01")
    assert answer.status_code == 200
    request, _ = services.last("FindResponsible")
    assert (request.lon, request.lat, request.on, request.grid_code) == (118.4, 35.5, "2026-11-01", "")
