"""What a meeting decided, until it is done (跟踪落实, PAT-09)."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass
from datetime import date, datetime

from services.chassis.errors import StaleVersion
from services.chassis.messages import Aggregate
from services.patrol import messages
from services.patrol.errors import DecidedCaseRunsOn, DecisionStateWrong, ReasonMissing

INCIDENT, TASK, CASE = "incident", "task", "case"
KINDS = (INCIDENT, TASK, CASE)
OPEN, OVERDUE, DONE, CANCELLED = "open", "overdue", "done", "cancelled"
NAMES: Mapping[str, str] = {OPEN: "落实中", OVERDUE: "已逾期", DONE: "已完成", CANCELLED: "已取消"}
RUNNING = (OPEN, OVERDUE)


@dataclass
class Decision(Aggregate):
    """A decision: a task of somebody by a day, or what becomes of a case, which ends it when it ends itself."""

    id: str
    meeting_id: str
    item_id: str
    kind: str
    grid: str
    words: str
    decided_by: str
    decided_at: datetime
    case_id: str | None = None
    person_id: str | None = None
    department: str | None = None
    due_on: date | None = None
    state: str = OPEN
    result: str = ""
    reason: str = ""
    ended_by: str | None = None
    ended_at: datetime | None = None
    version: int = 0
    changed: bool = False
    last_event: InitVar[int] = 0

    def __post_init__(self, last_event: int) -> None:
        Aggregate.__init__(self, last_event)

    def expect(self, version: int | None) -> None:
        """Raises StaleVersion if `version` is given and not the current one."""
        if version is not None and version != self.version:
            raise StaleVersion(current=self.version)

    def finish(self, result: str, by: str, now: datetime, today: date) -> None:
        """The task is done. Raises DecidedCaseRunsOn, DecisionStateWrong."""
        self._require("办结")
        self.result = result.strip()
        self._end(DONE, by, now, today)

    def cancel(self, reason: str, by: str, now: datetime, today: date) -> None:
        """It need not be done any more. Raises DecidedCaseRunsOn, DecisionStateWrong, ReasonMissing."""
        self._require("取消")
        if not reason.strip():
            raise ReasonMissing
        self.reason = reason.strip()
        self._end(CANCELLED, by, now, today)

    def carried_out(self, by: str, now: datetime, today: date) -> None:
        """The case that it is about is over."""
        if self.state in RUNNING:
            self._end(DONE, by, now, today)

    def taken_up_again(self) -> None:
        """The case that it is about goes on after all."""
        if self.state == DONE and self.kind != TASK:
            self.state, self.ended_by, self.ended_at = OPEN, None, None
            self._change()

    def pass_day(self) -> None:
        """Its day is over and it is not done."""
        if self.state == OPEN:
            self.state = OVERDUE
            self._change()

    def _require(self, action: str) -> None:
        if self.kind != TASK:
            raise DecidedCaseRunsOn(case_id=self.case_id or "", action=action)
        if self.state not in RUNNING:
            raise DecisionStateWrong(state=NAMES[self.state], action=action)

    def _end(self, state: str, by: str, now: datetime, today: date) -> None:
        self.state, self.ended_by, self.ended_at = state, by, now
        self._change()
        late = self.due_on is not None and today > self.due_on
        self.record(
            messages.DecisionEnded(
                subject=self.id, at=now, grid=self.grid, department=self.department, meeting_id=self.meeting_id,
                kind=self.kind, state=state, late=late,
            )
        )  # fmt: skip

    def _change(self) -> None:
        self.version += 1
        self.changed = True
