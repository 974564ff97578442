"""Departments and their duties: duty → lead, co-departments, and the grid's part (REG-08, P7, P13). Drives routing."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import fault
from services.registry.messages import DepartmentChanged, DepartmentRow, DutyChanged, DutyRow
from services.registry.model.divisions import is_code
from services.registry.model.values import among, few, named, not_among, repeated, slug

MOST_ROWS = 1_000
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


@dataclass(eq=False)
class Duty(Aggregate):
    """One line of the duty table."""

    key: str
    name: str = ""
    lead: str = ""
    co: tuple[str, ...] = ()
    grid_part: str = "none"
    words: str = ""
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def take(self, row: DutyRow, at: datetime) -> bool:
        """Take over what a checked row says; say whether anything changed."""
        before = (self.name, self.lead, self.co, self.grid_part, self.words)
        after = (row.name.strip(), row.lead, tuple(sorted(row.co)), row.grid_part, row.words)
        if self.version and after == before:
            return False
        self.name, self.lead, self.co, self.grid_part, self.words = after
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
                grid_part=self.grid_part,
            )
        )
        return True


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
