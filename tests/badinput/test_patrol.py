"""Results of patrols with something wrong in them, and photos that are cut off on the way (PAT-11, ALL-05).

Each entry is answered for itself: what was wrong, in Chinese; all others are taken. Step by step without a platform:
tests/integration/patrol/test_sync.py, tests/unit/gateway/test_resumable.py.
"""

import hashlib
import io
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from PIL import Image

from infra.demo.people import STORY_GRID
from infra.local.process import wait_until
from services.chassis.ids import new_id
from tests.badinput.answers import AS_MARKED, expect
from tests.badinput.town import Town

pytestmark = pytest.mark.rule("PAT-11", "ALL-05")
WATER, GARBAGE = "environment/water", "sanitation/garbage"
SECONDS = 60.0
Values = dict[str, Any]


def daily(town: Town, grid: str = STORY_GRID, ahead: int = 0) -> Values:
    """The member's daily patrol of a grid, so many days ahead of today."""
    found: list[Values] = []

    def there() -> bool:
        today = town.caller("member").get("/patrol/day")["day"]
        day = (datetime.fromisoformat(today) + timedelta(days=ahead)).date().isoformat()
        asked = {"mine": True, "patrol": "daily", "since": day, "until": day}
        tasks = town.caller("member").get("/patrol/tasks", **asked)["items"]
        found[:] = [each for each in tasks if each["grid"] == grid and each["day"] == day]
        return bool(found)

    wait_until(there, seconds=SECONDS, what=f"the daily patrol of {grid}")
    return found[0]


def entry(task: Values, item: str = "", **more: Any) -> Values:
    said = {"answer": "fine"} if item else {"rest": "fine"}
    plain = {"client_id": new_id(), "task_id": task["id"], "at": datetime.now(UTC).isoformat(), "item": item}
    return {**plain, **said, **more}


def sync(town: Town, *entries: Values, who: str = "member") -> list[Values]:
    answer = town.ask(who, "POST", "/patrol/sync", json={"entries": list(entries)})
    assert answer.status_code == 200, answer.text
    items: list[Values] = answer.json()["items"]
    assert [each["client_id"] for each in items] == [each["client_id"] for each in entries]
    return items


def stored(town: Town, task: Values) -> dict[str, Values]:
    """What the platform has of a task, by item."""
    return {each["item"]: each for each in town.caller("member").get(f"/patrol/tasks/{task['id']}")["findings"]}


def test_results_for_anothers_task_are_refused_as_if_it_were_not_there(town: Town) -> None:
    task = daily(town)
    mine = sync(town, entry(task, GARBAGE))
    before = stored(town, task)
    (told,) = sync(town, entry(task, WATER, answer="problem", words="黑水"), who="leader")
    assert (told["outcome"], told["code"]) == ("refused", "task-not-found")
    assert told["zh"] == f"没有找到巡查任务 {task['id']},或您无权查看"
    assert mine[0]["outcome"] in ("accepted", "known") and stored(town, task) == before


def test_results_for_a_task_that_is_not_yet_due_are_refused_and_say_from_when(town: Town) -> None:
    tomorrow, today = daily(town, ahead=1), daily(town)
    early, fine = sync(town, entry(tomorrow, GARBAGE), entry(today, GARBAGE))
    assert (early["outcome"], early["code"]) == ("refused", "not-yet-due")
    assert early["zh"] == f"任务 {tomorrow['day']} 起才到期,现在不能提交结果;请检查手机时间"
    assert fine["outcome"] in ("accepted", "known")
    assert stored(town, tomorrow) == {}


def test_the_same_twice_is_known_and_with_other_content_both_sides_are_shown(town: Town) -> None:
    task = daily(town)
    first = entry(task, "sanitation/heaps", words="岸边干净")
    assert sync(town, first)[0]["outcome"] == "accepted"
    again, other = sync(town, first, entry(task, "sanitation/heaps", words="岸边有垃圾"))
    assert (again["outcome"], other["outcome"]) == ("known", "conflict")
    assert (other["stored"]["words"], other["stored"]["client_id"]) == ("岸边干净", first["client_id"])
    (newer,) = sync(town, entry(task, "sanitation/heaps", words="岸边有垃圾", version=2))
    assert newer["outcome"] == "accepted"
    assert stored(town, task)["sanitation/heaps"]["words"] == "岸边有垃圾"


