"""The registry's commands.

They mirror the requests of wangge.registry.v1 field by field (`to_command`); dates are ISO text, checked by the
model, so that a fault can name its row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.messages import Command


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


# ---- the working calendar


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A day that is worked, or not, whatever the week and the State Council say; `name` is for people."""

    day: str
    worked: bool
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class SetCalendar(Command):
    """The county's own days of a year, all of them: what is not listed follows the State Council, or the week."""

    year: int
    days: tuple[CalendarDay, ...]
    expected_version: int | None = None
