"""Visits to the households on the list (PAT-07): when one is owed and by whom, and what was found at the door.

One visit is owed for each entry of the list and round, not one for each holder of the post: it is assigned to one of
them, spread by household, and any other of them may make it. Whoever visits learns the place and the help due, never
why the household is on the list: neither the plan's visit nor its name is part of a visit.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import InitVar, asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zlib import crc32

from dateutil.rrule import rrulestr

from services.chassis.errors import StaleVersion
from services.chassis.messages import Aggregate
from services.patrol import messages
from services.patrol.errors import NotYetDue, ProblemReported, ReasonMissing, TaskStateWrong
from services.patrol.model.plan import Office, VisitRule
from services.patrol.model.recurrence import ONE_DAY, Occurrence, Workdays, occurrences

DUE, OVERDUE, DONE, EXCUSED, WITHDRAWN = "due", "overdue", "done", "excused", "withdrawn"
NAMES: Mapping[str, str] = {
    DUE: "待走访",
    OVERDUE: "已逾期",
    DONE: "已走访",
    EXCUSED: "已免除",
    WITHDRAWN: "已撤销",
}
OPEN = (DUE, OVERDUE)
MET, NOBODY_HOME, REFUSED = "met", "nobody-home", "declined"
RESULTS: Mapping[str, str] = {MET: "见到本人", NOBODY_HOME: "家中无人", REFUSED: "谢绝走访"}
PROBLEM_TITLE = "走访发现问题"
ITEM = "visit"
"""What a problem of a visit is told under, where a patrol names its checklist item."""
_DAY = timedelta(days=1)


# ---- what is owed


@dataclass(frozen=True)
class Area:
    """A grid that is there, with the codes of those above it from the root."""

    code: str
    level: int
    kind: str
    above: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """An entry of the list that counts until its last day `expires`; `visit` is the plan's id."""

    entry_id: str
    household_id: str
    grid: str
    expires: date
    visit: str


@dataclass(frozen=True, order=True)
class Round:
    """One round of visits to one entry of the list."""

    entry_id: str
    day: date
    number: int = 1


@dataclass(frozen=True)
class Owed:
    """What a round asks for: until when, within which hours, and who of the holders of `post` in `held_in` may go."""

    listed: Listed
    until: date
    hours: str
    post: str
    held_in: str
    holders: tuple[str, ...]

    def chosen(self, now: str | None = None) -> str | None:
        """Who of the holders it is assigned to: `now` stays; None where nobody holds the post."""
        if now in self.holders or not self.holders:
            return now if now in self.holders else None
        return self.holders[crc32(self.listed.household_id.encode()) % len(self.holders)]


@dataclass(frozen=True)
class Standing:
    """A visit that there is and nobody has made yet."""

    id: str
    person_id: str | None
    grid: str
    held_in: str
    until: date


@dataclass(frozen=True)
class Changes:
    """How visits become what is owed."""

    made: Sequence[tuple[Round, Owed]]
    moved: Sequence[tuple[str, Owed, str | None]]
    withdrawn: Sequence[str]


def rounds(rule: VisitRule, day: date, workdays: Workdays) -> Iterator[Occurrence]:
    """The rounds of a visit that are due on `day`. One by a recurrence rule is due until the next one begins, unless
    the plan says within which days."""
    cadence = rule.cadence
    if not cadence.rule or cadence.window != ONE_DAY:
        yield from occurrences(cadence, day, day, workdays)
        return
    recurring = rrulestr(cadence.rule, dtstart=_midnight(cadence.begins))
    latest = recurring.before(_midnight(day), inc=True)
    if latest is None:
        return
    following = recurring.after(latest) or _as_long_as_before(recurring, latest)
    until = following.date() - _DAY
    if until >= day:
        yield Occurrence(latest.date(), until)


def _as_long_as_before(recurring: Any, latest: datetime) -> datetime:
    """When the last round of a rule that ends is over."""
    before = recurring.before(latest)
    return latest + (latest - before if before else _DAY)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


Holders = Mapping[tuple[str, str], Sequence[str]]


def owed(
    rules: Mapping[str, VisitRule],
    day: date,
    entries: Iterable[Listed],
    grids: Mapping[str, Area],
    holders: Holders,
    workdays: Workdays,
) -> dict[Round, Owed]:
    """All visits that are owed on `day`."""
    due = {rule.id: list(rounds(rule, day, workdays)) for rule in rules.values()}
    found: dict[Round, Owed] = {}
    for listed in entries:
        rule = rules.get(listed.visit)
        if rule is None or listed.expires < day:
            continue
        held_in = _office_in(rule.who, listed.grid, grids, holders)
        people = tuple(sorted(holders.get((rule.who.post, held_in), ())))
        for occurrence in due[rule.id]:
            until = min(occurrence.until, listed.expires)
            round_ = Round(listed.entry_id, occurrence.day, occurrence.number)
            found[round_] = Owed(listed, until, rule.hours, rule.who.post, held_in, people)
    return found