def test_the_same_item_from_eight_devices_at_once_is_stored_once(town: Town) -> None:
    task = daily(town)
    given = [entry(task, "sanitation/toilets", words=f"第 {number} 台设备") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        told = [items[0] for items in pool.map(lambda each: sync(town, each), given)]
    (winner,) = [each for each in told if each["outcome"] == "accepted"]
    assert {each["outcome"] for each in told} == {"accepted", "conflict"}
    kept = stored(town, task)["sanitation/toilets"]
    assert kept["client_id"] == winner["client_id"]
    assert {each["stored"]["client_id"] for each in told if each["outcome"] == "conflict"} == {kept["client_id"]}


def test_a_clock_two_days_ahead_is_not_believed_and_the_result_is_taken(town: Town) -> None:
    task, ahead = daily(town), (datetime.now(UTC) + timedelta(days=2)).isoformat()
    assert sync(town, entry(task, "livelihood/water-supply", at=ahead))[0]["outcome"] == "accepted"
    kept = datetime.fromisoformat(stored(town, task)["livelihood/water-supply"]["at"])
    assert abs(datetime.now(UTC) - kept) < timedelta(minutes=3)


def test_what_a_device_kept_for_two_weeks_arrives_with_its_own_time(town: Town) -> None:
    task, then = daily(town), datetime.now(UTC) - timedelta(days=14)
    assert sync(town, entry(task, "livelihood/facilities", at=then.isoformat()))[0]["outcome"] == "accepted"
    assert datetime.fromisoformat(stored(town, task)["livelihood/facilities"]["at"]) == then


def test_five_thousand_results_in_one_batch_are_refused_whole_and_taken_in_parts(town: Town) -> None:
    task, before = daily(town), town.rows("patrol")
    entries = [entry(task, GARBAGE, client_id=f"c{number}", at="2026-01-01T00:00:00Z") for number in range(5000)]
    answer = town.ask("member", "POST", "/patrol/sync", json={"entries": entries})
    expect(answer, 422, "invalid", AS_MARKED, entries="应有 1 至 500 项")
    assert town.rows("patrol") == before
    outcomes = [each["outcome"] for at in range(0, 5000, 500) for each in sync(town, *entries[at : at + 500])]
    assert len(outcomes) == 5000 and set(outcomes[1:]) == {"known"}


@pytest.fixture(scope="module")
def ended(town: Town) -> tuple[Values, Values, str]:
    """Tasks of a grid that was given up, one begun and one of the day after, and the grid that comes after it."""
    admin = town.caller("system-admin")
    page = admin.get("/grids", prefix=STORY_GRID[:9], kind="area", level=3, limit=200)["items"]
    grid, heir = [each["code"] for each in page if each["code"] != STORY_GRID and each["state"] == "active"][:2]
    person = town.caller("member").person["person_id"]
    admin.post("/posts", person_id=person, grid_code=grid, post="member", starts="2026-01-01")
    begun, untouched = daily(town, grid), daily(town, grid, ahead=1)
    assert sync(town, entry(begun, GARBAGE))[0]["outcome"] == "accepted"
    today = town.caller("member").get("/patrol/day")["day"]
    change = {"successor_code": heir, "effective": today, "reason": "并入邻近网格"}
    assert admin.post(f"/grids/{grid}/retire", **change)["state"] == "effective"
    wait_until(
        lambda: [_grid(town, each) for each in (begun, untouched)] == [heir, heir], seconds=SECONDS, what="tasks follow"
    )
    return begun, untouched, heir


def _grid(town: Town, task: Values) -> str:
    return str(town.caller("member").get(f"/patrol/tasks/{task['id']}")["grid"])


def test_results_for_a_grid_that_is_no_more_are_taken_in_the_one_that_came_after_it(
    town: Town, ended: tuple[Values, Values, str]
) -> None:
    begun, untouched, heir = ended
    found = entry(begun, WATER, answer="problem", words="排水口流黑水")
    kept, early, finish = sync(town, found, entry(untouched, GARBAGE), entry(begun))
    assert (kept["outcome"], finish["outcome"]) == ("accepted", "accepted")
    assert (early["outcome"], early["code"]) == ("refused", "not-yet-due")
    wait_until(lambda: _case(town, kept["case_id"]) is not None, seconds=SECONDS, what="the problem's case")
    case = _case(town, kept["case_id"])
    assert case is not None and case["grid_code"] == heir


def test_results_for_a_task_that_need_not_be_done_any_more_say_what_to_do(
    town: Town, ended: tuple[Values, Values, str]
) -> None:
    _, untouched, _ = ended
    answer = town.ask("operator", "POST", f"/patrol/tasks/{untouched['id']}/excuse", json={"reason": "当天停电检修"})
    assert answer.json()["state"] == "excused", answer.text
    (over,) = sync(town, entry(untouched, GARBAGE))
    assert (over["outcome"], over["code"]) == ("refused", "task-over")
    assert over["zh"] == "任务已是“已免除”(安排或网格已变更),不再收结果;发现的问题请直接上报"


def _case(town: Town, case_id: str) -> Values | None:
    answer = town.ask("operator", "GET", f"/cases/{case_id}")
    return answer.json() if answer.status_code == 200 else None


# ---- photos that are cut off


def _photo(seed: int) -> bytes:
    pixels, target = random.Random(seed).randbytes(300 * 300 * 3), io.BytesIO()
    Image.frombytes("RGB", (300, 300), pixels).save(target, "JPEG", quality=95)
    return target.getvalue()


def _announce(town: Town, content: bytes) -> str:
    body = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    answer = town.ask("member", "POST", "/resumable-uploads", json=body)
    assert answer.status_code == 201, answer.text
    return f"/resumable-uploads/{answer.json()['id']}"


def _part(town: Town, place: str, offset: int, content: Any) -> httpx.Response:
    headers = {"Content-Type": "application/octet-stream"}
    return town.ask("member", "PATCH", place, params={"offset": offset}, content=content, headers=headers)


class SignalGone(Exception):
    pass


def _cut(town: Town, place: str, at: int, content: bytes) -> int:
    """Send a body that never ends: the connection breaks once `content` has arrived. How much there is then."""

    def body() -> Iterator[bytes]:
        yield content
        wait_until(lambda: _arrived(town, place) >= at + len(content), seconds=SECONDS, what="the part arrives")
        raise SignalGone

    with suppress(SignalGone):
        _part(town, place, at, body())

    def nobody_writes() -> bool:
        return _part(town, place, _arrived(town, place), b"").status_code == 200

    wait_until(nobody_writes, seconds=SECONDS, what="the gateway sees that the connection is gone")
    return _arrived(town, place)


def _arrived(town: Town, place: str) -> int:
    return int(town.ask("member", "GET", place).json()["offset"])


def test_a_photo_cut_in_the_middle_is_resumed_and_is_on_the_case(town: Town) -> None:
    photo, task = _photo(1), daily(town)
    place, half = _announce(town, photo), len(photo) // 2
    assert _cut(town, place, 0, photo[:half]) == half
    said = _part(town, place, 0, photo)
    expect(said, 409, "at-another-offset", f"平台已收到 {half} 字节,请从该处继续")
    upload = _part(town, place, half, photo[half:]).json()["upload"]
    assert (upload["media_type"], upload["width"]) == ("image/jpeg", 300)
    found = entry(task, "environment/straw", answer="problem", words="烧秸秆", attachments=[upload["id"]])
    (told,) = sync(town, found)
    assert told["outcome"] == "accepted", told
    wait_until(lambda: _case(town, told["case_id"]) is not None, seconds=SECONDS, what="the problem's case")
    picture = town.ask("operator", "GET", f"/cases/{told['case_id']}/attachments/{upload['id']}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")


def test_a_photo_that_is_cut_again_and_again_arrives_whole_once(town: Town) -> None:
    photo, draw = _photo(2), random.Random(2)
    place, at = _announce(town, photo), 0
    for _ in range(6):
        upto = min(len(photo) - 1, at + draw.randrange(1, 20_000))
        at = _cut(town, place, at, photo[at:upto])
        assert at == upto
    done = _part(town, place, at, photo[at:]).json()["upload"]
    again = _part(town, place, at, photo[at:]).json()["upload"]
    assert done == again and done["width"] == 300


def test_a_part_of_something_else_is_found_out_and_nothing_of_it_stays(town: Town) -> None:
    photo, other = _photo(3), _photo(4)
    size = min(len(photo), len(other))
    place = _announce(town, photo[:size])
    assert _part(town, place, 0, photo[:1000]).status_code == 200
    said = f"收到的 {size} 字节与声明的校验值(sha256)不符,已全部丢弃;请重新上传"
    expect(_part(town, place, 1000, other[1000:size]), 422, "wrong-checksum", said, sha256=said)
    assert town.ask("member", "GET", place).status_code == 404
