"""The diary writes itself from the day's records, is closed each week, and the worker adds words (PAT-08)."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.envelope import Envelope
from services.chassis.errors import StaleVersion
from services.chassis.ids import new_id
from services.patrol import messages, schemas
from services.patrol.errors import CursorWrong, DayAhead, DayWrong, DiaryNotFound, WeekClosed, WeekOpen
from services.patrol.queries.diary import DiaryFilter
from tests.integration.incident.test_at_once import at_once
from tests.integration.patrol.conftest import (
    COLLEAGUE,
    GOVERNANCE,
    GRID,
    LEADER,
    MEMBER,
    OPERATOR,
    STRANGER,
    County,
    person,
)  # fmt: skip

pytestmark = pytest.mark.rule("PAT-08")

WATER, MONDAY, SECRET = "environment/water", "2026-11-23", "和张大爷谈了低保,电话13812345678"


def day(county: County, of: str = MONDAY, who: Principal = MEMBER, whose: Principal | None = None) -> dict[str, Any]:
    return county.service.diary.day(of, whose.person_id if whose else "", who)


def counts(line: dict[str, Any]) -> dict[str, int]:
    return {each["kind"]: each["count"] for each in line["counts"]}


def write(county: County, words: str, of: str = MONDAY, who: Principal = MEMBER, version: int | None = None) -> int:
    command = messages.WriteDiary(day=of, words=words, expected_version=version)
    return int(county.service.bus.handle(command, who)["version"])


def note(county: County, words: str, of: str = MONDAY) -> dict[str, Any]:
    return county.service.bus.handle(messages.AddDiaryNote(day=of, words=words), MEMBER)


def walked(county: County) -> dict[str, Any]:
    task = county.daily()
    county.sync(county.entry(task, WATER, answer="problem", words="黑水"), county.entry(task))
    return task


def report(county: County, who: Principal, channel: str = "grid-worker", fact: str = "reported", **more: Any) -> None:
    case_id = more.pop("case_id", None) or new_id()
    data = {
        "number": "371321-20261123-000001", "channel": channel, "reporter_id": who.person_id,
        "actor_id": who.person_id, "matter_code": "06026", "state": "reported", **more,
    }  # fmt: skip
    envelope = Envelope(
        id=new_id(), source="/wangge/371321/incident", type=f"incident.{fact}.v1", subject=case_id,
        time=county.clock.now(), sequence=1, grid=GRID, data=data,
    )  # fmt: skip
    county.service.bus.consume(schemas.read_case(envelope), "patrol.on.incident", envelope.id)


def test_a_day_on_which_nothing_was_done_is_empty_and_no_error(county: County) -> None:
    line = day(county)
    assert (line["counts"], line["records"], line["notes"], line["words"], line["version"]) == ([], [], [], "", 0)
    assert (line["closed"], line["actions"]) == (False, ["write"])
    assert county.service.diary.days(DiaryFilter(), MEMBER) == {"items": [], "next_cursor": ""}


def test_what_was_done_is_there_by_itself(county: County) -> None:
    task = walked(county)
    county.service.bus.handle(messages.SignTask(task_id=task["id"]), LEADER)
    county.service.bus.handle(messages.SubmitTask(task_id=task["id"]), GOVERNANCE)
    report(county, MEMBER)
    line = day(county)
    assert counts(line) == {"finished": 1, "found": 1, "reported": 1}
    told = [(each["kind_name"], each["title"], each["grid_name"]) for each in line["records"]]
    assert sorted(told) == [
        ("上报案件", "案件 371321-20261123-000001", "网格001"),
        ("发现问题并立案", "日巡查·环境保护类·河道污染", "网格001"),
        ("完成巡查", "日巡查", "网格001"),
    ]
    assert counts(day(county, who=LEADER)) == {"signed": 1}
    assert counts(day(county, who=GOVERNANCE)) == {"submitted": 1}


def test_what_is_sent_back_or_excused_stays_in_the_diary_of_who_did_it(county: County) -> None:
    task = walked(county)
    county.service.bus.handle(messages.SignTask(task_id=task["id"]), LEADER)
    county.service.bus.handle(messages.SendBackTask(task_id=task["id"], reason="河边没有看"), LEADER)
    county.service.bus.handle(messages.ExcuseTask(task_id=county.daily(COLLEAGUE)["id"], reason="病假"), OPERATOR)
    assert counts(day(county, who=LEADER)) == {"signed": 1, "sent-back": 1}
    assert counts(day(county, who=OPERATOR)) == {"excused": 1}


def test_a_batch_that_comes_again_and_a_case_that_a_patrol_found_are_there_once(county: County) -> None:
    task = county.daily()
    entries = [county.entry(task, WATER, answer="problem", words="黑水"), county.entry(task)]
    county.sync(*entries)
    county.sync(*entries)
    report(county, MEMBER, channel="patrol")
    assert counts(day(county)) == {"finished": 1, "found": 1}


def test_what_a_worker_did_with_a_case_is_there_and_what_the_platform_did_is_not(county: County) -> None:
    citizen = person("citizen", "citizen")
    for fact, actor in (("accepted", MEMBER.person_id), ("answered", MEMBER.person_id), ("dispatched", None)):
        report(county, citizen, fact=fact, actor_id=actor)
    report(county, MEMBER, fact="warned", actor_id=MEMBER.person_id)
    assert counts(day(county)) == {"accepted": 1, "answered": 1}
    assert {each["kind_name"] for each in day(county)["records"]} == {"接件", "处理反馈"}


def test_two_events_of_a_case_that_nobody_heard_of_yet_come_at_once(county: County) -> None:
    for case_id in (new_id() for _ in range(5)):
        one = partial(report, county, MEMBER, case_id=case_id)
        assert at_once(one, partial(one, fact="filed"), partial(one, fact="accepted")) == [None] * 3
    assert counts(day(county)) == {"reported": 5, "filed": 5, "accepted": 5}


def test_what_is_done_again_to_the_same_on_one_day_is_there_once(county: County) -> None:
    task = walked(county)
    county.service.bus.handle(messages.SignTask(task_id=task["id"]), LEADER)
    county.service.bus.handle(messages.SendBackTask(task_id=task["id"], reason="漏了"), LEADER)
    county.sync(county.entry(task))
    assert counts(day(county)) == {"finished": 1, "found": 1}


def test_a_resident_has_no_diary(county: County) -> None:
    citizen = person("citizen", "citizen")
    report(county, citizen, channel="public-page")
    assert day(county, who=citizen)["counts"] == []
    with pytest.raises(DiaryNotFound):
        day(county, who=OPERATOR, whose=citizen)


@pytest.mark.rule("PRV-02")
def test_words_are_added_changed_and_sealed_where_they_lie(county: County) -> None:
    assert write(county, SECRET) == 1
    assert write(county, SECRET) == 1  # the same again is no change
    assert write(county, "改了", version=1) == 2
    with pytest.raises(StaleVersion):
        write(county, "又改", version=1)
    assert write(county, SECRET) == 3
    assert day(county)["words"] == SECRET
    with county.service.engine.connect() as connection:
        (stored,) = connection.scalars(sa.text("SELECT words FROM diary WHERE words <> ''"))
    assert stored.startswith("v1:") and "13812345678" not in stored


def test_of_two_devices_that_write_at_once_one_is_told(county: County) -> None:
    write(county, "早上")
    results = at_once(
        lambda: write(county, "手机", version=1),
        lambda: write(county, "电脑", version=1),
    )
    assert sorted(type(each).__name__ for each in results) == ["StaleVersion", "int"]


def test_a_week_closes_by_itself_on_monday_and_is_then_only_added_to(county: County) -> None:
    write(county, "本周第一天")
    county.clock.advance(days=6, hours=13, minutes=59)  # Sunday, 23:59 in the county
    assert write(county, "周日还能改") == 2
    with pytest.raises(WeekOpen):
        note(county, "太早")
    county.clock.advance(minutes=2)
    with pytest.raises(WeekClosed) as closed:
        write(county, "晚了")
    assert "补记" in closed.value.sentence("zh")
    assert (day(county)["closed"], day(county)["actions"]) == (True, ["note"])
    assert note(county, SECRET)["state"] == "closed"
    line = day(county)
    assert (line["words"], [each["words"] for each in line["notes"]]) == ("周日还能改", [SECRET])
    assert line["notes"][0]["at"] > line["closes_at"]


@pytest.mark.rule("PAT-11")
def test_a_device_two_weeks_old_adds_to_the_day_on_which_it_walked_and_shows_as_late(county: County) -> None:
    task, at = county.daily(), county.clock.now()
    county.clock.advance(days=14)
    county.run()
    county.sync(county.entry(task, WATER, answer="problem", words="黑水", at=at), county.entry(task, at=at))
    line = day(county)
    assert (counts(line), line["late"]) == ({"finished": 1, "found": 1}, 2)
    assert all(each["late"] and each["received_at"] > line["closes_at"] for each in line["records"])
    assert day(county, of="2026-12-07")["records"] == []


def test_nothing_is_written_about_a_day_to_come_or_no_day_at_all(county: County) -> None:
    with pytest.raises(DayAhead) as ahead:
        write(county, "明天", of="2026-11-24")
    assert ahead.value.faults[0].path == "day"
    assert day(county, of="2026-11-24")["actions"] == []
    for wrong in ("2026-02-30", "yesterday"):
        with pytest.raises(DayWrong):
            write(county, "x", of=wrong)
        with pytest.raises(DayWrong):
            day(county, of=wrong)


@pytest.mark.rule("REG-14", "PAT-10")
def test_the_leader_and_the_centre_see_those_of_their_area_and_colleagues_do_not(county: County) -> None:
    walked(county)
    write(county, SECRET)
    write(county, "别处", who=STRANGER)
    for who, seen in ((MEMBER, [MEMBER]), (COLLEAGUE, []), (LEADER, [MEMBER]), (OPERATOR, [STRANGER, MEMBER])):
        found = county.service.diary.days(DiaryFilter(), who)["items"]
        assert [each["person_id"] for each in found] == [each.person_id for each in seen]
    assert day(county, who=LEADER, whose=MEMBER)["words"] == SECRET
    assert day(county, who=LEADER, whose=MEMBER)["actions"] == []
    for who in (COLLEAGUE, STRANGER):
        with pytest.raises(DiaryNotFound):
            day(county, who=who, whose=MEMBER)


@pytest.mark.rule("ALL-02")
def test_days_come_by_pages_the_latest_first(county: County) -> None:
    for _ in range(3):
        for who in (MEMBER, COLLEAGUE):
            write(county, "看了", of=county.clock.now().date().isoformat(), who=who)
        county.clock.advance(days=1)
    found, cursor = [], ""
    while True:
        page = county.service.diary.days(DiaryFilter(limit=2, cursor=cursor), LEADER)
        found += [(each["day"], each["person_id"]) for each in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    days = ("2026-11-25", "2026-11-24", "2026-11-23")
    assert found == [(each, who.person_id) for each in days for who in (MEMBER, COLLEAGUE)]
    (one,) = county.service.diary.days(DiaryFilter(mine=True, since="2026-11-24", until="2026-11-24"), MEMBER)["items"]
    assert one["day"] == "2026-11-24"
    for cursor in ("x", "WyJ4IiwgInkiXQ"):
        with pytest.raises(CursorWrong):
            county.service.diary.days(DiaryFilter(cursor=cursor), LEADER)


def test_what_is_refused_is_in_no_diary(county: County) -> None:
    tomorrow = county.daily(day="2026-11-24")
    (refused,) = county.sync(county.entry(tomorrow, at=county.clock.now() - timedelta(minutes=1)))
    assert refused["outcome"] == "refused"
    assert day(county)["records"] == []
