"""Returns are asked for once, fill themselves from what is known, and are handed in, sent back, accepted (PAT-12)."""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.errors import Invalid, StaleVersion
from services.chassis.ids import new_id
from services.patrol import errors, messages
from services.patrol.queries.returns import ReturnFilter
from tests.integration.patrol.conftest import GRID, LEADER, MEMBER, NEIGHBOUR, TOWN, County, person
from tests.integration.patrol.test_meetings import tell

pytestmark = pytest.mark.rule("PAT-12")

PLATFORM = Principal("platform", "平台", frozenset({"platform"}))
CENTRE = person("centre", "centre-operator", areas=(TOWN[:9],))
ELSEWHERE = person("elsewhere", "centre-operator", areas=("371321107",))
ENV = Principal("person-env", "env", frozenset({"department-handler"}), "env-office", (TOWN[:9],))
WITHIN = {"amount": 5, "unit": "calendar-days"}
RETURNS: list[dict[str, Any]] = [
    {
        "id": "half-month", "name": "矛盾纠纷排查", "from": "grid-leader", "to": "grid-centre", "within": WITHIN,
        "rule": "FREQ=MONTHLY;BYMONTHDAY=1,15", "nil_reports": True, "fields": ["排查起数"],
    },
    {
        "id": "weekly", "name": "网格周报", "from": "grid-leader", "to": "grid-centre", "within": WITHIN,
        "rule": "FREQ=WEEKLY;BYDAY=MO",
        "fields": ["网格数", "网格员数", "巡查次数", "发现问题数（个）", "案件数", "办结数", "下周打算"],
    },
    {"id": "roster", "name": "网格员花名册", "from": "work-area-leader", "to": "env-office", "due": "2026-11-30"},
]  # fmt: skip


def with_returns(document: dict[str, Any], *ids: str) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    changed["returns"] = [each for each in RETURNS if each["id"] in (ids or {each["id"] for each in RETURNS})]
    return changed


@pytest.fixture
def town(county: County, plan_document: dict[str, Any]) -> County:
    county.activate(with_returns(plan_document), version=2)
    county.run()
    return county


def returns(county: County, who: Principal = PLATFORM, **wanted: Any) -> list[dict[str, Any]]:
    return county.service.returns.returns(ReturnFilter(limit=200, **wanted), who)["items"]


def mine(county: County, form: str = "weekly", who: Principal = LEADER) -> dict[str, Any]:
    (found,) = returns(county, who, mine=True, form=form)
    return county.service.returns.one(found["id"], who)


def do(county: County, command: messages.ReturnCommand, who: Principal) -> dict[str, Any]:
    return county.service.bus.handle(command, who, new_id())


def fields(line: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {each["field"]: (each["value"], each["known"]) for each in line["fields"]}


def submit(line: dict[str, Any], nil: bool = False, words: str = "", **values: str) -> messages.SubmitReturn:
    given = tuple(messages.GivenValue(field=name, value=value) for name, value in values.items())
    return messages.SubmitReturn(return_id=line["id"], values=given, words=words, nil=nil)


def test_each_holder_is_asked_once_in_a_period_and_a_gap_is_seen(town: County) -> None:
    there = {(each["form"], each["grid"], each["person_id"], each["day"], each["until"]) for each in returns(town)}
    assert there == {
        ("weekly", GRID, LEADER.person_id, "2026-11-23", "2026-11-27"),
        ("weekly", NEIGHBOUR, None, "2026-11-23", "2026-11-27"),
        ("roster", "371321106000101", None, "2026-01-01", "2026-11-30"),
    }
    ids = sorted(each["id"] for each in returns(town))
    town.hear("calendar-changed", "2026", {"year": 2026, "days": []})
    town.clock.advance(seconds=5)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: town.service.bus.sweep(), range(4)))
    assert sorted(each["id"] for each in returns(town)) == ids
    town.clock.advance(days=8)
    town.run()
    assert {each["day"] for each in returns(town, form="half-month")} == {"2026-12-01"}
    assert {each["day"] for each in returns(town, form="weekly")} == {"2026-11-23", "2026-11-30"}


