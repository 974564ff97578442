"""The demo county 沂南县 371321 as plain data: real divisions, drawn grids, invented people (issue 2).

`load_county()` reads one packaged table and computes the rest; it needs no service, and gives the same county in
every process (`County.digest`). Departments, duties, levels and limits are not here: they come from plan P2.
Passwords are not here either: whoever creates the accounts makes them.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from infra.demo import tessellation
from infra.demo.divisions import Division, load_divisions
from infra.demo.grids import Grid, draw_grids
from infra.demo.names import Person
from infra.demo.people import STORY_GRID, Post, appoint
from services.chassis import geography

CENTRE_PHONE = "0539-5550000"
"""The town centre's public telephone, fictional; it is also the operator's duty number."""


@dataclass(frozen=True)
class Spot:
    """A named place of the story, guaranteed inside `grid`; WGS 84, 6 decimals."""

    name: str
    river: str
    lon: float
    lat: float
    grid: str


@dataclass(frozen=True)
class County:
    """Everything that the demo loads, each list in a stable order, parents before children."""

    divisions: tuple[Division, ...]
    grids: tuple[Grid, ...]
    people: tuple[Person, ...]
    posts: tuple[Post, ...]
    outfall: Spot

    def grid(self, code: str) -> Grid:
        """The grid with this code. Raises KeyError."""
        found = next((grid for grid in self.grids if grid.code == code), None)
        if found is None:
            raise KeyError(code)
        return found

    def person(self, username: str) -> Person:
        """The person with this username. Raises KeyError."""
        found = next((person for person in self.people if person.username == username), None)
        if found is None:
            raise KeyError(username)
        return found

    def posts_of(self, username: str) -> tuple[Post, ...]:
        """All posts of one person."""
        return tuple(post for post in self.posts if post.username == username)

    def as_dict(self) -> dict[str, Any]:
        """Plain dicts, lists and texts, ready for JSON."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self), default=date.isoformat))
        return plain

    def digest(self) -> str:
        """SHA-256 over everything, hexadecimal: equal digests mean equal counties."""
        text = json.dumps(self.as_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def load_county() -> County:
    """Build the demo county; takes about a second and touches nothing but the packaged table."""
    divisions = load_divisions()
    grids = draw_grids(divisions)
    staff = appoint(grids)
    return County(divisions, grids, staff.people, staff.posts, _outfall(grids))


def _outfall(grids: tuple[Grid, ...]) -> Spot:
    """The outfall where the story's black water is seen: the most interior point of the story's grid."""
    grid = next(grid for grid in grids if grid.code == STORY_GRID)
    lon, lat = tessellation.inner_point(geography.parse_boundary(grid.boundary).geoms[0])
    return Spot(f"{grid.name.removesuffix('网格')}入河排污口", "沂河", lon, lat, grid.code)
