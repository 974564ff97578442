"""Asking for cases like one that is about to be reported: what is let through, and what is named as wrong (INC-16)."""

import pytest

from wangge.incident.v1 import incident_pb2

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-16", "ALL-05")]

GOOD = "matter_code=06026"
WRONG = [
    ("lon=118.4&lat=35.5", "/query/matter_code", "required"),
    (f"{GOOD}&lon=118.4", "/query/lat", "required"),
    (f"{GOOD}&lat=35.5", "/query/lon", "required"),
    (f"{GOOD}&lon=east&lat=35.5", "/query/lon", "type"),
    (f"{GOOD}&lon=nan&lat=35.5", "/query/lon", "type"),
    (f"{GOOD}&lon=118.4&lat=91", "/query/lat", "range"),
    (f"{GOOD}&grid_code=12", "/query/grid_code", "format"),
    (f"{GOOD}&grid_code=371321106245001&text={'x' * 501}", "/query/text", "length"),
    (f"{GOOD}&surprise=1", "/query/surprise", "unknown-field"),
]


@pytest.mark.parametrize(("query", "pointer", "code"), WRONG)
async def test_a_wrong_question_is_named(client, query: str, pointer: str, code: str) -> None:
    answer = await client.get(f"/api/v1/cases/similar?{query}")
    assert answer.status_code == 422
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [(pointer, code)]


async def test_a_question_reaches_the_service_and_its_answer_the_caller(client, services) -> None:
    found = incident_pb2.SimilarCase(id="1", score=0.5, hours=1, words=0.2, why="同一网格")
    services.answers["FindSimilar"] = lambda *_: incident_pb2.SimilarList(items=[found])
    answer = await client.get(f"/api/v1/cases/similar?{GOOD}&lon=118.4&lat=35.5&text=黑水")
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    assert (item["score"], item["metres"], item["why"]) == (0.5, None, "同一网格")
    request, _ = services.last("FindSimilar")
    assert (request.matter_code, request.point.lat, request.text) == ("06026", 35.5, "黑水")


async def test_the_like_of_a_case_are_asked_by_its_number(client, services) -> None:
    answer = await client.get("/api/v1/cases/371321-20261122-000017/similar")
    assert answer.json() == {"items": []}
    assert services.last("ListSimilar")[0].case_id == "371321-20261122-000017"