def test_the_form_fills_itself_from_what_is_known(town: County) -> None:
    task = town.daily()
    town.sync(town.entry(task, "environment/water", answer="problem", words="黑水"), town.entry(task))
    for number, state in ((1, "closed"), (2, "handling")):
        case_id = new_id()
        tell(town, "reported", case_id, "reported", 1)
        tell(town, "closed" if state == "closed" else "accepted", case_id, state, 1 + number)
    tell(town, "reported", new_id(), "reported", 1, NEIGHBOUR)
    town.clock.advance(days=7)
    town.run()
    (line,) = returns(town, LEADER, mine=True, since="2026-12-01", form="weekly")
    line = town.service.returns.one(line["id"], LEADER)
    assert (line["since"], line["day"]) == ("2026-11-23", "2026-11-30")
    assert fields(line) == {
        "网格数": ("1", True), "网格员数": ("3", True), "巡查次数": ("1", True), "发现问题数（个）": ("1", True),
        "案件数": ("2", True), "办结数": ("1", True), "下周打算": ("", False),
    }  # fmt: skip
    with pytest.raises(errors.FieldMissing) as refused:
        do(town, submit(line), LEADER)
    assert "下周打算" in refused.value.sentence("zh")
    do(town, submit(line, 下周打算="清理河道", 网格员数="4"), LEADER)
    kept = fields(town.service.returns.one(line["id"], CENTRE))
    assert (kept["网格员数"], kept["巡查次数"], kept["下周打算"]) == (("4", False), ("1", False), ("清理河道", False))


def test_it_is_handed_in_sent_back_with_a_reason_and_accepted(town: County) -> None:
    line = mine(town)
    assert line["actions"] == ["submit"]
    do(town, submit(line, 下周打算="张三家危房复查"), LEADER)
    assert "张三" not in str(town.events("return-submitted"))
    with town.service.engine.connect() as connection:
        kept = connection.scalar(sa.text("SELECT content FROM return WHERE content IS NOT NULL"))
    assert "张三" not in kept
    assert town.service.returns.one(line["id"], CENTRE)["actions"] == ["send-back", "accept"]
    for who in (ENV, ELSEWHERE):
        with pytest.raises(errors.ReturnNotFound):
            do(town, messages.AcceptReturn(return_id=line["id"]), who)
    with pytest.raises(errors.NotTheReceiver):
        do(town, messages.AcceptReturn(return_id=line["id"]), LEADER)
    with pytest.raises(errors.ReasonMissing):
        do(town, messages.SendBackReturn(return_id=line["id"], reason=" "), CENTRE)
    do(town, messages.SendBackReturn(return_id=line["id"], reason="写清楚哪一家"), CENTRE)
    back = mine(town)
    assert (back["state"], back["reason"], fields(back)["下周打算"]) == (
        "sent-back",
        "写清楚哪一家",
        ("张三家危房复查", False),
    )
    town.clock.advance(days=10)
    town.run()
    do(town, submit(line, 下周打算="张三家"), LEADER)
    do(town, messages.AcceptReturn(return_id=line["id"]), CENTRE)
    with pytest.raises(errors.ReturnStateWrong):
        do(town, submit(line, 下周打算="再改"), LEADER)
    (accepted,) = town.events("return-accepted")
    assert (accepted["department"], accepted["data"]["late"]) == ("grid-centre", False)


def test_what_is_not_handed_in_in_time_is_overdue_and_late_when_it_comes(town: County) -> None:
    line = mine(town)
    town.clock.advance(days=5)
    town.run()
    assert mine(town)["state"] == "overdue"
    do(town, submit(line, 下周打算="x"), LEADER)
    (event,) = town.events("return-submitted")
    assert (event["data"]["late"], mine(town)["late"]) == (True, True)


def test_nothing_to_report_is_an_answer_where_the_plan_says_so(town: County) -> None:
    with pytest.raises(errors.NilNotAllowed):
        do(town, submit(mine(town), nil=True), LEADER)
    town.clock.advance(days=8)
    town.run()
    line = mine(town, "half-month")
    assert line["nil_allowed"]
    with pytest.raises(errors.NilWithValues):
        do(town, submit(line, nil=True, 排查起数="2"), LEADER)
    do(town, submit(line, nil=True), LEADER)
    (event,) = town.events("return-submitted")
    assert (event["data"]["nil"], mine(town, "half-month")["nil"]) == (True, True)


