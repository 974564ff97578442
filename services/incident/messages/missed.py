"""Missed reports: what is asked, and what is told (INC-20)."""

from dataclasses import dataclass
from typing import ClassVar

from services.incident.messages.commands import CaseCommand
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class JudgeMissed(CaseCommand):
    """Confirm or dismiss that the case's grid missed it; `harm` where harm followed, in `harm_words`."""

    confirmed: bool
    reason: str
    harm: bool = False
    harm_words: str = ""


@dataclass(frozen=True, kw_only=True)
class MissedReport(CaseEvent):
    """`counts` where it is held against the grid, `called_fine` where a patrol had said that all was well."""

    TYPE: ClassVar[str] = "incident.missed-report.v1"
    status: str
    found_by: str
    harm: bool
    counts: bool
    called_fine: bool = False
