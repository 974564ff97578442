"""Grids (网格): a tree of plan-defined levels, with codes and boundaries (REG-02, REG-03).

**Codes.** A grid's code has 15 digits: a division's code (12) and a number (3).
- The division is the lowest one in which everything lies that the grid covers (`division_codes`): the village of a grid
  in one village, the town of a grid that spans several villages or is the town itself, the county beyond that.
- The number is the next after the highest that was ever given under that division, from 001 to 999. It says nothing
  about level, kind or order in the tree (`parent`, `path` do), so that re-parenting never renumbers. A number is given
  once: a retired grid keeps its own, so that a code in an old case stays unambiguous.
- A code brought along by the importer is kept if it follows this form; 000 is never a number.

**Time.** What a grid is (name, level, place in the tree, boundary) holds from the day `since`; before that it was what
its ended spans say (REG-04). A boundary that is entered holds from that day on, only a grid's first one from its
beginning.

**Tree.** A child's level number is higher than its parent's, and what it covers lies in what the parent covers.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.chassis.messages import Aggregate
from services.registry.errors import CodesExhausted, GridRetired
from services.registry.messages import GridChanged, GridRow, GridSucceeded
from services.registry.model import divisions

KINDS = ("area", "work-area", "enterprise", "special", "party")
DRAWN = ("surveyed", "drawn", "tessellated", "imported")
LEVELS = range(10)
LAST_NUMBER = 999
MOST_ROWS = 1_000

_CODE = re.compile(r"[1-9][0-9]{14}")


def is_code(text: str) -> bool:
    """Say whether `text` is written as a grid's code."""
    return _CODE.fullmatch(text) is not None and text[12:] != "000" and divisions.is_code(text[:12])


def next_code(division: str, highest: int) -> str:
    """The code after number `highest` under `division`. Raises CodesExhausted."""
    if highest >= LAST_NUMBER:
        raise CodesExhausted(division=division)
    return f"{division}{highest + 1:03d}"


@dataclass(frozen=True)
class Boundary:
    """A checked boundary: GeoJSON, its bounding box in degrees, a point inside, its area, and how it was drawn."""

    geojson: Mapping[str, Any]
    west: float
    south: float
    east: float
    north: float
    centre: tuple[float, float]
    square_metres: float
    drawn_how: str


@dataclass(frozen=True)
class Origin:
    """The change of grids by which something happens: its id, its effective day, the moment of its taking effect."""

    change_id: str
    day: date
    at: datetime


@dataclass(frozen=True)
class Statements:
    """定责、定任务、定奖惩 of one grid, in words."""

    duties: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    rewards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    """The span of a grid's life that began on `since` is over from `until` on; it never was where they are one day."""

    since: date
    until: date


