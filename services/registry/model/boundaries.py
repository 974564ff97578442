"""From GeoJSON to a grid's Boundary (REG-03), by `services.chassis.geography`."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.chassis import geography
from services.chassis.errors import Fault
from services.registry.model.grids import DRAWN, Boundary
from services.registry.model.values import among


def read(geojson: Mapping[str, Any], drawn_how: str) -> Boundary:
    """The checked boundary. Raises geography.BoundaryInvalid, which says what is wrong and where."""
    shape = geography.parse_boundary(geojson)
    west, south, east, north = geography.bounds(shape)
    inside = shape.representative_point()
    return Boundary(
        geojson=geography.to_geojson(shape),
        west=west,
        south=south,
        east=east,
        north=north,
        centre=(round(inside.x, 6), round(inside.y, 6)),
        square_metres=round(geography.square_metres(shape), 1),
        drawn_how=drawn_how,
    )


def drawn_faults(path: str, drawn_how: str) -> Iterator[Fault]:
    """A fault unless it says how the boundary came to be: readers must know what it is worth."""
    yield from among(path, drawn_how, DRAWN)
