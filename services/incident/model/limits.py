"""Limits of a case's steps, from the plan, in office time (INC-07), and the lights that they show (INC-08)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

STEP_OF_STATE = {
    "reported": "file",
    "filed": "dispatch",
    "dispatched": "handle",
    "handling": "handle",
    "answered": "verify",
    "spot-check": "verify",
    "verified": "evaluate",
}


class Calendar(Protocol):
    """Counts office time; services.chassis.working_calendar.WorkingCalendar is one."""

    def due(self, start: datetime, amount: float, unit: str) -> datetime:
        """The moment at which `amount` of `unit`, counted from `start`, is used up."""
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
    """The time that a step has. `done_at` is None while it runs; `told` are the ids of the notices that went out."""

    step: str
    round: int
    started_at: datetime
    due_at: datetime
    amount: float
    unit: str
    done_at: datetime | None = None
    light: str = "green"
    told: tuple[str, ...] = ()

    def on_time(self, at: datetime) -> bool:
        """Whether a step that ends at `at` kept its limit, the last moment included."""
        return at <= self.due_at


@dataclass(frozen=True)
class LimitRules:
    """What the plan says of limits, with the calendar that counts them.

    `lapse` is how long a verified case waits for the reporter's word before it closes without one.
    """

    calendar: Calendar
    amounts: Mapping[str, Amount]
    notices: Sequence[Notice] = ()
    lapse: Amount | None = None

    def start(self, step: str, round: int, at: datetime) -> Limit | None:
        """The limit of `step` beginning at `at`; None where the plan sets none."""
        amount = self.amounts.get(step)
        if amount is None:
            return None
        due = self.calendar.due(at, amount.amount, amount.unit)
        return Limit(step, round, at, due, amount.amount, amount.unit)

    def deadlines(self, limit: Limit) -> dict[str, datetime]:
        """What still falls due for the running `limit`: deadline kind ("handle:yellow") to moment."""
        due = {
            f"{limit.step}:{each.id}": self._moment(limit, each) for each in self.notices if each.id not in limit.told
        }
        if limit.step == "evaluate" and self.lapse:
            due["evaluate:lapse"] = self.calendar.due(limit.started_at, self.lapse.amount, self.lapse.unit)
        return due

    def notice(self, id: str) -> Notice | None:
        """The notice with that id, if the plan (still) has it."""
        return next((each for each in self.notices if each.id == id), None)

    def _moment(self, limit: Limit, notice: Notice) -> datetime:
        moment = limit.due_at
        if notice.share != 1:
            moment = self.calendar.due(limit.started_at, limit.amount * notice.share, limit.unit)
        if notice.after is None:
            return moment
        return self.calendar.due(moment, notice.after.amount, notice.after.unit)
