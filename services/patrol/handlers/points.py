"""Joint inspections: results at points, and who took part when it is over (PAT-06)."""

from collections.abc import Mapping

from services.patrol import messages
from services.patrol.errors import RestWrong
from services.patrol.handlers.acting import believed, today
from services.patrol.model import points
from services.patrol.model.plan import Patrol
from services.patrol.model.points import Point
from services.patrol.model.task import RESTS, Finding, Task
from services.patrol.ports import Work


def points_of(task: Task, patrol: Patrol, work: Work) -> Mapping[str, Point]:
    """The points of a task by their ids; none where the plan wants none."""
    return work.points.of(task) if patrol.has_points else {}


def place_of(task: Task, work: Work) -> Point | None:
    """The one place that a task looks at, as a point."""
    place = work.places.get(task.place_id) if task.place_id else None
    return Point(place.id, points.PLACE, place.name, task.grid, place.lon, place.lat) if place else None


def reach(entry: messages.GivenEntry, task: Task, patrol: Patrol, work: Work) -> bool:
    """A point was looked at: its items without an entry are `rest`. Raises PointUnknown, RestWrong."""
    point = points.require(entry.spot, points_of(task, patrol, work))
    if entry.rest not in RESTS:
        raise RestWrong(value=entry.rest, possible=", ".join(RESTS))
    finding = Finding(
        item="",
        spot=point.id,
        answer=entry.rest,
        version=entry.version,
        client_id=entry.client_id,
        person_id=work.caller.person_id,
        at=believed(entry.at, work.now),
        words=entry.words,
    )
    return task.take(finding, today(work))


def end(entry: messages.GivenEntry, task: Task, patrol: Patrol, work: Work) -> None:
    """Check that it can be over, and keep which points it had. Raises PointsNotReached, PeopleUnknown."""
    if entry.present:
        points.check_people(entry.present, work.posts.of_offices((patrol.who, *patrol.joined), task.grid, task.day))
    if patrol.has_points:
        there = points_of(task, patrol, work)
        points.check_end(task, there, entry.words)
        work.points.settle(task, there)
