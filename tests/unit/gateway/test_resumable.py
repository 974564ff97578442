"""Files that come in parts: each byte once, whatever breaks on the way (PAT-11)."""

import asyncio
import hashlib
import os
import random
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.api.settings import Settings
from gateway.api.unfinished import LIFETIME, MOST, Unfinished
from tests.unit.gateway.test_uploads import WAV, picture

pytestmark = [pytest.mark.anyio, pytest.mark.rule("PAT-11")]
PLACE = "/api/v1/resumable-uploads"
PHOTO = picture("JPEG", (900, 700), quality=95)


async def announce(client: httpx.AsyncClient, content: bytes, key: str = "k", **changed: Any) -> httpx.Response:
    body = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), **changed}
    return await client.post(PLACE, json=body, headers={"Idempotency-Key": key})


async def part(client: httpx.AsyncClient, told: dict[str, Any], offset: int, content: Any) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream"}
    return await client.patch(f"{PLACE}/{told['id']}", params={"offset": offset}, content=content, headers=headers)


async def where(client: httpx.AsyncClient, told: dict[str, Any]) -> int:
    answer = await client.get(f"{PLACE}/{told['id']}")
    return int(answer.json()["offset"])


def left(settings: Settings) -> list[Path]:
    return sorted(settings.blobs.glob("unfinished/*/*"))


@pytest.mark.parametrize("seed", range(5))
async def test_a_file_in_parts_becomes_the_same_upload_as_in_one(client, seed: int) -> None:
    draw, told = random.Random(seed), (await announce(client, PHOTO)).json()
    assert (told["offset"], told["bytes"], told["upload"]) == (0, len(PHOTO), None)
    at = 0
    while at < len(PHOTO):
        end = min(len(PHOTO), at + draw.randrange(1, len(PHOTO)))
        answer = await part(client, told, at, PHOTO[at:end])
        assert answer.status_code == 200, answer.text
        at = end
        assert answer.json()["offset"] == at
    done = answer.json()["upload"]
    whole = await client.post("/api/v1/uploads", files={"file": ("a.jpg", PHOTO)})
    assert (done["sha256"], done["width"], done["height"]) == (whole.json()["sha256"], 900, 700)
    assert (await client.get(f"/api/v1/uploads/{done['id']}")).status_code == 200


async def test_what_arrived_before_the_signal_went_is_kept_and_the_rest_follows(client, settings) -> None:
    told = (await announce(client, PHOTO)).json()

    async def cut() -> AsyncIterator[bytes]:
        yield PHOTO[:5000]
        yield PHOTO[5000:7000]
        raise ConnectionError("the signal is gone")

    assert (await part(client, told, 0, cut())).status_code == 500, "which nobody sees: here the break is in the app"
    assert await where(client, told) == 7000
    assert (await client.head(f"{PLACE}/{told['id']}")).status_code == 200
    answer = await part(client, told, 7000, PHOTO[7000:])
    assert answer.json()["upload"]["media_type"] == "image/jpeg"
    assert [each.suffix for each in left(settings)] == [".json"]


async def test_announcing_and_the_last_part_again_say_the_same(client) -> None:
    told = (await announce(client, PHOTO)).json()
    await part(client, told, 0, PHOTO[:100])
    again = (await announce(client, PHOTO)).json()
    assert (again["id"], again["offset"]) == (told["id"], 100)
    other = await announce(client, PHOTO + b"x")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    done = (await part(client, told, 100, PHOTO[100:])).json()
    assert (await part(client, told, 100, PHOTO[100:])).json() == done
    assert (await announce(client, PHOTO)).json() == done


async def test_a_gateway_that_died_before_it_took_the_whole_file_takes_it_with_an_empty_part(client, settings) -> None:
    told = (await announce(client, WAV)).json()
    next(each for each in left(settings) if each.suffix == ".part").write_bytes(WAV)
    assert await where(client, told) == len(WAV)
    answer = await part(client, told, len(WAV), b"")
    assert answer.json()["upload"]["media_type"] == "audio/wav"


async def test_a_part_somewhere_else_is_refused_and_says_where(client) -> None:
    told = (await announce(client, PHOTO)).json()
    await part(client, told, 0, PHOTO[:100])
    for offset in (0, 50, 101):
        answer = await part(client, told, offset, b"x")
        assert (answer.status_code, answer.json()["code"]) == (409, "at-another-offset")
        assert answer.json()["detail"] == "平台已收到 100 字节,请从该处继续"
    assert await where(client, told) == 100


