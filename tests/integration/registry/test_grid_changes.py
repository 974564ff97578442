"""Grids over time: split, merge, re-parent, retire, and who was responsible on any day (REG-04)."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.chassis.ids import new_id

from .conftest import TOWN, VILLAGES, Appoint, Refused, Registry, grid_row, serving, square
from .test_worker import PROGRAM, until

pytestmark = pytest.mark.rule("REG-04")

TODAY, YESTERDAY, DAY_AFTER = "2026-11-23", "2026-11-22", "2026-11-25"


def box(west: float, east: float, south: float = 35.0, north: float = 35.1) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def part(name: str, boundary: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"name": name, "boundary": boundary, "drawn_how": "drawn", **values}


HALVES = [part("东村甲", box(118.0, 118.05)), part("东村乙", box(118.05, 118.1))]


def split(county: Registry, effective: str = TODAY, **values: Any) -> Any:
    given = {"code": county.ids["v1"], "parts": HALVES, "effective": effective, "reason": "户数超过规模"}
    return county.operator("SplitGrid", **{**given, **values})


def merge(county: Registry, effective: str = TODAY, **values: Any) -> Any:
    given = {"code": county.ids["v1"], "others": [county.ids["v2"]], "name": "东西村", "reason": "并村"}
    return county.operator("MergeGrids", **{**given, "effective": effective, **values})


def retire(county: Registry, successor: str, effective: str = TODAY, **values: Any) -> Any:
    given = {"code": county.ids["v1"], "successor_code": successor, "effective": effective, "reason": "整村搬迁"}
    return county.operator("RetireGrid", **{**given, **values})


def at(county: Registry, lon: float, on: str = "", lat: float = 35.05) -> tuple[str, list[str]]:
    """The responsible grid at a point, and its people's names."""
    found = county.operator("FindResponsible", lon=lon, lat=lat, on=on)
    return found.grid_code, [each.name for each in found.grids[0].people]


def sweep(county: Registry) -> int:
    return county.service.bus.sweep()


def test_split_gives_each_point_to_its_part_and_history_keeps_the_day_before(
    county: Registry, appoint: Appoint
) -> None:
    appoint("wang", "v1", "member")
    appoint("li", "v1", "leader")
    made = split(county)
    assert (made.state, len(made.successors), made.effective) == ("effective", 2, TODAY)
    first, second = made.successors
    assert at(county, 118.02) == (first, ["李长", "王东"])
    assert at(county, 118.08) == (second, ["李长", "王东"])
    assert at(county, 118.08, YESTERDAY) == (county.ids["v1"], ["李长", "王东"])
    assert county.operator("LocatePoint", lon=118.08, lat=35.05).grid_code == second
    old = county.operator("GetGrid", code=county.ids["v1"]).grid
    assert old.state == "retired"
    page = county.operator("GetGrid", code=first)
    assert (page.grid.name, page.grid.effective, page.grid.parent_code) == ("东村甲", TODAY, county.ids["east-work"])
    work = county.operator("GetGrid", code=county.ids["east-work"])
    assert [each.code for each in work.children] == sorted([first, second, county.ids["v2"]])


def test_each_part_may_name_its_own_people(county: Registry, appoint: Appoint) -> None:
    post = appoint("wang", "v1", "member")
    mine = {"person_id": county.ids["wang"], "post": "member"}
    leader = {"person_id": county.ids["li"], "post": "leader"}
    parts = [{**HALVES[0], "people": [mine, leader]}, {**HALVES[1], "people": [leader]}]
    first, second = split(county, parts=parts).successors
    assert at(county, 118.02) == (first, ["李长", "王东"])
    assert at(county, 118.08) == (second, ["李长"])
    (ended,) = county.operator("ListPosts", person_id=county.ids["wang"], on=YESTERDAY).items
    assert (ended.id, ended.ends, ended.state) == (post, YESTERDAY, "ended")
    events = county.events("person-changed", county.ids["wang"])
    assert events[-1].data["areas"] == [first]


def test_the_event_comes_after_those_of_the_grids_that_it_names(county: Registry) -> None:
    made = split(county)
    (event,) = county.events("grid-succeeded")
    assert (event.subject, event.grid) == (county.ids["v1"], county.ids["v1"])
    assert event.data == {
        "change_id": made.id,
        "kind": "split",
        "predecessors": [county.ids["v1"]],
        "successors": list(made.successors),
        "effective": TODAY,
    }
    everything = county.events()
    last = {each.subject: number for number, each in enumerate(everything) if each.type.endswith("grid-changed.v1")}
    assert everything.index(event) > max(last[code] for code in (county.ids["v1"], *made.successors))
    assert [each.sequence for each in everything if each.subject == county.ids["v1"]] == [1, 2, 3]


