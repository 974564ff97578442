"""A map of a grid with its neighbours or lower grids, drawn from their own boundaries: nothing comes from elsewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from services.chassis import geography

WIDTH = 1000
"""The drawing's width in its own units."""
MARGIN = 0.12
FINEST = 1.5
"""Corners closer than so many units are left out."""
LETTER = 30
"""A Chinese letter of a neighbour's name (`.map .beside` of the style): its name stays whole at the sheet's edge."""
LONGEST_BAR = 0.3
BARS = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


@dataclass(frozen=True)
class Area:
    """One grid on the map: its outline as an SVG path, and where its name stands."""

    name: str
    outline: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """A map of `width` × `height` units; `bar` units are `bar_metres` metres long."""

    width: int
    height: int
    own: Area
    neighbours: tuple[Area, ...]
    children: tuple[Area, ...]
    bar: float
    bar_metres: int


@dataclass(frozen=True)
class _Paper:
    """Places on the earth become units on paper: north is up, a metre is as long either way."""

    west: float
    north: float
    across: float
    down: float

    def place(self, shape: BaseGeometry) -> BaseGeometry:
        origin, scale = (self.west, self.north), (self.across, -self.down)
        moved: BaseGeometry = shapely.transform(shape, lambda points: (points - origin) * scale)
        return moved


def draw(board: Mapping[str, Any]) -> Drawing | None:
    """The map of a board as the registry tells it; None where the grid has no boundary."""
    if not board.get("boundary"):
        return None
    own = shapely.geometry.shape(board["boundary"])
    west, south, east, north = own.bounds
    per_lon, per_lat = geography.metres_per_degree((south + north) / 2)
    largest = max((east - west) * per_lon, (north - south) * per_lat)
    rim = largest * MARGIN
    unit = WIDTH / ((east - west) * per_lon + 2 * rim)
    paper = _Paper(west - rim / per_lon, north + rim / per_lat, per_lon * unit, per_lat * unit)
    height = round(((north - south) * per_lat + 2 * rim) * unit)
    sheet = shapely.box(0, 0, WIDTH, height)
    metres = _bar(unit)
    return Drawing(
        width=WIDTH,
        height=height,
        own=_area(board["name"], paper.place(own)),
        neighbours=tuple(_areas(board["neighbours"], paper, sheet)),
        children=tuple(_areas(board["children"], paper, sheet)),
        bar=metres * unit,
        bar_metres=metres,
    )


def _areas(grids: Iterable[Mapping[str, Any]], paper: _Paper, sheet: BaseGeometry) -> Iterable[Area]:
    for grid in grids:
        seen = paper.place(shapely.geometry.shape(grid["boundary"])).intersection(sheet)
        if seen.area > 0:
            yield _area(grid["name"], seen)


def _area(name: str, shape: BaseGeometry) -> Area:
    parts = geography.polygon_parts(shape.simplify(FINEST))
    middle = max(parts, key=lambda part: part.area).representative_point()
    rings = (ring for part in parts for ring in (part.exterior, *part.interiors))
    half = min(len(name) * LETTER / 2, WIDTH / 2)
    return Area(name, " ".join(map(_path, rings)), round(min(max(middle.x, half), WIDTH - half), 1), round(middle.y, 1))


def _path(ring: BaseGeometry) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring.coords[:-1]) + "Z"


def _bar(unit: float) -> int:
    """The longest round number of metres that fits."""
    fitting = [metres for metres in BARS if metres * unit <= WIDTH * LONGEST_BAR]
    return fitting[-1] if fitting else BARS[0]
