"""The plan's ladder: what a level cannot settle goes up to the next (村呼镇应、镇呼县应, INC-06)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.incident.model.case.paths import Seat, Standing

BEYOND_GRIDS = ("county", "city")
"""Levels above all grids: departments hold cases there."""


@dataclass(frozen=True)
class Rung:
    """One entry of the plan's `escalation`: from `level` to `to`.

    `by_person` says whether people may call, `automatic` whether the case climbs when its limit has passed, `needs`
    which meeting consults first. Where no grid is above, `holder` gets the case, or for a duty whom `holders` names.
    """

    level: str
    to: str
    by_person: bool = True
    automatic: bool = False
    needs: str = ""
    holder: str | None = None
    holders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ladder:
    """All rungs by the level that they start from, the roles that may call the level above, and names of levels.

    `of_departments` maps the level that the registry gives a department (village, town, county) to the plan's.
    """

    rungs: Mapping[str, Rung] = field(default_factory=dict)
    callers: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    of_departments: Mapping[str, str] = field(default_factory=dict)

    def seat(self, level: str, grid: str | None = None, lead: str | None = None, helpers: tuple[str, ...] = ()) -> Seat:
        """A seat at `level` with its name."""
        return Seat(level, self.titles.get(level, ""), grid, lead, helpers)

    def standing(self, seat: Seat, below: tuple[Seat, ...] = ()) -> Standing:
        """What the plan says of a case in `seat` that climbed from the seats `below`."""
        rung = self.rungs.get(seat.level)
        if rung is None:
            return Standing(seat.level, seat.title, seat.grid, callers=self.callers, below=below)
        callers = self.callers if rung.by_person else ()
        return Standing(seat.level, seat.title, seat.grid, rung.to, callers, rung.needs, rung.automatic, below)

    def above(self, level: str) -> tuple[Rung, ...]:
        """The rungs from `level` upwards, lowest first."""
        found: list[Rung] = []
        while (rung := self.rungs.get(level)) and rung not in found:
            found.append(rung)
            level = rung.to
        return tuple(found)

    def level_of(self, department_level: str) -> str:
        """The plan's level of a department of the registry's level; the registry's own word where the plan has none."""
        return self.of_departments.get(department_level, department_level)
