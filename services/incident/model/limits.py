"""Limits of a case's steps, from the plan, in office time (INC-07), and the lights that they show (INC-08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

STEP_OF_STATE = {
    "reported": "file",
    "filed": "dispatch",
    "arbitration": "rule",
    "dispatched": "handle",
    "handling": "handle",
    "answered": "verify",
    "spot-check": "verify",
    "verified": "evaluate",
}


UNANSWERED, EXTENSION_LAPSES = "unanswered", "extension-lapses"
"""Kinds of deadlines besides the plan's notices and the lapse of a verified case."""
IN_OFFICE_TIME = ("working-hours", "working-days")
PLACES = 11  # of a working day: under a microsecond, over what floating point loses


class Calendar(Protocol):
    """Counts office time; services.chassis.working_calendar.WorkingCalendar is one."""

    def due(self, start: datetime, amount: float, unit: str) -> datetime:
        """The moment at which `amount` of `unit`, counted from `start`, is used up."""
        ...

    def elapsed(self, start: datetime, end: datetime, unit: str) -> float:
        """How much of `unit` passes from `start` to `end`."""
        ...


@dataclass(frozen=True)
class Amount:
    """So much time: an amount and its unit (urgent-hours, working-hours, working-days, calendar-days)."""

    amount: float
    unit: str


@dataclass(frozen=True)
class Notice:
    """A notice of the plan (INC-08): when it goes out, to whom, and which light it turns on.

    It goes out when `share` of the limit is used up, and `after` more where the plan says so. `colour` is none for a
    warning before the limit, yellow or red after it.
    """

    id: str
    colour: str
    share: float
    to: tuple[str, ...]
    after: Amount | None = None


@dataclass
class Limit:
    """The time that a step has. `done_at` is None while it runs; `told` are the ids of the notices that went out.

    `amount` is what the plan gave and `granted` what was added by approval. `remaining` of both is counted from
    `counted_from`: the start, or where the clock went on after a pause. While it is paused (`paused_at`), nothing is
    counted, `remaining` is what is left and `due_at` means nothing; `resumes_at` is when it goes on by itself.
    """

    step: str
    round: int
    started_at: datetime
    due_at: datetime
    amount: float
    unit: str
    done_at: datetime | None = None
    light: str = "green"
    told: tuple[str, ...] = ()
    counted_from: datetime | None = None
    remaining: float | None = None
    granted: float = 0.0
    paused_at: datetime | None = None
    resumes_at: datetime | None = None

    def __post_init__(self) -> None:
        self.counted_from = self.counted_from or self.started_at
        self.remaining = self.amount if self.remaining is None else self.remaining

    @property
    def total(self) -> float:
        """All the time that the step has, with what was granted."""
        return self.amount + self.granted

    @property
    def left(self) -> float:
        """What is left of `total` at `start`."""
        return self.amount if self.remaining is None else self.remaining

    @property
    def start(self) -> datetime:
        """Where counting began, or went on."""
        return self.counted_from or self.started_at

    def passed(self, at: datetime) -> bool:
        """Whether the limit lies before `at`; a paused one does not."""
        return self.paused_at is None and at > self.due_at

    def notify(self, notice: Notice) -> bool:
        """Note that `notice` goes out and turn its light on; False when it went out before (INC-08)."""
        if notice.id in self.told:
            return False
        self.told += (notice.id,)
        if notice.colour != "none" and self.light != "red":
            self.light = notice.colour
        return True

    def on_time(self, at: datetime) -> bool:
        """Whether a step that ends at `at` kept its limit, the last moment included; one that ends paused did."""
        return not self.passed(at)


@dataclass(frozen=True)
class InquiryRule:
    """How often one step may be stopped to ask the reporter, and how long the reporter has."""

    times: int
    within: Amount


@dataclass(frozen=True)
class ExtensionRule:
    """How often one step's limit may be extended, which role decides, and by how much at most."""

    times: int
    approved_by: str
    at_most: Amount | None = None