@pytest.mark.parametrize(
    ("parts", "faults"),
    [
        ([HALVES[0], part("乙", box(118.05, 118.09))], {"parts": "split-gap"}),
        ([HALVES[0], part("乙", box(118.04, 118.1))], {"parts[0].boundary": "split-overlap"}),
        ([HALVES[0], part("乙", box(118.05, 118.12))], {"parts[1].boundary": "split-outside"}),
        ([HALVES[0]], {"parts": "parts-count"}),
        ([HALVES[0], part("", box(118.05, 118.1))], {"parts[1].name": "name-missing"}),
        ([HALVES[0], {"name": "乙", "drawn_how": "drawn"}], {"parts[1].boundary": "boundary-not-a-polygon"}),
        ([HALVES[0], {**HALVES[1], "drawn_how": "guessed"}], {"parts[1].drawn_how": "not-allowed"}),
        ([HALVES[0], {**HALVES[1], "division_codes": [VILLAGES[2]]}], {"parts[1].division_codes": "division-outside"}),
        ([HALVES[0], {**HALVES[1], "children": ["371321106201099"]}], {"parts[1].children": "not-allowed"}),
    ],
)
def test_parts_that_do_not_fit_are_refused_by_name(county: Registry, parts: Any, faults: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        split(county, parts=parts)
    assert (refused.value.code, refused.value.faults) == ("value-refused", faults)
    assert county.rows("SELECT count(*) FROM grid_change") == [(0,)]


def test_rounding_is_no_gap(county: Registry) -> None:
    shaken = box(118.0, 118.05)
    shaken["coordinates"][0][2:2] = [[118.05, 35.001], [118.050001, 35.002], [118.05, 35.003]]
    assert len(split(county, parts=[part("甲", shaken), HALVES[1]]).successors) == 2


@pytest.mark.parametrize(
    ("values", "code", "faults"),
    [
        ({"effective": "soon"}, "value-refused", {"effective": "not-a-day"}),
        ({"effective": "2026-10-31"}, "value-refused", {"effective": "effective-before-last-change"}),
        ({"reason": " "}, "value-refused", {"reason": "reason-missing"}),
        ({"code": "371321106201099"}, "not-found", {}),
        (
            {"parts": [HALVES[0], {**HALVES[1], "people": [{"person_id": new_id(), "post": "king"}]}]},
            "value-refused",
            {"parts[1].people[0].post": "not-allowed", "parts[1].people[0].person_id": "person-unknown"},
        ),
    ],
)
def test_wrong_input_is_named(county: Registry, values: dict[str, Any], code: str, faults: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        split(county, **values)
    assert (refused.value.code, refused.value.faults) == (code, faults)


def test_a_grid_without_boundary_is_not_split(county: Registry) -> None:
    with pytest.raises(Refused) as refused:
        split(county, code=county.ids["east-work"])
    assert refused.value.faults == {"code": "boundary-missing"}


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("role", ["grid-member", "security-administrator", "county-leader"])
def test_only_the_system_administrator_changes_grids(county: Registry, role: str) -> None:
    client = county.with_roles(role, areas=["371321"])
    given = {"code": county.ids["v1"], "effective": TODAY, "reason": "试"}
    with pytest.raises(Refused) as refused:
        client("SplitGrid", parts=HALVES, **given)
    assert refused.value.code == "forbidden"
    with pytest.raises(Refused):
        client("RetireGrid", successor_code=county.ids["v2"], **given)
    with pytest.raises(Refused):
        client("CancelGridChange", change_id=new_id())


@pytest.mark.rule("ALL-04")
def test_twice_with_one_key_splits_once_and_a_second_split_is_refused(county: Registry) -> None:
    given = {"code": county.ids["v1"], "parts": HALVES, "effective": TODAY, "reason": "户数超过规模"}
    once, again = (county.operator("SplitGrid", key="one", **given) for _ in range(2))
    assert once == again
    with pytest.raises(Refused) as refused:
        split(county)
    assert refused.value.faults == {"code": "grid-retired"}


def test_at_the_same_time_one_split_wins(county: Registry) -> None:
    def attempt(_: int) -> str:
        try:
            return str(split(county).state)
        except Refused as error:
            return str(error.faults["code"])

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, range(4)))
    assert outcomes == ["effective", "grid-retired", "grid-retired", "grid-retired"]
    assert county.operator("ReportCoverage", parent_code=county.ids["town"], level=3).compared == 4


