"""Grids: codes, tree, boundaries, look-up and coverage (REG-02, REG-03)."""

from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from .conftest import COUNTY, GRIDS, TOWN, VILLAGES, Appoint, Refused, Registry, grid_row, square


@pytest.mark.rule("REG-02")
def test_codes_are_allocated_under_the_lowest_common_division(county: Registry) -> None:
    assert county.ids["town"] == f"{TOWN}001"
    assert county.ids["east-work"] == f"{TOWN}002"
    assert county.ids["v1"] == f"{VILLAGES[0]}001"
    more = [
        grid_row("shop", "某企业", 2, VILLAGES[:1], kind="enterprise", parent_code=county.ids["town"]),
        grid_row("root", "县级网格", 0, [COUNTY]),
    ]
    reply = county.operator("ImportGrids", rows=more)
    assert [row.id for row in reply.rows] == [f"{VILLAGES[0]}002", f"{COUNTY}001"]


@pytest.mark.rule("REG-02")
def test_children_may_stand_before_their_parents(registry: Registry) -> None:
    registry.operator("ImportDivisions", rows=[{"code": COUNTY, "name": "沂南县", "kind": "county"}])
    rows = [grid_row("b", "下", 2, [COUNTY], parent_ref="a"), grid_row("a", "上", 1, [COUNTY])]
    reply = registry.operator("ImportGrids", rows=rows)
    assert [row.ref for row in reply.rows] == ["b", "a"]
    below = registry.operator("ListGrids", below=reply.rows[1].id).items
    assert [(each.name, each.path_name) for each in below] == [("下", "上 下")]


@pytest.mark.rule("REG-02", "ALL-05")
def test_every_bad_row_is_named_and_nothing_is_imported(county: Registry) -> None:
    town = county.ids["town"]
    rows = [
        grid_row("a", "", 3, VILLAGES[:1], parent_code=town),
        grid_row("b", "乙", 3, ["371321999001"], parent_code=town),
        grid_row("c", "丙", 1, VILLAGES[:1], parent_code=town),
        grid_row("d", "丁", 3, [COUNTY], parent_code=town),
        grid_row("e", "戊", 3, VILLAGES[:1], parent_ref="nowhere"),
        grid_row("f", "己", 3, VILLAGES[:1], parent_code=town, code=f"{VILLAGES[1]}009"),
        grid_row("g", "庚", 3, VILLAGES[:1], parent_code=town, boundary={"type": "Point", "coordinates": [1, 2]}),
        grid_row("g", "辛", 3, VILLAGES[:1], parent_code=town, effective="soon", kind="square"),
        grid_row("i", "壬", 3, VILLAGES[:1], parent_code=town, boundary=square(118, 35), drawn_how=""),
    ]
    before = county.rows("SELECT count(*) FROM grid")
    with pytest.raises(Refused) as refused:
        county.operator("ImportGrids", rows=rows)
    assert refused.value.faults == {
        "rows[0].name": "name-missing",
        "rows[1].division_codes": "division-unknown",
        "rows[2].level": "level-not-below-parent",
        "rows[3].division_codes": "outside-parent",
        "rows[4].parent_ref": "not-allowed",
        "rows[5].code": "grid-code",
        "rows[6].boundary": "boundary-not-a-polygon",
        "rows[7].ref": "repeated",
        "rows[7].effective": "not-a-day",
        "rows[7].kind": "not-allowed",
        "rows[8].drawn_how": "not-allowed",
    }
    assert county.rows("SELECT count(*) FROM grid") == before


def test_import_of_an_existing_code_changes_it_and_keeps_its_boundary(county: Registry) -> None:
    code = county.ids["v1"]
    row = grid_row("", "东村新网格", 3, VILLAGES[:1], code=code, parent_code=county.ids["east-work"])
    assert county.operator("ImportGrids", rows=[row]).rows[0].outcome == "changed"
    assert county.operator("ImportGrids", rows=[row]).rows[0].outcome == "unchanged"
    page = county.operator("GetGrid", code=code)
    assert (page.grid.name, page.grid.version, page.grid.has_boundary) == ("东村新网格", 2, True)
    with pytest.raises(Refused) as refused:
        county.operator("ImportGrids", rows=[{**row, "parent_code": county.ids["town"]}])
    assert refused.value.faults == {"rows[0].parent_code": "grid-reparented"}


