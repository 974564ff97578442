"""An open case follows when its grid is no more (REG-04)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.chassis.auth import Principal
from services.incident import messages as events
from services.incident.model.case.record import CaseRecord
from services.incident.model.workflow import STATES

FOLLOWING = tuple(state.name for state in STATES if not state.final and state.name != "closed")
"""The states in which something is still to be done: such cases follow, all others keep the grid that they had."""

TITLES = {"split": "拆分", "merge": "合并", "retire": "撤销"}
FOLLOW = "succeed-grid"
ALONE = "follow-alone:"
"""Before a case's id the kind of the deadline by which it follows alone, after it failed among others."""


@dataclass(frozen=True)
class Succession:
    """What came in the place of the grid `predecessor`, by which change, from which day on."""

    predecessor: str
    successors: tuple[str, ...]
    change_id: str
    kind: str
    effective: date

    @property
    def words(self) -> str:
        """Why, as the history and the messages say it."""
        return f"网格{TITLES.get(self.kind, '变更')}({self.effective} 起生效),变更编号 {self.change_id}"


Line = tuple[str, Sequence[Succession]]
"""The grid at the end of a line of successions, and the line; an empty line ends where it began."""


class Following(CaseRecord):
    """Follow the grid; state, holder, limits and whoever took part stay."""

    @property
    def grids(self) -> tuple[str, ...]:
        """The grids that the case knows: where it lies, which holds it, from which it climbed."""
        return tuple(dict.fromkeys(code for code in (self.place.grid, *self.standing.grids) if code))

    def follow(self, by: Principal, at: datetime, lines: Mapping[str, Line]) -> bool:
        """Lie and be held in the grids at the ends of `lines` from now on; False where nothing is to follow.

        `lines` has for each of `grids` its successions; the first that moved is told as the case's move.
        """
        heirs = {code: end for code, (end, _) in lines.items() if end != code}
        if not heirs or self.place.grid is None or self.state not in FOLLOWING:
            return False
        before = next(code for code in self.grids if code in heirs)
        self.place = replace(self.place, grid=heirs.get(self.place.grid, self.place.grid))
        self.standing = self.standing.moved(heirs)
        self._leave(by, at, before, heirs[before], lines[before][1])
        return True

    def _leave(self, by: Principal, at: datetime, before: str, grid: str, line: Sequence[Succession]) -> None:
        self.left = tuple(dict.fromkeys(code for each in line for code in (each.predecessor, *each.successors)))
        why = f"由 {before} 转由 {grid} 承接;" + ";".join(each.words for each in line)
        self._note(FOLLOW, by, at, self.state, self.state, why, ())
        self._tell(events.CaseMoved, at, from_grid=before, to_grid=grid, change_id=line[-1].change_id)
