"""An open case follows when its grid is no more (REG-04)."""

from collections.abc import Sequence
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


class Following(CaseRecord):
    """Follow the grid; state, holder, limits and whoever took part stay."""

    def follow(self, by: Principal, at: datetime, grid: str, line: Sequence[Succession]) -> bool:
        """Lie in `grid` from now on, the end of the `line` of successions; False where nothing is to follow."""
        before = self.place.grid
        if before is None or before == grid or self.state not in FOLLOWING:
            return False
        self.place = replace(self.place, grid=grid)
        self.left = tuple(dict.fromkeys(code for each in line for code in (each.predecessor, *each.successors)))
        why = f"由 {before} 转由 {grid} 承接;" + ";".join(each.words for each in line)
        self._note(FOLLOW, by, at, self.state, self.state, why, ())
        self._tell(events.CaseMoved, at, from_grid=before, to_grid=grid, change_id=line[-1].change_id)
        return True
