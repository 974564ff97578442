"""Boundaries on the map: parse them, look a point up, measure, prove that a level covers its area (REG-03).

A boundary is a GeoJSON Polygon or MultiPolygon in WGS 84, held as a valid, anticlockwise shapely MultiPolygon
in degrees. Edges are straight in longitude and latitude, as GeoJSON defines them.

- **Border rule**: a boundary contains its own border, so a point on a shared border is in every neighbour;
  `choose` then takes the deepest level and, within it, the lowest code. Every point gets exactly one grid,
  and always the same.
- **Areas** are square metres on the WGS 84 ellipsoid: the area in degrees times the metres that a degree has
  at the piece's own centroid. The error grows with the square of its height: under 0.01 % for a county.
- **Distances** are metres on a great circle (haversine).

Pure: no I/O, shapely only.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely import MultiPolygon, Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from services.chassis.errors import Fault, Invalid

MAX_POINTS = 20_000
"""Largest number of positions accepted in one boundary, unless the caller says otherwise."""

ROUNDING_SQUARE_METRES = 100.0
"""Gaps and overlaps up to this are rounding: 0.1 m along a border of a kilometre."""

_EARTH_RADIUS_METRES = 6_371_008.8
_SEMI_MAJOR_METRES = 6_378_137.0
_ECCENTRICITY_SQUARED = 6.694_379_990_14e-3
_DECIMALS = 6

Place = tuple[float, float]


class BoundaryInvalid(Invalid, ValueError):
    """A boundary that cannot be accepted; `path` is the place in the GeoJSON, `place` (lon, lat) on the map.

    BoundaryInvalid
    ├── NotABoundary         not a Polygon or MultiPolygon, or a position is not two numbers
    ├── BoundaryEmpty        no ring, or no area
    ├── RingNotClosed        the last position differs from the first, or fewer than four positions
    ├── OutOfRange           longitude or latitude outside WGS 84
    ├── SelfIntersection     rings cross or touch where they must not
    └── TooManyPoints
    """

    code = "boundary-invalid"
    zh = "边界有误({path})"
    en = "The boundary is not valid ({path})"

    def __init__(self, *, path: str = "", place: Place | None = None, **params: Any) -> None:
        self.path = path
        self.place = place
        super().__init__(path=path, place=place, **params)
        here = f"boundary.{path}" if path else "boundary"
        self.faults = (Fault(here, self.code, self.sentence("zh"), self.sentence("en")),)


class NotABoundary(BoundaryInvalid):
    code = "boundary-not-a-polygon"
    zh = "{path} 应为 {expected},实际为 {found}"
    en = "{path} should be {expected}, but is {found}"


class BoundaryEmpty(BoundaryInvalid):
    code = "boundary-empty"
    zh = "{path} 没有面积;请绘制至少三个不在一条直线上的点"
    en = "{path} has no area; draw at least three points that are not on one line"


class RingNotClosed(BoundaryInvalid):
    code = "boundary-ring-not-closed"
    zh = "{path} 没有闭合:首点 {first},末点 {last};至少四个点,且首末点必须相同"
    en = "{path} is not closed: first {first}, last {last}; give four positions or more, the last as the first"


class OutOfRange(BoundaryInvalid):
    code = "boundary-out-of-range"
    zh = "{path} 的坐标 {place} 超出范围;应为 WGS 84 的 [经度 -180 至 180, 纬度 -90 至 90]"
    en = "{path}: {place} is out of range; WGS 84 is [longitude -180 to 180, latitude -90 to 90]"


class SelfIntersection(BoundaryInvalid):
    code = "boundary-self-intersection"
    zh = "边界在 {place} 处自相交或重叠({reason});请修改该处的折线"
    en = "The boundary crosses or overlaps itself at {place} ({reason}); redraw it there"


class TooManyPoints(BoundaryInvalid):
    code = "boundary-too-many-points"
    zh = "边界有 {count} 个点,最多 {limit} 个;请先简化"
    en = "The boundary has {count} positions, {limit} are allowed; simplify it first"


def parse_boundary(geojson: Mapping[str, Any], *, max_points: int = MAX_POINTS) -> MultiPolygon:
    """Return the valid MultiPolygon of a GeoJSON Polygon or MultiPolygon; altitudes are dropped.

    Raises the subclass of BoundaryInvalid (a ValueError) that names the fault and its place.
    """
    polygons = list(_polygons_of(geojson))
    _check_size(polygons, max_points)
    shape = MultiPolygon([_polygon(path, rings) for path, rings in polygons])
    _check_valid(shape)
    return shapely.orient_polygons(shape, exterior_cw=False)


def to_geojson(boundary: BaseGeometry) -> dict[str, Any]:
    """The boundary as GeoJSON, a Polygon where it has one part; coordinates rounded to 6 decimals (0.1 m)."""
    parts = [_rings_of(part) for part in polygon_parts(boundary)]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def polygon_parts(geometry: BaseGeometry) -> list[Polygon]:
    """The polygons in `geometry`, whatever collection it is; lines and points are left out."""
    return [part for part in _flat(geometry) if isinstance(part, Polygon) and not part.is_empty]


def bounds(boundary: BaseGeometry) -> tuple[float, float, float, float]:
    """(west, south, east, north) in degrees."""
    west, south, east, north = boundary.bounds
    return float(west), float(south), float(east), float(north)


def contains(boundary: BaseGeometry, lon: float, lat: float) -> bool:
    """Say whether the point is inside the boundary or on its border; see the border rule above."""
    return bool(shapely.intersects_xy(boundary, lon, lat))


def choose(candidates: Iterable[tuple[int, str]]) -> str | None:
    """The one code among (level, code) pairs: the highest level, then the lowest code; None of none."""
    ranked = sorted(candidates, key=lambda pair: (-pair[0], pair[1]))
    return ranked[0][1] if ranked else None


def metres_between(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in metres (haversine on the mean sphere, within 0.5 % of the ellipsoid)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = math.sin((phi2 - phi1) / 2) ** 2
    half += math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * _EARTH_RADIUS_METRES * math.asin(math.sqrt(min(1.0, half)))


def metres_per_degree(lat: float) -> tuple[float, float]:
    """Metres in a degree of longitude and in one of latitude, at this latitude on the WGS 84 ellipsoid."""
    phi = math.radians(lat)
    bend = 1 - _ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    east = _SEMI_MAJOR_METRES * math.cos(phi) / math.sqrt(bend)
    north = _SEMI_MAJOR_METRES * (1 - _ECCENTRICITY_SQUARED) / bend**1.5
    return math.radians(east), math.radians(north)


def square_metres(geometry: BaseGeometry) -> float:
    """Area in square metres by the local equal-area approximation of the module's docstring."""
    return sum(_part_square_metres(part) for part in polygon_parts(geometry))


