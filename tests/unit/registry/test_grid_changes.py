"""Changes of grids (REG-04): each day has one grid for each point, and the past stays as it was."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from services.chassis import geography
from services.registry.errors import GridChangeDone
from services.registry.messages import Appointee, GridPart, MergeGrids, ReparentGrid, RetireGrid, SplitGrid
from services.registry.model import boundaries
from services.registry.model.grid_changes import GridChange, kind_of, written
from services.registry.model.grids import Grid, Origin
from services.registry.model.post_moves import Handover
from services.registry.model.posts import Post
from services.registry.model.successions import Ground, Outcome, named_codes, succession_of

pytestmark = pytest.mark.rule("REG-04")

AT = datetime(2026, 11, 23, tzinfo=UTC)
FIRST = date(2026, 1, 1)
TOWN, VILLAGE = "371321106000", "371321106201"
SIZE, STEP = 4, 0.01
CELLS = [(x, y) for x in range(SIZE) for y in range(SIZE)]
Cell = tuple[int, int]


def area(cells: Iterable[Cell]) -> dict[str, Any]:
    """The boundary of a set of cells as GeoJSON."""
    boxes = [shapely.box(118 + x * STEP, 35 + y * STEP, 118 + (x + 1) * STEP, 35 + (y + 1) * STEP) for x, y in cells]
    return geography.to_geojson(shapely.union_all(boxes, grid_size=1e-6))


def place(cell: Cell) -> tuple[float, float]:
    return 118 + (cell[0] + 0.5) * STEP, 35 + (cell[1] + 0.5) * STEP


class Land:
    """A parent grid over all cells, its grids, and what has been told of their spans."""

    def __init__(self) -> None:
        self.grids: dict[str, Grid] = {}
        self.spans: dict[tuple[str, date], dict[str, Any]] = {}
        self.numbers = 0
        top = self._first(f"{TOWN}001", 1, CELLS, ())
        left, right = ([c for c in CELLS if (c[0] < SIZE // 2) is west] for west in (True, False))
        for number, cells in enumerate((left, right), 1):
            self._first(f"{VILLAGE}{number:03d}", 2, cells, (top.code,))
        self.numbers = 2

    def _first(self, code: str, level: int, cells: Iterable[Cell], path: tuple[str, ...]) -> Grid:
        boundary = boundaries.read(area(cells), "drawn")
        grid = Grid(code, code, "area", level, (VILLAGE,), FIRST, path, boundary)
        self.keep([grid])
        return grid

    @property
    def living(self) -> list[Grid]:
        return [grid for grid in self.grids.values() if grid.active and grid.level == 2]

    def ground(self, command: Any) -> Ground:
        below = [grid for grid in self.grids.values() if grid.active and command.code in grid.path]
        return Ground({code: self.grids[code] for code in named_codes(command)}, below, {VILLAGE, TOWN}, set())

    def carry_out(self, command: Any, day: date) -> Outcome:
        succession = succession_of(command, self.ground(command), day)
        assert list(succession.faults()) == []
        outcome = succession.carry_out(self._allocate, Origin("change", day, AT))
        self.keep([*outcome.created, *outcome.changed])
        return outcome

    def _allocate(self, division: str) -> str:
        self.numbers += 1
        return f"{division}{self.numbers:03d}"

    def keep(self, grids: Iterable[Grid]) -> None:
        """What the repository does with spans."""
        for grid in grids:
            for span in grid.ended:
                if span.until > span.since:
                    self.spans[grid.code, span.since]["until"] = span.until
                else:
                    self.spans.pop((grid.code, span.since), None)
            grid.ended.clear()
            if grid.active:
                now = {"until": date.max, "boundary": grid.boundary, "level": grid.level}
                self.spans[grid.code, grid.since] = now
            self.grids[grid.code] = grid

    def covering(self, cell: Cell, on: date) -> list[tuple[int, str]]:
        """(level, code) of the grids around a cell on a day."""
        point = place(cell)
        return [
            (span["level"], code)
            for (code, since), span in self.spans.items()
            if since <= on < span["until"]
            and geography.contains(shapely.geometry.shape(span["boundary"].geojson), *point)
        ]

    def answers(self, days: Iterable[date]) -> Mapping[tuple[Cell, date], str | None]:
        return {(cell, on): geography.choose(self.covering(cell, on)) for cell in CELLS for on in days}


def some_change(land: Land, cells: dict[str, list[Cell]], data: st.DataObject, day: date) -> Any:
    """A change that fits what is there."""
    code = data.draw(st.sampled_from(sorted(cells)))
    others = sorted(set(cells) - {code})
    kinds = ["retire-up", *(["split"] if len(cells[code]) > 1 else []), *(["merge", "retire"] if others else [])]
    kind = data.draw(st.sampled_from(kinds))
    why = {"effective": day.isoformat(), "reason": "试"}
    if kind == "split":
        cut = data.draw(st.integers(1, len(cells[code]) - 1))
        halves = (cells[code][:cut], cells[code][cut:])
        parts = tuple(GridPart(name="份", boundary=area(half), drawn_how="drawn") for half in halves)
        return SplitGrid(code=code, parts=parts, **why), dict(enumerate(halves))
    if kind == "merge":
        chosen = data.draw(st.lists(st.sampled_from(others), min_size=1, unique=True))
        merged = [cell for each in (code, *chosen) for cell in cells[each]]
        return MergeGrids(code=code, others=tuple(chosen), name="合", **why), {0: merged}
    heir = f"{TOWN}001" if kind == "retire-up" else data.draw(st.sampled_from(others))
    return RetireGrid(code=code, successor_code=heir, **why), {0: [*cells.get(heir, []), *cells[code]]}


@settings(max_examples=60)
@given(st.data())
def test_each_day_has_one_grid_for_each_point_and_answers_about_the_past_never_change(data: st.DataObject) -> None:
    land, day = Land(), FIRST
    cells: dict[str, list[Cell]] = {
        grid.code: [cell for cell in CELLS if (2, grid.code) in land.covering(cell, FIRST)] for grid in land.living
    }
    days = [FIRST]
    for _ in range(data.draw(st.integers(1, 6))):
        if not cells:
            break
        day += timedelta(days=data.draw(st.integers(0, 2)))
        before = land.answers([each for each in days if each < day])
        command, heirs = some_change(land, cells, data, day)
        outcome = land.carry_out(command, day)
        for code in outcome.event.predecessors:
            del cells[code]
        for code, its in zip(outcome.event.successors, heirs.values(), strict=True):
            if land.grids[code].level == 2:
                cells[code] = its
        days.append(day)
        after = land.answers(days)
        assert {key: after[key] for key in before} == before
        owners = {cell: code for code, its in cells.items() for cell in its}
        assert {cell: after[cell, day] for cell in CELLS} == {cell: owners.get(cell, f"{TOWN}001") for cell in CELLS}
    for cell in CELLS:
        for each in days:
            assert len([level for level, _ in land.covering(cell, each) if level == 2]) <= 1


def test_a_grid_that_never_was_for_a_day_leaves_no_span() -> None:
    land = Land()
    halves = [area([cell for cell in CELLS if cell[0] == x]) for x in (0, 1)]
    parts = tuple(GridPart(name="份", boundary=half, drawn_how="drawn") for half in halves)
    code = f"{VILLAGE}001"
    land.carry_out(SplitGrid(code=code, parts=parts, effective="2026-01-01", reason="试"), FIRST)
    assert not [since for its, since in land.spans if its == code]


def appointed(person: str, grid: str, post: str, **values: Any) -> Post:
    return Post(f"{person}-{grid}-{post}", person, grid, post, FIRST, **values)


DAY = date(2026, 12, 1)


def test_everybody_of_before_is_in_every_successor_that_names_nobody() -> None:
    olds = [appointed("a", "old", "leader"), appointed("b", "old", "member", ends=date(2026, 12, 31))]
    named = (Appointee(person_id="c", post="leader"),)
    moves = Handover(olds, [], DAY, lambda *_: ()).carry_out({"x": None, "y": named}, AT)
    given_posts = {(post.grid_code, post.person_id, post.post, post.starts, post.ends) for post in moves.given}
    assert given_posts == {
        ("x", "a", "leader", DAY, None),
        ("x", "b", "member", DAY, date(2026, 12, 31)),
        ("y", "c", "leader", DAY, None),
    }
    assert {(post.person_id, post.ends, post.state) for post in moves.ended} == {
        ("a", date(2026, 11, 30), "ended"),
        ("b", date(2026, 11, 30), "ended"),
    }


def test_who_is_named_keeps_the_steps_of_the_same_post_and_needs_those_of_a_new_one() -> None:
    day = {"published": FIRST}
    olds = [appointed("a", "old", "leader", required=("published",), steps=day)]
    named = tuple(Appointee(person_id=each, post="leader") for each in ("a", "b"))
    moves = Handover(olds, [], DAY, lambda *_: ("published",)).carry_out({"x": named}, AT)
    assert {post.person_id: post.state for post in moves.given} == {"a": "appointed", "b": "proposed"}


def test_of_one_persons_two_posts_the_longer_stays_and_one_held_already_is_not_doubled() -> None:
    olds = [appointed("a", "one", "leader", ends=date(2026, 12, 31)), appointed("a", "two", "leader")]
    moves = Handover(olds, [], DAY, lambda *_: ()).carry_out({"x": None}, AT)
    assert [post.ends for post in moves.given] == [None]
    held = [appointed("a", "x", "leader")]
    assert not Handover(olds, held, DAY, lambda *_: ()).carry_out({"x": None}, AT).given


def test_a_post_that_had_not_begun_begins_in_the_successor() -> None:
    old = appointed("a", "old", "leader")
    old.starts = date(2027, 1, 1)
    moves = Handover([old], [], DAY, lambda *_: ()).carry_out({"x": None}, AT)
    assert [post.starts for post in moves.given] == [date(2027, 1, 1)]
    assert moves.ended[0].ends is not None
    assert moves.ended[0].ends < moves.ended[0].starts


@pytest.mark.parametrize(
    "command",
    [
        SplitGrid(
            code="1",
            parts=(
                GridPart(
                    name="甲",
                    boundary=area([(0, 0)]),
                    drawn_how="drawn",
                    people=(Appointee(person_id="a", post="member"),),
                    children=("2",),
                ),
                GridPart(name="乙"),
            ),
            effective="2026-12-01",
            reason="试",
        ),
        MergeGrids(code="1", others=("2", "3"), name="合", effective="2026-12-01", reason="试"),
        ReparentGrid(code="1", parent_code="2", effective="2026-12-01", reason="试"),
        RetireGrid(code="1", successor_code="2", effective="2026-12-01", reason="试"),
    ],
    ids=kind_of,
)
def test_what_was_decided_is_read_back_as_it_was_written(command: Any) -> None:
    document = json.loads(json.dumps(written(command)))
    change = GridChange("id", kind_of(command), DAY, document, named_codes(command), "试", "who", AT)
    assert change.command() == command


def test_only_a_pending_change_is_cancelled() -> None:
    command = RetireGrid(code="1", successor_code="2", effective="2026-12-01", reason="试")
    change = GridChange("id", "retire", DAY, written(command), ("1", "2"), "试", "who", AT)
    change.cancel(AT)
    change.cancel(AT)
    assert (change.state, change.version) == ("cancelled", 2)
    done = GridChange("id", "retire", DAY, written(command), ("1", "2"), "试", "who", AT)
    done.take_effect(["2"], AT)
    with pytest.raises(GridChangeDone):
        done.cancel(AT)
