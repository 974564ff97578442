"""A return due from below: asked once in a period, handed in, sent back or accepted (PAT-12)."""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime
from typing import Any

from services.chassis.errors import StaleVersion
from services.chassis.messages import Aggregate
from services.patrol import messages
from services.patrol.errors import (
    FieldMissing,
    FieldTwice,
    FieldUnknown,
    FormEmpty,
    NilNotAllowed,
    NilWithValues,
    ReasonMissing,
    ReturnNotYet,
    ReturnStateWrong,
)
from services.patrol.model.return_plan import ReturnRule

ASKED, OVERDUE, SENT_BACK, SUBMITTED, ACCEPTED, WITHDRAWN = (
    "asked", "overdue", "sent-back", "submitted", "accepted", "withdrawn",
)  # fmt: skip
NAMES: Mapping[str, str] = {
    ASKED: "待报送",
    OVERDUE: "已逾期",
    SENT_BACK: "已退回",
    SUBMITTED: "已报送",
    ACCEPTED: "已接收",
    WITHDRAWN: "已撤销",
}
OWED = (ASKED, OVERDUE, SENT_BACK)
"""In these whoever owes it has something to do."""


def filled(
    rule: ReturnRule, given: Sequence[tuple[str, str]], known: Mapping[str, str], words: str, nil: bool
) -> dict[str, str]:
    """The form's values by field, in the plan's order: what was given, else what is known.

    Raises FieldUnknown, FieldTwice, FieldMissing, FormEmpty, NilNotAllowed, NilWithValues.
    """
    values = {name: value.strip() for name, value in given if value.strip()}
    for name, _ in given:
        if name not in rule.fields:
            raise FieldUnknown(value=name)
        if sum(each == name for each, _ in given) > 1:
            raise FieldTwice(value=name)
    if nil:
        return _nothing(rule, values, words)
    whole = {name: values.get(name) or known.get(name, "") for name in rule.fields}
    if missing := [name for name, value in whole.items() if not value]:
        raise FieldMissing(value=missing[0])
    if not whole and not words.strip():
        raise FormEmpty
    return whole


def _nothing(rule: ReturnRule, values: Mapping[str, str], words: str) -> dict[str, str]:
    if not rule.nil:
        raise NilNotAllowed
    if values or words.strip():
        raise NilWithValues
    return {}


@dataclass
class Return(Aggregate):
    """The return `form` of the plan, about the days from `since` to before `day`, owed from `day` to `until`."""

    id: str
    form: str
    name: str
    plan: str
    grid: str
    person_id: str | None
    department: str
    since: date
    day: date
    until: date
    number: int = 1
    state: str = ASKED
    late: bool = False
    nil: bool = False
    values: dict[str, str] = field(default_factory=dict)
    words: str = ""
    reason: str = ""
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = 0
    changed: bool = False
    last_event: InitVar[int] = 0

    def __post_init__(self, last_event: int) -> None:
        Aggregate.__init__(self, last_event)

    def expect(self, version: int | None) -> None:
        """Raises StaleVersion if `version` is given and not the current one."""
        if version is not None and version != self.version:
            raise StaleVersion(current=self.version)

    def check_submit(self, today: date) -> None:
        """Raises ReturnStateWrong, ReturnNotYet."""
        self._require("报送", *OWED)
        if today < self.day:
            raise ReturnNotYet(day=self.day.isoformat())

    def submit(self, values: dict[str, str], words: str, nil: bool, by: str, now: datetime, today: date) -> None:
        """Hand it in; what was sent back is as late as it was. Raises ReturnStateWrong, ReturnNotYet."""
        self.check_submit(today)
        self.late = self.late or (today > self.until and self.submitted_at is None)
        self.values, self.words, self.nil = values, words.strip(), nil
        self.submitted_by, self.submitted_at = by, now
        self._become(SUBMITTED)
        self.record(messages.ReturnSubmitted(**self._about(now), late=self.late, nil=nil))

    def send_back(self, reason: str, by: str, now: datetime) -> None:
        """Raises ReturnStateWrong, ReasonMissing."""
        self._require("退回", SUBMITTED)
        if not reason.strip():
            raise ReasonMissing
        self.reason, self.decided_by, self.decided_at = reason.strip(), by, now
        self._become(SENT_BACK)
        self.record(messages.ReturnSentBack(**self._about(now)))

    def accept(self, by: str, now: datetime) -> None:
        """Raises ReturnStateWrong."""
        self._require("接收", SUBMITTED)
        self.decided_by, self.decided_at = by, now
        self._become(ACCEPTED)
        self.record(messages.ReturnAccepted(**self._about(now), late=self.late))

    def _become(self, state: str) -> None:
        self.state = state
        self.version += 1
        self.changed = True

    def _require(self, action: str, *states: str) -> None:
        if self.state not in states:
            raise ReturnStateWrong(state=NAMES[self.state], action=action)

    def _about(self, now: datetime) -> dict[str, Any]:
        about = {"subject": self.id, "at": now, "grid": self.grid, "department": self.department}
        return {**about, "form": self.form, "day": self.day, "person_id": self.person_id}
