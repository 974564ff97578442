"""The registry's events; they carry no personal data: ids, codes and what routing needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from services.chassis.messages import Event


@dataclass(frozen=True, kw_only=True)
class GridChanged(Event):
    """A grid was created or changed; `ancestors` are codes from the root, `boundary` GeoJSON or None."""

    TYPE: ClassVar[str] = "registry.grid-changed.v1"

    code: str
    name: str
    kind: str
    level: int
    parent: str | None
    division: str
    divisions: tuple[str, ...]
    ancestors: tuple[str, ...]
    boundary: Mapping[str, Any] | None
    effective: date
    state: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class GridSucceeded(Event):
    """A grid was split, merged, re-parented or retired: open work of `predecessors` goes to `successors` (REG-04)."""

    TYPE: ClassVar[str] = "registry.grid-succeeded.v1"

    change_id: str
    kind: str
    predecessors: tuple[str, ...]
    successors: tuple[str, ...]
    effective: date


@dataclass(frozen=True, kw_only=True)
class PostChanged(Event):
    """A person was appointed to a post in a grid, a step of it was recorded, or it was given an end."""

    TYPE: ClassVar[str] = "registry.post-changed.v1"

    person_id: str
    post: str
    starts: date
    ends: date | None
    state: str


@dataclass(frozen=True, kw_only=True)
class PersonChanged(Event):
    """Roles, department, areas or state of a person's account; `areas` include those of the posts held today."""

    TYPE: ClassVar[str] = "registry.person-changed.v1"

    person_id: str
    roles: tuple[str, ...]
    home_department: str | None
    areas: tuple[str, ...]
    active: bool


@dataclass(frozen=True, kw_only=True)
class PlaceChanged(Event):
    """An enterprise, organisation, place or facility was entered, changed, assessed or retired (REG-10).

    `grade` is that of its latest safety assessment, empty while there is none.
    """

    TYPE: ClassVar[str] = "registry.place-changed.v1"

    kind: str
    name: str
    grade: str
    key: bool
    pollution_source: bool
    lon: float
    lat: float
    active: bool


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(Event):
    """A department was entered, renamed, opened or closed."""

    TYPE: ClassVar[str] = "registry.department-changed.v1"

    id: str
    name: str
    level: str
    kind: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class DutyChanged(Event):
    """Who leads and who joins in a duty, and the grid's part in it (REG-08)."""

    TYPE: ClassVar[str] = "registry.duty-changed.v1"

    key: str
    name: str
    lead: str
    co_departments: tuple[str, ...]
    grid_part: str


@dataclass(frozen=True, kw_only=True)
class PlanActivated(Event):
    """A version of a plan holds from the day `effective`; `document` is the whole expanded plan (REG-12)."""

    TYPE: ClassVar[str] = "registry.plan-activated.v1"

    plan_id: str
    version: int
    effective: date
    digest: str
    title: str
    document: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(Event):
    """The county's own working days of a year; `days` are all of them, each with `day` and `worked` (INC-07)."""

    TYPE: ClassVar[str] = "registry.calendar-changed.v1"

    year: int
    days: tuple[Mapping[str, Any], ...]