class BoundaryIndex:
    """Looks points up among many boundaries by an STRtree; built once, then read-only and safe to share.

    `levels` gives the level number of each code for the border rule; a missing one counts as 0.
    """

    def __init__(self, boundaries: Mapping[str, BaseGeometry], levels: Mapping[str, int] | None = None) -> None:
        self._codes = sorted(boundaries)
        self._shapes = [boundaries[code] for code in self._codes]
        self._levels = levels or {}
        self._tree = STRtree(self._shapes)
        self._scale = _narrowing(self._shapes)
        self._scaled_tree = STRtree([_narrowed(shape, self._scale) for shape in self._shapes])

    def covering(self, lon: float, lat: float) -> list[str]:
        """Codes of all boundaries that contain the point, border included, ascending."""
        hits = self._tree.query(Point(lon, lat), predicate="intersects")
        return sorted(self._codes[hit] for hit in hits)

    def locate(self, lon: float, lat: float) -> str | None:
        """The one code that the point belongs to by the border rule, or None where nothing covers it."""
        return choose((self._levels.get(code, 0), code) for code in self.covering(lon, lat))

    def nearest(self, lon: float, lat: float) -> tuple[str, float] | None:
        """Nearest code and its distance in metres (0 inside); equal distances go by the border rule."""
        hits = self._scaled_tree.query_nearest(Point(lon * self._scale, lat))
        code = choose((self._levels.get(self._codes[hit], 0), self._codes[hit]) for hit in hits)
        return None if code is None else (code, self._metres_to(code, lon, lat))

    def _metres_to(self, code: str, lon: float, lat: float) -> float:
        shape = _narrowed(self._shapes[self._codes.index(code)], self._scale)
        on_shape, _ = nearest_points(shape, Point(lon * self._scale, lat))
        return metres_between(lon, lat, on_shape.x / self._scale, on_shape.y)


