"""Diaries over REST: what is no day, no person and no words is refused before any service is asked (PAT-08)."""

import pytest

from wangge.patrol.v1 import diary_pb2 as pb
from wangge.patrol.v1 import patrol_pb2

pytestmark = [pytest.mark.anyio, pytest.mark.rule("PAT-08")]

WORDS = "/api/v1/patrol/diary/2026-11-22/words"
NOTES = "/api/v1/patrol/diary/2026-11-22/notes"


async def test_a_day_is_asked_for_by_its_date_and_empty_parts_are_there(client, services) -> None:
    services.answers["GetDiary"] = lambda *_: pb.DiaryDay(person_id="p-1", day="2026-11-22", version=3)
    reply = await client.get("/api/v1/patrol/diary/2026-11-22")
    assert (reply.status_code, reply.headers["etag"]) == (200, '"3"')
    assert (reply.json()["records"], reply.json()["notes"], reply.json()["words"]) == ([], [], "")
    assert (services.asked[-1][1].day, services.asked[-1][1].person_id) == ("2026-11-22", "")


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "20261122x", "2026-11-22T00:00:00Z"])
async def test_what_is_no_day_is_refused(client, services, day) -> None:
    for method, path, body in (
        ("GET", "", None),
        ("PUT", "/words", {"words": "x"}),
        ("POST", "/notes", {"words": "x"}),
    ):
        reply = await client.request(method, f"/api/v1/patrol/diary/{day}{path}", json=body)
        assert (reply.status_code, services.asked) == (422, [])
        assert "2026-11-22" in reply.text


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/words"),
        ({"words": 7}, "/words"),
        ({"words": "字" * 5001}, "/words"),
        ({"words": "x", "mood": 1}, "/mood"),
    ],
)
async def test_what_are_no_words_is_named(client, services, body, pointer) -> None:
    for method, path in (("PUT", WORDS), ("POST", NOTES)):
        reply = await client.request(method, path, json=body)
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, pointer)
    assert services.asked == []


async def test_words_may_be_emptied_and_a_note_may_not(client, services) -> None:
    services.answers["WriteDiary"] = lambda *_: patrol_pb2.Receipt(id="2026-11-22", version=4, state="open")
    reply = await client.put(WORDS, json={"words": ""}, headers={"if-match": '"3"'})
    assert (reply.status_code, reply.json()["version"]) == (200, 4)
    reply = await client.post(NOTES, json={"words": "  "})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "/words")


async def test_a_filter_that_is_none_is_refused(client, services) -> None:
    for query, name in (
        ("area=town", "area"),
        ("since=soon", "since"),
        ("mine=maybe", "mine"),
        ("limit=0", "limit"),
    ):
        reply = await client.get(f"/api/v1/patrol/diary?{query}")
        assert reply.status_code == 422, query
        assert name in reply.text
    assert services.asked == []
