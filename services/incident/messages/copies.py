"""Facts of other services that the incident service keeps copies of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class GridChanged:
    code: str
    sequence: int
    name: str
    kind: str
    level: int
    ancestors: tuple[str, ...]
    boundary: Mapping[str, Any] | None
    active: bool


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged:
    id: str
    sequence: int
    name: str
    active: bool
    level: str = "town"


@dataclass(frozen=True, kw_only=True)
class DutyChanged:
    key: str
    sequence: int
    lead: str
    co_departments: tuple[str, ...]
    grid_part: str


@dataclass(frozen=True, kw_only=True)
class DutyRosterChanged:
    """A shift at the desk of a role for an area, a code or the beginning of one."""

    shift_id: str
    sequence: int
    area: str
    role: str
    person_id: str
    starts: datetime
    ends: datetime
    active: bool


@dataclass(frozen=True, kw_only=True)
class PlanActivated:
    plan_id: str
    version: int
    document: Mapping[str, Any]
    activated_at: datetime
