"""One function for each message: load, ask the model, save. The bus opens and commits the transaction."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from services.chassis.errors import WanggeError
from services.chassis.ids import new_id
from services.chassis.messages import DeadlinePassed
from services.patrol import messages
from services.patrol.errors import MatterUnknown, NotTheSigner, TaskNotFound, TooManyEntries
from services.patrol.model.checklist import PROBLEM
from services.patrol.model.plan import Office, Patrol
from services.patrol.model.task import ConflictingEntry, Finding, Task
from services.patrol.ports import Work

Answer = dict[str, Any]
EXCUSES = ("centre-operator", "county-leader")
MOST_ENTRIES = 500
"""Of one batch: two weeks of a device, and less than what a transaction should hold."""
CLOCK_LEEWAY = timedelta(minutes=2)
"""How far a device's clock may be ahead before its time is not believed and the platform's stands instead."""


def sync(command: messages.Sync, work: Work) -> Answer:
    """Take in each entry for itself: one that is refused or conflicts spoils no other (PAT-11).

    Raises TooManyEntries.
    """
    if len(command.entries) > MOST_ENTRIES:
        raise TooManyEntries(most=MOST_ENTRIES, count=len(command.entries))
    tasks = work.tasks.of_entries({entry.task_id for entry in command.entries})
    return {"items": [_outcome(entry, tasks.get(entry.task_id), work) for entry in command.entries]}


def _outcome(entry: messages.GivenEntry, task: Task | None, work: Work) -> Answer:
    said: Answer = {"client_id": entry.client_id}
    try:
        if task is None:
            raise TaskNotFound(id=entry.task_id)
        new = _finish(entry, task, work) if not entry.item else _find(entry, task, work)
    except ConflictingEntry as conflict:
        return {**said, "outcome": "conflict", "stored": shown(conflict.stored)}
    except WanggeError as error:
        words = {"code": error.code, "zh": error.sentence("zh"), "en": error.sentence("en")}
        return {**said, "outcome": "refused", **words, "path": error.faults[0].path if error.faults else ""}
    kept = task.findings.get(entry.item)
    return {**said, "outcome": "accepted" if new else "known", "case_id": kept.case_id if kept else None}


def _finish(entry: messages.GivenEntry, task: Task, work: Work) -> bool:
    return task.finish(entry.rest, _believed(entry.at, work.now), work.now, _today(work))


def _find(entry: messages.GivenEntry, task: Task, work: Work) -> bool:
    patrol = work.plans.patrol(task.plan, task.patrol)
    item = patrol.checklist.item(entry.item)
    answer = item.judge(entry.answer, entry.number)
    finding = Finding(
        item=entry.item,
        answer=answer,
        version=entry.version,
        client_id=entry.client_id,
        person_id=work.caller.person_id,
        at=_believed(entry.at, work.now),
        number=entry.number,
        words=entry.words,
        lon=entry.point.lon if entry.point else None,
        lat=entry.point.lat if entry.point else None,
        attachments=entry.attachments,
    )
    if answer == PROBLEM:
        matter = patrol.checklist.matter_of(entry.item, entry.matter_code)
        if not work.plans.knows(task.plan, matter):
            raise MatterUnknown(value=matter)
        finding = replace(finding, matter_code=matter, case_id=new_id())
    if not task.take(finding, _today(work)):
        return False
    if answer == PROBLEM:
        _tell(task, task.findings[entry.item], item.title, patrol, work)
    return True


def _tell(task: Task, finding: Finding, title: str, patrol: Patrol, work: Work) -> None:
    """A problem becomes a case by itself (PAT-03), and what an earlier patrol overlooked is said (PAT-05)."""
    who = {"name": work.caller.name, "roles": sorted(work.caller.roles)}
    sealed = json.dumps({"words": finding.words, **who}, ensure_ascii=False)
    task.tell_problem(finding, title, work.seal.close(sealed, f"patrol.sealed:{finding.case_id}"), work.now)
    if patrol.verifies:
        missed = work.tasks.called_fine(patrol.verifies, task.grid, finding.item, task.day)
        if missed is not None:
            task.tell_missed(finding, missed, work.now)


def sign_task(command: messages.SignTask, work: Work) -> Answer:
    """Sign what was reported (PAT-04)."""
    task, patrol = _load(command, work)
    _require_post(patrol.sign, task, work, "签字")
    task.sign(work.caller.person_id, work.now)
    return receipt(task)


def send_back_task(command: messages.SendBackTask, work: Work) -> Answer:
    """Whoever signs or submits may send it back, with a reason."""
    task, patrol = _load(command, work)
    if not any(_holds(post, task, work) for post in (patrol.sign, patrol.submit)):
        raise NotTheSigner(action="退回", post=_title(patrol.sign or patrol.submit))
    task.send_back(work.caller.person_id, command.reason, work.now)
    return receipt(task)


def submit_task(command: messages.SubmitTask, work: Work) -> Answer:
    """Hand it to the centre; unsigned it cannot be, where the plan wants a signature (P2)."""
    task, patrol = _load(command, work)
    _require_post(patrol.submit, task, work, "上报")
    task.submit(work.caller.person_id, work.now, needs_signature=patrol.sign is not None)
    return receipt(task)


def excuse_task(command: messages.ExcuseTask, work: Work) -> Answer:
    """Whoever signs it, or the centre, may say that it need not be done."""
    task, patrol = _load(command, work)
    if not (_holds(patrol.sign, task, work) or work.caller.has(*EXCUSES)):
        raise NotTheSigner(action="免除", post=_title(patrol.sign))
    task.excuse(work.caller.person_id, command.reason, work.now)
    return receipt(task)


def deadline_passed(message: DeadlinePassed, work: Work) -> None:
    """Make the tasks that are asked for (PAT-02)."""
    work.generation.run(message.kind, _today(work))


def plan_activated(message: messages.PlanActivated, work: Work) -> None:
    work.plans.activate(message)
    work.generation.needed()


def grid_changed(message: messages.GridChanged, work: Work) -> None:
    work.grids.store(message)
    work.generation.needed()


def post_changed(message: messages.PostChanged, work: Work) -> None:
    work.posts.store(message)
    work.generation.needed()


def calendar_changed(message: messages.CalendarChanged, work: Work) -> None:
    work.calendar.store(message)
    work.generation.needed()


def receipt(task: Task) -> Answer:
    return {"id": task.id, "version": task.version, "state": task.state}


def shown(finding: Finding) -> Answer:
    """A finding as the interface shows it."""
    values = {name: getattr(finding, name) for name in _SHOWN}
    point = {"lon": finding.lon, "lat": finding.lat} if finding.lon is not None else None
    return {**values, "at": finding.at.isoformat(), "attachments": list(finding.attachments), "point": point}


_SHOWN = ("item", "answer", "version", "client_id", "person_id", "number", "words", "matter_code", "case_id")


def _load(command: messages.TaskCommand, work: Work) -> tuple[Task, Patrol]:
    task = work.tasks.get(command.task_id)
    task.expect(command.expected_version)
    return task, work.plans.patrol(task.plan, task.patrol)


def _require_post(office: Office | None, task: Task, work: Work, action: str) -> None:
    if not _holds(office, task, work):
        raise NotTheSigner(action=action, post=_title(office))


def _holds(office: Office | None, task: Task, work: Work) -> bool:
    return office is not None and work.posts.holds(work.caller.person_id, office, task.grid, _today(work))


def _title(office: Office | None) -> str:
    return office.title if office else "-"


def _today(work: Work) -> date:
    return work.now.astimezone(work.zone).date()


def _believed(at: datetime, now: datetime) -> datetime:
    return now if at > now + CLOCK_LEEWAY else at


HANDLERS: dict[type, Callable[[Any, Any], Answer | None]] = {
    messages.Sync: sync,
    messages.SignTask: sign_task,
    messages.SendBackTask: send_back_task,
    messages.SubmitTask: submit_task,
    messages.ExcuseTask: excuse_task,
    messages.PlanActivated: plan_activated,
    messages.GridChanged: grid_changed,
    messages.PostChanged: post_changed,
    messages.CalendarChanged: calendar_changed,
    DeadlinePassed: deadline_passed,
}