def test_numbers_are_never_given_twice(county: Registry) -> None:
    rows = [grid_row(f"n{n}", f"网格{n}", 4, VILLAGES[:1], parent_code=county.ids["v1"]) for n in range(3)]
    codes = [row.id for row in county.operator("ImportGrids", rows=rows).rows]
    assert codes == [f"{VILLAGES[0]}{n:03d}" for n in (2, 3, 4)]
    last = grid_row("last", "末", 4, VILLAGES[:1], parent_code=county.ids["v1"], code=f"{VILLAGES[0]}999")
    county.operator("ImportGrids", rows=[last])
    with pytest.raises(Refused) as refused:
        county.operator("ImportGrids", rows=rows[:1])
    assert refused.value.code == "grid-codes-exhausted"


@pytest.mark.rule("REG-02")
def test_grid_changed_tells_place_in_the_tree_and_no_person(county: Registry) -> None:
    code = county.ids["v1"]
    (event,) = county.events("grid-changed", code)
    assert (event.sequence, event.grid, event.source) == (1, code, "/wangge/371321/registry")
    assert {name: event.data[name] for name in ("parent", "division", "ancestors", "level", "active")} == {
        "parent": county.ids["east-work"],
        "division": VILLAGES[0],
        "ancestors": [county.ids["town"], county.ids["east-work"]],
        "level": 3,
        "active": True,
    }
    assert event.data["boundary"]["type"] == "Polygon"


@pytest.mark.rule("REG-03")
def test_point_gives_its_grids_deepest_first(county: Registry) -> None:
    found = county.operator("LocatePoint", lon=118.15, lat=35.05)
    assert [each.code for each in found.grids] == [county.ids["v2"], county.ids["town"]]
    assert found.grid_code == county.ids["v2"]
    on_border = county.operator("LocatePoint", lon=118.1, lat=35.05)
    assert on_border.grid_code == county.ids["v1"]
    in_gap = county.operator("LocatePoint", lon=118.35, lat=35.35)
    assert in_gap.grid_code == county.ids["town"]
    outside = county.operator("LocatePoint", lon=118.41, lat=35.2)
    assert not outside.HasField("grid_code")
    assert outside.nearest_code == county.ids["town"]
    assert 850 < outside.nearest_metres < 950


@pytest.mark.parametrize(("lon", "lat"), [(float("nan"), 35.0), (118.0, 95.0), (float("inf"), 35.0)])
def test_impossible_places_are_refused(county: Registry, lon: float, lat: float) -> None:
    with pytest.raises(Refused) as refused:
        county.operator("LocatePoint", lon=lon, lat=lat)
    assert refused.value.faults == {"lon": "out-of-range"}


@pytest.mark.rule("REG-03")
def test_boundary_is_replaced_by_who_saw_the_last_version(county: Registry) -> None:
    code = county.ids["v3"]
    given = {"code": code, "boundary": square(118.3, 35.0), "drawn_how": "surveyed"}
    assert county.operator("SetBoundary", if_match=1, **given).version == 2
    with pytest.raises(Refused) as refused:
        county.operator("SetBoundary", if_match=1, **given)
    assert refused.value.code == "stale-version"
    assert county.operator("LocatePoint", lon=118.35, lat=35.05).grid_code == code
    assert [each.sequence for each in county.events("grid-changed", code)] == [1, 2]


def test_crossing_boundary_is_refused_with_its_place(county: Registry) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    with pytest.raises(Refused) as refused:
        county.operator("SetBoundary", code=county.ids["v3"], boundary=bow, drawn_how="drawn")
    assert refused.value.code == "boundary-self-intersection"
    assert "0.5" in refused.value.content["zh"]


