"""Visits to the households on the list: owed on the plan's rhythm, made by who is there, and never with the reason."""

import copy
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from services.chassis.errors import WanggeError
from services.chassis.ids import new_id
from services.patrol import messages
from services.patrol.queries.visits import VisitCoverageFilter, VisitFilter

from .conftest import (
    COLLEAGUE,
    GRID,
    LEADER,
    MEMBER,
    NEIGHBOUR,
    OPERATOR,
    STRANGER,
    TOWN,
    WORK_AREA,
    County,
    person,
)

MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)
VISITS: list[dict[str, Any]] = [
    {
        "id": "needy-weekly", "name": "走访生活困难家庭", "who": "grid-member", "category": "needy",
        "rule": "FREQ=WEEKLY;BYDAY=MO", "hours": {"from": "09:00", "to": "17:00"},
    },
    {
        "id": "alone-twice", "name": "走访空巢老人", "who": "grid-leader", "category": "elderly-alone",
        "times": {"at_least": 2, "per": "month"},
    },
    {
        "id": "work-area", "name": "走访残疾人", "who": "work-area-leader", "category": "disabled",
        "rule": "FREQ=MONTHLY;BYMONTHDAY=1",
    },
]  # fmt: skip
AT_REST = ("visit", "care", "audit", "deadline", "deed")
TELLING = ("needy", "困难", "alone", "空巢", "残疾", "category", 'work-area"')


@pytest.fixture
def document(plan_document: dict[str, Any]) -> dict[str, Any]:
    return {**copy.deepcopy(plan_document), "visits": VISITS}


@pytest.fixture
def listed(county: County, document: dict[str, Any]) -> str:
    """A household that is on the list, with the visits made; the entry's id."""
    entry = new_id()
    county.activate(document, version=2)
    county.care(entry, "needy-weekly", help="送药")
    county.run()
    return entry


def only(county: County, **wanted: Any) -> dict[str, Any]:
    (visit,) = county.visits(**wanted)
    return visit


def made(visit: dict[str, Any], county: County, **more: Any) -> messages.GivenEntry:
    given = {"client_id": new_id(), "version": 1, "at": county.clock.now(), "visit_id": visit["id"], "result": "met"}
    return messages.GivenEntry(**{**given, **more})


@pytest.mark.rule("PAT-07")
def test_a_visit_is_owed_each_round_once_to_one_of_the_holders_and_open_to_all(county: County, listed: str) -> None:
    visit = only(county)
    assert (visit["day"], visit["until"], visit["hours"]) == (MONDAY, SUNDAY, "09:00-17:00")
    assert visit["person_id"] in (MEMBER.person_id, COLLEAGUE.person_id)
    for who in (MEMBER, COLLEAGUE):
        (seen,) = county.service.visits.day("", who)
        assert (seen["id"], seen["help"], seen["actions"]) == (visit["id"], "送药", ["enter"])
    assert county.service.visits.day("", STRANGER) == []
    county.service.bus.sweep()
    county.clock.advance(hours=20)
    county.run()
    assert [each["id"] for each in county.visits()] == [visit["id"]]
    county.clock.advance(days=7)
    county.run()
    states = [(each["day"], each["state"]) for each in county.visits()]
    assert states == [(MONDAY + timedelta(days=7), "due"), (MONDAY, "overdue")]


