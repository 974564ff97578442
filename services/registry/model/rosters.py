"""The duty roster (值班、轮值、错时): shifts, people taking turns, swaps by consent (REG-18).

A series is entered as single shifts, so that each can be swapped, withdrawn and told to others by itself. Nobody is on
duty twice at the same time. A swap needs the colleague's own consent; until then the shift stays with whoever had it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import fault
from services.registry.errors.rosters import NotYourShift, ShiftOver, ShiftsOverlap
from services.registry.messages.rosters import DutyRosterChanged, EnterShifts
from services.registry.model.boards import wording
from services.registry.model.values import bad_day, is_day, refuse_values

PLANNED, WITHDRAWN = "planned", "withdrawn"
EVERY_DAY = "FREQ=DAILY"
MOST_SHIFTS = 400
"""Of one series: a year of days."""
MOST_PEOPLE = 100
_AREA = re.compile(r"[1-9][0-9]{5,14}")
_HOURS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")
_WHOLE_DAYS = re.compile(r"FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(;[A-Z]+=[A-Z0-9,+-]+)*")
_FORBIDDEN = ("BYHOUR", "BYMINUTE", "BYSECOND", "COUNT", "UNTIL")


@dataclass(eq=False)
class Shift(Aggregate):
    """One person's duty at one desk; `area` is a code or the beginning of one."""

    id: str
    area: str
    role: str
    department: str
    roster: str
    person_id: str
    starts: datetime
    ends: datetime
    state: str = PLANNED
    reason: str = ""
    offered_to: str | None = None
    offered_return: str | None = None
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def plan(self, at: datetime) -> None:
        """Put it on the roster."""
        self._changed(at)

    def withdraw(self, reason: str, at: datetime) -> None:
        """Take it off the roster. Raises ShiftOver, ValueRefused."""
        self.check_open(at)
        refuse_values(wording("reason", reason, needed=True))
        self.state, self.reason, self.offered_to, self.offered_return = WITHDRAWN, reason.strip(), None, None
        self._changed(at)

    def offer(self, by: str, to: str, in_return: str | None, at: datetime) -> None:
        """Ask `to` to take over. Raises NotYourShift, ShiftOver."""
        if by != self.person_id:
            raise NotYourShift
        self.check_open(at)
        self.offered_to, self.offered_return = to, in_return
        self.version += 1

    def decline(self, by: str, at: datetime) -> None:
        """Nobody takes over: it stays as it was. Raises NotYourShift, ShiftOver."""
        self._check_asked(by)
        self.check_open(at)
        self.offered_to = self.offered_return = None
        self.version += 1

    def hand_over(self, by: str, at: datetime) -> None:
        """By the consent of who was asked it is theirs. Raises NotYourShift, ShiftOver."""
        self._check_asked(by)
        self.give(by, at)

    def give(self, person_id: str, at: datetime) -> None:
        """From now on it is that person's. Raises ShiftOver."""
        self.check_open(at)
        self.person_id, self.offered_to, self.offered_return = person_id, None, None
        self._changed(at)

    def overlaps(self, other: "Shift") -> bool:
        """Whether one person would be on duty twice."""
        same = self.person_id == other.person_id and self.id != other.id
        return same and self.starts < other.ends and other.starts < self.ends

    def check_open(self, at: datetime) -> None:
        """Raises ShiftOver for what is withdrawn or past."""
        if self.state != PLANNED or self.ends <= at:
            raise ShiftOver

    def _check_asked(self, by: str) -> None:
        if self.offered_to != by:
            raise NotYourShift

    def _changed(self, at: datetime) -> None:
        self.version += 1
        self.record(
            DutyRosterChanged(
                subject=self.id,
                at=at,
                department=self.department or None,
                shift_id=self.id,
                area=self.area,
                role=self.role,
                person_id=self.person_id,
                starts=self.starts,
                ends=self.ends,
                active=self.state == PLANNED,
            )
        )


