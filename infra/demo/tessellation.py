"""Drawing boundaries where there are none: nested Voronoi cells that tile a region exactly (REG-03).

Guarantees of `tessellate`: the cells have no gap and no overlap, neighbours share every vertex of their border, and
all coordinates have 6 decimals. So the union of any cells fits its neighbours too, and whatever is built from the
cells (villages, work areas, towns) tiles its parent without a sliver. The same input gives the same cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
from shapely import LineString, MultiPoint, Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from services.chassis import geography

_PRECISION = 1e-6
_RELAXATIONS = 8


@dataclass(frozen=True)
class Region:
    """A node of the tree that is drawn; a region without children becomes one cell.

    `seats` places the children by hand (lon, lat), in their order; without it they are spread evenly.
    """

    key: str
    children: tuple["Region", ...] = ()
    seats: tuple[tuple[float, float], ...] = ()


class Plane:
    """Metres east and north of a point, so that cells are as wide as they are high; affine, hence exact on edges."""

    def __init__(self, lon: float, lat: float) -> None:
        self._origin = np.array([lon, lat])
        self._metres = np.array(geography.metres_per_degree(lat))

    def flat(self, shape: BaseGeometry) -> BaseGeometry:
        """Degrees to metres."""
        return shapely.transform(shape, lambda points: (points - self._origin) * self._metres)

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """Metres to degrees, unrounded."""
        return shapely.transform(shape, lambda points: points / self._metres + self._origin)


def tessellate(outline: Polygon, root: Region) -> dict[str, Polygon]:
    """Cut `outline` (degrees) into one cell for each leaf of `root`, by key; siblings lie next to each other."""
    plane = Plane(outline.centroid.x, outline.centroid.y)
    ground = plane.flat(outline)
    seeds = _leaf_seeds(ground, root, plane)
    cells = _cells(ground, list(seeds.values()))
    return _noded(dict(zip(seeds, map(plane.degrees, cells), strict=True)))


def merged(cells: Sequence[Polygon]) -> BaseGeometry:
    """The union of cells of one tessellation, with every vertex that a neighbour may share kept."""
    return shapely.coverage_union_all(list(cells))


def plot(ground: Polygon, half_metres: float, bearing: float) -> Polygon:
    """A small rectangle (a factory's ground) around the most interior point of `ground`, turned by `bearing` degrees.

    It reaches `half_metres` to each long side, but never further than 45 % of the way to the border.
    """
    plane = Plane(ground.centroid.x, ground.centroid.y)
    spoke = shapely.maximum_inscribed_circle(plane.flat(ground), tolerance=1.0)
    x, y = spoke.coords[0]
    half = min(half_metres, 0.45 * spoke.length)
    box = shapely.box(x - half, y - half * 0.6, x + half, y + half * 0.6)
    return _rounded(plane.degrees(shapely.affinity.rotate(box, bearing)))


def inner_point(ground: Polygon) -> tuple[float, float]:
    """The point (lon, lat, 6 decimals) that is farthest from the border of `ground`, to within a few metres."""
    plane = Plane(ground.centroid.x, ground.centroid.y)
    spoke = plane.degrees(shapely.maximum_inscribed_circle(plane.flat(ground), tolerance=1.0))
    lon, lat = spoke.coords[0]
    return round(lon, 6), round(lat, 6)


def _leaf_seeds(ground: Polygon, region: Region, plane: Plane) -> dict[str, Point]:
    if not region.children:
        return {region.key: ground.representative_point()}
    points = [plane.flat(Point(seat)) for seat in region.seats] or _spread(ground, len(region.children), region.key)
    seeds: dict[str, Point] = {}
    for child, cell in zip(region.children, _cells(ground, points), strict=True):
        seeds.update(_leaf_seeds(cell, child, plane))
    return seeds


def _spread(ground: Polygon, count: int, key: str) -> list[Point]:
    """`count` points in `ground`, evenly spread (Lloyd's relaxation), west to east; the key is the random seed."""
    random = Random(key)  # noqa: S311 - a drawing that must be repeatable, no secret
    points: list[Point] = []
    west, south, east, north = ground.bounds
    while len(points) < count:
        point = Point(random.uniform(west, east), random.uniform(south, north))
        points += [point] if ground.contains(point) else []
    for _ in range(_RELAXATIONS):
        points = [
            cell.centroid if cell.contains(cell.centroid) else cell.representative_point()
            for cell in _cells(ground, points)
        ]
    return sorted(points, key=lambda point: (point.x, point.y))


def _cells(ground: Polygon, points: Sequence[Point]) -> list[Polygon]:
    """The part of `ground` that is nearest to each point, in the points' order."""
    if len(points) == 1:
        return [ground]
    diagram = shapely.voronoi_polygons(MultiPoint(points), extend_to=ground.buffer(1000), ordered=True)
    return [_largest(cell.intersection(ground)) for cell in diagram.geoms]


def _largest(shape: BaseGeometry) -> Polygon:
    return max(geography.polygon_parts(shape), key=lambda part: part.area)


def _noded(cells: Mapping[str, Polygon]) -> dict[str, Polygon]:
    """Snap all borders together onto the 6-decimal grid and read the cells back as the faces between them."""
    keys, shapes = list(cells), list(cells.values())
    lines: list[LineString] = [LineString(shape.exterior) for shape in shapes]
    network = shapely.union_all(lines, grid_size=_PRECISION)
    tree = STRtree(shapes)
    faces: dict[str, list[Polygon]] = {key: [] for key in keys}
    for face in shapely.polygonize(list(network.geoms)).geoms:
        owner = int(tree.query_nearest(face.representative_point())[0])
        faces[keys[owner]].append(_rounded(face))
    return {key: _largest(merged(parts)) for key, parts in faces.items()}


def _rounded(shape: Polygon) -> Polygon:
    return shapely.transform(shape, lambda points: np.round(points, 6))