@pytest.mark.rule("PAT-07")
@pytest.mark.rule("PRV-02")
def test_nothing_that_a_visitor_gets_and_nothing_at_rest_tells_why(county: County, document: dict[str, Any]) -> None:
    county.activate(document, version=2)
    for number, each in enumerate(VISITS):
        county.care(new_id(), each["id"], help="送药", household=f"household-{number}")
    county.appoint(person("head", "grid-leader"), "leader", WORK_AREA)
    county.run()
    shown = [county.service.visits.day("", who) for who in (MEMBER, LEADER)]
    shown += [county.visits(who) for who in (MEMBER, LEADER, OPERATOR)]
    visit = county.service.visits.day("", MEMBER)[0]
    county.sync(made(visit, county, words="老人身体健康", matter_code="06026"))
    shown += [county.service.visits.visit(visit["id"], MEMBER), county.service.queries.day("", MEMBER)]
    shown += [county.service.diary.day("2026-11-23", "", MEMBER)]
    assert len(county.visits()) == 4
    assert not [word for word in TELLING if word in str(shown)], shown
    with county.service.engine.connect() as connection:
        rows = [connection.exec_driver_sql(f"SELECT * FROM {table}").all() for table in AT_REST]
        sent = connection.exec_driver_sql("SELECT convert_from(body, 'UTF8') FROM outbox").all()
    assert not [word for word in (*TELLING, "送药", "身体健康") if word in str(rows)]
    assert not [word for word in (*TELLING, "送药", "身体健康", "household") if word in str(sent)]


@pytest.mark.rule("PAT-11")
def test_a_batch_answers_each_entry_for_itself(county: County, listed: str) -> None:
    visit = only(county)
    first = made(visit, county, result="nobody-home", words="邻居说去了女儿家")
    mine = [
        first,
        first,
        made(visit, county, result="met", version=1),
        made(visit, county, result="dancing"),
        made({"id": new_id()}, county),
    ]
    said = county.sync(*mine)
    assert [each["outcome"] for each in said] == ["accepted", "known", "conflict", "refused", "refused"]
    assert said[2]["stored_visit"]["words"] == "邻居说去了女儿家"
    assert (said[3]["code"], said[3]["path"], said[4]["code"]) == ("result-wrong", "result", "visit-not-found")
    (again,) = county.sync(made(visit, county, version=2, help_given=True), who=COLLEAGUE)
    assert again["outcome"] == "accepted"
    record = only(county)["record"]
    assert (record["result"], record["help_given"], record["person_id"]) == ("met", True, COLLEAGUE.person_id)
    told = [(each["data"]["outcome"], each["data"]["late"]) for each in county.events("visited")]
    assert told == [("nobody-home", False), ("met", False)]


@pytest.mark.rule("PAT-11")
def test_the_same_from_two_devices_at_once_is_taken_in_once(county: County, listed: str) -> None:
    visit = only(county)
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: county.sync(made(visit, county))[0]["outcome"], range(4)))
    assert sorted(said) == ["accepted", "known", "known", "known"]
    assert len(county.events("visited")) == 1


def test_who_does_not_hold_the_post_there_makes_no_visit_and_sees_none(county: County, listed: str) -> None:
    visit = only(county)
    for who in (STRANGER, OPERATOR, person("trainer", "trainer", areas=("371321",))):
        (said,) = county.sync(made(visit, county), who=who)
        assert (said["outcome"], said["code"]) == ("refused", "visit-not-found")
    for who in (STRANGER, person("trainer", "trainer", areas=("371321",))):
        assert county.visits(who) == []
        with pytest.raises(WanggeError):
            county.service.visits.visit(visit["id"], who)
    assert only(county)["state"] == "due"


def test_what_is_not_owed_yet_and_what_comes_two_weeks_late(county: County, listed: str) -> None:
    visit = only(county)
    county.clock.advance(days=6)
    county.run()
    (coming,) = [each for each in county.visits() if each["day"] > MONDAY]
    (early,) = county.sync(made(coming, county))
    assert (early["outcome"], early["code"]) == ("refused", "not-yet-due")
    at = county.clock.now()
    county.clock.advance(days=14)
    county.run()
    (late,) = county.sync(made(visit, county, at=at))
    assert late["outcome"] == "accepted"
    assert county.events("visited")[0]["data"]["late"] is True
    (ahead,) = county.sync(made(coming, county, at=county.clock.now() + timedelta(days=2)))
    assert ahead["outcome"] == "accepted"
    record = next(each["record"] for each in county.visits() if each["id"] == coming["id"])
    assert record["at"] <= county.clock.now().isoformat()


