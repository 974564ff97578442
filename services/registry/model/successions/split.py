"""One grid becomes two or more, whose boundaries together are its own (REG-04)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import shapely

from services.chassis import geography
from services.chassis.errors import Fault
from services.chassis.geography import ROUNDING_SQUARE_METRES, BoundaryInvalid
from services.registry.errors import fault
from services.registry.messages import GridPart, SplitGrid
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
from services.registry.model.values import named, not_among

LEAST_PARTS, MOST_PARTS = 2, 50


class Split:
    """Parts take the kind, level, parent and statements of the old grid; its lower grids go to the part they lie in."""

    def __init__(self, command: SplitGrid, ground: Ground, day: date) -> None:
        self._command, self._ground, self._day = command, ground, day
        self._boundaries: dict[int, Boundary] = {}
        self._homes: dict[str, int] = {}

    @property
    def _parts(self) -> tuple[GridPart, ...]:
        return self._command.parts

    @property
    def _old(self) -> Grid:
        return self._ground.grids[self._command.code]

    def faults(self) -> Iterator[Fault]:
        command = self._command
        found = [*reason_faults(command.reason), *standing_faults("code", command.code, self._ground, self._day)]
        if not LEAST_PARTS <= len(self._parts) <= MOST_PARTS:
            zh, en = f"应拆分为 {LEAST_PARTS} 至 {MOST_PARTS} 个网格", f"Name {LEAST_PARTS} to {MOST_PARTS} parts"
            found.append(fault("parts", "parts-count", zh, en))
        if found:
            yield from found
            return
        yield from day_faults(self._ground.under(command.code), self._day)
        yield from self._parts_faults()

    def _parts_faults(self) -> Iterator[Fault]:
        if self._old.boundary is None:
            code = self._old.code
            zh, en = f"网格 {code} 尚无边界;请先设置边界再拆分", f"Grid {code} has no boundary; set it before the split"
            yield fault("code", "boundary-missing", zh, en)
            return
        own = [each for number, part in enumerate(self._parts) for each in self._part_faults(number, part)]
        yield from own
        if not own:
            yield from self._cover_faults()
            yield from self._children_faults()

    def _part_faults(self, number: int, part: GridPart) -> Iterator[Fault]:
        path = f"parts[{number}]"
        yield from named(f"{path}.name", part.name)
        yield from boundaries.drawn_faults(f"{path}.drawn_how", part.drawn_how)
        yield from people_faults(f"{path}.people", part.people, self._ground)
        yield from self._division_faults(path, part)
        try:
            self._boundaries[number] = boundaries.read(part.boundary or {}, part.drawn_how)
        except BoundaryInvalid as error:
            yield fault(f"{path}.boundary", error.code, error.sentence("zh"), error.sentence("en"))

    def _division_faults(self, path: str, part: GridPart) -> Iterator[Fault]:
        for code in part.division_codes:
            inside = any(divisions.lies_in(code, above) for above in self._old.division_codes)
            if code not in self._ground.divisions or not inside:
                listed = ", ".join(self._old.division_codes[:5])
                yield fault(
                    f"{path}.division_codes",
                    "division-outside",
                    f"区划 {code} 未登记或不在原网格的范围之内({listed})",
                    f"Division {code} is unknown or not within the old grid ({listed})",
                )

    def _cover_faults(self) -> Iterator[Fault]:
        shapes = {str(number): _shape(boundary) for number, boundary in self._boundaries.items()}
        report = geography.gaps_and_overlaps(_shape(self._old.boundary), shapes, ROUNDING_SQUARE_METRES)
        for gap in report.gaps:
            yield _area_fault("parts", "split-gap", gap, "有空白:此处没有归入任何一份", "No part has this piece")
        for lap in report.overlaps:
            path, other = f"parts[{lap.first}].boundary", f"parts[{lap.second}]"
            yield _area_fault(path, "split-overlap", lap, f"与 {other} 重叠", f"It overlaps with {other}")
        for excess in report.outside:
            path = f"parts[{excess.code}].boundary"
            yield _area_fault(path, "split-outside", excess, "超出原网格的边界", "It reaches beyond the old boundary")

    def _children_faults(self) -> Iterator[Fault]:
        children = {child.code: child for child in self._ground.children(self._old.code)}
        for number, part in enumerate(self._parts):
            for code in part.children:
                if code not in children:
                    yield not_among(f"parts[{number}].children", code, children)
                elif code in self._homes:
                    path = f"parts[{number}].children"
                    yield fault(path, "repeated", f"{code} 已归入另一份", f"{code} stands with another part already")
                self._homes.setdefault(code, number)
        for child in children.values():
            if child.code not in self._homes:
                yield from self._find_home(child)

    def _find_home(self, child: Grid) -> Iterator[Fault]:
        shape = _shape(child.boundary) if child.boundary else None
        for number, boundary in self._boundaries.items():
            if shape and geography.square_metres(shape.difference(_shape(boundary))) <= ROUNDING_SQUARE_METRES:
                self._homes[child.code] = number
                return
        yield fault(
            "parts",
            "child-unplaced",
            f"下级网格 {child.code}({child.name})不能按边界归入某一份;请在该份的 children 中列出",
            f"The lower grid {child.code} ({child.name}) lies in no part as a whole; list it in a part's children",
        )

    def carry_out(self, allocate: Allocate, origin: Origin) -> Outcome:
        old = self._old
        parts = [self._make(number, part, allocate, origin) for number, part in enumerate(self._parts)]
        moved = [
            each
            for child in self._ground.children(old.code)
            for each in self._ground.rehang(child, parts[self._homes[child.code]], origin)
        ]
        old.retire(origin)
        heirs = {grid.code: part.people or None for grid, part in zip(parts, self._parts, strict=True)}
        return Outcome(old.succeeded("split", [old.code], heirs, origin), parts, [old, *moved], heirs)

    def _make(self, number: int, part: GridPart, allocate: Allocate, origin: Origin) -> Grid:
        codes = part.division_codes or self._old.division_codes
        code = allocate(divisions.lowest_common(codes))
        return Grid.succeed(code, self._old, part.name, codes, self._boundaries[number], origin)


def _shape(boundary: Boundary | None) -> Any:
    return shapely.geometry.shape(boundary.geojson) if boundary else shapely.MultiPolygon()


def _area_fault(path: str, code: str, found: Any, zh: str, en: str) -> Fault:
    inside = shapely.geometry.shape(found.geojson).representative_point()
    place = f"[{inside.x:.6f}, {inside.y:.6f}]"
    metres = round(found.square_metres)
    return fault(
        path, code, f"{zh}({place} 附近,约 {metres} 平方米)", f"{en} (near {place}, about {metres} square metres)"
    )
