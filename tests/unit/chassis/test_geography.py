"""Boundaries: what is refused and where, border points, areas, gaps and overlaps (REG-03)."""

import math
import time
from typing import Any

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from services.chassis import geography
from services.chassis.errors import Invalid

SQUARE = [[118.0, 35.0], [119.0, 35.0], [119.0, 36.0], [118.0, 36.0], [118.0, 35.0]]


def polygon(*rings: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.rule("REG-03")
def test_parses_both_types_and_gives_them_back() -> None:
    one = geography.parse_boundary(polygon(SQUARE))
    assert geography.to_geojson(one) == polygon(SQUARE)
    far = [[[lon + 5, lat] for lon, lat in SQUARE]]
    two = geography.parse_boundary({"type": "MultiPolygon", "coordinates": [[SQUARE], far]})
    assert geography.to_geojson(two) == {"type": "MultiPolygon", "coordinates": [[SQUARE], far]}
    assert geography.bounds(two) == (118.0, 35.0, 124.0, 36.0)


def test_rings_are_turned_anticlockwise_and_altitude_is_dropped() -> None:
    clockwise = [[*position, 120.5] for position in reversed(SQUARE)]
    geojson = geography.to_geojson(geography.parse_boundary(polygon(clockwise)))
    assert shapely.LinearRing(geojson["coordinates"][0]).is_ccw


@pytest.mark.rule("REG-03", "ALL-05")
@pytest.mark.parametrize(
    ("geojson", "error", "path"),
    [
        ({"type": "Point", "coordinates": [118, 35]}, geography.NotABoundary, "type"),
        ({}, geography.NotABoundary, "type"),
        ([], geography.NotABoundary, "type"),
        ({"type": "Polygon"}, geography.NotABoundary, "coordinates"),
        (polygon(), geography.BoundaryEmpty, "coordinates"),
        (polygon([]), geography.BoundaryEmpty, "coordinates[0]"),
        (polygon(SQUARE[:-1]), geography.RingNotClosed, "coordinates[0]"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0]]), geography.RingNotClosed, "coordinates[0]"),
        (polygon([SQUARE[0], [181, 35], *SQUARE[2:]]), geography.OutOfRange, "coordinates[0][1]"),
        (polygon([SQUARE[0], [35.0, 118.0], *SQUARE[2:]]), geography.OutOfRange, "coordinates[0][1]"),
        (polygon([SQUARE[0], [118, float("nan")], *SQUARE[2:]]), geography.OutOfRange, "coordinates[0][1]"),
        (polygon([SQUARE[0], ["118", 35], *SQUARE[2:]]), geography.NotABoundary, "coordinates[0][1]"),
        (polygon([SQUARE[0], [True, 35], *SQUARE[2:]]), geography.NotABoundary, "coordinates[0][1]"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]]), geography.BoundaryEmpty, "coordinates"),
        (
            {"type": "MultiPolygon", "coordinates": [[SQUARE[:-1]]]},
            geography.RingNotClosed,
            "coordinates[0][0]",
        ),
    ],
)
def test_refusals_name_the_fault_and_its_path(geojson: Any, error: type[geography.BoundaryInvalid], path: str) -> None:
    with pytest.raises(error) as caught:
        geography.parse_boundary(geojson)
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, Invalid)
    assert caught.value.path == path


@pytest.mark.rule("REG-03", "ALL-05")
def test_self_intersection_names_the_place() -> None:
    bow = [[118, 35], [119, 36], [119, 35], [118, 36], [118, 35]]
    with pytest.raises(geography.SelfIntersection) as caught:
        geography.parse_boundary(polygon(bow))
    assert caught.value.place == (118.5, 35.5)
    assert "118.5" in caught.value.sentence("zh")


def test_too_many_points_are_counted_before_anything_else() -> None:
    with pytest.raises(geography.TooManyPoints) as caught:
        geography.parse_boundary(polygon(SQUARE), max_points=4)
    assert caught.value.params["count"] == 5


@pytest.mark.rule("REG-03")
def test_a_border_point_belongs_to_exactly_one() -> None:
    index = geography.BoundaryIndex(
        {"b": box(0, 0, 1, 1), "a": box(1, 0, 2, 1), "town": box(0, 0, 2, 1)}, {"a": 3, "b": 3, "town": 1}
    )
    assert index.covering(1, 0.5) == ["a", "b", "town"]
    assert index.locate(1, 0.5) == "a", "deepest level, then lowest code"
    assert index.locate(0.5, 0.5) == "b"
    assert index.locate(3, 3) is None
    assert geography.contains(box(0, 0, 1, 1), 1.0, 0.5) and not geography.contains(box(0, 0, 1, 1), 1.1, 0.5)