@pytest.mark.rule("PAT-03")
def test_a_problem_that_is_told_at_the_door_becomes_a_case(county: County, listed: str) -> None:
    visit = only(county)
    (refused,) = county.sync(made(visit, county, matter_code="99999"))
    assert (refused["code"], refused["path"]) == ("matter-unknown", "matter_code")
    matter = sorted(_matters(county))[0]
    (said,) = county.sync(made(visit, county, matter_code=matter, words="门前路灯不亮", attachments=("photo-1",)))
    (told,) = county.events("problem-found")
    assert (told["subject"], told["data"]["case_id"]) == (visit["id"], said["case_id"])
    assert (told["data"]["title"], told["data"]["patrol"]) == ("走访发现问题", "visit")
    assert told["data"]["attachments"] == ["photo-1"]
    assert "路灯" not in str(told)
    (taken_back,) = county.sync(made(visit, county, version=2))
    assert (taken_back["outcome"], taken_back["code"]) == ("refused", "problem-reported")


def _matters(county: County) -> set[str]:
    with county.service.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT section->'matters' FROM plan ORDER BY activated_at DESC LIMIT 1")
        return set(found.scalar_one())


@pytest.mark.rule("PAT-02")
def test_open_visits_go_to_the_successor_and_made_ones_stay(county: County, listed: str) -> None:
    visit = only(county)
    holder, other = (MEMBER, COLLEAGUE) if visit["person_id"] == MEMBER.person_id else (COLLEAGUE, MEMBER)
    county.appoint(holder, "member", ends=date(2026, 11, 22), sequence=2)
    county.run()
    assert only(county)["person_id"] == other.person_id
    assert county.service.visits.day("", holder) == []
    county.appoint(other, "member", ends=date(2026, 11, 22), sequence=2)
    county.run()
    assert only(county)["person_id"] is None
    newcomer = person("newcomer", "grid-member")
    county.appoint(newcomer, "member")
    county.run()
    assert only(county)["person_id"] == newcomer.person_id
    county.sync(made(visit, county), who=newcomer)
    county.appoint(newcomer, "member", ends=date(2026, 11, 22), sequence=2)
    county.run()
    assert (only(county)["person_id"], only(county)["state"]) == (newcomer.person_id, "done")


@pytest.mark.rule("REG-04")
def test_visits_follow_a_household_into_another_grid(county: County, listed: str) -> None:
    county.care(listed, "needy-weekly", grid=NEIGHBOUR, sequence=2)
    county.run()
    visit = only(county)
    assert (visit["grid"], visit["person_id"]) == (NEIGHBOUR, STRANGER.person_id)
    county.care(listed, "needy-weekly", grid=GRID, sequence=1)  # comes late
    county.run()
    assert only(county)["grid"] == NEIGHBOUR


def test_a_post_of_a_higher_level_is_looked_for_above(county: County, document: dict[str, Any]) -> None:
    head = person("head", "grid-leader", areas=(TOWN,))
    county.appoint(head, "leader", WORK_AREA)
    county.activate(document, version=2)
    county.care(new_id(), "work-area")
    county.run()
    visit = only(county)
    assert (visit["person_id"], visit["day"], visit["until"]) == (head.person_id, date(2026, 11, 1), date(2026, 11, 30))


def test_so_many_times_a_month_are_so_many_visits(county: County, document: dict[str, Any]) -> None:
    county.activate(document, version=2)
    county.care(new_id(), "alone-twice")
    county.run()
    found = county.visits()
    assert [(each["day"], each["until"]) for each in found] == [(date(2026, 11, 1), date(2026, 11, 30))] * 2
    county.sync(made(found[0], county), who=LEADER)
    county.clock.advance(days=1)
    county.run()
    assert sorted(each["state"] for each in county.visits()) == ["done", "due"]


@pytest.mark.rule("PRV-01")
def test_an_entry_that_ends_withdraws_its_open_visits_and_forgets_the_help(county: County, listed: str) -> None:
    county.care(listed, "needy-weekly", active=False, sequence=2)
    county.run()
    assert county.visits() == []
    assert [each["help"] for each in county.visits(states=("withdrawn",))] == [""]
    with county.service.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT sealed FROM care").all() == [(None,)]