def test_lower_grids_go_to_the_part_they_lie_in_or_are_listed_with(county: Registry) -> None:
    village = county.ids["v1"]
    rows = [
        grid_row("a", "组一", 4, VILLAGES[:1], parent_code=village, boundary=square(118.01, 35.01, 0.02)),
        grid_row("b", "组二", 4, VILLAGES[:1], parent_code=village, boundary=square(118.06, 35.01, 0.02)),
        grid_row("c", "户", 5, VILLAGES[:1], parent_ref="b", boundary=square(118.06, 35.01, 0.01)),
        grid_row("d", "某企业", 4, VILLAGES[:1], kind="enterprise", parent_code=village),
    ]
    a, b, c, d = [row.id for row in county.operator("ImportGrids", rows=rows).rows]
    with pytest.raises(Refused) as refused:
        split(county)
    assert refused.value.faults == {"parts": "child-unplaced"}
    assert d in refused.value.content["faults"][0]["zh"]
    first, second = split(county, parts=[{**HALVES[0], "children": [d]}, HALVES[1]]).successors
    paths = {each.code: list(each.path)[-1] for each in county.operator("ListGrids", below=county.ids["town"]).items}
    assert {code: paths[code] for code in (a, b, c, d)} == {a: first, b: second, c: b, d: first}
    above = county.operator("FindResponsible", grid_code=c).grids
    assert [each.code for each in above][:3] == [c, b, second]
    before = county.operator("FindResponsible", grid_code=c, on=YESTERDAY).grids
    assert [each.code for each in before][:3] == [c, b, village]


def test_merge_makes_one_grid_of_all_the_area_and_people(county: Registry, appoint: Appoint) -> None:
    for grid in ("v1", "v2"):
        appoint("li", grid, "leader")
    appoint("wang", "v2", "member")
    (new,) = merge(county).successors
    assert new == f"{TOWN}003"
    assert at(county, 118.05) == at(county, 118.15) == (new, ["李长", "王东"])
    assert at(county, 118.15, YESTERDAY) == (county.ids["v2"], ["李长", "王东"])
    page = county.operator("GetGrid", code=new)
    assert list(page.grid.division_codes) == list(VILLAGES[:2])
    assert page.square_metres == pytest.approx(2 * 101e6, rel=0.01)
    found = county.operator("FindResponsible", grid_code=new).grids[0]
    assert list(found.predecessors) == [county.ids["v1"], county.ids["v2"]]
    (event,) = county.events("grid-succeeded")
    assert (event.subject, event.data["kind"], event.sequence) == (new, "merge", 2)


def test_merge_refuses_what_is_not_alike(county: Registry) -> None:
    ids = county.ids
    for others, faults in (
        ([ids["v3"]], {"others[0]": "not-alike"}),
        ([ids["v1"]], {"others[0]": "repeated"}),
        (["371321106201099"], {"others[0]": "grid-unknown"}),
        ([], {"others": "others-count"}),
    ):
        with pytest.raises(Refused) as refused:
            merge(county, others=others)
        assert refused.value.faults == faults