@dataclass(eq=False)
class Grid(Aggregate):
    """One grid. `path` are the codes of its ancestors from the root; `division_codes` what it covers or lies in.

    `since` is the day from which it has been as it is, `made_by` the change that made it, `ended` the spans that this
    unit of work ended.
    """

    code: str
    name: str
    kind: str
    level: int
    division_codes: tuple[str, ...]
    effective: date
    path: tuple[str, ...] = ()
    boundary: Boundary | None = None
    statements: Statements = field(default_factory=Statements)
    state: str = "active"
    since: date = date.min
    made_by: str | None = None
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)
        self.since = self.effective if self.since == date.min else self.since
        self.ended: list[Ended] = []

    @property
    def active(self) -> bool:
        return self.state == "active"

    @property
    def parent_code(self) -> str | None:
        return self.path[-1] if self.path else None

    @property
    def division_code(self) -> str:
        """The division in the code: the lowest in which the whole grid lies."""
        return self.code[: divisions.VILLAGE_DIGITS]

    @classmethod
    def create(cls, code: str, row: GridRow, path: tuple[str, ...], boundary: Boundary | None, at: datetime) -> "Grid":
        """A new grid of a checked row."""
        grid = cls(
            code=code,
            name=row.name.strip(),
            kind=row.kind,
            level=row.level,
            division_codes=tuple(sorted(row.division_codes)),
            effective=date.fromisoformat(row.effective),
            path=path,
            boundary=boundary,
            statements=Statements(row.duties, row.tasks, row.rewards),
        )
        grid._changed(at)
        return grid

    @classmethod
    def succeed(
        cls, code: str, model: "Grid", name: str, codes: Iterable[str], boundary: Boundary | None, origin: "Origin"
    ) -> "Grid":
        """A new grid in the place of `model`, with its kind, level, parent and statements, from the change's day on."""
        grid = cls(
            code=code,
            name=name.strip(),
            kind=model.kind,
            level=model.level,
            division_codes=tuple(sorted(set(codes))),
            effective=origin.day,
            path=model.path,
            boundary=boundary,
            statements=model.statements,
            made_by=origin.change_id,
        )
        grid._changed(origin.at)
        return grid

    def change(self, row: GridRow, boundary: Boundary | None, at: datetime, today: date) -> bool:
        """Take over what a checked row says; a missing boundary leaves the old one. Say whether anything changed."""
        before, place, began, first = self._content(), self._place(), self.effective, self.boundary is None
        self.name, self.kind, self.level = row.name.strip(), row.kind, row.level
        self.division_codes = tuple(sorted(row.division_codes))
        self.effective = date.fromisoformat(row.effective)
        self.statements = Statements(row.duties, row.tasks, row.rewards)
        self.boundary = boundary or self.boundary
        if self._content() == before:
            return False
        if self.effective != began and self.since == began:
            self.ended.append(Ended(began, began))
            self.since = self.effective
        if self._place()[:-1] != place[:-1] or (self._place() != place and not first):
            self._turn(today)
        self._changed(at)
        return True

    def set_boundary(self, boundary: Boundary, at: datetime, today: date) -> None:
        """Replace the boundary from today on, or give the grid its first. Raises GridRetired."""
        if not self.active:
            raise GridRetired(grid=self.code)
        if self.boundary is not None:
            self._turn(today)
        self.boundary = boundary
        self._changed(at)

    def extend(self, boundary: Boundary | None, codes: Iterable[str], origin: "Origin") -> None:
        """Cover more from the change's day on: `boundary` (None: the same) and the further division `codes`."""
        self._turn(origin.day)
        self.boundary = boundary or self.boundary
        self.division_codes = tuple(sorted({*self.division_codes, *codes}))
        self._changed(origin.at)

    def move(self, path: tuple[str, ...], origin: "Origin") -> None:
        """Hang below another parent from the change's day on."""
        self._turn(origin.day)
        self.path = path
        self._changed(origin.at)

    def retire(self, origin: "Origin") -> None:
        """Be no more from the change's day on."""
        self.ended.append(Ended(self.since, origin.day))
        self.state = "retired"
        self._changed(origin.at)

    def succeeded(
        self, kind: str, predecessors: Iterable[str], successors: Iterable[str], origin: "Origin"
    ) -> GridSucceeded:
        """The next event of this grid, which the change is about: where open work goes.

        Returned, not recorded, so that it leaves after the grid-changed of all grids that it names.
        """
        self.sequence += 1
        return GridSucceeded(
            subject=self.code,
            at=origin.at,
            sequence=self.sequence,
            grid=self.code,
            change_id=origin.change_id,
            kind=kind,
            predecessors=tuple(predecessors),
            successors=tuple(successors),
            effective=origin.day,
        )

    def _turn(self, day: date) -> None:
        """End the span up to now with the day before `day`; one that began on `day` is written over."""
        if day > self.since:
            self.ended.append(Ended(self.since, day))
            self.since = day

    def _place(self) -> tuple[Any, ...]:
        return (self.name, self.kind, self.level, self.boundary.geojson if self.boundary else None)

    def _content(self) -> tuple[Any, ...]:
        boundary = (self.boundary.geojson, self.boundary.drawn_how) if self.boundary else None
        plain = (self.name, self.kind, self.level, self.division_codes, self.effective, self.statements)
        return (*plain, boundary)

    def _changed(self, at: datetime) -> None:
        self.version += 1
        self.record(
            GridChanged(
                subject=self.code,
                at=at,
                grid=self.code,
                code=self.code,
                name=self.name,
                kind=self.kind,
                level=self.level,
                parent=self.parent_code,
                division=self.division_code,
                divisions=self.division_codes,
                ancestors=self.path,
                boundary=self.boundary.geojson if self.boundary else None,
                effective=self.effective,
                state=self.state,
                active=self.active,
            )
        )


def covered_whole(covering: Iterable[tuple[str, Sequence[str]]], villages: Collection[str]) -> set[str]:
    """The prefixes of towns and counties that a grid covers as a whole.

    `covering` are the division in the code and the division codes of each area grid; `villages` the codes of all
    villages. A division is covered where each of its villages is, by itself or with what it lies in.
    """
    return {divisions.trimmed(division) for division, codes in covering if _is_covered(division, codes, villages)}


def _is_covered(division: str, codes: Sequence[str], villages: Collection[str]) -> bool:
    if divisions.kind_of(division) == "village":
        return False
    own = [village for village in villages if divisions.lies_in(village, division)] or [division]
    return all(any(divisions.lies_in(village, code) for code in codes) for village in own)
