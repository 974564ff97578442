"""The duty roster: people taking turns, swaps by consent, who is on duty now (REG-18)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.chassis.auth import Principal

from .conftest import PASSWORD, Client, Refused, Registry
from .table_files import Desk, gateway

pytestmark = pytest.mark.rule("REG-18")
TOWN = "371321106"


@pytest.fixture
def desk_of_three(county: Registry) -> Registry:
    """Three centre operators of the town: ma, ning, ou."""
    rows = [
        {"username": name, "name": f"{name}值班员", "roles": ["centre-operator"], "password": PASSWORD, "areas": [TOWN]}
        for name in ("ma", "ning", "ou")
    ]
    reply = county.operator("ImportPeople", rows=rows)
    county.ids.update({row.ref or row.id: row.id for row in reply.rows})
    people = {each.username: each.id for each in county.operator("ListPeople", role="centre-operator").items}
    county.ids.update(people)
    return county


def enter(county: Registry, **changed: Any) -> list[str]:
    people = [county.ids[each] for each in changed.pop("people", ("ma", "ning"))]
    days = {"first_day": "2026-11-23", "last_day": "2026-11-26", "hours": "08:30-17:30"}
    values = {"area": TOWN, "role": "centre-operator", "person_ids": people, **days, **changed}
    return list(county.operator("EnterShifts", **values).ids)


def operator(county: Registry, name: str) -> Client:
    return county.as_(Principal(county.ids[name], name, frozenset({"centre-operator"}), areas=(TOWN,)))


def on_duty(county: Registry, **asked: str) -> list[str]:
    return [each.person_name for each in county.operator("WhoIsOnDuty", **asked).shifts]


def refusal(client: Client, method: str, **values: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        client(method, **values)
    return refused.value


def test_people_take_turns_and_somebody_is_on_duty_now(desk_of_three: Registry) -> None:
    county = desk_of_three
    enter(county)
    shifts = county.operator("ListShifts").items
    assert [each.person_name for each in shifts] == ["ma值班员", "ning值班员", "ma值班员", "ning值班员"]
    assert on_duty(county) == ["ma值班员"], "it is noon in the county"
    county.clock.advance(hours=6)
    assert on_duty(county) == []
    county.clock.advance(hours=18)
    assert on_duty(county, area=f"{TOWN}201001") == ["ning值班员"]
    assert on_duty(county, area="371321107") == [] == on_duty(county, role="verifier")
    events = county.events("duty-roster-changed")
    assert len(events) == 4
    assert events[0].data["person_id"] == county.ids["ma"] and events[0].data["active"] is True


def test_a_night_shift_lasts_past_midnight(desk_of_three: Registry) -> None:
    enter(desk_of_three, hours="20:00-08:00", last_day="2026-11-23")
    desk_of_three.clock.advance(hours=19)
    assert on_duty(desk_of_three) == ["ma值班员"]
    desk_of_three.clock.advance(hours=1)
    assert on_duty(desk_of_three) == []


def test_pages_follow_the_beginning_and_mine_are_mine(desk_of_three: Registry) -> None:
    county = desk_of_three
    enter(county, last_day="2026-12-02")
    first = county.operator("ListShifts", limit=6)
    second = county.operator("ListShifts", limit=6, cursor=first.next_cursor)
    starts = [each.starts.seconds for page in (first, second) for each in page.items]
    assert len(starts) == 10 and starts == sorted(starts)
    assert len(operator(county, "ma")("ListShifts", mine=True).items) == 5
    assert len(county.operator("ListShifts", since="2026-11-25", until="2026-11-26").items) == 2
    assert list(county.with_roles("grid-member", areas=["371321107"])("ListShifts").items) == []


def test_a_swap_needs_the_colleagues_own_consent(desk_of_three: Registry) -> None:
    county = desk_of_three
    first, second, *_ = enter(county)
    ma, ning, ou = (operator(county, name) for name in ("ma", "ning", "ou"))
    ma("OfferSwap", shift_id=first, to_person_id=county.ids["ning"], return_shift_id=second, if_match=1)
    assert on_duty(county) == ["ma值班员"], "nothing changes before the consent"
    assert refusal(ou, "AnswerSwap", shift_id=first, consent=True).code == "not-your-shift"
    assert refusal(ma, "AnswerSwap", shift_id=first, consent=True).code == "not-your-shift"
    ning("AnswerSwap", shift_id=first, consent=False)
    assert on_duty(county) == ["ma值班员"]
    assert refusal(ning, "AnswerSwap", shift_id=first, consent=True).code == "not-your-shift"
    ma("OfferSwap", shift_id=first, to_person_id=county.ids["ning"], return_shift_id=second)
    ning("AnswerSwap", shift_id=first, consent=True)
    assert on_duty(county) == ["ning值班员"]
    people = [each.person_name for each in county.operator("ListShifts").items]
    assert people == ["ning值班员", "ma值班员", "ma值班员", "ning值班员"]
    assert {each.subject for each in county.events("duty-roster-changed")[4:]} == {first, second}


def test_nobody_is_on_duty_twice(desk_of_three: Registry) -> None:
    county = desk_of_three
    first, *_ = enter(county, people=["ma"], last_day="2026-11-23")
    clash = refusal(county.operator, "EnterShifts", **series(county, ["ma"], hours="17:00-20:00"))
    assert (clash.code, "ma值班员" in clash.content["zh"]) == ("shifts-overlap", True)
    enter(county, people=["ning"], last_day="2026-11-23", hours="17:00-20:00")
    operator(county, "ma")("OfferSwap", shift_id=first, to_person_id=county.ids["ning"])
    assert refusal(operator(county, "ning"), "AnswerSwap", shift_id=first, consent=True).code == "shifts-overlap"
    assert [each.person_name for each in county.operator("ListShifts").items] == ["ma值班员", "ning值班员"]


def series(county: Registry, people: list[str], **changed: Any) -> dict[str, Any]:
    days = {"first_day": "2026-11-23", "last_day": "2026-11-23", "hours": "08:30-17:30"}
    ids = [county.ids.get(each, each) for each in people]
    return {"area": TOWN, "role": "centre-operator", "person_ids": ids, **days, **changed}


def test_the_same_hours_entered_at_once_are_entered_once(desk_of_three: Registry) -> None:
    def send(_: int) -> str:
        try:
            return str(desk_of_three.operator("EnterShifts", **series(desk_of_three, ["ma", "ning"])).ids[0])
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(send, range(4)))
    assert answers.count("shifts-overlap") == 3
    assert len(desk_of_three.rows("SELECT * FROM duty_shift")) == 1


def test_what_is_withdrawn_is_told_and_stays(desk_of_three: Registry) -> None:
    county = desk_of_three
    first, *_ = enter(county)
    assert refusal(operator(county, "ma"), "WithdrawShift", shift_id=first, reason=" ").code == "value-refused"
    operator(county, "ma")("WithdrawShift", shift_id=first, reason="调休", if_match=1)
    assert on_duty(county) == []
    assert county.events("duty-roster-changed", first)[-1].data["active"] is False
    for method, values in (("WithdrawShift", {"reason": "再来"}), ("OfferSwap", {"to_person_id": county.ids["ou"]})):
        assert refusal(operator(county, "ma"), method, shift_id=first, **values).code == "shift-over"
    assert refusal(county.operator, "WithdrawShift", shift_id="nonsense", reason="无").code == "not-found"


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"person_ids": []}, "value-refused", "person_ids"),
        ({"person_ids": ["wang"]}, "value-refused", "person_ids[0]"),
        ({"person_ids": ["nobody"]}, "value-refused", "person_ids[0]"),
        ({"area": "37"}, "value-refused", "area"),
        ({"hours": "8-17"}, "value-refused", "hours"),
        ({"first_day": "2026-11-22"}, "value-refused", "first_day"),
        ({"last_day": "2026-11-22"}, "value-refused", "last_day"),
        ({"last_day": "2029-11-22"}, "value-refused", "last_day"),
        ({"last_day": "某日"}, "value-refused", "last_day"),
        ({"rule": "FREQ=SECONDLY"}, "value-refused", "rule"),
        ({"rule": "FREQ=DAILY;COUNT=3"}, "value-refused", "rule"),
        ({"rule": "FREQ=DAILY;BYHOUR=3"}, "value-refused", "rule"),
        ({"rule": "FREQ=WEEKLY;BYDAY=XX"}, "value-refused", "rule"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "value-refused", "rule"),
        ({"roster": "no-such"}, "value-refused", "roster"),
        ({"department": "no-such"}, "value-refused", "department"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    desk_of_three: Registry, changed: dict[str, Any], code: str, path: str
) -> None:
    people = changed.pop("person_ids", ["ma"])
    refused = refusal(desk_of_three.operator, "EnterShifts", **series(desk_of_three, people, **changed))
    assert (refused.code, next(iter(refused.faults))) == (code, path)
    assert desk_of_three.rows("SELECT * FROM duty_shift") == []


def test_an_operator_keeps_the_roster_of_the_own_area_alone(desk_of_three: Registry) -> None:
    stranger = desk_of_three.with_roles("centre-operator", areas=["371321107"])
    assert refusal(stranger, "EnterShifts", **series(desk_of_three, ["ma"])).code == "forbidden"
    member = desk_of_three.with_roles("grid-member", areas=[TOWN])
    assert refusal(member, "EnterShifts", **series(desk_of_three, ["ma"])).code == "forbidden"
    assert operator(desk_of_three, "ma")("EnterShifts", **series(desk_of_three, ["ma"])).ids


@pytest.fixture
def desk(desk_of_three: Registry, keys: Path, tmp_path: Path) -> Iterator[Desk]:
    with gateway(desk_of_three, keys, tmp_path) as desk:
        yield desk


def test_the_roster_by_rest(desk_of_three: Registry, desk: Desk) -> None:
    made = desk.post("/duty-shifts", **series(desk_of_three, ["ma"]))
    assert (made.status_code, len(made.json()["ids"])) == (201, 1)
    assert desk.get("/duty-shifts/on-duty").json()["shifts"][0]["person_name"] == "ma值班员"
    wrong = desk.post("/duty-shifts", **{**series(desk_of_three, ["ma"]), "hours": "早八晚五"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/hours")