async def test_two_parts_at_once_are_not_mixed(client) -> None:
    told = (await announce(client, PHOTO)).json()
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield PHOTO[:10]
        arrived.set()
        await go_on.wait()
        yield PHOTO[10:20]

    first = asyncio.create_task(part(client, told, 0, slow()))
    await arrived.wait()
    second = await part(client, told, 0, PHOTO[:10])
    assert (second.status_code, second.json()["code"]) == (409, "part-under-way")
    go_on.set()
    assert (await first).json()["offset"] == 20


async def test_a_file_that_is_not_the_announced_one_is_dropped_whole(client, settings) -> None:
    told = (await announce(client, PHOTO, sha256="0" * 64)).json()
    answer = await part(client, told, 0, PHOTO)
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong-checksum")
    assert answer.json()["errors"][0]["pointer"] == "/sha256"
    assert left(settings) == [] and not (settings.blobs / "contents").exists()
    assert (await client.get(f"{PLACE}/{told['id']}")).status_code == 404


async def test_what_is_no_picture_is_refused_as_in_one_and_nothing_stays(client, settings) -> None:
    told = (await announce(client, b"hello " * 100)).json()
    answer = await part(client, told, 0, b"hello " * 100)
    assert (answer.status_code, answer.json()["code"]) == (422, "not-an-upload")
    assert left(settings) == [] and not (settings.blobs / "contents").exists()


async def test_more_than_announced_is_refused_and_what_was_announced_can_still_follow(client) -> None:
    told = (await announce(client, PHOTO)).json()
    answer = await part(client, told, 0, PHOTO + b"x")
    assert (answer.status_code, answer.json()["code"]) == (422, "longer-than-announced")
    at = await where(client, told)
    assert (await part(client, told, at, PHOTO[at:])).json()["upload"]


@pytest.mark.parametrize("changed", [{"bytes": 0}, {"bytes": 21 * 1024 * 1024}, {"sha256": "ABC"}, {"bytes": "9"}])
async def test_an_announcement_with_something_wrong_in_it_says_where(client, settings, changed) -> None:
    answer = await announce(client, PHOTO, **changed)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"/{next(iter(changed))}")
    assert left(settings) == []


async def test_a_body_of_another_kind_and_a_missing_offset_are_refused(client) -> None:
    told = (await announce(client, PHOTO)).json()
    answer = await client.patch(f"{PLACE}/{told['id']}?offset=0", json={})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported-media-type")
    answer = await client.patch(f"{PLACE}/{told['id']}", content=b"x")
    assert answer.json()["errors"][0]["pointer"] == "/query/offset"


async def test_another_persons_file_is_as_if_it_were_not(client, administrator) -> None:
    told = (await announce(client, PHOTO)).json()
    for method in ("GET", "PATCH", "DELETE"):
        query = {"offset": 0} if method == "PATCH" else {}
        answer = await client.request(method, f"{PLACE}/{told['id']}", params=query, headers=administrator)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert await where(client, told) == 0


async def test_so_many_at_once_and_giving_one_up_makes_room(client, settings) -> None:
    told = [(await announce(client, PHOTO, key=f"k{number}")).json() for number in range(MOST)]
    answer = await announce(client, PHOTO, key="one more")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), "a key has no blanks"
    answer = await announce(client, PHOTO, key="one-more")
    assert (answer.status_code, answer.json()["code"]) == (409, "too-many-unfinished")
    assert (await client.delete(f"{PLACE}/{told[0]['id']}")).status_code == 204
    assert (await announce(client, PHOTO, key="one-more")).status_code == 201
    assert len([each for each in left(settings) if each.suffix == ".part"]) == MOST


async def test_what_never_became_whole_is_removed_in_time(client, settings) -> None:
    old, new = (await announce(client, PHOTO, key="old")).json(), (await announce(client, PHOTO, key="new")).json()
    then = time.time() - LIFETIME.total_seconds() - 60
    for each in left(settings):
        if old["id"] in each.name:
            os.utime(each, (then, then))
    Unfinished(settings.blobs).clean()
    assert {each.stem for each in left(settings)} == {new["id"]}
    assert (await client.get(f"{PLACE}/{old['id']}")).status_code == 404