def check_free(shifts: Sequence[Shift], others: Sequence[Shift], names: dict[str, str]) -> None:
    """Raises ShiftsOverlap where one of `shifts` meets another of the same person, among `others` or themselves."""
    for number, shift in enumerate(shifts):
        clash = next((each for each in (*others, *shifts[:number]) if shift.overlaps(each)), None)
        if clash is not None:
            person = names.get(shift.person_id, shift.person_id)
            raise ShiftsOverlap(person=person, start=clash.starts.isoformat(timespec="minutes"))


def spans(first: date, last: date, rule: str, hours: str, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Beginning and end of every shift, in UTC, by a checked rule and checked hours of the county's zone."""
    begin, end = (time.fromisoformat(text) for text in hours.split("-"))
    night = timedelta(days=1) if end <= begin else timedelta(0)
    days = rrulestr(rule, dtstart=datetime.combine(first, time(0)))
    found = []
    for midnight in days:
        if midnight.date() > last:
            break
        start = datetime.combine(midnight.date(), begin, zone)
        found.append((start.astimezone(UTC), datetime.combine(midnight.date() + night, end, zone).astimezone(UTC)))
        if len(found) > MOST_SHIFTS:
            zh, en = f"一次最多 {MOST_SHIFTS} 个班次,请分段录入", f"at most {MOST_SHIFTS} shifts at once; enter less"
            refuse_values([fault("last_day", "too-many", zh, en)])
    if not found:
        zh, en = "所给日期内没有一个班次,请检查规则", "no shift falls on these days; check the rule"
        refuse_values([fault("rule", "never", zh, en)])
    return found


def series_faults(given: EnterShifts, today: date) -> Iterator[Fault]:
    """What is wrong with a series, `hours` and `rule` already taken from the plan where they were empty."""
    if not _AREA.fullmatch(given.area):
        zh, en = "应为 6 至 15 位的区划或网格代码", "must be 6 to 15 digits of an area code"
        yield fault("area", "not-an-area", zh, en)
    if not 0 < len(given.person_ids) <= MOST_PEOPLE:
        zh, en = f"应有 1 至 {MOST_PEOPLE} 人", f"must be 1 to {MOST_PEOPLE} people"
        yield fault("person_ids", "count", zh, en)
    if not _HOURS.fullmatch(given.hours):
        zh, en = "应为 08:30-17:30 这样的时段", "must be hours such as 08:30-17:30"
        yield fault("hours", "not-hours", zh, en)
    if not _is_rule(given.rule):
        zh = "应为整日的重复规则,如 FREQ=WEEKLY;BYDAY=MO,WE;起止由首日、末日给出"
        yield fault(
            "rule", "not-a-rule", zh, "must be a rule of whole days such as FREQ=WEEKLY;BYDAY=MO,WE, without end"
        )
    yield from _day_faults(given, today)


def _day_faults(given: EnterShifts, today: date) -> Iterator[Fault]:
    days = {"first_day": given.first_day, "last_day": given.last_day}
    yield from (bad_day(path, text) for path, text in days.items() if not is_day(text))
    if not all(map(is_day, days.values())):
        return
    if date.fromisoformat(given.first_day) < today:
        yield fault("first_day", "in-the-past", f"{given.first_day} 已过", f"{given.first_day} has passed")
    if given.last_day < given.first_day:
        zh, en = f"末日 {given.last_day} 早于首日 {given.first_day}", f"{given.last_day} is before {given.first_day}"
        yield fault("last_day", "ends-before-start", zh, en)


def _is_rule(rule: str) -> bool:
    if not _WHOLE_DAYS.fullmatch(rule) or any(f"{name}=" in rule for name in _FORBIDDEN):
        return False
    try:
        rrulestr(rule, dtstart=datetime(2026, 1, 1))  # noqa: DTZ001 - whole days have no zone
    except (ValueError, TypeError):
        return False
    return True
