"""The demo county's grids: the tree, the codes, the names and the drawn boundaries (REG-02, REG-03).

Levels follow plan P2 in the whole county, so that each level tiles what it covers: level 1 is the town, level 2 the
work areas and enterprises of 砖埠镇, level 3 its natural villages and, in the other 14 towns, the villages.

Codes (REG-02), one rule: 12 digits of the lowest division that wholly holds the grid, then a sequence from 001 that
counts within this division: first the grids of kind area by level and name's order, then work areas, then
enterprises. A village's only grid is therefore its code and 001, a town's grid the padded town code and 001, work
areas (several villages) the padded town code and 002 to 006, an enterprise the number after its village's natural
villages. 000 is never used, and no code is used twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from infra.demo import tessellation
from infra.demo.divisions import COUNTY, P2_TOWN, Division, children
from infra.demo.outline import OUTLINE, TOWN_SEATS
from infra.demo.tessellation import Region
from services.chassis import geography

WORK_AREA_VILLAGES = (3, 3, 3, 2, 2)
"""How many of the 13 villages each of the 5 work areas has."""
ENTERPRISES = (
    "食品加工厂", "板材加工厂", "机械配件厂", "纺织制衣厂", "包装制品厂", "果蔬冷藏库", "饲料加工厂",
    "塑料制品厂", "粮油加工厂", "家具制造厂", "农机修造厂", "玻璃制品厂", "畜禽屠宰厂", "建材搅拌站",
    "电子元件厂", "豆制品作坊", "肥料加工厂", "工艺品编织厂", "汽车维修厂",
)  # fmt: skip
_THREE_HAMLETS_IN = 10
_NUMERALS = "一二三四五六七八九十"
_PLOT_METRES = 150.0


@dataclass(frozen=True)
class Grid:
    """A grid as REG-02 wants it. `villages` are the codes of the villages it lies in, `division` the lowest that holds
    it, `leaf` says whether people patrol it themselves. The boundary is GeoJSON, WGS 84, and marked as drawn."""

    code: str
    name: str
    kind: str
    level: int
    parent: str | None
    division: str
    villages: tuple[str, ...]
    leaf: bool
    boundary: Mapping[str, Any]
    drawn: bool = True
    drawn_how: str = "tessellated"


class CodeBook:
    """Gives out grid codes: the division's 12 digits and the next sequence in it, from 001 to 999."""

    def __init__(self) -> None:
        self._last: Counter[str] = Counter()

    def next(self, division: str) -> str:
        """The next code in `division`. Raises ValueError after 999."""
        self._last[division] += 1
        if self._last[division] > 999:
            raise ValueError(f"division {division} has no grid code left after 999")
        return f"{division}{self._last[division]:03d}"


def draw_grids(divisions: tuple[Division, ...]) -> tuple[Grid, ...]:
    """All grids of the county, parents before children."""
    towns = children(divisions, COUNTY)
    villages = {town.code: children(divisions, town.code) for town in towns}
    cells = tessellation.tessellate(OUTLINE, _regions(towns, villages))
    codes = CodeBook()
    grids: list[Grid] = []
    for town in towns:
        in_town = villages[town.code]
        draw = _draw_p2_town if town.code == P2_TOWN else _draw_plain_town
        grids += draw(town, in_town, cells, codes)
    return tuple(grids)


def _regions(towns: Sequence[Division], villages: Mapping[str, Sequence[Division]]) -> Region:
    parts = []
    for town in towns:
        if town.code == P2_TOWN:
            parts.append(_p2_region(villages[town.code]))
        else:
            parts.append(Region(town.code, tuple(Region(village.code) for village in villages[town.code])))
    return Region(COUNTY, tuple(parts), tuple(TOWN_SEATS[town.code] for town in towns))


def _p2_region(villages: Sequence[Division]) -> Region:
    areas = []
    for number, members in enumerate(_work_areas(villages)):
        inner = tuple(Region(village.code, _hamlet_regions(villages, village)) for village in members)
        areas.append(Region(f"{P2_TOWN}-{number}", inner))
    return Region(P2_TOWN, tuple(areas))


def _hamlet_regions(villages: Sequence[Division], village: Division) -> tuple[Region, ...]:
    return tuple(Region(_cell_key(village, n)) for n in range(len(_hamlet_names(villages, village))))


def _cell_key(village: Division, number: int) -> str:
    return f"{village.code}-{number}"


def _work_areas(villages: Sequence[Division]) -> list[Sequence[Division]]:
    """The villages of each work area, in the order of their codes."""
    left = list(villages)
    return [[left.pop(0) for _ in range(size)] for size in WORK_AREA_VILLAGES]