@given(st.permutations([(3, "c"), (3, "b"), (1, "a")]))
def test_choice_does_not_depend_on_order(candidates: list[tuple[int, str]]) -> None:
    assert geography.choose(candidates) == "b"


@pytest.mark.rule("REG-02", "REG-03")
def test_nearest_in_metres_not_in_degrees() -> None:
    east, north = box(118.010, 35.49, 118.011, 35.51), box(117.99, 35.509, 118.01, 35.51)
    code, metres = geography.nearest({"east": east, "north": north}, 118.0, 35.5) or ("", 0)
    assert code == "east", "0.010 degrees of longitude are shorter than 0.009 of latitude"
    assert metres == pytest.approx(905, abs=2)
    assert geography.nearest({"east": east, "north": north}, 118.0105, 35.5) == ("east", 0.0)
    assert geography.nearest({}, 118, 35) is None


def exact_square_metres(west: float, south: float, east: float, north: float) -> float:
    """Area of a cell on the WGS 84 ellipsoid by the closed formula (Snyder, Map Projections, 3-12)."""
    e, b = 0.081819190842622, 6_356_752.314245

    def q(lat: float) -> float:
        s = math.sin(math.radians(lat))
        return s / (1 - (e * s) ** 2) + math.atanh(e * s) / e

    return b**2 * math.radians(east - west) * (q(north) - q(south)) / 2


@pytest.mark.parametrize(
    "cell", [(118, 35, 118.01, 35.01), (118.1, 35.3, 118.75, 35.75), (87, 43, 87.6, 43.5), (109, 18, 109.6, 18.5)]
)
def test_areas_are_within_a_ten_thousandth_for_a_county(cell: tuple[float, float, float, float]) -> None:
    assert geography.square_metres(box(*cell)) == pytest.approx(exact_square_metres(*cell), rel=1e-4)


def test_measures_against_known_values() -> None:
    assert geography.metres_between(116.391, 39.907, 121.474, 31.230) == pytest.approx(1_067_000, rel=2e-3)
    parts = [box(118, 35, 118.25, 35.5), box(118.25, 35, 118.5, 35.5)]
    whole = geography.square_metres(box(118, 35, 118.5, 35.5))
    assert sum(map(geography.square_metres, parts)) == pytest.approx(whole, rel=1e-9)


@pytest.mark.rule("REG-03")
def test_gap_overlap_and_outside_are_found_with_their_area() -> None:
    children = {
        "w": box(118, 35, 118.05, 35.1),
        "m": box(118.04, 35, 118.08, 35.1),
        "e": box(118.09, 35, 118.11, 35.1),
    }
    report = geography.gaps_and_overlaps(box(118, 35, 118.1, 35.1), children, tolerance_square_metres=10)
    strip = pytest.approx(10_124_000, rel=1e-3)
    assert [gap.square_metres for gap in report.gaps] == [strip]
    assert [(o.first, o.second, o.square_metres) for o in report.overlaps] == [("m", "w", strip)]
    assert [(o.code, o.square_metres) for o in report.outside] == [("e", strip)]
    assert report.gaps[0].geojson["type"] == "Polygon"
    assert not report.complete


@pytest.mark.rule("REG-03")
def test_slivers_below_the_tolerance_are_no_finding() -> None:
    children = {"w": box(118, 35, 118.0500001, 35.1), "e": box(118.05, 35, 118.1, 35.1)}
    parent = box(118, 35, 118.1, 35.1)
    assert geography.gaps_and_overlaps(parent, children, tolerance_square_metres=200).complete
    assert len(geography.gaps_and_overlaps(parent, children, tolerance_square_metres=50).overlaps) == 1


def test_no_children_is_one_gap() -> None:
    report = geography.gaps_and_overlaps(box(118, 35, 118.1, 35.1), {}, tolerance_square_metres=10)
    assert len(report.gaps) == 1


@pytest.mark.rule("REG-03")
def test_the_check_of_three_thousand_grids_grows_as_their_number_and_not_as_its_square() -> None:
    few, many = (min(_checking(rows, 60) for _ in range(3)) for rows in (10, 50))
    assert many / few < 12, "five times the grids: five times the work, with room for the machine; squared it is 25"


def _checking(rows: int, columns: int) -> float:
    """Seconds on a core for the check of a county cut into `rows` times `columns` grids."""
    side = 0.01
    children = {
        f"{row:02}{column:02}": box(
            118 + column * side, 35 + row * side, 118 + (column + 1) * side, 35 + (row + 1) * side
        )
        for row in range(rows)
        for column in range(columns)
    }
    county = box(118, 35, 118 + columns * side, 35 + rows * side)
    began = time.process_time()
    report = geography.gaps_and_overlaps(county, children, tolerance_square_metres=10)
    spent = time.process_time() - began
    assert report.complete
    return spent