def test_reparent_keeps_code_people_and_boundary(county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v3", "member")
    appoint("li", "east-work", "leader")
    given = {"code": county.ids["v3"], "effective": TODAY, "reason": "划入东部工作区"}
    with pytest.raises(Refused) as refused:
        county.operator("ReparentGrid", parent_code=county.ids["east-work"], **given)
    assert refused.value.faults == {"parent_code": "outside-parent"}
    with pytest.raises(Refused) as refused:
        county.operator("ReparentGrid", parent_code=county.ids["town"], **given)
    assert refused.value.faults == {"parent_code": "parent-same"}
    moved = county.operator("ReparentGrid", **{**given, "code": county.ids["v2"], "parent_code": county.ids["town"]})
    assert list(moved.successors) == [county.ids["v2"]]
    assert county.operator("GetGrid", code=county.ids["v2"]).grid.parent_code == county.ids["town"]
    before = county.operator("FindResponsible", grid_code=county.ids["v2"], on=YESTERDAY).grids[0]
    assert (before.parent_code, before.until) == (county.ids["east-work"], TODAY)
    assert county.events("person-changed", county.ids["li"])[-1].data["areas"] == sorted(
        [county.ids["v1"], county.ids["east-work"]]
    )


def test_retire_lets_a_sister_grow_or_the_parent_take_over(county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member")
    retire(county, county.ids["v2"], YESTERDAY)
    assert at(county, 118.02) == (county.ids["v2"], ["王东"])
    assert at(county, 118.02, "2026-11-21") == (county.ids["v1"], ["王东"])
    assert retire(county, county.ids["town"], code=county.ids["v3"]).state == "effective"
    assert at(county, 118.25)[0] == county.ids["town"]
    assert list(
        county.operator("FindResponsible", grid_code=county.ids["v1"], on="2026-11-21").grids[0].successors
    ) == [county.ids["v2"]]


def test_retire_refuses_a_successor_that_could_not_take_over(county: Registry) -> None:
    ids = county.ids
    for successor, faults in (
        (ids["v3"], {"successor_code": "successor-does-not-cover"}),
        (ids["v1"], {"successor_code": "successor-below"}),
        ("371321106201099", {"successor_code": "grid-unknown"}),
    ):
        with pytest.raises(Refused) as refused:
            retire(county, successor)
        assert refused.value.faults == faults


def test_nothing_is_entered_for_a_retired_grid(county: Registry, appoint: Appoint) -> None:
    split(county)
    code = county.ids["v1"]
    row = grid_row("", "东村", 3, VILLAGES[:1], code=code, parent_code=county.ids["east-work"])
    with pytest.raises(Refused) as refused:
        county.operator("ImportGrids", rows=[row])
    assert refused.value.faults == {"rows[0].code": "grid-retired"}
    with pytest.raises(Refused) as refused:
        county.operator("ImportGrids", rows=[grid_row("n", "组", 4, VILLAGES[:1], parent_code=code)])
    assert refused.value.faults == {"rows[0].parent_code": "grid-retired"}
    with pytest.raises(Refused) as refused:
        appoint("wang", "v1", "member")
    assert refused.value.code == "grid-retired"
    with pytest.raises(Refused) as refused:
        county.operator("SetBoundary", code=code, boundary=square(118.0, 35.0), drawn_how="drawn")
    assert refused.value.code == "grid-retired"


def test_a_change_to_come_takes_effect_at_midnight_in_the_county_and_once(county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member")
    made = split(county, DAY_AFTER)
    assert (made.state, list(made.successors)) == ("pending", [])
    assert at(county, 118.08)[0] == county.ids["v1"]
    county.clock.moment = datetime(2026, 11, 24, 15, 59, 59, tzinfo=UTC)
    assert sweep(county) == 0
    county.clock.advance(seconds=1)
    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sweep, [county, county])) == [0, 1]
    change = county.operator("GetGridChange", change_id=made.id)
    assert (change.state, change.state_name, change.kind_name) == ("effective", "已生效", "拆分网格")
    assert at(county, 118.08) == (change.successors[1], ["王东"])
    assert at(county, 118.08, "2026-11-24") == (county.ids["v1"], ["王东"])
    assert len(county.events("grid-succeeded")) == 1


def test_a_change_to_come_survives_a_restart_and_a_late_worker(county: Registry, keys: Path, tmp_path: Path) -> None:
    made = split(county, DAY_AFTER)
    with serving(county.service.config.database_uri, keys, tmp_path) as restarted:
        restarted.clock.moment = county.clock.moment + timedelta(days=9)
        assert sweep(restarted) == 1
        code = restarted.operator("GetGridChange", change_id=made.id).successors[0]
        assert at(restarted, 118.02, DAY_AFTER)[0] == code
        assert at(restarted, 118.02, "2026-11-24")[0] == county.ids["v1"]


def test_the_worker_puts_it_into_effect_by_itself(county: Registry, keys: Path, tmp_path: Path) -> None:
    made = split(county, "2026-11-24")
    county.service.engine.dispose()
    with county.service.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deadline SET not_before = now() - interval '1 second'")
    given = {
        "WANGGE_HOME": str(tmp_path),
        "WANGGE_REGISTRY_DATABASE_URI": county.service.config.database_uri,
        "WANGGE_FIELD_KEY": str(keys / "field.key"),
        "WANGGE_AMQP_URI": "amqp://127.0.0.1:1",
    }
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env={**os.environ, **given})
    try:
        until(lambda: county.operator("GetGridChange", change_id=made.id).state == "effective")
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_change_to_come_can_be_cancelled_and_holds_the_grid_meanwhile(county: Registry) -> None:
    made = split(county, DAY_AFTER)
    for attempt in (
        lambda: merge(county),
        lambda: split(county, "2026-11-30"),
        lambda: county.operator(
            "SetBoundary", code=county.ids["v1"], boundary=square(118.0, 35.0, 0.09), drawn_how="drawn"
        ),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "grid-change-pending"
    for _ in range(2):
        assert county.operator("CancelGridChange", change_id=made.id).state == "cancelled"
    county.clock.advance(days=5)
    assert sweep(county) == 0
    assert at(county, 118.08)[0] == county.ids["v1"]
    done = merge(county)
    with pytest.raises(Refused) as refused:
        county.operator("CancelGridChange", change_id=done.id)
    assert refused.value.code == "grid-change-done"
    with pytest.raises(Refused) as refused:
        county.operator("CancelGridChange", change_id=new_id())
    assert refused.value.code == "not-found"


def test_a_change_that_no_longer_fits_fails_with_the_reason_and_changes_nothing(county: Registry) -> None:
    made = split(county, DAY_AFTER)
    row = grid_row("d", "某企业", 4, VILLAGES[:1], kind="enterprise", parent_code=county.ids["v1"])
    county.operator("ImportGrids", rows=[row])
    county.clock.advance(days=5)
    sweep(county)
    change = county.operator("GetGridChange", change_id=made.id)
    assert change.state == "failed"
    assert "下级网格" in change.refusal
    assert at(county, 118.08)[0] == county.ids["v1"]
    assert not county.events("grid-succeeded")


def test_the_opposite_change_corrects_and_history_keeps_both(county: Registry) -> None:
    first, second = split(county, YESTERDAY).successors
    merge(county, code=first, others=[second], name="东村")
    assert [at(county, 118.08, day)[0] for day in ("2026-11-21", YESTERDAY)] == [county.ids["v1"], second]
    assert at(county, 118.08)[0] == at(county, 118.02)[0] not in (county.ids["v1"], first, second)


def test_changes_are_listed_with_who_and_why(county: Registry) -> None:
    made = split(county)
    to_come = county.operator(
        "RetireGrid", code=county.ids["v3"], successor_code=county.ids["town"], effective=DAY_AFTER, reason="撤并"
    )
    listed = county.with_roles("grid-member")("ListGridChanges")
    assert [each.id for each in listed.items] == [to_come.id, made.id]
    assert listed.items[1].reason == "户数超过规模"
    page = county.operator("ListGridChanges", limit=1)
    assert [each.id for each in county.operator("ListGridChanges", cursor=page.next_cursor).items] == [made.id]
    assert [each.id for each in county.operator("ListGridChanges", state="pending").items] == [to_come.id]
    of_part = county.operator("ListGridChanges", grid_code=made.successors[0])
    assert [each.id for each in of_part.items] == [made.id]
    for wrong in ({"state": "lost"}, {"kind": "burn"}):
        with pytest.raises(Refused):
            county.operator("ListGridChanges", **wrong)


def test_a_new_boundary_holds_from_the_day_it_is_entered_the_first_from_the_beginning(county: Registry) -> None:
    town = county.ids["town"]
    boundary = {"boundary": square(118.0, 35.0, 0.5), "drawn_how": "surveyed"}
    county.operator("SetBoundary", code=town, **boundary)
    assert at(county, 118.45)[0] == town
    assert not county.operator("FindResponsible", lon=118.45, lat=35.05, on=YESTERDAY).HasField("grid_code")
    work = county.ids["east-work"]
    county.operator("SetBoundary", code=work, boundary=box(118.0, 118.2), drawn_how="drawn")
    found = county.operator("FindResponsible", lon=118.05, lat=35.05, on="2026-11-02", kind="work-area")
    assert found.grid_code == work


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({}, "grid_code"),
        ({"lon": 118.0}, "grid_code"),
        ({"lon": 118.0, "lat": 35.0, "grid_code": "371321106201001"}, "grid_code"),
        ({"lon": 118.0, "lat": 95.0}, "lon"),
        ({"grid_code": "371321106201001", "on": "2026-11-24"}, "on"),
        ({"grid_code": "371321106201001", "on": "yesterday"}, "on"),
    ],
)
def test_a_question_that_cannot_be_answered_is_named(county: Registry, values: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as refused:
        county.operator("FindResponsible", **values)
    assert list(refused.value.faults) == [path]


def test_an_unknown_grid_is_not_found_and_one_not_yet_made_has_nobody(county: Registry) -> None:
    with pytest.raises(Refused) as refused:
        county.operator("FindResponsible", grid_code="371321106201099")
    assert refused.value.code == "not-found"
    assert not county.operator("FindResponsible", grid_code=county.ids["v1"], on="2026-10-01").grids


def test_areas_given_by_themselves_follow(county: Registry) -> None:
    li = county.ids["li"]
    county.operator("SetRoles", person_id=li, roles=["verifier"], areas=[county.ids["v1"]])
    made = split(county)
    areas = county.events("person-changed", li)[-1].data["areas"]
    assert areas == sorted([county.ids["v1"], *made.successors])
