"""Calling the level above and sending down again: commands and events (INC-06)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.incident.messages.commands import CaseCommand
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class Escalate(CaseCommand):
    reason: str
    consultation: str = ""


@dataclass(frozen=True, kw_only=True)
class SendDown(CaseCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseEscalated(CaseEvent):
    """`department` of the envelope is the new lead; the one that led before receives a copy."""

    TYPE: ClassVar[str] = "incident.escalated.v1"
    from_level: str
    to_level: str
    automatic: bool
    co_departments: tuple[str, ...]
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CaseSentDown(CaseEvent):
    """`department` of the envelope is the one that has the case again."""

    TYPE: ClassVar[str] = "incident.sent-down.v1"
    from_level: str
    to_level: str
    automatic: bool
    co_departments: tuple[str, ...]
    due_at: datetime | None
