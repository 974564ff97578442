"""One import of grids: checks all rows, finds each parent, allocates codes, and tells what became of each row (REG-02).

Use: `faults()` first; only when there are none, `carry_out`.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.chassis.errors import Fault
from services.chassis.geography import BoundaryInvalid
from services.registry.errors import GridRetired, fault
from services.registry.messages import GridRow
from services.registry.model import boundaries, divisions
from services.registry.model.grids import KINDS, LEVELS, MOST_ROWS, Boundary, Grid, is_code, next_code
from services.registry.model.values import among, bad_day, few, is_day, named, not_among, repeated

HighestNumber = Callable[[str], int]
How = tuple[bool, bool]
"""Whether the grid is new, and whether it changed."""


@dataclass
class GridImport:
    """The rows with `stored` (grids that rows name by code, as themselves or as parents) and all division codes."""

    rows: Sequence[GridRow]
    stored: Mapping[str, Grid]
    divisions: Collection[str]
    most: int = MOST_ROWS
    created: list[Grid] = field(default_factory=list)
    changed: list[Grid] = field(default_factory=list)
    outcomes: list[tuple[GridRow, Grid, How]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_name = {name: row for row in self.rows for name in (row.ref, row.code) if name}
        self._boundaries: dict[int, Boundary] = {}

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with the rows."""
        yield from few(self.rows, self.most)
        yield from repeated((f"rows[{number}].ref", row.ref) for number, row in enumerate(self.rows))
        yield from repeated((f"rows[{number}].code", row.code or "") for number, row in enumerate(self.rows))
        for number, row in enumerate(self.rows):
            found = list(self._own_faults(f"rows[{number}]", number, row))
            yield from found or self._tree_faults(f"rows[{number}]", row)

    def carry_out(self, highest_number: HighestNumber, at: datetime, today: date) -> None:
        """Make and change the grids, parents before children. Raises CodesExhausted."""
        numbers: dict[str, int] = {}
        made: dict[int, Grid] = {}
        for number in sorted(range(len(self.rows)), key=lambda index: (self.rows[index].level, index)):
            row = self.rows[number]
            known = self.stored.get(row.code or "")
            if known is not None:
                self._note(row, known, (False, known.change(row, self._boundaries.get(number), at, today)))
                made[id(row)] = known
                continue
            code = row.code or _allocate(row, numbers, highest_number)
            grid = Grid.create(code, row, self._path(row, made), self._boundaries.get(number), at)
            made[id(row)] = grid
            self._note(row, grid, (True, True))
        order = {id(row): index for index, row in enumerate(self.rows)}
        self.outcomes.sort(key=lambda outcome: order[id(outcome[0])])

    def _note(self, row: GridRow, grid: Grid, how: How) -> None:
        new, changed = how
        if new:
            self.created.append(grid)
        elif changed:
            self.changed.append(grid)
        self.outcomes.append((row, grid, how))

    def _path(self, row: GridRow, made: Mapping[int, Grid]) -> tuple[str, ...]:
        name = row.parent_ref or row.parent_code
        if not name:
            return ()
        parent = made.get(id(self._by_name.get(name))) or self.stored[name]
        return (*parent.path, parent.code)

    def _own_faults(self, path: str, number: int, row: GridRow) -> Iterator[Fault]:
        yield from named(f"{path}.name", row.name)
        yield from among(f"{path}.kind", row.kind, KINDS)
        if row.level not in LEVELS:
            yield fault(f"{path}.level", "level", "级别应为 0 至 9", "The level is a number from 0 to 9")
        if not is_day(row.effective):
            yield bad_day(f"{path}.effective", row.effective)
        yield from self._division_faults(path, row)
        yield from self._boundary_faults(path, number, row)

    def _division_faults(self, path: str, row: GridRow) -> Iterator[Fault]:
        if not row.division_codes:
            zh, en = "至少填写一个所在区划的 12 位代码", "Name at least one division, by its 12 digits"
            yield fault(f"{path}.division_codes", "division-missing", zh, en)
            return
        unknown = [code for code in row.division_codes if code not in self.divisions]
        for code in unknown:
            zh = f"区划 {code} 未登记;请先导入区划,或改正代码"
            yield fault(
                f"{path}.division_codes",
                "division-unknown",
                zh,
                f"There is no division {code}; import it first or correct the code",
            )
        if not unknown:
            yield from self._code_faults(path, row)

    def _code_faults(self, path: str, row: GridRow) -> Iterator[Fault]:
        base = divisions.lowest_common(row.division_codes)
        if base is None:
            zh, en = "所列区划不在同一个县", "The divisions are not in one county"
            yield fault(f"{path}.division_codes", "several-counties", zh, en)
        elif row.code and (not is_code(row.code) or row.code[:12] != base):
            yield fault(
                f"{path}.code",
                "grid-code",
                f"网格编码“{row.code}”有误;应为 {base} 加 001 至 999,或留空由平台编号",
                f'"{row.code}" is not a code here: {base} and a number 001 to 999, or empty to have one allocated',
            )

    def _boundary_faults(self, path: str, number: int, row: GridRow) -> Iterator[Fault]:
        if row.boundary is None:
            return
        yield from boundaries.drawn_faults(f"{path}.drawn_how", row.drawn_how)
        try:
            self._boundaries[number] = boundaries.read(row.boundary, row.drawn_how)
        except BoundaryInvalid as error:
            yield fault(f"{path}.boundary", error.code, error.sentence("zh"), error.sentence("en"))

    def _tree_faults(self, path: str, row: GridRow) -> Iterator[Fault]:
        yield from self._kept_faults(path, row)
        name = row.parent_ref or row.parent_code
        if not name:
            return
        parent = self._by_name.get(name) or self.stored.get(name)
        if parent is None:
            known = [*(each.ref for each in self.rows if each.ref), *self.stored]
            yield not_among(f"{path}.{'parent_ref' if row.parent_ref else 'parent_code'}", name, known)
            return
        if isinstance(parent, Grid) and not parent.active:
            yield _retired(f"{path}.parent_code", parent)
        if parent.level >= row.level:
            yield fault(
                f"{path}.level",
                "level-not-below-parent",
                f"级别 {row.level} 应大于上级“{parent.name}”的级别 {parent.level}",
                f"Level {row.level} must be higher than that of its parent {parent.name}, {parent.level}",
            )
        yield from covering_faults(f"{path}.division_codes", row, parent)

    def _kept_faults(self, path: str, row: GridRow) -> Iterator[Fault]:
        known = self.stored.get(row.code or "")
        if known is None:
            return
        if not known.active:
            yield _retired(f"{path}.code", known)
        if known.made_by and row.effective != known.effective.isoformat():
            yield fault(
                f"{path}.effective",
                "effective-of-successor",
                f"网格 {known.code} 由网格变更产生,自 {known.effective} 起生效,导入不能更改;请保持原日期",
                f"Grid {known.code} was made by a change that took effect on {known.effective}; keep that day",
            )
        parent = self._by_name.get(row.parent_ref or "")
        given = (parent.code if parent else None) or row.parent_code
        if given != known.parent_code:
            yield fault(
                f"{path}.parent_code",
                "grid-reparented",
                f"网格 {known.code} 的上级是 {known.parent_code or '(无)'};导入不能调整隶属关系,请保持原上级",
                f"The parent of {known.code} is {known.parent_code or '(none)'}; an import does not re-parent, keep it",
            )


def _retired(path: str, grid: Grid) -> Fault:
    error = GridRetired(grid=grid.code)
    return fault(path, error.code, error.sentence("zh"), error.sentence("en"))


def covering_faults(path: str, row: GridRow | Grid, parent: GridRow | Grid) -> Iterator[Fault]:
    """What `row` covers beyond its parent."""
    for code in row.division_codes:
        if not any(divisions.lies_in(code, above) for above in parent.division_codes):
            yield fault(
                path,
                "outside-parent",
                f"区划 {code} 不在上级网格“{parent.name}”的范围之内({'、'.join(parent.division_codes[:5])})",
                f"Division {code} is not within the parent grid {parent.name} ({', '.join(parent.division_codes[:5])})",
            )


def _allocate(row: GridRow, numbers: dict[str, int], highest_number: HighestNumber) -> str:
    base = divisions.lowest_common(row.division_codes) or ""
    highest = numbers[base] if base in numbers else highest_number(base)
    numbers[base] = highest + 1
    return next_code(base, highest)
