"""The demo county: real divisions, plan P2's structure, exact boundaries, every role (REG-01, 02, 03, 06, 14)."""

import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
import shapely
from shapely import MultiPolygon

from infra.demo.county import County, load_county
from infra.demo.divisions import COUNTY, P2_TOWN
from infra.demo.grids import CodeBook, Grid
from infra.demo.people import KEPT_APART, ROLES, separation_breaches
from services.chassis import geography

TOLERANCE_SQUARE_METRES = 0.01


@pytest.fixture(scope="module")
def county() -> County:
    return load_county()


@pytest.fixture(scope="module")
def shapes(county: County) -> dict[str, MultiPolygon]:
    return {grid.code: geography.parse_boundary(grid.boundary) for grid in county.grids}


def of_p2(county: County, kind: str, level: int) -> list[Grid]:
    return [g for g in county.grids if g.division.startswith(P2_TOWN[:9]) and (g.kind, g.level) == (kind, level)]


@pytest.mark.rule("REG-01")
def test_divisions_are_the_real_ones_and_nest(county: County) -> None:
    assert Counter(division.kind for division in county.divisions) == {"county": 1, "town": 15, "village": 305}
    known = {division.code: division for division in county.divisions}
    for division in county.divisions:
        assert re.fullmatch(r"\d{12}", division.code)
        if division.parent:
            assert division.code.startswith(known[division.parent].prefix)


@pytest.mark.rule("REG-01")
def test_short_names_are_places(county: County) -> None:
    names = [division.short_name for division in county.divisions if division.kind == "village"]
    assert all(name.endswith(("村", "社区")) for name in names)
    assert not any("委" in name or "村村" in name for name in names)
    assert "诸葛村" in names and "城东社区" in names


@pytest.mark.rule("REG-02")
def test_p2_town_has_the_structure_of_the_plan(county: County) -> None:
    (town,) = of_p2(county, "area", 1)
    areas, enterprises, hamlets = (of_p2(county, *at) for at in (("work-area", 2), ("enterprise", 2), ("area", 3)))
    assert (len(areas), len(enterprises), len(hamlets)) == (5, 19, 36)
    assert {grid.parent for grid in areas + enterprises} == {town.code}
    assert {grid.parent for grid in hamlets} == {area.code for area in areas}
    per_village = Counter(grid.division for grid in hamlets)
    assert len(per_village) == 13 and set(per_village.values()) == {2, 3}
    assert sorted(v for area in areas for v in area.villages) == sorted(per_village)


@pytest.mark.rule("REG-02")
def test_every_other_village_has_its_grid(county: County) -> None:
    villages = {d.code for d in county.divisions if d.kind == "village" and d.parent != P2_TOWN}
    grids = [g for g in county.grids if g.level == 3 and not g.division.startswith(P2_TOWN[:9])]
    assert {grid.division for grid in grids} == villages and len(grids) == len(villages) == 292
    assert {grid.code for grid in grids} == {f"{village}001" for village in villages}
    assert sum(grid.level == 1 for grid in county.grids) == 15


@pytest.mark.rule("REG-02")
def test_codes_follow_the_allocation(county: County) -> None:
    codes = [grid.code for grid in county.grids]
    assert len(codes) == len(set(codes))
    sequences: dict[str, list[int]] = defaultdict(list)
    for grid in county.grids:
        assert re.fullmatch(r"\d{15}", grid.code) and grid.code[:12] == grid.division
        sequences[grid.division].append(int(grid.code[12:]))
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in sequences.values())


@pytest.mark.rule("REG-02")
def test_division_of_a_grid_is_the_lowest_that_holds_it(county: County) -> None:
    for grid in county.grids:
        lowest = grid.villages[0] if len(grid.villages) == 1 else f"{grid.villages[0][:9]}000"
        assert grid.division == lowest


