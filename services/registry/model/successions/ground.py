"""What every change of grids stands on: the loaded grids, common checks, and what it gives back."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from services.chassis.errors import Fault
from services.registry.errors import GridNotFound, GridRetired, fault
from services.registry.messages import Appointee, GridSucceeded
from services.registry.model.grids import Grid, Origin
from services.registry.model.posts import POSTS
from services.registry.model.values import not_among

MOST_REASON = 500

Allocate = Any
"""(division) -> the next grid code under it."""


@dataclass(frozen=True)
class Ground:
    """The grids that a command names and all active grids below them, locked; codes of divisions, ids of people."""

    grids: Mapping[str, Grid]
    below: Sequence[Grid]
    divisions: Collection[str]
    people: Collection[str]

    def children(self, code: str) -> list[Grid]:
        """The active grids right below `code`."""
        return [grid for grid in self.below if grid.parent_code == code]

    def under(self, code: str) -> list[Grid]:
        """The active grids below `code` at every depth."""
        return [grid for grid in self.below if code in grid.path]

    def rehang(self, grid: Grid, parent: Grid | None, origin: Origin) -> list[Grid]:
        """Move `grid` and all below it under `parent` (None: it becomes a root); return what moved."""
        head = (*parent.path, parent.code) if parent else ()
        moved = [grid, *self.under(grid.code)]
        depth = len(grid.path)
        for each in moved:
            each.move((*head, *each.path[depth:]), origin)
        return moved


@dataclass
class Outcome:
    """What a change made of the grids, and the event that tells of it.

    `heirs` says for each successor who is named for it; None: those of before. Without heirs all posts stay. `above`
    are the grids that have something less below them, where no changed grid's path names them any more.
    """

    event: GridSucceeded
    created: list[Grid] = field(default_factory=list)
    changed: list[Grid] = field(default_factory=list)
    heirs: dict[str, tuple[Appointee, ...] | None] = field(default_factory=dict)
    above: tuple[str, ...] = ()


class Succession(Protocol):
    """One change of grids."""

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it on this ground."""

    def carry_out(self, allocate: Allocate, origin: Origin) -> Outcome:
        """Change the grids; only where there are no faults."""


def reason_faults(reason: str) -> Iterator[Fault]:
    """A fault unless a reason of 1 to 500 characters is given: history has to say why."""
    if not 0 < len(reason.strip()) <= MOST_REASON:
        zh, en = f"请说明变更理由,1 至 {MOST_REASON} 字", f"Say why, in 1 to {MOST_REASON} characters"
        yield fault("reason", "reason-missing", zh, en)


def standing_faults(path: str, code: str, ground: Ground, day: date) -> Iterator[Fault]:
    """Faults unless `code` is an active grid that has been as it is since before `day`."""
    grid = ground.grids.get(code)
    if grid is None:
        error = GridNotFound(id=code)
        yield fault(path, "grid-unknown", error.sentence("zh"), error.sentence("en"))
    elif not grid.active:
        retired = GridRetired(grid=code)
        yield fault(path, retired.code, retired.sentence("zh"), retired.sentence("en"))
    else:
        yield from day_faults([grid], day)


def day_faults(grids: Iterable[Grid], day: date) -> Iterator[Fault]:
    """A fault for the first grid that changed after `day`: history before its last change is not rewritten."""
    late = next((grid for grid in grids if grid.since > day), None)
    if late is not None:
        yield fault(
            "effective",
            "effective-before-last-change",
            f"网格 {late.code} 自 {late.since} 起为现状,生效日期不能早于该日",
            f"Grid {late.code} has been as it is since {late.since}; the change cannot take effect before that day",
        )


def people_faults(path: str, people: Sequence[Appointee], ground: Ground) -> Iterator[Fault]:
    """Faults for unknown people and posts, and for who is named twice."""
    for number, each in enumerate(people):
        if each.post not in POSTS:
            yield not_among(f"{path}[{number}].post", each.post, POSTS)
        if each.person_id not in ground.people:
            zh, en = f"没有人员 {each.person_id}", f"There is no person {each.person_id}"
            yield fault(f"{path}[{number}].person_id", "person-unknown", zh, en)
        if each in people[:number]:
            yield fault(f"{path}[{number}]", "repeated", "同一人同一岗位重复", "The same person and post stand above")


def children_level_faults(path: str, children: Iterable[Grid], parent: Grid) -> Iterator[Fault]:
    """A fault for each of the lower grids that could not hang below `parent` by its level."""
    for child in children:
        if child.level <= parent.level:
            yield fault(
                path,
                "level-not-below-parent",
                f"下级网格 {child.code} 的级别 {child.level} 应大于 {parent.code} 的级别 {parent.level}",
                f"Level {child.level} of the lower grid {child.code} must be above {parent.level} of {parent.code}",
            )
