"""Grids that come in the place of others, as the registry says it, and cases that follow (REG-04)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class GridSucceeded:
    change_id: str
    sequence: int
    kind: str
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    effective: date


@dataclass(frozen=True, kw_only=True)
class CaseMoved(CaseEvent):
    """An open case followed from a grid that is no more to its successor; `grid` is the new one."""

    TYPE: ClassVar[str] = "incident.moved.v1"
    from_grid: str
    to_grid: str
    change_id: str