@pytest.mark.rule("REG-02")
def test_parents_come_first_and_lie_above(county: County) -> None:
    seen: dict[str, Grid] = {}
    for grid in county.grids:
        if grid.parent:
            assert seen[grid.parent].level < grid.level
            assert set(grid.villages) <= set(seen[grid.parent].villages)
        seen[grid.code] = grid


def test_names_are_distinct_and_enterprises_fictional(county: County) -> None:
    per_town = Counter((grid.division[:9], grid.name) for grid in county.grids)
    assert max(per_town.values()) == 1
    assert all(re.match(r"沂南示范十?[一二三四五六七八九十]号", g.name) for g in of_p2(county, "enterprise", 2))


def test_code_book_starts_at_one_and_ends_at_999() -> None:
    book = CodeBook()
    codes = [book.next(COUNTY) for _ in range(999)]
    assert (codes[0], codes[-1]) == (f"{COUNTY}001", f"{COUNTY}999")
    with pytest.raises(ValueError, match=COUNTY):
        book.next(COUNTY)


@pytest.mark.rule("REG-03")
def test_every_boundary_is_drawn_connected_and_has_six_decimals(
    county: County, shapes: dict[str, MultiPolygon]
) -> None:
    for grid in county.grids:
        assert grid.drawn and grid.drawn_how == "tessellated"
        assert grid.boundary["type"] == "Polygon", f"{grid.name} falls apart"
        coordinates = shapely.get_coordinates(shapes[grid.code])
        assert (coordinates == coordinates.round(6)).all()


@pytest.mark.rule("REG-03")
@pytest.mark.parametrize("level", [1, 3])
def test_a_level_covers_the_county_without_gap_or_overlap(
    county: County, shapes: dict[str, MultiPolygon], level: int
) -> None:
    children = {g.code: shapes[g.code] for g in county.grids if (g.level, g.kind) == (level, "area")}
    assert shapely.coverage_is_valid(list(children.values())), "neighbours share every vertex"
    whole = shapely.union_all([shapes[grid.code] for grid in county.grids if grid.level == 1])
    assert len(geography.polygon_parts(whole)) == 1
    assert not geography.polygon_parts(whole)[0].interiors
    assert geography.gaps_and_overlaps(whole, children, TOLERANCE_SQUARE_METRES).complete
    assert geography.square_metres(whole) == pytest.approx(1.72e9, rel=0.02)


@pytest.mark.rule("REG-03")
def test_children_tile_their_parent(county: County, shapes: dict[str, MultiPolygon]) -> None:
    below: dict[str, dict[str, MultiPolygon]] = defaultdict(dict)
    for grid in county.grids:
        if grid.parent and grid.kind != "enterprise":
            below[grid.parent][grid.code] = shapes[grid.code]
    assert len(below) == 15 + 5
    for parent, children in below.items():
        assert shapely.coverage_is_valid(list(children.values()))
        assert geography.gaps_and_overlaps(shapes[parent], children, TOLERANCE_SQUARE_METRES).complete


@pytest.mark.rule("REG-03")
def test_enterprises_lie_inside_one_natural_village(county: County, shapes: dict[str, MultiPolygon]) -> None:
    hamlets = of_p2(county, "area", 3)
    for enterprise in of_p2(county, "enterprise", 2):
        hosts = [hamlet for hamlet in hamlets if shapes[hamlet.code].contains(shapes[enterprise.code])]
        assert [host.division for host in hosts] == [enterprise.division]


@pytest.mark.rule("REG-03")
def test_the_outfall_is_found_in_the_story_grid(county: County, shapes: dict[str, MultiPolygon]) -> None:
    index = geography.BoundaryIndex(shapes, {grid.code: grid.level for grid in county.grids})
    spot = county.outfall
    assert index.locate(spot.lon, spot.lat) == spot.grid
    kinds = {(county.grid(code).level, county.grid(code).kind) for code in index.covering(spot.lon, spot.lat)}
    assert kinds == {(1, "area"), (2, "work-area"), (3, "area")}
    assert shapes[spot.grid].boundary.distance(shapely.Point(spot.lon, spot.lat)) > 0.002