def _office_in(office: Office, grid: str, grids: Mapping[str, Area], holders: Holders) -> str:
    """Where the office is for this grid: the grid itself or the nearest above that is of the office's levels and where
    somebody holds it; the nearest of its levels where nobody does."""
    area = grids.get(grid)
    path = [grid, *reversed(area.above)] if area else [grid]
    of_level = [code for code in path if (at := grids.get(code)) and office.is_in(at.level, at.kind)]
    held = [code for code in of_level if holders.get((office.post, code))]
    return next(iter((*held, *of_level)), grid)


def changes(asked: Mapping[Round, Owed], open_: Mapping[Round, Standing], over: Iterable[Round]) -> Changes:
    """What to do so that the `open_` visits become those `asked` for; rounds that are `over` ask for nothing."""
    done = set(over)
    made = [(each, asked[each]) for each in sorted(asked) if each not in open_ and each not in done]
    moved = []
    for round_, standing in open_.items():
        if (want := asked.get(round_)) is None:
            continue
        person = want.chosen(standing.person_id)
        now = (standing.person_id, standing.grid, standing.held_in, standing.until)
        if now != (person, want.listed.grid, want.held_in, want.until):
            moved.append((standing.id, want, person))
    return Changes(made, moved, [open_[each].id for each in open_ if each not in asked])


# ---- what became of it


@dataclass(frozen=True, kw_only=True)
class Record:
    """What somebody found at the door. `version` counts from 1; `case_id` is the case that a problem became."""

    version: int
    client_id: str
    person_id: str
    at: datetime
    result: str
    help_given: bool = False
    words: str = ""
    matter_code: str | None = None
    case_id: str | None = None

    @property
    def said(self) -> tuple[object, ...]:
        return self.result, self.help_given, self.words, self.matter_code

    def written(self) -> str:
        """As it is sealed at rest."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "Record":
        values = json.loads(text)
        return cls(**{**values, "at": datetime.fromisoformat(values["at"])})


class ConflictingRecord(Exception):
    """The visit has another record than the device knew; `stored` is it."""

    def __init__(self, stored: Record) -> None:
        super().__init__(stored.result)
        self.stored = stored


@dataclass
class Visit(Aggregate):
    """A visit that is owed to a household, and what became of it."""

    id: str
    entry_id: str
    household_id: str
    grid: str
    person_id: str | None
    day: date
    until: date
    plan: str = ""
    state: str = DUE
    late: bool = False
    record_: Record | None = None
    reason: str = ""
    decided_by: str | None = None
    version: int = 0
    changed: bool = False
    last_event: InitVar[int] = 0

    def __post_init__(self, last_event: int) -> None:
        Aggregate.__init__(self, last_event)

    def expect(self, version: int | None) -> None:
        """Raises StaleVersion if `version` is given and not the current one."""
        if version is not None and version != self.version:
            raise StaleVersion(current=self.version)

    def take(self, record: Record, today: date, now: datetime) -> bool:
        """Keep what was found; say whether it was new. Somebody who was not at home can be met the next time.

        Raises NotYetDue, TaskStateWrong, ConflictingRecord, ProblemReported.
        """
        stored = self.record_
        if stored is not None and stored.said == record.said:
            return False
        if self.state not in (*OPEN, DONE):
            raise TaskStateWrong(state=NAMES[self.state], action="登记走访")
        if today < self.day:
            raise NotYetDue(day=self.day.isoformat())
        if stored is not None and record.version != stored.version + 1:
            raise ConflictingRecord(stored)
        if stored is not None and stored.case_id:
            raise ProblemReported(case_id=stored.case_id)
        self.late = self.late or (stored is None and today > self.until)
        self.state, self.record_ = DONE, record
        self._change()
        self.record(
            messages.Visited(
                subject=self.id, at=now, grid=self.grid, day=self.day, person_id=record.person_id,
                outcome=record.result, late=self.late, visited_at=record.at,
            )
        )  # fmt: skip
        return True

    def tell_problem(
        self,
        record: Record,
        sealed: str,
        now: datetime,
        place: tuple[float, float] | None,
        attachments: tuple[str, ...] = (),
    ) -> None:
        """Say that a problem was found that becomes the case `record.case_id`, with its photos; the words are
        `sealed`."""
        lon, lat = place or (None, None)
        self.record(
            messages.ProblemFound(
                subject=self.id, at=now, grid=self.grid, patrol=ITEM, patrol_title="走访", day=self.day,
                person_id=self.person_id, case_id=record.case_id or "", item=ITEM, title=PROBLEM_TITLE,
                matter_code=record.matter_code or "", sealed=sealed, lon=lon, lat=lat, attachments=attachments,
                found_at=record.at, found_by=record.person_id,
            )
        )  # fmt: skip

    def excuse(self, by: str, reason: str) -> None:
        """It need not be made. Raises ReasonMissing, TaskStateWrong."""
        if not reason.strip():
            raise ReasonMissing
        if self.state not in OPEN:
            raise TaskStateWrong(state=NAMES[self.state], action="免除")
        self.state, self.reason, self.decided_by = EXCUSED, reason.strip(), by
        self._change()

    def _change(self) -> None:
        self.version += 1
        self.changed = True