def nearest(boundaries: Mapping[str, BaseGeometry], lon: float, lat: float) -> tuple[str, float] | None:
    """Nearest code and metres, for a single question; who asks often keeps a BoundaryIndex."""
    return BoundaryIndex(boundaries).nearest(lon, lat)


@dataclass(frozen=True)
class Gap:
    """A part of the parent that no child covers (盲区)."""

    geojson: Mapping[str, Any]
    square_metres: float


@dataclass(frozen=True)
class Overlap:
    """What two children both claim; `first` < `second`."""

    first: str
    second: str
    geojson: Mapping[str, Any]
    square_metres: float


@dataclass(frozen=True)
class Outside:
    """What one child claims beyond its parent."""

    code: str
    geojson: Mapping[str, Any]
    square_metres: float


@dataclass(frozen=True)
class Report:
    """The proof of "全覆盖、无盲区" for one level and kind: what exceeds the tolerance, largest first."""

    gaps: tuple[Gap, ...]
    overlaps: tuple[Overlap, ...]
    outside: tuple[Outside, ...]

    @property
    def complete(self) -> bool:
        """True where the children cover the parent once and nothing else."""
        return not (self.gaps or self.overlaps or self.outside)


def gaps_and_overlaps(
    parent: BaseGeometry, children: Mapping[str, BaseGeometry], tolerance_square_metres: float
) -> Report:
    """Compare the children of one level and kind with their parent (REG-03).

    Each connected gap, each pair's overlap and each child's excess is reported where its area is larger than the
    tolerance (square metres), so that rounding of the last decimal is no finding.
    """
    shapes = {code: children[code] for code in sorted(children)}
    return Report(
        gaps=_largest_first(_gaps(parent, shapes), tolerance_square_metres),
        overlaps=_largest_first(_overlaps(shapes), tolerance_square_metres),
        outside=_largest_first(_outside(parent, shapes), tolerance_square_metres),
    )


def _largest_first(findings: Iterable[Any], tolerance: float) -> tuple[Any, ...]:
    large = (finding for finding in findings if finding.square_metres > tolerance)
    return tuple(sorted(large, key=lambda finding: -finding.square_metres))


def _gaps(parent: BaseGeometry, shapes: Mapping[str, BaseGeometry]) -> Iterator[Gap]:
    covered = shapely.union_all(list(shapes.values()))
    for part in polygon_parts(parent.difference(covered)):
        yield Gap(to_geojson(part), square_metres(part))


def _overlaps(shapes: Mapping[str, BaseGeometry]) -> Iterator[Overlap]:
    codes, geometries = list(shapes), list(shapes.values())
    tree = STRtree(geometries)
    pairs = ((a, int(b)) for a, shape in enumerate(geometries) for b in tree.query(shape, predicate="intersects"))
    for a, b in pairs:
        if a >= b:
            continue
        common = geometries[a].intersection(geometries[b])
        if common.area > 0:
            yield Overlap(codes[a], codes[b], to_geojson(common), square_metres(common))


def _outside(parent: BaseGeometry, shapes: Mapping[str, BaseGeometry]) -> Iterator[Outside]:
    shapely.prepare(parent)
    for code, shape in shapes.items():
        if parent.covers(shape):
            continue
        excess = shape.difference(parent)
        yield Outside(code, to_geojson(excess), square_metres(excess))