@pytest.mark.rule("REG-06")
def test_every_grid_has_leader_and_leaves_have_members(county: County) -> None:
    held: dict[str, Counter[str]] = defaultdict(Counter)
    for post in county.posts:
        if post.grid:
            held[post.grid][post.role] += 1
    p2_town = of_p2(county, "area", 1)[0].code
    for grid in county.grids:
        assert held[grid.code]["grid-leader"] == (2 if grid.code == p2_town or grid.kind == "work-area" else 1)
        assert held[grid.code]["grid-member"] >= (1 if grid.leaf else 0)
    assert held[p2_town]["instructor"] == 1
    assert all(held[grid.code]["governance-member"] == 1 for grid in of_p2(county, "area", 3))


@pytest.mark.rule("REG-06")
def test_one_person_may_hold_several_posts(county: County) -> None:
    assert [post.grid for post in county.posts_of("governance")] == [f"371321106245{n:03}" for n in (1, 2, 3)]


@pytest.mark.rule("REG-14")
def test_every_role_has_somebody_and_the_last_three_are_apart(county: County) -> None:
    assert {post.role for post in county.posts} == set(ROLES) and len(ROLES) == 20
    assert separation_breaches(county.posts) == []
    watchmen = [post.username for post in county.posts if post.role in KEPT_APART]
    assert len(watchmen) == len(set(watchmen)) == 3


@pytest.mark.rule("REG-14")
def test_a_breach_of_separation_is_named(county: County) -> None:
    (auditor,) = county.posts_of("auditor")
    both = [auditor, replace(auditor, role="system-administrator")]
    assert separation_breaches(both) == ["auditor"]


@pytest.mark.rule("REG-14")
def test_posts_see_their_own_area_and_department_only(county: County) -> None:
    for post in county.posts:
        assert post.areas and all(area.startswith("371321") for area in post.areas)
        if post.grid and county.grid(post.grid).leaf:
            assert post.areas == (post.grid,)
    departments = {"env-office", "water-station", "county-ecology", "county-water"}
    assert {post.department for post in county.posts if post.department} == departments
    assert all(post.department for post in county.posts if post.role.startswith("department-"))


@pytest.mark.rule("REG-06")
def test_posts_in_grids_have_a_kind_and_offices_none(county: County) -> None:
    kinds = {post.kind for post in county.posts if post.grid}
    assert kinds == {"leader", "member", "instructor", "governance-member"}
    assert {post.kind for post in county.posts if not post.grid} == {None}


def test_people_are_unique_and_their_numbers_fictional(county: County) -> None:
    for value in ("username", "name", "duty_phone", "mobile"):
        values = [getattr(person, value) for person in county.people]
        assert len(values) == len(set(values)), value
    assert all(re.fullmatch(r"0539-555\d{4}", person.duty_phone) for person in county.people)
    assert all(re.fullmatch(r"1999999\d{4}", person.mobile) for person in county.people)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]{2,39}", person.username) for person in county.people)
    assert {post.username for post in county.posts} == {person.username for person in county.people}


def test_story_accounts_exist(county: County) -> None:
    of_grids = {"member": "grid-member", "leader": "grid-leader", "governance": "governance-member"}
    of_town = {"operator", "verifier", "env-handler", "env-head", "water-handler", "officer", "clerk", "secretary"}
    others = {"trainer", "assessor", "county-leader", "informant", "supervisor", "inspector"}
    watchmen = {"auditor", "security-admin", "system-admin"}
    assert of_grids.keys() | of_town | others | watchmen <= {person.username for person in county.people}
    for username, role in of_grids.items():
        assert (county.posts_of(username)[0].role, county.posts_of(username)[0].grid) == (role, county.outfall.grid)


def test_same_county_in_every_process(county: County) -> None:
    code = "from infra.demo.county import load_county; print(load_county().digest())"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert other.stdout.strip() == county.digest() == load_county().digest()
