"""How the edge behaves for every operation: tokens, roles, idempotency, versions, headers, health."""

import re
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.auth import Principal
from wangge.incident.v1 import incident_pb2
from wangge.registry.v1 import registry_pb2

pytestmark = pytest.mark.anyio
REASON = {"reason": "重复"}


@pytest.mark.parametrize("sent", [None, "", "Basic abc", "Bearer", "Bearer nonsense", "Bearer a.b.c", "Bearer ü"])
async def test_without_a_token_that_holds_nothing_is_answered(client, services, sent: str | None) -> None:
    headers: dict[str, Any] = {"Authorization": (sent or "").encode("latin-1")}
    if sent is None:
        del client.headers["Authorization"]
        headers = {}
    answer = await client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert not services.asked


async def test_an_expired_token_is_refused(client, issue) -> None:
    expired = issue(lifetime=timedelta(minutes=-5))
    answer = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {expired}"})
    assert answer.json()["code"] == "token-refused"


@pytest.mark.rule("REG-14")
async def test_a_role_is_checked_before_the_body_is_read(client, services) -> None:
    answer = await client.post("/api/v1/divisions/import", content=b"not json")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert "导入区划" in answer.json()["detail"]
    assert not services.asked


async def test_who_has_the_role_passes(client, administrator) -> None:
    row = {"code": "371321000000", "name": "沂南县", "kind": "county"}
    answer = await client.post("/api/v1/divisions/import", json={"rows": [row]}, headers=administrator)
    assert answer.status_code == 200


async def test_token_language_and_address_travel_to_the_service(client, services) -> None:
    await client.get("/api/v1/me", headers={"Accept-Language": "en"})
    _, metadata = services.last("Me")
    assert metadata["authorization"] == client.headers["authorization"]
    assert metadata["accept-language"] == "en"
    assert metadata["peer-address"] == "127.0.0.1"
    assert "idempotency-key" not in metadata


@pytest.mark.rule("ALL-04")
async def test_an_idempotency_key_travels_to_the_service(client, services) -> None:
    answer = await client.post("/api/v1/cases/c1/decline", json=REASON, headers={"Idempotency-Key": "key-1"})
    assert answer.headers["idempotency-key"] == "key-1"
    assert services.last("Decline")[1]["idempotency-key"] == "key-1"


@pytest.mark.rule("ALL-04")
async def test_without_a_key_one_is_made_and_told(client, services) -> None:
    answer = await client.post("/api/v1/cases/c1/decline", json=REASON)
    made = answer.headers["idempotency-key"]
    assert re.fullmatch("[0-9a-f-]{36}", made)
    assert services.last("Decline")[1]["idempotency-key"] == made


@pytest.mark.rule("ALL-04")
@pytest.mark.parametrize("key", ["", " ", "x" * 201, "a b", "键"])
async def test_an_unfit_key_is_refused(client, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    answer = await client.post("/api/v1/cases/c1/decline", json=REASON, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/Idempotency-Key"


async def test_a_version_is_told_and_taken_back(client, services) -> None:
    services.answers["GetCase"] = lambda *_: incident_pb2.Case(id="c1", version=7)
    assert (await client.get("/api/v1/cases/c1")).headers["etag"] == '"7"'
    await client.post("/api/v1/cases/c1/decline", json=REASON, headers={"If-Match": '"7"'})
    assert services.last("Decline")[1]["expected-version"] == "7"
    await client.post("/api/v1/cases/c1/decline", json=REASON, headers={"If-Match": "*"})
    assert "expected-version" not in services.last("Decline")[1]


@pytest.mark.parametrize("sent", ["7", '"x"', '"-1"', '"1", "2"', ""])
async def test_an_unfit_version_is_refused(client, sent: str) -> None:
    answer = await client.post("/api/v1/cases/c1/decline", json=REASON, headers={"If-Match": sent})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/header/If-Match"


async def test_a_grids_version_is_found_where_its_page_has_it(client, services) -> None:
    services.answers["GetGrid"] = lambda *_: registry_pb2.GridPage(grid=registry_pb2.Grid(version=3))
    assert (await client.get("/api/v1/grids/371321106201003")).headers["etag"] == '"3"'


async def test_a_page_ends_with_a_null_cursor(client, services) -> None:
    services.answers["ListCases"] = lambda *_: incident_pb2.CaseList(next_cursor="abc")
    assert (await client.get("/api/v1/cases")).json()["next_cursor"] == "abc"
    services.answers["ListCases"] = lambda *_: incident_pb2.CaseList()
    assert (await client.get("/api/v1/cases")).json()["next_cursor"] is None


async def test_every_answer_carries_security_headers_and_its_trace(client) -> None:
    for path in ("/api/v1/me", "/healthz", "/nowhere"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]


async def test_the_service_away_is_said_in_time(client, services, settings) -> None:
    async def never(_: Any, context: Any) -> None:
        import asyncio

        await asyncio.Event().wait()

    services.answers["Me"] = never
    answer = await client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (504, "timed-out")


async def test_what_nobody_foresaw_is_a_problem_without_details(client, monkeypatch) -> None:
    monkeypatch.setattr(client.app.state.shared.clients, "ask", None)
    answer = await client.get("/api/v1/me")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "NoneType" not in answer.text


async def test_health_readiness_and_metrics(client) -> None:
    assert (await client.get("/healthz")).json() == {"status": "alive"}
    ready = await client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["stream"] == "absent"
    await client.get("/api/v1/cases/secret-number")
    text = (await client.get("/metrics")).text
    assert 'wangge_http_requests_total{method="GET",route="/api/v1/cases/{case_id}",status="200"} 1.0' in text
    assert "secret-number" not in text


async def test_a_language_of_the_account_is_used_when_none_is_asked_for(client, issue) -> None:
    english = issue(Principal("p", "Ann", frozenset(), language="en"))
    answer = await client.get("/api/v1/grids/1", headers={"Authorization": f"Bearer {english}"})
    assert answer.json()["title"] == "Unprocessable content"


async def test_the_event_log_is_paged_by_position(client, services) -> None:
    from wangge.liaison.v1 import liaison_pb2

    services.answers["ReadLog"] = lambda *_: liaison_pb2.ReadLogReply(last_position=2**40, more=True)
    page = (await client.get("/api/v1/events?cursor=5&types=incident.*")).json()
    assert page == {"items": [], "next_cursor": str(2**40), "last_position": 2**40}
    request, _ = services.last("ReadLog")
    assert (request.after_position, list(request.types), request.limit) == (5, ["incident.*"], 100)


async def test_head_answers_like_get_without_a_body(client) -> None:
    answer = await client.head("/api/v1/me")
    assert answer.status_code == 200