@dataclass(frozen=True)
class LimitRules:
    """What the plan says of limits, with the calendar that counts them.

    `lapse` is how long a verified case waits for the reporter's word before it closes without one. `inquiries` says
    how often the reporter may be asked and `extensions` how often a limit is extended; None where the plan has neither.
    """

    calendar: Calendar
    amounts: Mapping[str, Amount]
    notices: Sequence[Notice] = ()
    lapse: Amount | None = None
    inquiries: InquiryRule | None = None
    extensions: ExtensionRule | None = None

    def start(self, step: str, round: int, at: datetime) -> Limit | None:
        """The limit of `step` beginning at `at`; None where the plan sets none."""
        amount = self.amounts.get(step)
        if amount is None:
            return None
        due = self.calendar.due(at, amount.amount, amount.unit)
        return Limit(step, round, at, due, amount.amount, amount.unit)

    def deadlines(self, limit: Limit, extension_open: bool = False) -> dict[str, datetime]:
        """What still falls due for the running `limit`: deadline kind ("handle:yellow") to moment.

        While it is paused nothing but the end of the pause does (INC-07).
        """
        if limit.paused_at is not None:
            return {f"{limit.step}:{UNANSWERED}": limit.resumes_at} if limit.resumes_at else {}
        due = {
            f"{limit.step}:{each.id}": self._moment(limit, each) for each in self.notices if each.id not in limit.told
        }
        if extension_open:
            due[f"{limit.step}:{EXTENSION_LAPSES}"] = limit.due_at
        if limit.step == "evaluate" and self.lapse:
            due["evaluate:lapse"] = self.calendar.due(limit.started_at, self.lapse.amount, self.lapse.unit)
        return due

    def notice(self, id: str) -> Notice | None:
        """The notice with that id, if the plan (still) has it."""
        return next((each for each in self.notices if each.id == id), None)

    def pause(self, limit: Limit, at: datetime, until: datetime) -> None:
        """Stop the clock at `at`, not later than its limit; it goes on at `until` at the latest (INC-07)."""
        limit.remaining = round(self.calendar.elapsed(at, limit.due_at, limit.unit), PLACES)
        limit.counted_from = limit.paused_at = at
        limit.resumes_at, limit.light = until, "paused"

    def resume(self, limit: Limit, at: datetime) -> None:
        """Let a paused clock go on at `at` with exactly the time that was not used before."""
        limit.counted_from = at
        limit.paused_at = limit.resumes_at = None
        limit.due_at = self._after(at, limit.left, limit.unit)
        limit.light = self._light(limit)

    def extend(self, limit: Limit, amount: float, at: datetime) -> None:
        """Add `amount` of the limit's unit at `at`; a warning that lies ahead again is due again."""
        limit.granted += amount
        limit.remaining = round(limit.left + amount, PLACES)
        self.recount(limit, at)
        left = limit.left if limit.paused_at else self.calendar.elapsed(at, limit.due_at, limit.unit)
        limit.told = tuple(each for each in limit.told if not self._lies_ahead(limit, each, left))
        limit.light = limit.light if limit.paused_at else self._light(limit)

    def recount(self, limit: Limit, at: datetime) -> bool:
        """Count a running limit anew, by the calendar as it is at `at`; say whether its due moment moved.

        A limit that lies ahead again has not passed: what was told of its passing is due again.
        """
        before = limit.due_at
        if limit.paused_at is not None:
            return False
        limit.due_at = self._after(limit.start, limit.left, limit.unit)
        if before <= at < limit.due_at:
            limit.told = tuple(each for each in limit.told if not self._is_late(each))
            limit.light = self._light(limit)
        return limit.due_at != before

    def _is_late(self, notice_id: str) -> bool:
        notice = self.notice(notice_id)
        return notice is not None and notice.share == 1

    def _lies_ahead(self, limit: Limit, notice_id: str, left: float) -> bool:
        notice = self.notice(notice_id)
        return notice is not None and round(left - limit.total * (1 - notice.share), PLACES) > 0

    def _light(self, limit: Limit) -> str:
        colours = {found.colour for each in limit.told if (found := self.notice(each))}
        return next((colour for colour in ("red", "yellow") if colour in colours), "green")

    def _moment(self, limit: Limit, notice: Notice) -> datetime:
        moment = limit.due_at
        if notice.share != 1:
            before = limit.left - limit.total * (1 - notice.share)
            moment = self._after(limit.start, before, limit.unit)
        if notice.after is None:
            return moment
        return self.calendar.due(moment, notice.after.amount, notice.after.unit)

    def _after(self, start: datetime, amount: float, unit: str) -> datetime:
        return self.calendar.due(start, amount, unit) if amount > 0 else start
