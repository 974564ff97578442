"""The registry's commands and events.

Commands mirror the requests of wangge.registry.v1 field by field (`to_command`); dates are ISO text, checked by the
model, so that a fault can name its row. Events carry no personal data: ids, codes and what routing needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from services.chassis.messages import Command, Event


class Secret:
    """A password on its way to its hash; no representation shows it, no fingerprint holds it."""

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The password itself, for hashing and comparing only."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "***"


# ---- sign-in


@dataclass(frozen=True, kw_only=True)
class SignIn(Command):
    username: str
    password: Secret


@dataclass(frozen=True, kw_only=True)
class Refresh(Command):
    refresh_token: Secret


@dataclass(frozen=True, kw_only=True)
class SignOut(Command):
    refresh_token: Secret


@dataclass(frozen=True, kw_only=True)
class ChangePassword(Command):
    old_password: Secret
    new_password: Secret


# ---- divisions and grids


@dataclass(frozen=True, kw_only=True)
class DivisionRow:
    code: str
    name: str
    parent_code: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class ImportDivisions(Command):
    rows: tuple[DivisionRow, ...]


@dataclass(frozen=True, kw_only=True)
class GridRow:
    ref: str = ""
    code: str | None = None
    name: str
    kind: str
    level: int
    parent_code: str | None = None
    parent_ref: str | None = None
    division_codes: tuple[str, ...]
    boundary: Mapping[str, Any] | None = None
    drawn_how: str = ""
    effective: str
    duties: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    rewards: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportGrids(Command):
    rows: tuple[GridRow, ...]


@dataclass(frozen=True, kw_only=True)
class SetBoundary(Command):
    code: str
    boundary: Mapping[str, Any] | None
    drawn_how: str
    expected_version: int | None = None


# ---- changes of grids (REG-04)


@dataclass(frozen=True, kw_only=True)
class Appointee:
    """A person and the post that they are given in a successor grid."""

    person_id: str
    post: str


@dataclass(frozen=True, kw_only=True)
class GridPart:
    """One of the grids that a grid is split into; `children` are codes of its lower grids that go to this part."""

    name: str
    boundary: Mapping[str, Any] | None = None
    drawn_how: str = ""
    division_codes: tuple[str, ...] = ()
    people: tuple[Appointee, ...] = ()
    children: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SplitGrid(Command):
    code: str
    parts: tuple[GridPart, ...]
    effective: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MergeGrids(Command):
    code: str
    others: tuple[str, ...]
    name: str
    people: tuple[Appointee, ...] = ()
    effective: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReparentGrid(Command):
    code: str
    parent_code: str
    effective: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RetireGrid(Command):
    code: str
    successor_code: str
    people: tuple[Appointee, ...] = ()
    effective: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CancelGridChange(Command):
    change_id: str


# ---- people and posts


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    username: str
    name: str
    roles: tuple[str, ...]
    department: str | None = None
    private_phone: str = ""
    duty_phone: str = ""
    areas: tuple[str, ...] = ()
    language: str = "zh"
    password: Secret


@dataclass(frozen=True, kw_only=True)
class ImportPeople(Command):
    rows: tuple[PersonRow, ...]


@dataclass(frozen=True, kw_only=True)
class LookAtPerson(Command):
    """The caller looks at a person's data; recorded whether or not a purpose unmasks them (PRV-03)."""

    person_id: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class SetRoles(Command):
    person_id: str
    roles: tuple[str, ...]
    department: str | None
    areas: tuple[str, ...]
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class SetActive(Command):
    person_id: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class SetPassword(Command):
    person_id: str


@dataclass(frozen=True, kw_only=True)
class Step:
    id: str
    date: str


@dataclass(frozen=True, kw_only=True)
class Appoint(Command):
    person_id: str
    grid_code: str
    post: str
    starts: str
    ends: str | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RecordStep(Command):
    post_id: str
    step: str
    date: str


@dataclass(frozen=True, kw_only=True)
class EndPost(Command):
    post_id: str
    ends: str


# ---- departments and duties


@dataclass(frozen=True, kw_only=True)
class DepartmentRow:
    id: str
    name: str
    level: str
    kind: str
    division_code: str = ""
    active: bool | None = None


@dataclass(frozen=True, kw_only=True)
class ImportDepartments(Command):
    rows: tuple[DepartmentRow, ...]


@dataclass(frozen=True, kw_only=True)
class DutyRow:
    key: str
    name: str
    lead: str
    co: tuple[str, ...] = ()
    grid_part: str
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportDuties(Command):
    rows: tuple[DutyRow, ...]


# ---- the plan


@dataclass(frozen=True, kw_only=True)
class StorePlan(Command):
    text: str


@dataclass(frozen=True, kw_only=True)
class ActivatePlan(Command):
    plan_id: str
    version: int
    effective: str | None = None


# ---- tables


@dataclass(frozen=True, kw_only=True)
class TableCell:
    """What stood in one cell; `form`: text, number, day, flag, error or formula."""

    text: str
    form: str = ""


@dataclass(frozen=True, kw_only=True)
class TableRow:
    number: int
    cells: tuple[TableCell, ...]


@dataclass(frozen=True, kw_only=True)
class OpenImport(Command):
    """Announce a file; its rows follow in parts, `digest` tells it from every other file."""

    kind: str
    dry_run: bool
    format: str
    encoding: str = ""
    sheet: str = ""
    merged: tuple[str, ...] = ()
    digest: str
    total_rows: int


@dataclass(frozen=True, kw_only=True)
class AddImportRows(Command):
    id: str
    part: int
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, kw_only=True)
class RunImport(Command):
    """Check the rows that have arrived and, unless it is a dry run, carry them all out."""

    id: str


@dataclass(frozen=True, kw_only=True)
class CancelImport(Command):
    id: str


@dataclass(frozen=True, kw_only=True)
class ExportRows(Command):
    """One page of a table; a purpose unmasks personal telephones and is recorded for each person (PRV-03)."""

    kind: str
    purpose: str = ""
    limit: int = 0
    cursor: str = ""


# ---- events


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
