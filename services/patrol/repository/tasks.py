"""Tasks with their findings, mapped by hand; a task is locked while it changes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.patrol import tables, visibility
from services.patrol.errors import TaskNotFound
from services.patrol.model.checklist import FINE, PROBLEM
from services.patrol.model.task import WITHDRAWN, Finding, Task

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork

_FINDING = tuple(field.name for field in fields(Finding))
_TASK = (
    "id", "patrol", "name", "grid", "place_id", "person_id", "day", "until", "number", "moved_from", "plan", "state",
    "rest", "late", "finished_at", "received_at", "signed_by", "signed_at", "submitted_by", "submitted_at",
    "decided_by", "reason", "from_grid", "present", "gaps",
)  # fmt: skip
_FIXED = ("id", "patrol", "name", "place_id", "day", "plan")
_CHANGING = tuple(name for name in _TASK if name not in _FIXED)


class TaskRepository:
    """The tasks of one unit of work."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._loaded: dict[str, Task] = {}

    def get(self, task_id: str) -> Task:
        seen = visibility.of_tasks(self._work.caller)
        found = self._load(sa.and_(tables.tasks.c.id == task_id, seen)) if is_id(task_id) else {}
        if task_id not in found:
            raise TaskNotFound(id=task_id)
        return found[task_id]

    def of_entries(self, task_ids: Collection[str]) -> Mapping[str, Task]:
        ids = [task_id for task_id in task_ids if is_id(task_id)]
        return self._load(sa.and_(tables.tasks.c.id.in_(ids), visibility.of_entering(self._work.caller)))

    def of_grid(self, grid: str, states: Collection[str]) -> list[Task]:
        """Those of the grid in these states, locked, in the order of their ids."""
        table = tables.tasks.c
        return list(self._load(sa.and_(table.grid == grid, table.state.in_(states))).values())

    def like(self, task: Task, grid: str) -> list[Task]:
        """Those that ask the same of the same person in `grid`, whatever their number, locked."""
        table = tables.tasks.c
        same = sa.and_(
            table.patrol == task.patrol, table.day == task.day, table.grid == grid, table.state != WITHDRAWN,
            table.person_id.is_not_distinct_from(task.person_id), table.id != task.id,
            table.place_id.is_not_distinct_from(task.place_id),
        )  # fmt: skip
        return list(self._load(same).values())

    def instead_of(self, task: Task) -> Task | None:
        """A grid that is there still asks for what it asked, if for anything."""
        if (heirs := self._work.successions.heirs(task.grid)) == [task.grid]:
            return None
        table = tables.tasks.c
        same = sa.and_(
            table.patrol == task.patrol, table.day == task.day, table.person_id == task.person_id,
            table.place_id.is_not_distinct_from(task.place_id), table.grid.in_(heirs), table.state != WITHDRAWN,
        )  # fmt: skip
        if found := list(self._load(same).values()):
            return found[0]
        task.follow(heirs[0], task.number, self._work.now.astimezone(self._work.zone).date())
        return task

    def called_fine(self, patrol: str, task: Task, item: str, grid: str) -> Task | None:
        """The check's own grid, or the one below it in which something was found: none is blamed for its neighbour."""
        tasks, findings = tables.tasks.c, tables.findings.c
        its = sa.and_(findings.task_id == tasks.id, findings.item == item, findings.spot == "")
        said = sa.select(findings.answer).where(its).scalar_subquery()
        query = (
            sa.select(tasks.id)
            .where(tasks.patrol == patrol, tasks.grid.in_({task.grid, grid}), tasks.day <= task.day)
            .where(tasks.place_id.is_not_distinct_from(task.place_id), tasks.finished_at.is_not(None))
            .where(sa.func.coalesce(said, tasks.rest) == FINE)
            .order_by(tasks.day.desc(), tasks.id)
            .limit(1)
        )
        found = self._work.connection.scalar(query)
        return self._read(tables.tasks.c.id == found, lock=False).get(found) if found else None

    def flush(self) -> None:
        """Write what changed."""
        for task in self._loaded.values():
            if not task.changed:
                continue
            values = {name: getattr(task, name) for name in _CHANGING} | {"present": list(task.present)}
            problems = sum(each.answer == PROBLEM for each in task.findings.values())
            values |= {"problems": problems, "version": task.version, "sequence": task.sequence}
            self._work.writes.update(tables.tasks, {"id": task.id}, values)
            rows = [{**asdict(each), "task_id": task.id} for each in task.changed_findings.values()]
            self._upsert(rows)
            task.changed = False
            task.changed_findings.clear()

    def _upsert(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            lists = {name: [list(row[name]) for row in rows] for name in ("attachments", "replies")}
            rows = [{**row, **{name: lists[name][at] for name in lists}} for at, row in enumerate(rows)]
            changed = [name for name in _FINDING if name not in ("item", "spot")]
            self._work.writes.upsert(tables.findings, rows, key=("task_id", "item", "spot"), changed=changed)

    def _load(self, condition: sa.ColumnElement[bool]) -> dict[str, Task]:
        """One that this unit of work has loaded already stays the one that it is."""
        found = {task_id: self._loaded.get(task_id, task) for task_id, task in self._read(condition, lock=True).items()}
        for task_id, task in found.items():
            self._loaded[task_id] = task
            self._work.track(task)
        return found

    def _read(self, condition: sa.ColumnElement[bool], lock: bool) -> dict[str, Task]:
        query = sa.select(tables.tasks).where(condition).order_by(tables.tasks.c.id)
        rows = self._work.connection.execute(query.with_for_update() if lock else query).mappings().all()
        found = _findings(self._work.connection, [row["id"] for row in rows])
        return {row["id"]: _task(row, found[row["id"]]) for row in rows}


def _task(row: Mapping[Any, Any], findings: Iterable[Finding]) -> Task:
    values = {name: row[name] for name in _TASK} | {"present": tuple(row["present"])}
    known = {each.key: each for each in findings}
    return Task(**values, findings=known, version=row["version"], last_event=row["sequence"])


def _findings(connection: sa.Connection, task_ids: Collection[str]) -> Mapping[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    if task_ids:
        query = sa.select(tables.findings).where(tables.findings.c.task_id.in_(task_ids))
        for row in connection.execute(query).mappings():
            found[row["task_id"]].append(finding_of(row))
    return found


def finding_of(row: Mapping[Any, Any]) -> Finding:
    """The finding that a row keeps."""
    values = {name: row[name] for name in _FINDING}
    replies = tuple((question, value) for question, value in values["replies"])
    return Finding(**{**values, "attachments": tuple(values["attachments"]), "replies": replies})
