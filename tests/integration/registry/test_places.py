"""Enterprises and other places: entered, assessed, moved with their grids, retired; nothing forgotten (REG-10)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import grpc
import pytest

from wangge.registry.v1 import places_pb2, places_pb2_grpc

from .conftest import Client, Refused, Registry
from .test_grid_changes import merge, split

pytestmark = pytest.mark.rule("REG-10")

FACTORY = {"kind": "enterprise", "name": "东岭化工有限公司", "lon": 118.02, "lat": 35.05, "pollution_source": True}
PERSON = {"responsible_name": "欧阳建国", "responsible_phone": "13812345678"}


@dataclass
class Places(Client):
    """Calls of the gRPC service Places."""

    def __call__(self, method: str, *, once: str | None = None, if_match: int | None = None, **values: Any) -> Any:
        request = getattr(places_pb2, f"{method}Request")(**values)
        given = {"authorization": f"Bearer {self.token}", "idempotency-key": once}
        given["expected-version"] = None if if_match is None else str(if_match)
        try:
            metadata = [(name, value) for name, value in given.items() if value]
            return getattr(self.stub, method)(request, metadata=metadata, timeout=20)
        except grpc.RpcError as error:
            raise Refused(error) from error


@pytest.fixture
def places(county: Registry) -> Any:
    """`places("grid-leader", area)` calls as somebody with the role in the area; without arguments as the operator."""
    channel = grpc.insecure_channel(county.address)
    stub: Any = places_pb2_grpc.PlacesStub(channel)

    def as_(role: str = "", *areas: str) -> Places:
        client = county.with_roles(role, areas=areas) if role else county.operator
        return Places(stub, client.token)

    yield as_
    channel.close()


def changed(county: Registry) -> list[tuple[int, str | None, str, bool, bool]]:
    told = county.events("place-changed")
    return [(e.sequence, e.grid, e.data["grade"], e.data["key"], e.data["active"]) for e in told]


def test_a_place_lies_in_the_grid_of_its_point_and_says_so_to_others_without_the_person(county, places) -> None:
    made = places("grid-leader", county.ids["v1"])("EnterPlace", **FACTORY, **PERSON)
    assert changed(county) == [(1, county.ids["v1"], "", False, True)]
    (told,) = county.events("place-changed")
    assert told.subject == made.id and told.data["pollution_source"]
    assert "欧阳" not in str(told.data) and "138" not in str(told.data)
    (row,) = county.rows("SELECT responsible FROM place")
    assert row.responsible.startswith("v1:")
    seen = places("grid-leader", county.ids["v1"])("GetPlace", place_id=made.id)
    assert (seen.grid_name, seen.responsible_name, seen.responsible_phone) == ("东村网格", "欧***", "138****5678")


@pytest.mark.rule("PRV-02", "PRV-03")
def test_who_is_responsible_is_shown_for_a_purpose_and_the_look_is_recorded(county, places) -> None:
    made = places()("EnterPlace", **FACTORY, **PERSON)
    leader = places("grid-leader", county.ids["v1"])
    seen = leader("GetPlace", place_id=made.id, purpose="case-handling")
    assert (seen.responsible_name, seen.responsible_phone, seen.masked) == ("欧阳建国", "13812345678", False)
    (look,) = county.rows("SELECT subject, detail FROM audit WHERE action = 'LookAtPlace' AND detail ? 'fields'")
    assert (look.subject, look.detail["purpose"]) == (made.id, "case-handling")
    with pytest.raises(Refused) as refused:
        leader("GetPlace", place_id=made.id, purpose="curiosity")
    assert refused.value.faults == {"purpose": "not-allowed"}


@pytest.mark.rule("PAT-01")
def test_the_latest_assessment_gives_the_grade_and_an_older_one_stays_history(county, places) -> None:
    made = places()("EnterPlace", **FACTORY)
    leader = places("grid-leader", county.ids["v1"])
    leader("AssessPlace", place_id=made.id, assessed_on="2026-11-20", grade="D", key=True, words="消防设施缺失")
    leader("AssessPlace", place_id=made.id, assessed_on="2026-10-01", grade="B")
    seen = leader("GetPlace", place_id=made.id)
    assert (seen.grade, seen.key, seen.assessed_on, seen.version) == ("D", True, "2026-11-20", 3)
    assert changed(county)[-1] == (3, county.ids["v1"], "D", True, True)
    records = leader("ListPlaceRecords", place_id=made.id, what="assessed").items
    assert [(each.on, each.grade, each.words) for each in records] == [
        ("2026-10-01", "B", ""),
        ("2026-11-20", "D", "消防设施缺失"),
    ]


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize(
    ("given", "path", "code"),
    [
        ({"assessed_on": "2026-11-24", "grade": "A"}, "assessed_on", "day-to-come"),
        ({"assessed_on": "yesterday", "grade": "A"}, "assessed_on", "not-a-day"),
        ({"assessed_on": "2026-11-20", "grade": ""}, "grade", "grade-missing"),
        ({"assessed_on": "2026-11-20", "grade": "x" * 21}, "grade", "grade-missing"),
    ],
)
def test_a_wrong_assessment_is_told_what_is_wrong(places, given: dict[str, str], path: str, code: str) -> None:
    made = places()("EnterPlace", **FACTORY)
    with pytest.raises(Refused) as refused:
        places()("AssessPlace", place_id=made.id, **given)
    assert refused.value.faults == {path: code}
    assert places()("GetPlace", place_id=made.id).version == 1


def test_facts_are_numbers_of_a_day_and_their_history_stays(places) -> None:
    made = places()("EnterPlace", **FACTORY)
    facts = {"operating": "normal", "employees": 120, "party_members": 3, "organisation": "branch"}
    places()("StatePlaceFacts", place_id=made.id, stated_on="2026-06-30", facts=facts)
    later = {**facts, "operating": "suspended", "employees": 40}
    places()("StatePlaceFacts", place_id=made.id, stated_on="2026-11-01", facts=later)
    seen = places()("GetPlace", place_id=made.id)
    assert (seen.facts.operating, seen.facts.employees, seen.stated_on) == ("suspended", 40, "2026-11-01")
    stated = places()("ListPlaceRecords", place_id=made.id, what="stated").items
    assert [each.facts.employees for each in stated] == [40, 120]
    with pytest.raises(Refused) as refused:
        places()("StatePlaceFacts", place_id=made.id, stated_on="2026-11-01", facts={**facts, "operating": "great"})
    assert refused.value.faults == {"facts.operating": "not-allowed"}


@pytest.mark.rule("REG-04")
def test_a_place_lies_in_the_part_of_a_split_grid_that_its_point_lies_in(county, places) -> None:
    west = places()("EnterPlace", **FACTORY).id
    east = places()("EnterPlace", **{**FACTORY, "name": "东村超市", "lon": 118.08}).id
    successors = list(split(county).successors)
    names = {each.code: each.name for each in county.operator("ListGrids").items}
    at = {each: places()("GetPlace", place_id=each).grid_code for each in (west, east)}
    assert {west: names[at[west]], east: names[at[east]]} == {west: "东村甲", east: "东村乙"}
    assert set(at.values()) <= set(successors)
    assert {each.grid for each in county.events("place-changed")[2:]} == set(at.values())
    moved = places()("ListPlaceRecords", place_id=west).items[0]
    assert (moved.what, moved.grid_code) == ("moved", at[west])


@pytest.mark.rule("REG-04")
def test_places_of_merged_grids_lie_in_the_one_that_is_left(county, places) -> None:
    made = places()("EnterPlace", **FACTORY).id
    (merged,) = merge(county).successors
    assert places()("GetPlace", place_id=made).grid_code == merged


@pytest.mark.rule("REG-14")
def test_nobody_enters_sees_or_changes_what_lies_in_anothers_area(county, places) -> None:
    made = places()("EnterPlace", **FACTORY)
    neighbour = places("grid-leader", county.ids["v2"])
    with pytest.raises(Refused) as refused:
        neighbour("EnterPlace", **{**FACTORY, "name": "另一家"})
    assert refused.value.status == grpc.StatusCode.PERMISSION_DENIED
    for method, given in {
        "GetPlace": {},
        "ListPlaceRecords": {},
        "AssessPlace": {"assessed_on": "2026-11-20", "grade": "A"},
        "RetirePlace": {"reason": "关闭"},
    }.items():
        with pytest.raises(Refused) as refused:
            neighbour(method, place_id=made.id, **given)
        assert refused.value.status == grpc.StatusCode.NOT_FOUND
    assert not neighbour("ListPlaces").items
    with pytest.raises(Refused) as refused:
        places("grid-member", county.ids["v1"])("RetirePlace", place_id=made.id, reason="关闭")
    assert refused.value.status == grpc.StatusCode.PERMISSION_DENIED
    for wrong in ("nobody", "01936f2a-7c00-7000-8000-00000000000a"):
        with pytest.raises(Refused) as refused:
            places()("GetPlace", place_id=wrong)
        assert refused.value.status == grpc.StatusCode.NOT_FOUND


@pytest.mark.rule("ALL-05")
def test_a_point_outside_its_grid_an_unknown_grid_and_wrong_words_are_named(county, places) -> None:
    for wrong, faults in (
        ({"lon": 10.0}, {"lon": "no-grid-here"}),
        ({"lon": 190.0}, {"lon": "out-of-range"}),
        ({"grid_code": county.ids["v2"]}, {"lon": "outside-grid"}),
        ({"grid_code": "371321106201999"}, {"grid_code": "not-allowed"}),
        ({"kind": "castle", "name": " "}, {"kind": "not-allowed", "name": "name-missing"}),
        ({"responsible_phone": "call me"}, {"responsible_phone": "phone"}),
    ):
        with pytest.raises(Refused) as refused:
            places()("EnterPlace", **{**FACTORY, **wrong})
        assert refused.value.faults == faults
    assert not places()("ListPlaces").items


@pytest.mark.rule("ALL-04")
def test_the_same_place_entered_by_many_at_once_is_there_once(county, places) -> None:
    def enter(number: int) -> str:
        try:
            return places()("EnterPlace", **FACTORY, once=f"enter-place-{number:04d}").id
        except Refused as refused:
            return ",".join(refused.faults.values())

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(enter, range(8)))
    assert sorted(told)[1:] == ["place-named-already"] * 7
    assert len(places()("ListPlaces").items) == 1


def test_a_change_names_the_version_it_changes_and_a_retired_place_is_left_alone(county, places) -> None:
    made = places()("EnterPlace", **FACTORY, **PERSON)
    with pytest.raises(Refused) as refused:
        places()("ChangePlace", place_id=made.id, if_match=7, **FACTORY)
    assert refused.value.code == "stale-version"
    renamed = {**FACTORY, "name": "东岭新材料有限公司"}
    assert places()("ChangePlace", place_id=made.id, if_match=1, **renamed).version == 2
    assert places()("ChangePlace", place_id=made.id, **renamed).version == 2  # nothing new: no version, no event
    assert places()("GetPlace", place_id=made.id, purpose="supervision").responsible_name == "欧阳建国"
    places()("RetirePlace", place_id=made.id, reason="搬迁出县")
    assert changed(county)[-1][-1] is False
    with pytest.raises(Refused) as refused:
        places()("AssessPlace", place_id=made.id, assessed_on="2026-11-20", grade="A")
    assert refused.value.code == "place-retired"
    places()("EnterPlace", **renamed)
    assert [each.active for each in places()("ListPlaces").items] == [False, True]


def test_lists_come_by_pages_and_are_narrowed(county, places) -> None:
    made = [places()("EnterPlace", **{**FACTORY, "name": f"企业{n}"}).id for n in range(5)]
    places()("AssessPlace", place_id=made[2], assessed_on="2026-11-20", grade="D", key=True)
    first = places()("ListPlaces", limit=2)
    second = places()("ListPlaces", limit=10, cursor=first.next_cursor)
    assert [each.id for each in (*first.items, *second.items)] == made and not second.next_cursor
    for wanted in ({"grade": "D"}, {"key": True}, {"assessed": True}, {"text": "企业2"}):
        assert [each.id for each in places()("ListPlaces", **wanted).items] == [made[2]]
    assert not places()("ListPlaces", prefix=county.ids["v2"]).items