def _hamlet_names(villages: Sequence[Division], village: Division) -> list[str]:
    """Natural villages from west to east: 一、二、三村 in the last ten villages, 西村 and 东村 in the others."""
    stem = village.short_name.removesuffix("村")
    three = list(villages).index(village) >= len(villages) - _THREE_HAMLETS_IN
    return [f"{stem}{which}村" for which in ("一二三" if three else "西东")]


def _draw_plain_town(
    town: Division, villages: Sequence[Division], cells: Mapping[str, Polygon], codes: CodeBook
) -> list[Grid]:
    grids = [_town_grid(town, villages, [cells[village.code] for village in villages], codes)]
    for village in villages:
        grids.append(
            Grid(
                code=codes.next(village.code),
                name=f"{village.short_name}网格",
                kind="area",
                level=3,
                parent=grids[0].code,
                division=village.code,
                villages=(village.code,),
                leaf=True,
                boundary=geography.to_geojson(cells[village.code]),
            )
        )
    return grids


def _town_grid(town: Division, villages: Sequence[Division], cells: Sequence[Polygon], codes: CodeBook) -> Grid:
    return Grid(
        code=codes.next(town.code),
        name=f"{town.name}网格",
        kind="area",
        level=1,
        parent=None,
        division=town.code,
        villages=tuple(village.code for village in villages),
        leaf=False,
        boundary=geography.to_geojson(tessellation.merged(cells)),
    )


def _draw_p2_town(
    town: Division, villages: Sequence[Division], cells: Mapping[str, Polygon], codes: CodeBook
) -> list[Grid]:
    hamlet_cells = {village.code: _cells_of(villages, village, cells) for village in villages}
    whole = _town_grid(town, villages, [cell for inner in hamlet_cells.values() for cell in inner], codes)
    areas = _draw_work_areas(whole, villages, hamlet_cells, codes)
    hamlets = _draw_hamlets(areas, villages, hamlet_cells, codes)
    return [whole, *areas, *hamlets, *_draw_enterprises(whole, hamlets, codes)]


def _cells_of(villages: Sequence[Division], village: Division, cells: Mapping[str, Polygon]) -> list[Polygon]:
    return [cells[region.key] for region in _hamlet_regions(villages, village)]


def _draw_work_areas(
    town: Grid, villages: Sequence[Division], cells: Mapping[str, list[Polygon]], codes: CodeBook
) -> list[Grid]:
    grids = []
    for numeral, members in zip(_NUMERALS, _work_areas(villages), strict=False):
        ground: BaseGeometry = tessellation.merged([cell for village in members for cell in cells[village.code]])
        grids.append(
            Grid(
                code=codes.next(town.division),
                name=f"砖埠镇第{numeral}工作区网格",
                kind="work-area",
                level=2,
                parent=town.code,
                division=town.division,
                villages=tuple(village.code for village in members),
                leaf=False,
                boundary=geography.to_geojson(ground),
            )
        )
    return grids


def _draw_hamlets(
    areas: Sequence[Grid], villages: Sequence[Division], cells: Mapping[str, list[Polygon]], codes: CodeBook
) -> list[Grid]:
    parents = {village: area.code for area in areas for village in area.villages}
    return [
        Grid(
            code=codes.next(village.code),
            name=f"{name}网格",
            kind="area",
            level=3,
            parent=parents[village.code],
            division=village.code,
            villages=(village.code,),
            leaf=True,
            boundary=geography.to_geojson(cell),
        )
        for village in villages
        for name, cell in zip(_hamlet_names(villages, village), cells[village.code], strict=True)
    ]


def _draw_enterprises(town: Grid, hamlets: Sequence[Grid], codes: CodeBook) -> list[Grid]:
    """One enterprise on the ground of every second natural village, the last one in the last."""
    grids = []
    for number, trade in enumerate(ENTERPRISES):
        host = hamlets[min(number * 2, len(hamlets) - 1)]
        ground = geography.parse_boundary(host.boundary).geoms[0]
        grids.append(
            Grid(
                code=codes.next(host.division),
                name=f"沂南示范{_numeral(number + 1)}号{trade}网格",
                kind="enterprise",
                level=2,
                parent=town.code,
                division=host.division,
                villages=host.villages,
                leaf=True,
                boundary=geography.to_geojson(tessellation.plot(ground, _PLOT_METRES, bearing=number * 19.0)),
            )
        )
    return grids


def _numeral(number: int) -> str:
    """1 to 19 in Chinese."""
    return _NUMERALS[number - 1] if number <= 10 else f"十{_NUMERALS[number - 11]}"
