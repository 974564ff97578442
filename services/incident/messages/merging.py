"""Several reports of one problem: what is asked, and what is told (INC-16)."""

from dataclasses import dataclass
from typing import ClassVar

from services.incident.messages.commands import CaseCommand
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class Merge(CaseCommand):
    """Merge `duplicates` (case ids) into the case, the main one."""

    duplicates: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Unmerge(CaseCommand):
    """Take the case, a merged one, out of its main case again."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseMerged(CaseEvent):
    """Now follows `main`; `keeps_first` where it stays the first report of the problem."""

    TYPE: ClassVar[str] = "incident.merged.v1"
    main: str
    main_number: str
    keeps_first: bool


@dataclass(frozen=True, kw_only=True)
class CaseUnmerged(CaseEvent):
    TYPE: ClassVar[str] = "incident.unmerged.v1"
    main: str
    main_number: str
    first_report: bool


@dataclass(frozen=True, kw_only=True)
class CaseAbsorbed(CaseEvent):
    """Told by the main case: the numbers of all that follow it now."""

    TYPE: ClassVar[str] = "incident.absorbed.v1"
    merged: tuple[str, ...]
    first_report: bool