def _part_square_metres(part: Polygon) -> float:
    east, north = metres_per_degree(part.centroid.y)
    return float(part.area) * east * north


def _narrowing(shapes: Sequence[BaseGeometry]) -> float:
    """How much shorter a degree of longitude is than one of latitude in the middle of `shapes`."""
    if not shapes:
        return 1.0
    south, north = float(shapely.total_bounds(shapes)[1]), float(shapely.total_bounds(shapes)[3])
    return max(math.cos(math.radians((south + north) / 2)), 1e-6)


def _narrowed(shape: BaseGeometry, scale: float) -> BaseGeometry:
    return shapely.transform(shape, lambda points: points * (scale, 1.0))


def _flat(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    parts = getattr(geometry, "geoms", None)
    if parts is None:
        yield geometry
        return
    for part in parts:
        yield from _flat(part)


def _rings_of(polygon: Polygon) -> list[list[list[float]]]:
    oriented = shapely.orient_polygons(polygon, exterior_cw=False)
    return [_positions(ring) for ring in (oriented.exterior, *oriented.interiors)]


def _positions(ring: BaseGeometry) -> list[list[float]]:
    return [[round(float(lon), _DECIMALS), round(float(lat), _DECIMALS)] for lon, lat in ring.coords]


def _polygons_of(geojson: Mapping[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    """Path and rings of each polygon."""
    kind = geojson.get("type") if isinstance(geojson, Mapping) else type(geojson).__name__
    if kind not in ("Polygon", "MultiPolygon"):
        raise NotABoundary(path="type", expected="Polygon | MultiPolygon", found=repr(kind)[:60])
    coordinates = _listed("coordinates", geojson.get("coordinates"))
    if kind == "Polygon":
        yield "coordinates", coordinates
        return
    for number, rings in enumerate(coordinates):
        yield f"coordinates[{number}]", _listed(f"coordinates[{number}]", rings)


def _listed(path: str, value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise NotABoundary(path=path, expected="[…]", found=repr(value)[:60])
    if not value:
        raise BoundaryEmpty(path=path)
    return list(value)


def _check_size(polygons: Sequence[tuple[str, list[Any]]], limit: int) -> None:
    if not polygons:
        raise BoundaryEmpty(path="coordinates")
    count = sum(len(ring) for _, rings in polygons for ring in rings if isinstance(ring, list | tuple))
    if count > limit:
        raise TooManyPoints(path="coordinates", count=count, limit=limit)


def _polygon(path: str, rings: list[Any]) -> Polygon:
    shell, *holes = [_ring(f"{path}[{number}]", ring) for number, ring in enumerate(rings)]
    return Polygon(shell, holes)


def _ring(path: str, ring: Any) -> list[Place]:
    places = [_place(f"{path}[{number}]", value) for number, value in enumerate(_listed(path, ring))]
    if len(places) < 4 or places[0] != places[-1]:
        raise RingNotClosed(path=path, place=places[-1], first=places[0], last=places[-1])
    return places


def _place(path: str, value: Any) -> Place:
    if not isinstance(value, list | tuple) or len(value) not in (2, 3) or not all(map(_is_number, value)):
        raise NotABoundary(path=path, expected="[lon, lat]", found=repr(value)[:60])
    lon, lat = float(value[0]), float(value[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise OutOfRange(path=path, place=(lon, lat))
    return lon, lat


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _check_valid(shape: MultiPolygon) -> None:
    if shape.convex_hull.area == 0:
        raise BoundaryEmpty(path="coordinates")
    if shape.is_valid:
        return
    reason = shapely.is_valid_reason(shape)
    found = re.fullmatch(r"(?P<reason>[^\[]*)\[(?P<lon>\S+) (?P<lat>\S+)\]", reason)
    place = (float(found["lon"]), float(found["lat"])) if found else None
    raise SelfIntersection(path="coordinates", place=place, reason=found["reason"] if found else reason)
