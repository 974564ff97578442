"""Departments and their duties: duty → lead, co-departments, and the grid's part (REG-08, P7, P13). Drives routing.

A duty joins the grid's list only by a recorded approval (REG-17, P1: 经党委政府批准): until then its part is pending,
and everybody else is told that the grid has none. Activating a plan approves the parts that it gives itself.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import NothingToApprove, fault
from services.registry.messages import DepartmentChanged, DepartmentRow, DutyChanged, DutyRow
from services.registry.model.divisions import is_code
from services.registry.model.values import among, bad_day, few, is_day, named, not_among, repeated, slug

MOST_ROWS = 1_000
MOST_FILES = 9
LEVELS = ("city", "county", "town", "village")
KINDS = (
    "government",
    "committee",
    "centre",
    "office",
    "station",
    "police",
    "squad",
    "bureau",
    "company",
    "other",
)
GRID_PARTS = {"undertakes": "承办", "assists": "协办", "none": "不参与"}


@dataclass(eq=False)
class Department(Aggregate):
    """A body that cases are dispatched to; its id is a word of routing keys and never changes."""

    id: str
    name: str = ""
    level: str = ""
    kind: str = ""
    division_code: str = ""
    active: bool = True
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def take(self, row: DepartmentRow, at: datetime) -> bool:
        """Take over what a checked row says; say whether anything changed."""
        before = (self.name, self.level, self.kind, self.division_code, self.active)
        active = self.active if row.active is None else row.active
        after = (row.name.strip(), row.level, row.kind, row.division_code, active)
        if self.version and after == before:
            return False
        self.name, self.level, self.kind, self.division_code, self.active = after
        self.version += 1
        self.record(
            DepartmentChanged(
                subject=self.id,
                at=at,
                department=self.id,
                id=self.id,
                name=self.name,
                level=self.level,
                kind=self.kind,
                active=self.active,
            )
        )
        return True


@dataclass(frozen=True)
class Approval:
    """Who approved which part of the grid, by which document of which day; `source` is `document` or `plan`."""

    part: str
    source: str
    document: str = ""
    day: str = ""
    body: str = ""
    files: tuple[str, ...] = ()
    recorded_by: str = ""
    recorded_at: str = ""


@dataclass(eq=False)
class Duty(Aggregate):
    """One line of the duty table; `grid_part` is what was entered, `part` what holds."""

    key: str
    name: str = ""
    lead: str = ""
    co: tuple[str, ...] = ()
    grid_part: str = "none"
    words: str = ""
    version: int = 0
    sequence: int = 0
    approval: Approval | None = None

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    @property
    def part(self) -> str:
        """The grid's part, none as long as it is not approved (REG-17)."""
        approved = self.approval is not None and self.approval.part == self.grid_part
        return self.grid_part if approved else "none"

    def approve(self, approval: Approval, at: datetime) -> bool:
        """Record that the grid's part was approved; say whether anything changed. Raises NothingToApprove."""
        if self.grid_part == "none":
            raise NothingToApprove(key=self.key)
        if approval == self.approval:
            return False
        self.approval = approval
        self._changed(at)
        return True

    def follow_plan(self, part: str, at: datetime) -> bool:
        """The plan in force gives the grid this `part`: that is its approval, where it is what was entered."""
        if part == "none" or part != self.grid_part or self.part == part:
            return False
        return self.approve(Approval(part, "plan"), at)

    def take(self, row: DutyRow, at: datetime) -> bool:
        """Take over what a checked row says; say whether anything changed."""
        before = (self.name, self.lead, self.co, self.grid_part, self.words)
        after = (row.name.strip(), row.lead, tuple(sorted(row.co)), row.grid_part, row.words)
        if self.version and after == before:
            return False
        self.name, self.lead, self.co, self.grid_part, self.words = after
        self._changed(at)
        return True

    def _changed(self, at: datetime) -> None:
        self.version += 1
        self.record(
            DutyChanged(
                subject=self.key,
                at=at,
                department=self.lead,
                concerned=self.co,
                key=self.key,
                name=self.name,
                lead=self.lead,
                co_departments=self.co,
                grid_part=self.part,
            )
        )


def department_faults(rows: Sequence[DepartmentRow], most: int = MOST_ROWS) -> Iterator[Fault]:
    """What is wrong with rows of departments."""
    yield from few(rows, most)
    yield from repeated((f"rows[{number}].id", row.id) for number, row in enumerate(rows))
    for number, row in enumerate(rows):
        path = f"rows[{number}]"
        yield from slug(f"{path}.id", row.id)
        yield from named(f"{path}.name", row.name)
        yield from among(f"{path}.level", row.level, LEVELS)
        yield from among(f"{path}.kind", row.kind, KINDS)
        if row.division_code and not is_code(row.division_code):
            yield fault(
                f"{path}.division_code",
                "division-code",
                f"区划代码“{row.division_code}”有误;应为 12 位数字,或留空",
                f'"{row.division_code}" is not a division code of 12 digits; leave it empty for the county',
            )


def duty_faults(rows: Sequence[DutyRow], departments: Collection[str], most: int = MOST_ROWS) -> Iterator[Fault]:
    """What is wrong with rows of duties; `departments` are the ids that exist."""
    yield from few(rows, most)
    yield from repeated((f"rows[{number}].key", row.key) for number, row in enumerate(rows))
    for number, row in enumerate(rows):
        path = f"rows[{number}]"
        yield from slug(f"{path}.key", row.key)
        yield from named(f"{path}.name", row.name)
        yield from among(f"{path}.grid_part", row.grid_part, GRID_PARTS)
        if row.lead not in departments:
            yield not_among(f"{path}.lead", row.lead, departments)
        yield from _co_faults(path, row, departments)


def _co_faults(path: str, row: DutyRow, departments: Collection[str]) -> Iterator[Fault]:
    for number, department in enumerate(row.co):
        if department not in departments:
            yield not_among(f"{path}.co[{number}]", department, departments)
        elif department == row.lead or department in row.co[:number]:
            yield fault(
                f"{path}.co[{number}]",
                "repeated",
                f"“{department}”已是牵头部门或重复列出;协办部门不含牵头部门",
                f'"{department}" leads already or stands twice; co-departments are others than the lead',
            )


def approval_faults(document: str, day: str, body: str, files: Sequence[str], today: date) -> Iterator[Fault]:
    """What is wrong with the record of an approval."""
    for path, text in {"document": document, "body": body}.items():
        yield from named(path, text)
    if not is_day(day):
        yield bad_day("day", day)
    elif date.fromisoformat(day) > today:
        zh, en = f"{day} 尚未到来;应为今天 {today} 或以前", f"{day} is to come; give {today} or earlier"
        yield fault("day", "in-the-future", zh, en)
    if len(files) > MOST_FILES:
        yield fault("files", "too-many", f"最多 {MOST_FILES} 个附件", f"at most {MOST_FILES} files")
