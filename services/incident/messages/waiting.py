"""A question to the reporter and a longer limit: what is asked of the service, and what happened (INC-07)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.incident.messages.commands import CaseCommand
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class Ask(CaseCommand):
    question: str


@dataclass(frozen=True, kw_only=True)
class Reply(CaseCommand):
    note: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AskExtension(CaseCommand):
    """`amount` is in the unit of the limit that runs."""

    amount: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class GrantExtension(CaseCommand):
    pass


@dataclass(frozen=True, kw_only=True)
class RefuseExtension(CaseCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReporterAsked(CaseEvent):
    TYPE: ClassVar[str] = "incident.asked.v1"
    step: str
    round: int
    answer_by: datetime


@dataclass(frozen=True, kw_only=True)
class LimitResumed(CaseEvent):
    TYPE: ClassVar[str] = "incident.resumed.v1"
    step: str
    round: int
    answered: bool
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExtensionAsked(CaseEvent):
    TYPE: ClassVar[str] = "incident.extension-asked.v1"
    step: str
    round: int
    amount: float
    unit: str


@dataclass(frozen=True, kw_only=True)
class ExtensionDecided(CaseEvent):
    """`due_at` is the limit after the decision, None while it is paused."""

    TYPE: ClassVar[str] = "incident.extension-decided.v1"
    step: str
    round: int
    outcome: str
    amount: float
    unit: str
    due_at: datetime | None
