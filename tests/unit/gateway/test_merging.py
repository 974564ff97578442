"""Merging and unmerging by REST: what is let through, and what is named as wrong (INC-16)."""

from typing import Any

import pytest

pytestmark = [pytest.mark.anyio, pytest.mark.rule("INC-16", "ALL-05")]

ID = "01936f2a-7c00-7000-8000-000000000001"
OTHER = "01936f2a-7c00-7000-8000-000000000002"
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("merge", {}, "/duplicates", "required"),
    ("merge", {"duplicates": OTHER}, "/duplicates", "type"),
    ("merge", {"duplicates": []}, "/duplicates", "count"),
    ("merge", {"duplicates": [OTHER] * 51}, "/duplicates", "count"),
    ("merge", {"duplicates": [7]}, "/duplicates/0", "type"),
    ("merge", {"duplicates": ["371321-20261122-000017"]}, "/duplicates/0", "format"),
    ("merge", {"duplicates": [OTHER], "reason": 5}, "/reason", "type"),
    ("merge", {"duplicates": [OTHER], "reason": "长" * 2001}, "/reason", "length"),
    ("merge", {"duplicates": [OTHER], "into": ID}, "/into", "unknown-field"),
    ("unmerge", {}, "/reason", "required"),
    ("unmerge", {"reason": " "}, "/reason", "blank"),
    ("unmerge", {"reason": None}, "/reason", "null"),
]


@pytest.mark.parametrize(("action", "body", "pointer", "code"), WRONG)
async def test_a_wrong_body_is_named(client, action: str, body: dict[str, Any], pointer: str, code: str) -> None:
    answer = await client.post(f"/api/v1/cases/{ID}/{action}", json=body)
    assert answer.status_code == 422
    assert [(row["pointer"], row["code"]) for row in answer.json()["errors"]] == [(pointer, code)]


async def test_a_good_body_reaches_the_service_with_the_version_seen(client, services) -> None:
    headers = {"If-Match": '"7"', "Idempotency-Key": "merge-1"}
    body = {"duplicates": [OTHER], "reason": "同一排污口"}
    answer = await client.post(f"/api/v1/cases/{ID}/merge", json=body, headers=headers)
    assert answer.status_code == 200
    request, metadata = services.last("Merge")
    assert (request.case_id, list(request.duplicates), request.reason) == (ID, [OTHER], "同一排污口")
    assert (metadata["expected-version"], metadata["idempotency-key"]) == ("7", "merge-1")
    await client.post(f"/api/v1/cases/{ID}/unmerge", json={"reason": "不是同一处"})
    assert services.last("Unmerge")[0].reason == "不是同一处"
