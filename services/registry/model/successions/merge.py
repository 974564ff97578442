"""Several grids of one parent become one, whose boundary is all of theirs (REG-04)."""

from collections.abc import Iterator
from datetime import date

import shapely

from services.chassis.errors import Fault
from services.chassis.geography import BoundaryInvalid, to_geojson
from services.registry.errors import fault
from services.registry.messages import MergeGrids
from services.registry.model import boundaries, divisions
from services.registry.model.grids import Boundary, Grid, Origin
from services.registry.model.successions.ground import (
    Allocate,
    Ground,
    Outcome,
    day_faults,
    people_faults,
    reason_faults,
    standing_faults,
)
from services.registry.model.values import named, repeated

MOST_OTHERS = 49
_GRID_DEGREES = 1e-6


class Merge:
    """The new grid takes kind, level, parent and statements of the first; all lower grids hang below it."""

    def __init__(self, command: MergeGrids, ground: Ground, day: date) -> None:
        self._command, self._ground, self._day = command, ground, day

    def faults(self) -> Iterator[Fault]:
        command = self._command
        found = [*reason_faults(command.reason), *named("name", command.name), *self._named_faults()]
        found += people_faults("people", command.people, self._ground)
        if found:
            yield from found
            return
        first, *others = self._merged()
        for number, grid in enumerate(others):
            yield from _alike_faults(f"others[{number}]", first, grid)
        for grid in self._merged():
            yield from day_faults(self._ground.under(grid.code), self._day)
        yield from self._boundary_faults()

    def _named_faults(self) -> Iterator[Fault]:
        codes = self._codes()
        if not 1 <= len(codes) - 1 <= MOST_OTHERS:
            zh, en = f"应另列 1 至 {MOST_OTHERS} 个网格", f"Name 1 to {MOST_OTHERS} other grids"
            yield fault("others", "others-count", zh, en)
        paths = ["code", *(f"others[{number}]" for number in range(len(codes) - 1))]
        yield from repeated(zip(paths, codes, strict=True))
        for path, code in zip(paths, codes, strict=True):
            yield from standing_faults(path, code, self._ground, self._day)

    def _boundary_faults(self) -> Iterator[Fault]:
        without = [grid.code for grid in self._merged() if grid.boundary is None]
        if without and len(without) < len(self._codes()):
            listed = "、".join(without)
            zh, en = (
                f"网格 {listed} 尚无边界;请先设置",
                f"Set the boundaries first of: {', '.join(without)}",
            )
            yield fault("others", "boundary-missing", zh, en)
            return
        try:
            self._boundary()
        except BoundaryInvalid as error:
            yield fault("others", error.code, error.sentence("zh"), error.sentence("en"))

    def _codes(self) -> tuple[str, ...]:
        return (self._command.code, *self._command.others)

    def _merged(self) -> list[Grid]:
        return [self._ground.grids[code] for code in self._codes()]

    def _boundary(self) -> Boundary | None:
        return united([grid.boundary for grid in self._merged() if grid.boundary])

    def carry_out(self, allocate: Allocate, origin: Origin) -> Outcome:
        olds = self._merged()
        codes = {code for grid in olds for code in grid.division_codes}
        code = allocate(divisions.lowest_common(codes))
        new = Grid.succeed(code, olds[0], self._command.name, codes, self._boundary(), origin)
        moved = [
            each
            for old in olds
            for child in self._ground.children(old.code)
            for each in self._ground.rehang(child, new, origin)
        ]
        for old in olds:
            old.retire(origin)
        event = new.succeeded("merge", self._codes(), [new.code], origin)
        return Outcome(event, [new], [*olds, *moved], {new.code: self._command.people or None})


def united(given: list[Boundary]) -> Boundary | None:
    """One boundary of all; None of none. Raises BoundaryInvalid where it would have too many points."""
    if not given:
        return None
    shapes = [shapely.geometry.shape(each.geojson) for each in given]
    return boundaries.read(to_geojson(shapely.union_all(shapes, grid_size=_GRID_DEGREES)), given[0].drawn_how)


def _alike_faults(path: str, first: Grid, grid: Grid) -> Iterator[Fault]:
    if (grid.kind, grid.level, grid.parent_code) != (first.kind, first.level, first.parent_code):
        yield fault(
            path,
            "not-alike",
            f"网格 {grid.code} 与 {first.code} 的类型、级别或上级不同,不能合并;请先调整隶属",
            f"Grid {grid.code} differs from {first.code} in kind, level or parent; re-parent it first",
        )
    elif divisions.lowest_common([*first.division_codes, *grid.division_codes]) is None:
        yield fault(path, "several-counties", "不在同一个县", "They are not in one county")
