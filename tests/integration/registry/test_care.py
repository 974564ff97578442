"""Households and the list of those to be visited: who enters, who decides, who sees what, and what is erased."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest

from services.chassis.auth import Principal
from services.chassis.ids import new_id
from services.registry import plan
from services.registry.model.care import CATEGORIES

from .conftest import Appoint, Client, Refused, Registry

SHIPPED = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
P02 = re.sub(r"^visits:\n(?:  .*\n)+", "", SHIPPED, flags=re.MULTILINE)
VISITS = """
visits:
  - id: needy-weekly
    name: 走访生活困难家庭
    who: grid-leader
    category: needy
    rule: FREQ=WEEKLY;BYDAY=MO
    hours: 09:00-17:00
    confirmed_by: env-office
    legal_basis: 社会救助暂行办法
    purpose: 及时救助
    expires: 30 calendar-days
    assumed: true
  - id: alone-monthly
    name: 走访空巢老人
    who: grid-leader
    category: elderly-alone
    rule: FREQ=MONTHLY
    legal_basis: 老年人权益保障法
    purpose: 关爱探访
    expires: 1 calendar-days
    assumed: true
  - {id: everybody, name: 入户走访, who: grid-leader, rule: FREQ=MONTHLY, assumed: true}
"""
PERSONAL = {
    "address": "东村二组 14 号",
    "contact": "刘翠花",
    "phone": "13987654321",
    "purpose": "上门走访",
    "legal_basis": "老年人权益保障法",
    "needed_until": "2026-11-30",
}
ADDRESS_OF_A_LOOK = ("address", "contact", "phone")


@pytest.fixture
def grid(county: Registry) -> str:
    county.operator("StorePlan", text=P02 + VISITS)
    county.operator("ActivatePlan", plan_id="p02", version=1)
    return county.ids["v1"]


@pytest.fixture
def member(county: Registry, grid: str) -> Client:
    return county.with_roles("grid-member", areas=(grid,))


@pytest.fixture
def confirmer(county: Registry) -> Client:
    return county.with_roles("department-head", department="env-office")


def record(client: Client, grid: str, **more: Any) -> str:
    return str(client("RecordHousehold", grid_code=grid, **{"persons": 2, **PERSONAL, **more}).id)


def propose(client: Client, household: str, visit: str = "needy-weekly", help: str = "送药") -> str:
    return str(client("ProposeCare", household_id=household, visit=visit, help=help).id)


def night(county: Registry, **amount: float) -> None:
    """Let time pass, and what is due happen."""
    county.clock.advance(**amount)
    while county.service.bus.sweep():
        pass


def proofs(county: Registry) -> list[tuple[str, str]]:
    return [(row.kind, row.why) for row in county.rows("SELECT kind, why FROM erasure ORDER BY id")]


@pytest.mark.rule("PRV-02")
def test_a_household_is_sealed_at_rest_masked_and_opened_for_a_named_purpose(
    county: Registry, member: Client, grid: str
) -> None:
    household = record(member, grid)
    stored = str(county.rows("SELECT * FROM household")) + str(county.rows("SELECT * FROM audit"))
    stored += str(county.rows("SELECT convert_from(body, 'UTF8') FROM outbox"))
    assert not [word for word in ("二组", "刘翠花", "13987654321") if word in stored]
    masked = member("GetHousehold", household_id=household)
    assert (masked.address, masked.contact, masked.phone) == ("东村*******", "刘**", "139****4321")
    assert masked.masked and not masked.HasField("lon")
    opened = member("GetHousehold", household_id=household, purpose="care-visit")
    assert (opened.address, opened.contact, opened.phone) == (PERSONAL["address"], "刘翠花", "13987654321")
    listed = member("ListHouseholds").items
    assert [(each.id, each.phone, each.persons) for each in listed] == [(household, "139****4321", 2)]


@pytest.mark.rule("PRV-03")
def test_every_look_is_recorded_and_handed_out(county: Registry, member: Client, grid: str) -> None:
    household = record(member, grid)
    member("GetHousehold", household_id=household)
    member("GetHouseholds", household_ids=[household, new_id()], purpose="care-visit")
    clerk = county.with_roles("window-clerk", areas=(grid,))
    looks = clerk("ListHouseholdLooks", household_id=household).items
    said = [(each.purpose_name, tuple(each.fields)) for each in looks]
    assert said == [("走访", ADDRESS_OF_A_LOOK), ("", ADDRESS_OF_A_LOOK[:2])]
    with pytest.raises(Refused) as refused:
        member("ListHouseholdLooks", household_id=household)
    assert refused.value.status == grpc.StatusCode.PERMISSION_DENIED
    with pytest.raises(Refused) as elsewhere:
        county.with_roles("window-clerk", areas=(county.ids["v2"],))("ListHouseholdLooks", household_id=household)
    assert elsewhere.value.code == "household-not-found"


@pytest.mark.rule("PRV-01")
@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"purpose": ""}, "purpose"),
        ({"legal_basis": " "}, "legal_basis"),
        ({"needed_until": ""}, "needed_until"),
        ({"needed_until": "2026-11-22"}, "needed_until"),
        ({"phone": "call me"}, "phone"),
        ({"persons": -1}, "persons"),
        ({"lon": 118.4}, "lon"),
    ],
)
def test_personal_data_need_their_basis_and_their_form(
    member: Client, grid: str, wrong: dict[str, Any], path: str
) -> None:
    with pytest.raises(Refused) as refused:
        record(member, grid, **wrong)
    assert list(refused.value.faults) == [path]


@pytest.mark.rule("REG-09")
def test_others_neither_enter_nor_see_nor_change_it(county: Registry, member: Client, grid: str) -> None:
    household = record(member, grid)
    neighbour = county.with_roles("grid-member", areas=(county.ids["v2"],))
    assessor = county.with_roles("assessor", areas=("371321",))
    for client, code in ((neighbour, county.ids["v1"]), (assessor, grid)):
        with pytest.raises(Refused) as refused:
            record(client, code)
        assert refused.value.status == grpc.StatusCode.PERMISSION_DENIED
        assert list(client("ListHouseholds").items) == []
        for method in ("GetHousehold", "ChangeHousehold", "RetireHousehold"):
            with pytest.raises(Refused) as hidden:
                client(method, household_id=household)
            assert hidden.value.code == "household-not-found"
        with pytest.raises(Refused) as unlisted:
            propose(client, household)
        assert unlisted.value.code == "household-not-found"
    with pytest.raises(Refused) as nowhere:
        county.operator("RecordHousehold", grid_code="371321106999001", persons=1)
    assert nowhere.value.status == grpc.StatusCode.NOT_FOUND


@pytest.mark.rule("ALL-04")
def test_it_is_entered_once_and_changed_by_who_saw_it_last(member: Client, grid: str) -> None:
    key, given = new_id(), {"grid_code": grid, "persons": 3}
    first = member("RecordHousehold", key=key, **given)
    assert member("RecordHousehold", key=key, **given).id == first.id
    member("ChangeHousehold", household_id=first.id, if_match=1, **PERSONAL)
    with pytest.raises(Refused) as stale:
        member("ChangeHousehold", household_id=first.id, if_match=1, persons=4)
    assert stale.value.status == grpc.StatusCode.ABORTED
    member("ChangeHousehold", household_id=first.id, if_match=2, phone="")
    found = member("GetHousehold", household_id=first.id, purpose="care-visit")
    assert (found.contact, found.phone, found.persons) == ("刘翠花", "", 3)


@pytest.mark.rule("PAT-07")
@pytest.mark.rule("REG-09")
def test_a_department_confirms_and_only_then_it_counts(
    county: Registry, member: Client, confirmer: Client, grid: str
) -> None:
    household = record(member, grid)
    entry = propose(member, household)
    assert county.events("care-changed") == []
    with pytest.raises(Refused) as own:
        member("ConfirmCare", entry_id=entry)
    assert own.value.code == "own-proposal"
    waiting = confirmer("ListCare", states=["proposed"]).items
    assert [(each.visit, each.category_name, each.help) for each in waiting] == [
        ("needy-weekly", CATEGORIES["needy"], "送药")
    ]
    assert confirmer("GetHousehold", household_id=household, purpose="care-confirmation").contact == "刘翠花"
    confirmer("ConfirmCare", entry_id=entry, if_match=1)
    (told,) = county.events("care-changed", entry)
    assert (told.grid, told.data["active"], told.data["expires"]) == (grid, True, "2026-12-23")
    sealed = county.service.seal.open(told.data["sealed"], f"care.sealed:{entry}")
    assert json.loads(sealed) == {"visit": "needy-weekly", "help": "送药"}


@pytest.mark.rule("PAT-07")
def test_the_village_decides_as_well_but_not_who_leads_the_grid_itself(
    county: Registry, member: Client, grid: str, appoint: Appoint
) -> None:
    household = record(member, grid)
    appoint("li", "v1", "leader")
    li = Principal(county.ids["li"], "李长", frozenset({"grid-leader"}), None, (grid,))
    entry = propose(member, household, "alone-monthly")
    with pytest.raises(Refused) as refused:
        county.as_(li)("ConfirmCare", entry_id=entry)
    assert refused.value.code == "care-not-found"
    assert list(county.as_(li)("ListCare").items) == []
    appoint("li", "east-work", "leader")
    assert [each.visit for each in county.as_(li)("ListCare").items] == ["alone-monthly"]
    county.as_(li)("ConfirmCare", entry_id=entry)
    other = propose(member, household)
    county.with_roles("party-secretary", areas=(grid,))("DeclineCare", entry_id=other, reason="不符合条件")
    states = {row.id: row.state for row in county.rows("SELECT id::text, state FROM care_entry")}
    assert states == {entry: "active", other: "declined"}


def everything(client: Client, household: str) -> str:
    asked = (
        client("ListHouseholds"), client("GetHousehold", household_id=household, purpose="care-visit"),
        client("GetHouseholds", household_ids=[household], purpose="care-visit"), client("ListCare"),
    )  # fmt: skip
    return "".join(f"{each!s}{[list(getattr(each, 'items', ()))]}" for each in asked)


TELLING = ("needy", "困难", "救助", "alone", "空巢", "alone-monthly")


@pytest.mark.rule("PAT-07")
@pytest.mark.rule("PRV-02")
def test_nobody_who_visits_learns_why_from_the_registry(
    county: Registry, member: Client, confirmer: Client, grid: str, appoint: Appoint
) -> None:
    household = record(member, grid, legal_basis="网格化服务管理办法", purpose="上门走访")
    entry = propose(member, household)
    confirmer("ConfirmCare", entry_id=entry)
    appoint("li", "v1", "leader")
    appoint("wang", "v1", "member")
    for name, role in (("li", "grid-leader"), ("wang", "grid-member")):
        seen = everything(county.as_(Principal(county.ids[name], name, frozenset({role}), None, (grid,))), household)
        assert not [word for word in TELLING if word in seen], seen
    assert not [word for word in TELLING if word in everything(member, household)]
    open_ = str(county.rows("SELECT convert_from(body, 'UTF8') FROM outbox WHERE type LIKE 'registry.care%'"))
    open_ += str(county.rows("SELECT * FROM audit")) + str(county.rows("SELECT * FROM care_entry"))
    open_ += str(county.rows("SELECT * FROM household")) + str(county.rows("SELECT reply FROM idempotency"))
    assert not [word for word in TELLING if word in open_]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"visit": "no-such"}, "value-refused", "visit"),
        ({"visit": "everybody"}, "visit-incomplete", None),
        ({"help": "发放低保金"}, "value-refused", "help"),
    ],
)
def test_what_cannot_be_proposed_is_said(
    member: Client, grid: str, given: dict[str, str], code: str, path: str | None
) -> None:
    household = record(member, grid)
    with pytest.raises(Refused) as refused:
        propose(member, household, **given)
    assert refused.value.code == code
    assert list(refused.value.faults) == ([path] if path else [])


@pytest.mark.rule("ALL-04")
def test_a_household_is_listed_once_for_a_visit_however_many_propose_it(
    county: Registry, member: Client, grid: str
) -> None:
    household = record(member, grid)

    def attempt(_: int) -> str:
        try:
            propose(county.with_roles("grid-member", areas=(grid,)), household)
        except Refused as refused:
            return refused.code
        return "listed"

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(attempt, range(4)))
    assert said == ["care-listed"] * 3 + ["listed"]


def test_it_is_decided_once_however_many_decide(county: Registry, member: Client, confirmer: Client, grid: str) -> None:
    entry = propose(member, record(member, grid))

    def attempt(method: str) -> str:
        try:
            confirmer(method, entry_id=entry, if_match=1, **({"reason": "重复"} if method == "DeclineCare" else {}))
        except Refused as refused:
            return refused.code
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(attempt, ["ConfirmCare", "DeclineCare"]))
    assert said[0] == "decided" and said[1] in ("stale-version", "care-state"), said


@pytest.mark.rule("PRV-01")
def test_what_is_over_is_erased_in_the_night_and_leaves_proof(
    county: Registry, member: Client, confirmer: Client, grid: str
) -> None:
    household = record(member, grid)
    entry = propose(member, household)
    confirmer("ConfirmCare", entry_id=entry)
    night(county, days=8)  # the household's own day is over, but the list still needs it
    assert member("GetHousehold", household_id=household, purpose="care-visit").contact == "刘翠花"
    night(county, days=22)  # 23 December, the last day of the entry
    assert [each.data["active"] for each in county.events("care-changed", entry)] == [True]
    night(county, days=1)
    assert [each.data["active"] for each in county.events("care-changed", entry)] == [True, False]
    assert proofs(county) == [("care-entry", "expired"), ("household", "unneeded")]
    found = member("GetHousehold", household_id=household, purpose="care-visit")
    assert (found.address, found.contact, found.phone, found.persons) == ("", "", "", 2)
    assert county.rows("SELECT sealed FROM care_entry") == [(None,)]
    auditor = county.with_roles("auditor")
    shown = [(each.subject, list(each.fields)) for each in auditor("ListErasures").items]
    assert (household, ["address", "contact", "phone"]) in shown
    night(county, days=3)
    assert len(proofs(county)) == 2
    with pytest.raises(Refused):
        member("ListErasures")


def test_confirmed_again_the_term_begins_anew(county: Registry, member: Client, confirmer: Client, grid: str) -> None:
    entry = propose(member, record(member, grid))
    confirmer("ConfirmCare", entry_id=entry)
    night(county, days=20)
    confirmer("ConfirmCare", entry_id=entry, help="代购药品")
    night(county, days=20)
    told = county.events("care-changed", entry)
    assert [each.data["expires"] for each in told] == ["2026-12-23", "2027-01-12"]
    assert [each.sequence for each in told] == [1, 2]


@pytest.mark.rule("PRV-01")
def test_a_household_that_is_no_more_is_erased_at_once(
    county: Registry, member: Client, confirmer: Client, grid: str
) -> None:
    household = record(member, grid)
    entry = propose(member, household)
    confirmer("ConfirmCare", entry_id=entry)
    member("RetireHousehold", household_id=household)
    assert [each.data["active"] for each in county.events("care-changed", entry)] == [True, False]
    assert [each.data["active"] for each in county.events("household-changed", household)] == [True, False]
    assert proofs(county) == [("care-entry", "moved-away"), ("household", "moved-away")]
    for method, more in (("ChangeHousehold", {"persons": 1}), ("RetireHousehold", {})):
        with pytest.raises(Refused) as refused:
            member(method, household_id=household, **more)
        assert refused.value.code == "household-gone"
    with pytest.raises(Refused) as ended:
        confirmer("ConfirmCare", entry_id=entry)
    assert ended.value.code == "care-not-found"


def half(west: float) -> dict[str, Any]:
    """A half of the grid v1."""
    east = west + 0.05
    ring = [[west, 35.0], [east, 35.0], [east, 35.1], [west, 35.1], [west, 35.0]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.rule("REG-04")
def test_households_follow_when_grids_are_merged_and_split(
    county: Registry, member: Client, confirmer: Client, grid: str
) -> None:
    placed = record(member, grid, lon=118.01, lat=35.05)
    lost = record(member, grid)
    entry = propose(member, placed)
    confirmer("ConfirmCare", entry_id=entry)
    day = county.service.today().isoformat()
    parts = [
        {"name": "东村东片", "boundary": half(118.05), "drawn_how": "drawn"},
        {"name": "东村西片", "boundary": half(118.0), "drawn_how": "drawn"},
    ]
    split = county.operator("SplitGrid", code=grid, parts=parts, effective=day, reason="人口增多")
    eastern, western = split.successors
    rows = county.rows("SELECT id::text, grid_code, unplaced FROM household")
    found = {row.id: (row.grid_code, row.unplaced) for row in rows}
    assert found == {placed: (western, False), lost: (eastern, True)}
    assert county.events("care-changed", entry)[-1].grid == western
    assert county.events("care-changed", entry)[-1].data["active"] is True
    village = county.with_roles("grid-leader", areas=(grid[:12],))
    assert [each.id for each in village("ListHouseholds", unplaced=True).items] == [lost]
    village("ChangeHousehold", household_id=lost, grid_code=western)
    assert list(village("ListHouseholds", unplaced=True).items) == []


def test_pages_hold_every_household_once(county: Registry, grid: str) -> None:
    member = county.with_roles("grid-member", areas=(grid,))
    made = {str(member("RecordHousehold", grid_code=grid, persons=n).id) for n in range(5)}
    seen, cursor = [], ""
    while True:
        page = member("ListHouseholds", limit=2, cursor=cursor)
        seen += [each.id for each in page.items]
        if not (cursor := page.next_cursor):
            break
    assert (len(seen), set(seen)) == (5, made)
    with pytest.raises(Refused):
        member("ListHouseholds", cursor="nonsense")
