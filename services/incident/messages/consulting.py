"""Cases that nobody could settle are put on a meeting's agenda; what it decides is recorded on them (INC-10)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from services.incident.messages.commands import CaseCommand
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class AskConsultation(CaseCommand):
    """Put the case on the agenda of the next meeting of its area (提请会商)."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class MeetingDecided:
    """What the patrol service tells: a meeting decided about a case.

    `sealed` is JSON of the decision's words and of who decided, closed for "patrol.decided:<decision_id>".
    """

    meeting_id: str
    decision_id: str
    case_id: str
    title: str
    day: date
    sealed: str
    decided_by: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseRaised:
    """What the patrol service tells: a meeting decided that something becomes the case `case_id` (PAT-09).

    `sealed` is JSON of words, name and roles of who decided, closed for "patrol.sealed:<case_id>".
    """

    meeting_id: str
    decision_id: str
    case_id: str
    grid: str
    title: str
    matter_code: str
    sealed: str
    decided_by: str


@dataclass(frozen=True, kw_only=True)
class ConsultationAsked(CaseEvent):
    TYPE: ClassVar[str] = "incident.consultation-asked.v1"


@dataclass(frozen=True, kw_only=True)
class CaseConsulted(CaseEvent):
    """`title` is what the plan calls the meeting."""

    TYPE: ClassVar[str] = "incident.consulted.v1"
    title: str
    decision_id: str
