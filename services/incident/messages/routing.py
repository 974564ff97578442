"""Returning, ruling, precedents: commands and events (INC-05)."""

from dataclasses import dataclass
from typing import ClassVar

from services.chassis.messages import Command, Event
from services.incident.messages.commands import CaseCommand
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class Return(CaseCommand):
    reason: str
    proposed: str | None = None


@dataclass(frozen=True, kw_only=True)
class Contest(Return):
    pass


@dataclass(frozen=True, kw_only=True)
class Rule(CaseCommand):
    department: str
    co_departments: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RevokePrecedent(Command):
    precedent_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseReturned(CaseEvent):
    """`department` of the envelope is the one that returned the case."""

    TYPE: ClassVar[str] = "incident.returned.v1"
    times: int
    proposed: str | None
    arbitration: bool


@dataclass(frozen=True, kw_only=True)
class CaseRuled(CaseEvent):
    TYPE: ClassVar[str] = "incident.ruled.v1"
    upheld: bool


@dataclass(frozen=True, kw_only=True)
class PrecedentChanged(Event):
    """A ruling became a precedent, or one ended."""

    TYPE: ClassVar[str] = "incident.precedent-changed.v1"
    matter_code: str
    area: str
    co_departments: tuple[str, ...]
    case_number: str
    state: str
