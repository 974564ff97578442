"""Commands and the event about the duty roster (REG-18)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.chassis.messages import Command, Event


@dataclass(frozen=True, kw_only=True)
class EnterShifts(Command):
    """People take turns on the days of a rule; empty `hours` and `rule` are those of the plan's `roster`."""

    area: str
    role: str
    department: str
    roster: str
    person_ids: tuple[str, ...]
    first_day: str
    last_day: str
    hours: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class WithdrawShift(Command):
    shift_id: str
    reason: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class OfferSwap(Command):
    shift_id: str
    to_person_id: str
    return_shift_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class AnswerSwap(Command):
    shift_id: str
    consent: bool
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class DutyRosterChanged(Event):
    """A shift was entered, changed hands or was taken off the roster; `area` is a code or the beginning of one."""

    TYPE: ClassVar[str] = "registry.duty-roster-changed.v1"

    shift_id: str
    area: str
    role: str
    person_id: str
    starts: datetime
    ends: datetime
    active: bool
