"""Which grids came in the place of which, and the tasks that go with them (REG-04, PAT-02)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa
from shapely import MultiPolygon
from sqlalchemy.dialects.postgresql import insert

from services.chassis.geography import contains, parse_boundary
from services.patrol import messages, tables
from services.patrol.model.task import FINISHED, OPEN, SIGNED, WITHDRAWN, Task
from services.patrol.repository.copies import in_force

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

MOVING = (*OPEN, FINISHED, SIGNED)
"""Somebody has still something to do with these; what was submitted stays where it was walked."""


class SuccessionRepository:
    """Successions by predecessor: a grid ends once, and codes are never given twice."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work

    def store(self, succession: messages.GridSucceeded) -> None:
        told = {"successors": list(succession.successors), "effective": succession.effective}
        rows = [{"predecessor": code, **told} for code in sorted(succession.predecessors)]
        self._work.connection.execute(insert(tables.successions).values(rows).on_conflict_do_nothing())

    def heirs(self, code: str) -> Sequence[str]:
        found, waiting = [], [code]
        while waiting:
            first = waiting.pop(0)
            after = self._successors(first)
            waiting += after
            found += [] if after or first in found else [first]
        return found

    def _successors(self, code: str) -> Sequence[str]:
        table = tables.successions.c
        return self._work.connection.scalar(sa.select(table.successors).where(table.predecessor == code)) or ()

    def follow(self, code: str, today: date) -> bool:
        """One after the other with the making of tasks, which sees them where they are then."""
        heirs = self.heirs(code)
        if not self._known(heirs):
            return False
        self._work.connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('tasks', 0))"))
        around = self._boundaries(heirs)
        for task in self._work.tasks.of_grid(code, MOVING):
            self._move(task, self._heir(task, heirs, around, today), today)
        made = tables.generations
        self._work.connection.execute(sa.update(made).where(made.c.day >= today).values(inputs=None))
        self._work.generation.needed()
        return True

    def _known(self, codes: Sequence[str]) -> bool:
        there = sa.select(sa.func.count()).where(tables.grids.c.code.in_(codes))
        return bool(self._work.connection.scalar(there) == len(codes))

    def _boundaries(self, codes: Sequence[str]) -> dict[str, MultiPolygon]:
        table = tables.grids.c
        query = sa.select(table.code, table.boundary).where(table.code.in_(codes), table.boundary.is_not(None))
        return {row.code: parse_boundary(row.boundary) for row in self._work.connection.execute(query)}

    def _heir(self, task: Task, heirs: Sequence[str], around: dict[str, MultiPolygon], today: date) -> str:
        """Where the place is that it looks at, else where its person has a post, else where most was found, else the
        first that is named."""
        table = tables.posts.c
        serving = sa.select(table.grid).where(table.person_id == task.person_id, table.grid.in_(heirs), in_force(today))
        votes = Counter(self._work.connection.scalars(serving.distinct()).all())
        if len(votes) != 1:
            votes = Counter(_around(task, around))
        if task.place_id:
            place = self._work.places.get(task.place_id)
            votes[place.grid if place else ""] += len(task.findings) + 2
        return max(heirs, key=lambda code: (votes[code], -heirs.index(code)))

    def _move(self, task: Task, heir: str, today: date) -> None:
        """Where the person has a task of the same there already, the one that nobody began gives way."""
        twins = self._work.tasks.like(task, heir)
        for twin in twins:
            if not twin.begun:
                twin.give_way()
            elif not task.begun:
                task.give_way()
                return
        if any(not twin.begun for twin in twins):
            self._work.flush()  # the name of a round is free before another takes it
            self._work.writes.send()
        taken = {twin.number for twin in twins if twin.state != WITHDRAWN}
        free = next(number for number in range(task.number, task.number + len(taken) + 1) if number not in taken)
        task.follow(heir, free, today)


def _around(task: Task, boundaries: dict[str, MultiPolygon]) -> Iterable[str]:
    """For each finding with a point the grid that holds it."""
    for each in task.findings.values():
        if each.lon is not None and each.lat is not None:
            yield from (code for code, shape in boundaries.items() if contains(shape, each.lon, each.lat))
