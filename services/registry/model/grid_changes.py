"""A decided change of grids (REG-04): what is wanted, from which day, and what became of it.

pending (its day is to come) → effective, failed (it no longer fitted when its day came), or cancelled. One whose day
has come is effective at once. What is effective is corrected by the opposite change, never undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.messages import Command
from services.registry.errors import GridChangeDone
from services.registry.messages import Appointee, GridPart, MergeGrids, ReparentGrid, RetireGrid, SplitGrid

KINDS = {"split": SplitGrid, "merge": MergeGrids, "reparent": ReparentGrid, "retire": RetireGrid}
TITLES = {"split": "拆分网格", "merge": "合并网格", "reparent": "调整网格隶属", "retire": "撤销网格"}
STATES = {"pending": "待生效", "effective": "已生效", "cancelled": "已取消", "failed": "未能生效"}


def kind_of(command: Command) -> str:
    """The kind of change that a command wants."""
    return next(kind for kind, each in KINDS.items() if isinstance(command, each))


@dataclass
class GridChange:
    """One change; `codes` are the grids it is about, `successors` are known once it is effective."""

    id: str
    kind: str
    effective: date
    document: Mapping[str, Any]
    codes: tuple[str, ...]
    reason: str
    decided_by: str
    decided_at: datetime
    state: str = "pending"
    successors: tuple[str, ...] = ()
    settled_at: datetime | None = None
    refusal: tuple[str, str] | None = None
    version: int = 1

    def command(self) -> Command:
        """What was wanted."""
        return _read(self.kind, self.document)

    def take_effect(self, successors: Sequence[str], at: datetime) -> None:
        self._settle("effective", at)
        self.successors = tuple(successors)

    def fail(self, zh: str, en: str, at: datetime) -> None:
        """Note why it could not take effect when its day came."""
        self._settle("failed", at)
        self.refusal = (zh, en)

    def cancel(self, at: datetime) -> None:
        """Withdraw it before its day; again changes nothing. Raises GridChangeDone."""
        if self.state == "cancelled":
            return
        if self.state != "pending":
            raise GridChangeDone(state=STATES[self.state])
        self._settle("cancelled", at)

    def _settle(self, state: str, at: datetime) -> None:
        self.state, self.settled_at, self.version = state, at, self.version + 1


def written(command: Any) -> Mapping[str, Any]:
    """The command as plain JSON."""
    return asdict(command)


def _read(kind: str, document: Mapping[str, Any]) -> Command:
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in document.items()}
    if "parts" in values:
        values["parts"] = tuple(_part(each) for each in values["parts"])
    if "people" in values:
        values["people"] = _people(values["people"])
    command: Command = KINDS[kind](**values)
    return command


def _part(document: Mapping[str, Any]) -> GridPart:
    listed = {name: tuple(document[name]) for name in ("division_codes", "children")}
    return GridPart(**{**document, **listed, "people": _people(document["people"])})


def _people(documents: Sequence[Mapping[str, Any]]) -> tuple[Appointee, ...]:
    return tuple(Appointee(**each) for each in documents)