def test_a_successor_owes_what_is_open_late_or_not_and_what_was_accepted_stays(town: County) -> None:
    town.clock.advance(days=6)
    town.run()
    line = mine(town)
    heir = person("heir", "grid-leader")
    town.hear("post-changed", f"leader-leader-{GRID}", {
        "person_id": LEADER.person_id, "post": "leader", "from": "2026-01-01", "to": "2026-11-28", "state": "ended",
    }, 2, GRID)  # fmt: skip
    town.appoint(heir, "leader")
    town.run()
    assert line["state"] == "overdue"
    assert returns(town, LEADER, mine=True, form="weekly") == []
    assert mine(town, who=heir)["id"] == line["id"]
    with pytest.raises(errors.NotTheReporter):
        do(
            town,
            submit(line, 下周打算="x"),
            Principal(LEADER.person_id, "l", frozenset({"grid-leader"}), None, (GRID,)),
        )
    do(town, submit(line, 下周打算="x"), heir)


def test_what_the_plan_no_longer_asks_for_is_withdrawn_unless_it_is_begun(
    town: County, plan_document: dict[str, Any]
) -> None:
    line = mine(town)
    do(town, submit(line, 下周打算="x"), LEADER)
    town.activate(with_returns(plan_document, "half-month"), version=3)
    town.run()
    assert {(each["form"], each["state"]) for each in returns(town)} == {("weekly", "submitted")}


def test_wrong_input_says_what_and_where_and_changes_nothing(town: County) -> None:
    line = mine(town)
    wrong = {
        "values": [submit(line, 面积="3"), submit(line)],
        "nil": [submit(line, nil=True)],
    }
    twice = tuple(messages.GivenValue(field="下周打算", value=value) for value in ("a", "b"))
    wrong["values"].append(messages.SubmitReturn(return_id=line["id"], values=twice))
    for path, commands in wrong.items():
        for command in commands:
            with pytest.raises(Invalid) as refused:
                do(town, command, LEADER)
            assert [fault.path for fault in refused.value.faults] == [path]
    for who in (MEMBER, ENV):
        with pytest.raises(errors.ReturnNotFound):
            do(town, submit(line, 下周打算="x"), who)
    with pytest.raises(errors.NotTheReporter):
        do(town, submit(line, 下周打算="x"), CENTRE)
    with pytest.raises(errors.ReturnNotFound):
        do(town, messages.AcceptReturn(return_id="nonsense"), CENTRE)
    with pytest.raises(StaleVersion):
        stale = messages.SubmitReturn(return_id=line["id"], expected_version=7)
        do(town, stale, LEADER)
    assert mine(town) == line and town.events("return-submitted") == []


def test_a_roster_without_fields_is_words_and_asked_once_until_its_day(town: County) -> None:
    leader = person("area-leader", "grid-leader", areas=("371321106000101",))
    town.appoint(leader, "leader", "371321106000101")
    town.run()
    line = mine(town, "roster", leader)
    assert (line["day"], line["until"], line["fields"]) == ("2026-01-01", "2026-11-30", [])
    with pytest.raises(errors.FormEmpty):
        do(town, submit(line), leader)
    do(town, submit(line, words="张三、李四"), leader)
    assert town.service.returns.one(line["id"], ENV)["words"] == "张三、李四"
    town.clock.advance(days=9)
    town.run()
    assert len(returns(town, form="roster")) == 1


def test_lists_come_by_pages_and_a_wrong_cursor_is_refused(town: County) -> None:
    found, cursor = [], ""
    while True:
        page = town.service.returns.returns(ReturnFilter(limit=1, cursor=cursor), PLATFORM)
        found += [each["id"] for each in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert found == [each["id"] for each in returns(town)] and len(found) == 3
    for cursor in ("x", "WyJ4IiwieSJd"):
        with pytest.raises(errors.CursorWrong):
            town.service.returns.returns(ReturnFilter(cursor=cursor), PLATFORM)
    assert [each["form"] for each in returns(town, ENV, received=True)] == ["roster"]