@pytest.mark.rule("REG-03")
def test_map_is_a_feature_collection(county: Registry) -> None:
    found = county.operator("ListBoundaries", prefix="371321106", level=3)
    collection = MessageToDict(found.feature_collection)
    assert [feature["id"] for feature in collection["features"]] == [county.ids[ref] for ref in ("v1", "v2", "v3")]
    assert collection["features"][0]["properties"] == {
        "code": county.ids["v1"],
        "name": "东村网格",
        "kind": "area",
        "level": 3,
        "parent": county.ids["east-work"],
        "drawn_how": "drawn",
    }
    below = county.operator("ListBoundaries", below=county.ids["east-work"])
    assert len(below.feature_collection["features"]) == 2


@pytest.mark.rule("REG-03")
def test_coverage_names_gaps_overlaps_and_grids_without_boundary(county: Registry) -> None:
    overlapping = {"boundary": square(118.15, 35.0), "drawn_how": "drawn"}
    county.operator("SetBoundary", code=county.ids["v3"], **overlapping)
    without = grid_row("v4", "无界网格", 3, VILLAGES[2:], parent_code=county.ids["town"])
    code = county.operator("ImportGrids", rows=[without]).rows[0].id
    report = county.operator("ReportCoverage", parent_code=county.ids["town"], level=3)
    assert not report.complete
    assert (report.compared, list(report.without_boundary)) == (3, [code])
    kinds = [finding.kind for finding in report.findings]
    assert kinds == ["gap", "overlap"]
    assert list(report.findings[1].codes) == [county.ids["v2"], county.ids["v3"]]
    assert report.findings[1].square_metres == pytest.approx(50_600_000, rel=0.01)


@pytest.mark.rule("REG-06")
def test_page_of_a_grid_shows_area_person_duty_task_and_reward(county: Registry, appoint: Appoint) -> None:
    code = county.ids["v1"]
    row: dict[str, Any] = {**GRIDS[2], "code": code, "parent_code": county.ids["east-work"]}
    row.pop("parent_ref")
    words = {"duties": ["巡查本村河道"], "tasks": ["每日巡查一次"], "rewards": ["首报奖励"]}
    county.operator("ImportGrids", rows=[{**row, **words}])
    appoint("wang", "v1", "member")
    page = county.with_roles("grid-member")("GetGrid", code=code)
    assert page.square_metres > 90_000_000
    assert [(each.name, each.post_name, each.duty_phone) for each in page.people] == [("王东", "网格员", "3211001")]
    assert [each.text for each in (*page.duties, *page.tasks, *page.rewards)] == [
        text for texts in words.values() for text in texts
    ]
    assert "13812345678" not in str(page)
    assert [each.code for each in county.operator("GetGrid", code=county.ids["east-work"]).children] == [
        county.ids["v1"],
        county.ids["v2"],
    ]


def test_unknown_grid_is_not_found(county: Registry) -> None:
    with pytest.raises(Refused) as refused:
        county.operator("GetGrid", code="371321106999999")
    assert refused.value.code == "not-found"


def test_list_of_my_grids_follows_the_token(county: Registry) -> None:
    member = county.with_roles("grid-leader", areas=[county.ids["v1"], county.ids["v2"]])
    assert [each.name for each in member("ListGrids", mine=True).items] == ["东村网格", "西村网格"]
    assert list(county.with_roles("verifier")("ListGrids", mine=True).items) == []
    assert [each.name for each in member("ListGrids", text="南村").items] == ["南村网格"]
    assert len(member("ListGrids", with_boundary=False).items) == 1


def test_a_thousand_grids_in_one_call(county: Registry) -> None:
    rows = [grid_row(f"r{n}", f"网格{n}", 4, VILLAGES[n % 3 : n % 3 + 1]) for n in range(1000)]
    reply = county.operator("ImportGrids", rows=rows)
    assert reply.created == 1000
    assert len({row.id for row in reply.rows}) == 1000
    with pytest.raises(Refused) as refused:
        county.operator("ImportGrids", rows=[*rows, {**rows[0], "ref": "last"}])
    assert refused.value.faults == {"rows": "too-many-rows"}
