"""Places that are looked at one by one: enterprises and others, each by its own grade (REG-10, P6, P13)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from services.patrol.model.plan import ENTERPRISES, POLLUTION_SOURCES, Patrol
from services.patrol.model.recurrence import Cadence

ENTERPRISE = "enterprise"
"""A kind of grid as well: there the grid is the enterprise, and is walked as a whole (P2)."""


@dataclass(frozen=True)
class Place:
    """A place that is there; `grids` are the one that it lies in and those above, lowest first."""

    id: str
    kind: str
    grids: tuple[str, ...]
    grade: str = ""
    pollution_source: bool = False

    def is_object_of(self, patrol: Patrol) -> bool:
        """Whether the patrol looks at places like this one."""
        match patrol.objects:
            case objects if objects == ENTERPRISES:
                return self.kind == ENTERPRISE
            case objects if objects == POLLUTION_SOURCES:
                return self.pollution_source
            case _:
                return self.kind != ENTERPRISE


Look = tuple[str, str]
"""What is looked at on one task: a grid's code and the id of a place in it, or "" for the grid itself."""


def looks(patrol: Patrol, walked: Mapping[str, str], places: Iterable[Place]) -> Mapping[Cadence, list[Look]]:
    """What a patrol looks at and how often, where `walked` are the kinds of its grids by their codes.

    A place is looked at by the cadence of its grade, else by that of the patrol; with neither it is not. A grid where
    none is known is walked itself: that something has come up there is found by going.
    """
    here = _in_grids(patrol, walked, places) if patrol.looks_at_places else {}
    found: dict[Cadence, list[Look]] = defaultdict(list)
    for code, kind in walked.items():
        if code not in here or kind == ENTERPRISE:
            found[patrol.cadence].append((code, ""))
            continue
        for place in here[code]:
            found[patrol.grades.get(place.grade, patrol.cadence)].append((code, place.id))
    return {cadence: found[cadence] for cadence in found if cadence.recurs}


def _in_grids(patrol: Patrol, walked: Collection[str], places: Iterable[Place]) -> Mapping[str, list[Place]]:
    """The patrol's objects by the lowest of its grids that they lie in."""
    found: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        grid = next((code for code in place.grids if code in walked), None)
        if grid is not None and place.is_object_of(patrol):
            found[grid].append(place)
    return found
