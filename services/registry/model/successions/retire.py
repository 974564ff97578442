"""A grid is no more; the one named takes over its area, its lower grids, its people and its open work (REG-04)."""

from collections.abc import Iterator
from datetime import date

import shapely

from services.chassis.errors import Fault
from services.chassis.geography import ROUNDING_SQUARE_METRES, BoundaryInvalid, square_metres
from services.registry.errors import fault
from services.registry.messages import RetireGrid
from services.registry.model.grids import Boundary, Grid, Origin
from services.registry.model.successions.ground import (
    Allocate,
    Ground,
    Outcome,
    children_level_faults,
    day_faults,
    people_faults,
    reason_faults,
    standing_faults,
)
from services.registry.model.successions.merge import united


class Retire:
    """The successor covers the area already (its parent, say), or it is a sister whose boundary grows by it."""

    def __init__(self, command: RetireGrid, ground: Ground, day: date) -> None:
        self._command, self._ground, self._day = command, ground, day

    @property
    def _old(self) -> Grid:
        return self._ground.grids[self._command.code]

    @property
    def _heir(self) -> Grid:
        return self._ground.grids[self._command.successor_code]

    def faults(self) -> Iterator[Fault]:
        command, ground = self._command, self._ground
        found = [*reason_faults(command.reason), *standing_faults("code", command.code, ground, self._day)]
        found += standing_faults("successor_code", command.successor_code, ground, self._day)
        found += people_faults("people", command.people, ground)
        if found:
            yield from found
            return
        if self._heir.code == self._old.code or self._old.code in self._heir.path:
            zh, en = "后继网格是该网格自己或其下级", "The successor is the grid itself or lies below it"
            yield fault("successor_code", "successor-below", zh, en)
            return
        yield from day_faults(ground.under(command.code), self._day)
        yield from children_level_faults("successor_code", ground.children(command.code), self._heir)
        yield from self._area_faults()

    def _area_faults(self) -> Iterator[Fault]:
        old, heir = self._old, self._heir
        if self._covered() and heir.kind in (old.kind, "area"):
            return
        if (old.kind, old.level, old.parent_code) != (heir.kind, heir.level, heir.parent_code):
            yield fault(
                "successor_code",
                "successor-does-not-cover",
                f"网格 {heir.code} 的边界不含 {old.code},且类型、级别或上级不同,不能扩大;请另选后继网格",
                f"Grid {heir.code} neither covers {old.code} nor may it grow (other kind, level, parent)",
            )
        elif old.boundary and heir.boundary is None:
            zh, en = (
                f"后继网格 {heir.code} 尚无边界;请先设置",
                f"Set the boundary of successor {heir.code} first",
            )
            yield fault("successor_code", "boundary-missing", zh, en)
        else:
            yield from self._growth_faults()

    def _growth_faults(self) -> Iterator[Fault]:
        try:
            self._grown()
        except BoundaryInvalid as error:
            yield fault("successor_code", error.code, error.sentence("zh"), error.sentence("en"))

    def _covered(self) -> bool:
        """Whether nothing has to grow: the successor lies above, or its boundary contains the old one."""
        old, heir = self._old.boundary, self._heir.boundary
        if old is None or heir is None:
            return old is None and self._heir.code in self._old.path
        shape, other = (shapely.geometry.shape(each.geojson) for each in (old, heir))
        return square_metres(shape.difference(other)) <= ROUNDING_SQUARE_METRES

    def _grown(self) -> Boundary | None:
        return united([each for each in (self._heir.boundary, self._old.boundary) if each])

    def carry_out(self, allocate: Allocate, origin: Origin) -> Outcome:
        old, heir = self._old, self._heir
        grows = not self._covered()
        moved = [each for child in self._ground.children(old.code) for each in self._ground.rehang(child, heir, origin)]
        old.retire(origin)
        if grows:
            heir.extend(self._grown(), old.division_codes, origin)
        event = old.succeeded("retire", [old.code], [heir.code], origin)
        changed = [old, *([heir] if grows else []), *moved]
        return Outcome(event, [], changed, {heir.code: self._command.people or None})
