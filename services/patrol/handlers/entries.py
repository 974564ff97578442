"""What devices bring: findings, problems that become cases, walks that are over (PAT-03, PAT-05, PAT-11)."""

import json
from dataclasses import replace

from services.chassis.errors import WanggeError
from services.chassis.ids import new_id
from services.patrol import messages
from services.patrol.errors import MatterUnknown, QuestionUnknown, TaskNotFound, TooManyEntries
from services.patrol.handlers import visits
from services.patrol.handlers.acting import Answer, Handlers, believed, today
from services.patrol.handlers.points import end, place_of, points_of, reach
from services.patrol.model.checklist import PROBLEM
from services.patrol.model.plan import Patrol
from services.patrol.model.points import Point, require
from services.patrol.model.questions import check
from services.patrol.model.task import WITHDRAWN, ConflictingEntry, Finding, Part, Task, key_of
from services.patrol.ports import Work

MOST_ENTRIES = 500
"""Of one batch: two weeks of a device, and less than what a transaction should hold."""


def sync(command: messages.Sync, work: Work) -> Answer:
    """Take in each entry for itself: one that is refused or conflicts spoils no other (PAT-11).

    Raises TooManyEntries.
    """
    if len(command.entries) > MOST_ENTRIES:
        raise TooManyEntries(most=MOST_ENTRIES, count=len(command.entries))
    tasks = work.tasks.of_entries({entry.task_id for entry in command.entries})
    owed = work.visits.of_entries({entry.visit_id for entry in command.entries})
    return {
        "items": [
            visits.outcome(entry, owed.get(entry.visit_id), work)
            if entry.visit_id
            else _outcome(entry, tasks.get(entry.task_id), work)
            for entry in command.entries
        ]
    }


def _outcome(entry: messages.GivenEntry, task: Task | None, work: Work) -> Answer:
    said: Answer = {"client_id": entry.client_id}
    try:
        if task is None:
            raise TaskNotFound(id=entry.task_id)
        if task.state == WITHDRAWN:
            task = work.tasks.instead_of(task) or task
        if task.from_grid or task.id != entry.task_id:
            said |= {"task_id": task.id, "moved_to": task.grid}
        new = _take(entry, task, work.plans.patrol(task.plan, task.patrol), work)
    except ConflictingEntry as conflict:
        return {**said, "outcome": "conflict", "stored": shown(conflict.stored)}
    except WanggeError as error:
        words = {"code": error.code, "zh": error.sentence("zh"), "en": error.sentence("en")}
        return {**said, "outcome": "refused", **words, "path": error.faults[0].path if error.faults else ""}
    kept = task.findings.get(key_of(entry.item, entry.spot))
    return {**said, "outcome": "accepted" if new else "known", "case_id": kept.case_id if kept else None}


def _take(entry: messages.GivenEntry, task: Task, patrol: Patrol, work: Work) -> bool:
    if entry.item:
        return _find(entry, task, patrol, work)
    return reach(entry, task, patrol, work) if entry.spot else _finish(entry, task, patrol, work)


def _finish(entry: messages.GivenEntry, task: Task, patrol: Patrol, work: Work) -> bool:
    part = Part(entry.present, entry.words.strip() if patrol.has_points else "")
    if not task.ended_as(entry.rest, part):
        end(entry, task, patrol, work)
    matters = {} if task.place_id else patrol.checklist.matters  # one place is fine, not the grid around it
    return task.finish(entry.rest, believed(entry.at, work.now), work.now, today(work), matters, part)


def _find(entry: messages.GivenEntry, task: Task, patrol: Patrol, work: Work) -> bool:
    point = require(entry.spot, points_of(task, patrol, work)) if entry.spot else None
    item = patrol.checklist.item(entry.item)
    answer = item.judge(entry.answer, entry.number)
    finding = Finding(
        item=entry.item,
        spot=entry.spot,
        answer=answer,
        version=entry.version,
        client_id=entry.client_id,
        person_id=work.caller.person_id,
        at=believed(entry.at, work.now),
        number=entry.number,
        words=entry.words,
        lon=entry.point.lon if entry.point else None,
        lat=entry.point.lat if entry.point else None,
        attachments=entry.attachments,
        replies=tuple((each.question, each.value) for each in entry.replies),
    )
    if answer == PROBLEM:
        matter = patrol.checklist.matter_of(entry.item, entry.matter_code)
        if not work.plans.knows(task.plan, matter):
            raise MatterUnknown(value=matter)
        check(finding.replies, work.plans.questions(task.plan, matter))
        finding = replace(finding, matter_code=matter, case_id=new_id())
    elif finding.replies:
        raise QuestionUnknown(value=finding.replies[0][0], possible="-")
    if not task.take(finding, today(work)):
        return False
    if answer == PROBLEM:
        _tell(task, task.findings[finding.key], item.title, patrol, work, point)
    return True


def _tell(task: Task, finding: Finding, title: str, patrol: Patrol, work: Work, point: Point | None) -> None:
    """A problem becomes a case by itself (PAT-03), and what an earlier patrol overlooked is said (PAT-05)."""
    who = {"name": work.caller.name, "roles": sorted(work.caller.roles)}
    told = {"words": finding.words, **who, **({"replies": dict(finding.replies)} if finding.replies else {})}
    sealed = json.dumps(told, ensure_ascii=False)
    closed = work.seal.close(sealed, f"patrol.sealed:{finding.case_id}")
    where = point or place_of(task, work)
    grid = where.grid if where else _where(task, finding, work)
    missed = work.tasks.called_fine(patrol.verifies, task, finding.item, grid) if patrol.verifies else None
    task.tell_problem(finding, title, closed, work.now, grid, where, missed)
    if missed is not None:
        task.tell_missed(finding, missed, work.now)


def _where(task: Task, finding: Finding, work: Work) -> str:
    """The grid in which something was found: the task's own or, where a patrol goes through several, the one below."""
    if finding.lon is None or finding.lat is None:
        return task.grid
    return work.grids.below_at(task.grid, finding.lon, finding.lat) or task.grid


def shown(finding: Finding) -> Answer:
    """A finding as the interface shows it."""
    values = {name: getattr(finding, name) for name in _SHOWN}
    point = {"lon": finding.lon, "lat": finding.lat} if finding.lon is not None else None
    replies = [{"question": question, "value": value} for question, value in finding.replies]
    return {
        **values,
        "at": finding.at.isoformat(),
        "attachments": list(finding.attachments),
        "point": point,
        "replies": replies,
    }


_SHOWN = ("item", "spot", "answer", "version", "client_id", "person_id", "number", "words", "matter_code", "case_id")


HANDLERS: Handlers = {messages.Sync: sync}
