"""What is asked about patrol tasks, and what they tell."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from services.chassis.messages import Command, Event


@dataclass(frozen=True)
class GivenPoint:
    """WGS 84, degrees."""

    lon: float
    lat: float


@dataclass(frozen=True)
class GivenReply:
    """An answer to one of the questions that the plan asks about a matter."""

    question: str
    value: str


@dataclass(frozen=True, kw_only=True)
class GivenEntry:
    """One thing that a device kept: a finding at a checklist item, or (`item` empty) that the task is finished.

    `client_id` names it on the device. `version` counts from 1 what the device knows of that item; a correction is the
    version after the stored one. `at` is the device's time. `rest` says what the items without an entry are when a
    task is finished: "fine" or "not-applicable". `spot` is the point of a joint inspection that it is about; without an
    item the point is done and `rest` says what it is. `present` are those who took part, said when it is finished, and
    `words` then why points were left out (PAT-06).
    With a `visit_id` in the place of `task_id` it is what was found at a household's door: the `result` (met,
    nobody-home, declined), whether the help due was given, and words; with a `matter_code` it tells a problem.
    """

    client_id: str
    version: int
    at: datetime
    task_id: str = ""
    item: str = ""
    answer: str = ""
    number: float | None = None
    words: str = ""
    matter_code: str | None = None
    point: GivenPoint | None = None
    attachments: tuple[str, ...] = ()
    rest: str = ""
    spot: str = ""
    present: tuple[str, ...] = ()
    replies: tuple[GivenReply, ...] = ()
    visit_id: str = ""
    result: str = ""
    help_given: bool = False


@dataclass(frozen=True, kw_only=True)
class Sync(Command):
    """Take in what a device kept, each entry for itself (PAT-11)."""

    entries: tuple[GivenEntry, ...]


@dataclass(frozen=True, kw_only=True)
class TaskCommand(Command):
    """A command about one task; `expected_version` is what its sender saw last (If-Match), None for any."""

    task_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class SignTask(TaskCommand):
    """The grid leader signs what was reported to them (PAT-04)."""


@dataclass(frozen=True, kw_only=True)
class SendBackTask(TaskCommand):
    """It goes back to whoever walked it."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class SubmitTask(TaskCommand):
    """The signed task goes to the centre (PAT-04)."""


@dataclass(frozen=True, kw_only=True)
class ExcuseTask(TaskCommand):
    """It need not be done: why, and by whom (PAT-02)."""

    reason: str


# What it tells


@dataclass(frozen=True, kw_only=True)
class TaskEvent(Event):
    """Something about a task, which is the subject. `patrol` is the plan's id of the patrol, `patrol_title` its name,
    `person_id` is whose task it is."""

    patrol: str
    patrol_title: str
    day: date
    person_id: str | None


@dataclass(frozen=True, kw_only=True)
class Finished(TaskEvent):
    """`finished_at` is the device's time, `fine` the codes of the matters whose checklist items were called fine."""

    TYPE: ClassVar[str] = "patrol.finished.v1"

    problems: int
    late: bool
    finished_at: datetime
    fine: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Signed(TaskEvent):
    TYPE: ClassVar[str] = "patrol.signed.v1"

    signed_by: str


@dataclass(frozen=True, kw_only=True)
class Submitted(TaskEvent):
    TYPE: ClassVar[str] = "patrol.submitted.v1"

    submitted_by: str


@dataclass(frozen=True, kw_only=True)
class SentBack(TaskEvent):
    """It is not done any more: whoever walked it has to look again."""

    TYPE: ClassVar[str] = "patrol.sent-back.v1"

    sent_back_by: str


@dataclass(frozen=True, kw_only=True)
class Excused(TaskEvent):
    """It need not be done."""

    TYPE: ClassVar[str] = "patrol.excused.v1"

    excused_by: str


@dataclass(frozen=True, kw_only=True)
class Overdue(TaskEvent):
    """Its last day is over and nobody has finished it; it may still be, late."""

    TYPE: ClassVar[str] = "patrol.overdue.v1"


@dataclass(frozen=True, kw_only=True)
class ProblemFound(TaskEvent):
    """A problem was entered at a checklist item; it becomes a case by itself (PAT-03).

    `sealed` is for the platform's own services: JSON of the finder's words, name and roles, bound to `case_id`, which
    is the id of the case to come. `overlooked_by` is the task that had called it fine, where a check found it.
    """

    TYPE: ClassVar[str] = "patrol.problem-found.v1"

    case_id: str
    item: str
    title: str
    matter_code: str
    sealed: str
    lon: float | None
    lat: float | None
    attachments: tuple[str, ...]
    found_at: datetime
    found_by: str
    overlooked_by: str | None = None
    overlooked_title: str = ""
    overlooked_day: date | None = None


@dataclass(frozen=True, kw_only=True)
class Missed(TaskEvent):
    """A check found what the patrols that it tests had called fine (PAT-05): `missed_task` was the last to say so."""

    TYPE: ClassVar[str] = "patrol.missed.v1"

    item: str
    case_id: str
    missed_task: str
    missed_by: str | None
