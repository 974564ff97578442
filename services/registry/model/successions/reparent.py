"""A grid, with all below it, hangs below another parent; code, boundary and people stay (REG-04)."""

from collections.abc import Iterator
from datetime import date

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.messages import ReparentGrid
from services.registry.model.grid_import import covering_faults
from services.registry.model.grids import Grid, Origin
from services.registry.model.successions.ground import (
    Allocate,
    Ground,
    Outcome,
    children_level_faults,
    day_faults,
    reason_faults,
    standing_faults,
)


class Reparent:
    """The new parent has a lower level number and covers what the grid covers."""

    def __init__(self, command: ReparentGrid, ground: Ground, day: date) -> None:
        self._command, self._ground, self._day = command, ground, day

    @property
    def _grid(self) -> Grid:
        return self._ground.grids[self._command.code]

    @property
    def _parent(self) -> Grid:
        return self._ground.grids[self._command.parent_code]

    def faults(self) -> Iterator[Fault]:
        command, ground = self._command, self._ground
        found = [*reason_faults(command.reason), *standing_faults("code", command.code, ground, self._day)]
        found += standing_faults("parent_code", command.parent_code, ground, self._day)
        if found:
            yield from found
            return
        yield from self._place_faults()
        yield from day_faults(ground.under(command.code), self._day)
        yield from children_level_faults("parent_code", [self._grid], self._parent)
        yield from covering_faults("parent_code", self._grid, self._parent)

    def _place_faults(self) -> Iterator[Fault]:
        grid, parent = self._grid, self._parent
        if parent.code == grid.code or grid.code in parent.path:
            zh, en = "新上级是该网格自己或其下级", "The new parent is the grid itself or lies below it"
            yield fault("parent_code", "parent-below", zh, en)
        elif parent.code == grid.parent_code:
            zh, en = f"该网格的上级已是 {parent.code}", f"Its parent is {parent.code} already"
            yield fault("parent_code", "parent-same", zh, en)

    def carry_out(self, allocate: Allocate, origin: Origin) -> Outcome:
        grid = self._grid
        above = grid.path
        moved = self._ground.rehang(grid, self._parent, origin)
        return Outcome(grid.succeeded("reparent", [grid.code], [grid.code], origin), [], moved, above=above)
