"""What others say, as far as this service keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class GridChanged:
    code: str
    sequence: int
    name: str
    kind: str
    level: int
    ancestors: tuple[str, ...]
    active: bool
    boundary: Mapping[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class GridSucceeded:
    """`successors` come in the place of `predecessors` from the day `effective` on."""

    kind: str
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    effective: date


@dataclass(frozen=True, kw_only=True)
class PostChanged:
    """An appointment `id` of a person to a post in a grid, from `starts` to `ends`, both included."""

    id: str
    sequence: int
    person_id: str
    post: str
    grid: str
    starts: date
    ends: date | None
    state: str


@dataclass(frozen=True, kw_only=True)
class PlaceChanged:
    """An enterprise or another place `id` in a `grid`; `grade` is that of its latest safety assessment (REG-10)."""

    id: str
    sequence: int
    grid: str
    kind: str
    name: str
    grade: str
    key: bool
    pollution_source: bool
    lon: float
    lat: float
    active: bool


@dataclass(frozen=True, kw_only=True)
class CalendarChanged:
    year: int
    sequence: int
    days: Mapping[date, bool]


@dataclass(frozen=True, kw_only=True)
class PlanActivated:
    plan_id: str
    version: int
    effective: date
    at: datetime
    document: Mapping[str, Any]
