"""A task: one patrol of one grid by one person on one day, what was found, and who answers for it (PAT-02, PAT-04)."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from services.chassis.errors import StaleVersion
from services.chassis.messages import Aggregate
from services.patrol import messages
from services.patrol.errors import NotYetDue, ProblemReported, ReasonMissing, SignedAlready, TaskOver, TaskStateWrong
from services.patrol.model.checklist import FINE, NOT_APPLICABLE, PROBLEM

DUE, OVERDUE, SENT_BACK, FINISHED = "due", "overdue", "sent-back", "finished"
SIGNED, SUBMITTED, EXCUSED, WITHDRAWN = "signed", "submitted", "excused", "withdrawn"
NAMES: Mapping[str, str] = {
    DUE: "待巡查",
    OVERDUE: "已逾期",
    SENT_BACK: "已退回",
    FINISHED: "已完成",
    SIGNED: "已签字",
    SUBMITTED: "已上报",
    EXCUSED: "已免除",
    WITHDRAWN: "已撤销",
}
OPEN = (DUE, OVERDUE, SENT_BACK)
"""In these the walker has something to do."""
ENTERED = (*OPEN, FINISHED)
"""In these findings are taken in: what is signed is not changed behind the signer's back."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was entered at one item. `client_id` and `at` are the device's; `case_id` is the case it became.

    `spot` is the point of a joint inspection that it is about; without an item it says what its other items are.
    """

    item: str
    answer: str
    version: int
    client_id: str
    person_id: str
    at: datetime
    number: float | None = None
    words: str = ""
    matter_code: str | None = None
    lon: float | None = None
    lat: float | None = None
    attachments: tuple[str, ...] = ()
    case_id: str | None = None
    spot: str = ""
    replies: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """What names it on its task: the item and, at a joint inspection, the point (PAT-06)."""
        return key_of(self.item, self.spot)

    def says_the_same(self, other: "Finding") -> bool:
        """Whether both say the same of the item, whoever entered it and on which device."""
        return self._said == other._said

    @property
    def _said(self) -> tuple[object, ...]:
        where = self.spot, self.lon, self.lat
        return self.item, where, self.answer, self.number, self.words, self.attachments, self.replies


def key_of(item: str, spot: str) -> str:
    """What names a finding on its task."""
    return f"{item}@{spot}" if spot else item


class ConflictingEntry(Exception):
    """The item has another entry than the device knew; `stored` is it."""

    def __init__(self, stored: Finding) -> None:
        super().__init__(stored.item)
        self.stored = stored


class Whereabouts(Protocol):
    """Where a finding is: a place or a lower grid."""

    @property
    def name(self) -> str: ...

    @property
    def grid(self) -> str: ...

    @property
    def lon(self) -> float | None: ...

    @property
    def lat(self) -> float | None: ...


class Part(NamedTuple):
    """Who took part in a walk beside its leader, and why points were left out (PAT-06)."""

    present: tuple[str, ...] = ()
    gaps: str = ""


ALONE = Part()


@dataclass
class Task(Aggregate):
    """A task and what happened to it. `findings` are by their keys; `rest` is what the items without one are.

    `from_grid` is where it was asked for, if that grid is no more.

    `place_id` is the one place that it looks at, None for the whole grid. `present` are those who took part beside
    whoever leads, `gaps` says why points of a joint inspection were left out (PAT-06).
    """

    id: str
    patrol: str
    name: str
    grid: str
    person_id: str | None
    day: date
    until: date
    place_id: str | None = None
    number: int = 1
    moved_from: date | None = None
    plan: str = ""
    state: str = DUE
    rest: str = ""
    late: bool = False
    finished_at: datetime | None = None
    received_at: datetime | None = None
    signed_by: str | None = None
    signed_at: datetime | None = None
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    decided_by: str | None = None
    from_grid: str | None = None
    reason: str = ""
    present: tuple[str, ...] = ()
    gaps: str = ""
    findings: dict[str, Finding] = field(default_factory=dict)
    changed_findings: dict[str, Finding] = field(default_factory=dict)
    version: int = 0
    changed: bool = False
    last_event: InitVar[int] = 0

    def __post_init__(self, last_event: int) -> None:
        Aggregate.__init__(self, last_event)

    def expect(self, version: int | None) -> None:
        """Raises StaleVersion if `version` is given and not the current one."""
        if version is not None and version != self.version:
            raise StaleVersion(current=self.version)

    def _change(self) -> None:
        """Something of it is another from now on; not every change is an event."""
        self.version += 1
        self.changed = True

    # What a device brings

    def take(self, finding: Finding, today: date) -> bool:
        """Keep what was found at an item; say whether it was new.

        Raises NotYetDue, SignedAlready, TaskOver, ProblemReported, ConflictingEntry.
        """
        stored = self.findings.get(finding.key)
        if stored is not None and stored.says_the_same(finding):
            return False
        self._require_entry(today)
        if stored is not None:
            if finding.version != stored.version + 1:
                raise ConflictingEntry(stored)
            if stored.case_id:
                raise ProblemReported(case_id=stored.case_id)
        elif finding.version != 1:
            finding = replace(finding, version=1)
        self.findings[finding.key] = self.changed_findings[finding.key] = finding
        self._change()
        return True

    def finish(
        self,
        rest: str,
        at: datetime,
        now: datetime,
        today: date,
        matters: Mapping[str, str] | None = None,
        part: Part = ALONE,
    ) -> bool:
        """The walk is over; say whether that was new. `matters` are those of the checklist's items.

        Raises NotYetDue, SignedAlready, TaskOver.
        """
        if self.ended_as(rest, part):
            return False
        self._require_entry(today)
        self._change()
        self.state, self.rest, self.finished_at, self.received_at = FINISHED, rest, min(at, now), now
        self.present, self.gaps = part
        self.late = self.late or (today > self.until and not self.reason)
        problems = sum(each.answer == PROBLEM for each in self.findings.values())
        about = {**self._about(now), "finished_at": self.finished_at, "fine": self._called_fine(matters or {})}
        self.record(messages.Finished(**about, problems=problems, late=self.late))
        return True

    def ended_as(self, rest: str, part: Part) -> bool:
        """Whether it is over already, with this said of it."""
        return (
            self.finished_at is not None
            and self.state not in OPEN
            and ((self.rest, self.present, self.gaps) == (rest, *part))
        )

    def _called_fine(self, matters: Mapping[str, str]) -> tuple[str, ...]:
        """A matter of which one item is fine and another a problem is none of them."""
        said = [(code, self.says(item)) for item, code in matters.items()]
        problems = {code for code, answer in said if answer == PROBLEM}
        return tuple(sorted({code for code, answer in said if answer == FINE} - problems))

    def _require_entry(self, today: date) -> None:
        if self.state in (EXCUSED, WITHDRAWN):
            raise TaskOver(state=NAMES[self.state])
        if self.state not in ENTERED:
            raise SignedAlready(state=NAMES[self.state])
        if today < self.day:
            raise NotYetDue(day=self.day.isoformat())

    def follow(self, grid: str, number: int, today: date) -> None:
        """It goes to the `grid` that came in the place of its own, there as the `number`th of its day; one that was
        withdrawn with its grid is open again, for somebody had walked it (PAT-02)."""
        self.from_grid, self.grid, self.number = self.from_grid or self.grid, grid, number
        if self.state == WITHDRAWN:
            self.state = OVERDUE if today > self.until else DUE
        self._change()

    def give_way(self) -> None:
        """Nobody has to do it any more: another task of the same person asks for the same."""
        self.state = WITHDRAWN
        self._change()

    @property
    def begun(self) -> bool:
        """Whether somebody entered something, or finished it before."""
        return bool(self.findings) or self.finished_at is not None

    def says(self, item: str) -> str:
        """fine, problem, not-applicable, or "" where it was not looked at."""
        answers = [each.answer for each in self.findings.values() if each.item == item]
        if answers:
            return PROBLEM if PROBLEM in answers else answers[0]
        return self.rest if self.finished_at else ""

    # Who answers for it

    def sign(self, by: str, now: datetime) -> None:
        """Raises TaskStateWrong unless it is finished."""
        self._require("签字", FINISHED)
        self._change()
        self.state, self.signed_by, self.signed_at = SIGNED, by, now
        self.record(messages.Signed(**self._about(now), signed_by=by))

    def submit(self, by: str, now: datetime, needs_signature: bool) -> None:
        """Raises TaskStateWrong: where the plan wants a signature an unsigned task cannot be submitted (P2)."""
        self._require("上报", SIGNED if needs_signature else FINISHED)
        self._change()
        self.state, self.submitted_by, self.submitted_at = SUBMITTED, by, now
        self.record(messages.Submitted(**self._about(now), submitted_by=by))

    def send_back(self, by: str, reason: str, now: datetime) -> None:
        """Raises ReasonMissing, TaskStateWrong."""
        self._decide("退回", reason, by, now, SENT_BACK, FINISHED, SIGNED, SUBMITTED)
        self.signed_by = self.signed_at = self.submitted_by = self.submitted_at = None
        self.record(messages.SentBack(**self._about(now), sent_back_by=by))

    def excuse(self, by: str, reason: str, now: datetime) -> None:
        """Raises ReasonMissing, TaskStateWrong."""
        self._decide("免除", reason, by, now, EXCUSED, *OPEN)
        self.record(messages.Excused(**self._about(now), excused_by=by))

    def _decide(self, action: str, reason: str, by: str, now: datetime, state: str, *before: str) -> None:
        if not reason.strip():
            raise ReasonMissing
        self._require(action, *before)
        self.state, self.reason, self.decided_by = state, reason.strip(), by
        self._change()

    def _require(self, action: str, *states: str) -> None:
        if self.state not in states:
            raise TaskStateWrong(state=NAMES[self.state], action=action)

    def _about(self, now: datetime) -> dict[str, Any]:
        return {
            "subject": self.id,
            "at": now,
            "grid": self.grid,
            "patrol": self.patrol,
            "patrol_title": self.name,
            "day": self.day,
            "person_id": self.person_id,
        }

    def tell_problem(
        self,
        finding: Finding,
        title: str,
        sealed: str,
        now: datetime,
        grid: str,
        point: Whereabouts | None = None,
        missed: "Task | None" = None,
    ) -> None:
        """Say that `finding` is a problem that becomes the case `finding.case_id`; who found it and their words are
        `sealed`. It lies in `grid`; one that was found at a `point` is there, unless the device said where. `missed` is
        the task of the patrol that this one tests which had called it fine."""
        lon, lat = finding.lon, finding.lat
        if point is not None and lon is None:
            lon, lat = point.lon, point.lat
        self.record(
            messages.ProblemFound(
                **{**self._about(now), "grid": grid},
                case_id=finding.case_id or "",
                item=finding.item,
                title="·".join((self.name, *([point.name] if point else ()), title)),
                matter_code=finding.matter_code or "",
                sealed=sealed,
                lon=lon,
                lat=lat,
                attachments=finding.attachments,
                found_at=finding.at,
                found_by=finding.person_id,
                overlooked_by=missed.id if missed else None,
                overlooked_title=missed.name if missed else "",
                overlooked_day=missed.day if missed else None,
            )
        )

    def tell_missed(self, finding: Finding, missed: "Task", now: datetime) -> None:
        """Say that what was found had been called fine by `missed`, a task of the patrol that this one tests."""
        about = {**self._about(now), "grid": missed.grid, "item": finding.item, "case_id": finding.case_id}
        self.record(messages.Missed(**about, missed_task=missed.id, missed_by=missed.person_id))


RESTS = (FINE, NOT_APPLICABLE)
"""What the items without an entry may be said to be."""
