"""What is asked about meetings and their decisions, and what they tell (PAT-09, INC-10)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.chassis.messages import Command, Event


@dataclass(frozen=True, kw_only=True)
class MeetingCommand(Command):
    """A command about one meeting; `expected_version` is what its sender saw last (If-Match), None for any."""

    meeting_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class ArrangeMeeting(MeetingCommand):
    """Say when on the day and where; another `day` (ISO text) needs a reason. None leaves what there is."""

    day: str | None = None
    starts: str | None = None
    place: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class AddAgendaItem(MeetingCommand):
    """Put something on the agenda: a case that lies in the meeting's area, or a topic in words."""

    words: str = ""
    case_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class RemoveAgendaItem(MeetingCommand):
    item_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpenMeeting(MeetingCommand):
    """It begins."""


@dataclass(frozen=True, kw_only=True)
class RecordPresent(MeetingCommand):
    """Who was there: `people` by their ids, others in words."""

    people: tuple[str, ...]
    guests: str = ""


@dataclass(frozen=True, kw_only=True)
class Decide(MeetingCommand):
    """Decide on an item: `kind` is incident (a new case), task (who, by when) or case (about
    the item's case). `due_on` is an ISO text."""

    item_id: str
    kind: str
    words: str
    matter_code: str | None = None
    grid_code: str | None = None
    person_id: str | None = None
    department: str | None = None
    due_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class CloseMeeting(MeetingCommand):
    """It is over; `minutes` say what was talked about."""

    minutes: str


@dataclass(frozen=True, kw_only=True)
class CancelMeeting(MeetingCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecisionCommand(Command):
    """A command about one decision; `expected_version` as for a meeting."""

    decision_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class FinishDecision(DecisionCommand):
    """The task is done; `result` says how."""

    result: str


@dataclass(frozen=True, kw_only=True)
class CancelDecision(DecisionCommand):
    reason: str


# What they tell


@dataclass(frozen=True, kw_only=True)
class MeetingEvent(Event):
    """Something about a meeting, which is the subject. `meeting` is the plan's id of it."""

    meeting: str
    day: date


@dataclass(frozen=True, kw_only=True)
class MeetingHeld(MeetingEvent):
    """It was held; `late` where that was after its day."""

    TYPE: ClassVar[str] = "patrol.meeting-held.v1"

    late: bool
    present: int
    items: int
    decisions: int


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(MeetingEvent):
    TYPE: ClassVar[str] = "patrol.meeting-cancelled.v1"


@dataclass(frozen=True, kw_only=True)
class MeetingDecided(MeetingEvent):
    """A meeting decided about a case (INC-10). `title` is what the plan calls the meeting.

    `sealed` is for the platform's own services: JSON of the decision's words, bound to `decision_id`.
    """

    TYPE: ClassVar[str] = "patrol.meeting-decided.v1"

    decision_id: str
    case_id: str
    title: str
    sealed: str
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class CaseRaised(MeetingEvent):
    """A meeting decided that something becomes a case (PAT-09).

    `sealed` is for the platform's own services: JSON of words, name and roles of who decided, bound to `case_id`,
    which is the id of the case to come.
    """

    TYPE: ClassVar[str] = "patrol.case-raised.v1"

    decision_id: str
    case_id: str
    title: str
    matter_code: str
    sealed: str
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class DecisionEnded(Event):
    """A decision, which is the subject, is done or cancelled; `late` where that was after its day."""

    TYPE: ClassVar[str] = "patrol.decision-ended.v1"

    meeting_id: str
    kind: str
    state: str
    late: bool