def test_nobody_is_visited_after_the_entrys_last_day(county: County, document: dict[str, Any]) -> None:
    county.activate(document, version=2)
    county.care(new_id(), "needy-weekly", expires=date(2026, 11, 25))
    county.run()
    assert only(county)["until"] == date(2026, 11, 25)
    county.clock.advance(days=7)
    county.run()
    assert [each["day"] for each in county.visits()] == [MONDAY]


def test_a_plan_that_changes_in_the_middle_keeps_what_was_made(
    county: County, document: dict[str, Any], listed: str
) -> None:
    visit = only(county)
    county.sync(made(visit, county))
    document["visits"] = [{**VISITS[0], "rule": "FREQ=WEEKLY;BYDAY=WE"}]
    county.activate(document, version=3)
    county.run()
    county.clock.advance(days=2)
    county.run()
    states = [(each["day"], each["state"]) for each in county.visits()]
    assert states == [(date(2026, 11, 25), "due"), (MONDAY, "done"), (date(2026, 11, 18), "overdue")]


def excuse(county: County, visit: dict[str, Any], who: Any, reason: str = "住院", version: int | None = None) -> Any:
    command = messages.ExcuseVisit(visit_id=visit["id"], reason=reason, expected_version=version)
    return county.service.bus.handle(command, who)


def test_the_centre_or_a_leader_excuses_with_a_reason_once(county: County, listed: str) -> None:
    visit = only(county)
    refusals = [(MEMBER, "住院", None, "not-the-signer"), (OPERATOR, " ", None, "reason-required")]
    refusals += [(STRANGER, "住院", None, "visit-not-found"), (OPERATOR, "住院", 9, "stale-version")]
    for who, reason, version, code in refusals:
        with pytest.raises(WanggeError) as refused:
            excuse(county, visit, who, reason, version)
        assert refused.value.code == code
    assert excuse(county, visit, LEADER)["state"] == "excused"
    with pytest.raises(WanggeError) as twice:
        excuse(county, visit, OPERATOR)
    assert twice.value.code == "task-state"
    (said,) = county.sync(made(visit, county))
    assert (said["outcome"], said["code"]) == ("refused", "task-state")
    assert only(county)["reason"] == "住院"


@pytest.mark.rule("PAT-07")
def test_coverage_counts_without_names(county: County, document: dict[str, Any]) -> None:
    county.activate(document, version=2)
    for number in range(3):
        county.care(new_id(), "needy-weekly", household=f"household-{number}")
    county.run()
    first, second, third = county.visits()
    county.sync(made(first, county), made(second, county, result="nobody-home"))
    excuse(county, third, OPERATOR)
    (line,) = county.service.visits.coverage(VisitCoverageFilter(), OPERATOR)["items"]
    counted = {name: line[name] for name in ("owed", "made", "met", "nobody_home", "declined", "overdue", "excused")}
    assert counted == {
        "owed": 3, "made": 2, "met": 1, "nobody_home": 1, "declined": 0, "overdue": 0, "excused": 1,
    }  # fmt: skip
    assert "household" not in str(line)
    assert county.service.visits.coverage(VisitCoverageFilter(), person("t", "trainer"))["items"] == []


def test_pages_hold_every_visit_once(county: County, document: dict[str, Any]) -> None:
    county.activate(document, version=2)
    for number in range(5):
        county.care(new_id(), "needy-weekly", household=f"household-{number}")
    county.run()
    seen, cursor = [], ""
    while True:
        page = county.service.visits.visits(VisitFilter(limit=2, cursor=cursor), OPERATOR)
        seen += [each["id"] for each in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert len(seen) == len(set(seen)) == 5
    with pytest.raises(WanggeError):
        county.service.visits.visits(VisitFilter(cursor="nonsense"), OPERATOR)
