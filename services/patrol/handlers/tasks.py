"""Who answers for a task: sign, send back, submit, excuse (PAT-02, PAT-04)."""

from services.patrol import messages
from services.patrol.errors import LookThroughOver, NotTheSigner
from services.patrol.handlers.acting import Answer, Handlers, holds, title, today
from services.patrol.model.plan import Office, Patrol
from services.patrol.model.task import Task
from services.patrol.ports import Work

EXCUSES = ("centre-operator", "county-leader")


def sign_task(command: messages.SignTask, work: Work) -> Answer:
    """Sign what was reported (PAT-04)."""
    task, patrol = _load(command, work)
    _require_post(patrol.sign, task, work, "签字")
    task.sign(work.caller.person_id, work.now)
    return receipt(task)


def send_back_task(command: messages.SendBackTask, work: Work) -> Answer:
    """Whoever signs or submits may send it back, with a reason, and so may leaders of grids above (PAT-05)."""
    task, patrol = _load(command, work)
    if not any(holds(post, task.grid, work) for post in (patrol.sign, patrol.submit)):
        _require_above(task, patrol, work)
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
    if not (holds(patrol.sign, task.grid, work) or work.caller.has(*EXCUSES)):
        raise NotTheSigner(action="免除", post=title(patrol.sign))
    task.excuse(work.caller.person_id, command.reason, work.now)
    return receipt(task)


def receipt(task: Task) -> Answer:
    return {"id": task.id, "version": task.version, "state": task.state}


def _load(command: messages.TaskCommand, work: Work) -> tuple[Task, Patrol]:
    task = work.tasks.get(command.task_id)
    task.expect(command.expected_version)
    return task, work.plans.patrol(task.plan, task.patrol)


def _require_above(task: Task, patrol: Patrol, work: Work) -> None:
    """The upper level looks through the lower level's records, as long as the plan lets it (PAT-05).

    Raises NotTheSigner, LookThroughOver.
    """
    if not work.posts.leads_above(work.caller.person_id, task.grid, today(work)):
        raise NotTheSigner(action="退回", post=title(patrol.sign or patrol.submit))
    if patrol.look_through and task.finished_at:
        first = task.finished_at.astimezone(work.zone).date()
        if today(work) > (until := work.plans.last_day(patrol.look_through, first)):
            raise LookThroughOver(until=until.isoformat())


def _require_post(office: Office | None, task: Task, work: Work, action: str) -> None:
    if not holds(office, task.grid, work):
        raise NotTheSigner(action=action, post=title(office))


HANDLERS: Handlers = {
    messages.SignTask: sign_task,
    messages.SendBackTask: send_back_task,
    messages.SubmitTask: submit_task,
    messages.ExcuseTask: excuse_task,
}
