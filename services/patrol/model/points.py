"""The points that a joint inspection has to reach, so that no corner is left out (PAT-06, P2 “巡查范围无死角”)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.patrol.errors import PeopleUnknown, PointsNotReached, PointUnknown
from services.patrol.model.task import Task

GRID, PLACE = "grid", "place"
MOST_NAMED = 5


@dataclass(frozen=True)
class Point:
    """One thing to reach: a lowest grid of the area, or a place in it. Where it is, is known of places alone."""

    id: str
    kind: str
    name: str
    grid: str
    lon: float | None = None
    lat: float | None = None


def require(spot: str, points: Mapping[str, Point]) -> Point:
    """The point that an entry names. Raises PointUnknown."""
    if spot not in points:
        raise PointUnknown(value=spot)
    return points[spot]


def not_reached(task: Task, points: Mapping[str, Point]) -> list[Point]:
    """Those without a result. A point counts as reached by its checklist result, not by having been there."""
    reached = {each.spot for each in task.findings.values()}
    return [point for spot, point in points.items() if spot not in reached]


def check_end(task: Task, points: Mapping[str, Point], gaps: str) -> None:
    """Raises PointsNotReached where points are left out and `gaps` does not say why."""
    left = not_reached(task, points)
    if left and not gaps.strip():
        names = "、".join(point.name for point in left[:MOST_NAMED])
        raise PointsNotReached(count=len(left), names=names)


def check_people(present: Sequence[str], possible: Collection[str]) -> None:
    """Raises PeopleUnknown where somebody is said to have taken part who is not of the plan's posts."""
    unknown = [each for each in present if each not in possible]
    if unknown:
        raise PeopleUnknown(value=", ".join(unknown[:MOST_NAMED]))
