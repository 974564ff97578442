"""A joint inspection as it is shown: its points, reached and not, and its people (PAT-06)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.patrol.model.checklist import PROBLEM
from services.patrol.model.plan import Patrol
from services.patrol.model.task import OPEN
from services.patrol.repository.copies import holders_of
from services.patrol.repository.points import points_in, settled_points

Line = dict[str, Any]


def of_inspection(connection: sa.Connection, row: Mapping[Any, Any], patrol: Patrol, findings: Sequence[Line]) -> Line:
    """What is shown of a task beside the rest: points where the plan wants them, people where others take part."""
    points = _points(connection, row, findings) if patrol.has_points else []
    shown = {"points": points, "points_asked": len(points), "people": _people(connection, row, patrol)}
    return {**shown, "points_reached": sum(point["reached"] for point in points)}


def _points(connection: sa.Connection, row: Mapping[Any, Any], findings: Sequence[Line]) -> list[Line]:
    settled = {} if row["state"] in OPEN else settled_points(connection, row["id"])
    results: dict[str, list[Line]] = defaultdict(list)
    for finding in findings:
        results[finding["spot"]].append(finding)
    return [
        {
            **point.__dict__,
            "reached": bool(results[point.id]),
            "problems": sum(each["answer"] == PROBLEM for each in results[point.id]),
        }
        for point in (settled or points_in(connection, row["grid"])).values()
    ]


def _people(connection: sa.Connection, row: Mapping[Any, Any], patrol: Patrol) -> list[Line]:
    """Who may take part by the plan's posts, and whoever did."""
    if not patrol.joined:
        return []
    titles = holders_of(connection, (patrol.who, *patrol.joined), row["grid"], row["day"])
    others = {person: "" for person in row["present"] if person not in titles}
    return [
        {"person_id": person, "post": title, "leads": person == row["person_id"], "present": person in row["present"]}
        for person, title in {**titles, **others}.items()
    ]
