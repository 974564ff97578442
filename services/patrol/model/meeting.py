"""A meeting of the plan from its announcement to its minutes (PAT-09)."""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from services.chassis.errors import StaleVersion
from services.chassis.messages import Aggregate
from services.patrol import messages
from services.patrol.errors import (
    DayOutOfRange,
    ItemAlreadyThere,
    ItemDecided,
    ItemNotOnAgenda,
    MeetingNotYet,
    MeetingStateWrong,
    MinutesMissing,
    NotACaseItem,
    ReasonMissing,
    TooManyItems,
)

PLANNED, OPEN, HELD, CANCELLED, WITHDRAWN = "planned", "open", "held", "cancelled", "withdrawn"
NAMES: Mapping[str, str] = {
    PLANNED: "待召开",
    OPEN: "会议中",
    HELD: "已召开",
    CANCELLED: "已取消",
    WITHDRAWN: "已撤销",
}
AHEAD = (PLANNED, OPEN)
"""In these something is still to be done about the meeting."""
CASE, FINDING, HEADING, TOPIC = "case", "finding", "heading", "topic"
FARTHEST = timedelta(days=31)
"""How far a meeting may be moved: farther on, it is the next one."""
MOST_ITEMS = 500


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """One item. `added_by` is None for what came by itself; `removed` says why it was taken off."""

    id: str
    number: int
    kind: str
    title: str
    case_id: str | None = None
    why: tuple[str, ...] = ()
    added_by: str | None = None
    removed: str = ""
    decided: int = 0

    @property
    def key(self) -> str:
        """What makes it the same item: its case, else its title."""
        return self.case_id or f"{self.kind}:{self.title}"


@dataclass(frozen=True, kw_only=True)
class Suggested:
    """What belongs on the agenda by itself."""

    kind: str
    title: str
    case_id: str | None = None
    why: tuple[str, ...] = ()


@dataclass
class Meeting(Aggregate):
    """A meeting of the plan's `meeting` in `grid`. `round` is the plan's day, `day` the one on which it is held."""

    id: str
    meeting: str
    name: str
    plan: str
    grid: str
    round: date
    day: date
    state: str = PLANNED
    starts: str = ""
    place: str = ""
    moved_from: date | None = None
    reason: str = ""
    items: list[AgendaItem] = field(default_factory=list)
    present: tuple[str, ...] = ()
    guests: str = ""
    minutes: str = ""
    touched: bool = False
    opened_by: str | None = None
    opened_at: datetime | None = None
    closed_by: str | None = None
    held_at: datetime | None = None
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
        self.version += 1
        self.changed = self.touched = True

    def _require(self, action: str, *states: str) -> None:
        if self.state not in states:
            raise MeetingStateWrong(state=NAMES[self.state], action=action)

    @property
    def agenda(self) -> list[AgendaItem]:
        """What is on the agenda, without what was taken off."""
        return [item for item in self.items if not item.removed]

    # Before it

    def arrange(self, day: date | None, starts: str | None, place: str | None, reason: str, today: date) -> None:
        """Say when and where. Raises MeetingStateWrong, ReasonMissing, DayOutOfRange."""
        self._require("调整", PLANNED)
        if day is not None and day != self.day:
            self._move(day, reason, today)
        self.starts = self.starts if starts is None else starts
        self.place = self.place if place is None else place.strip()
        self._change()

    def _move(self, day: date, reason: str, today: date) -> None:
        first, last = max(today, self.round - FARTHEST), max(today, self.round) + FARTHEST
        if not first <= day <= last:
            raise DayOutOfRange(first=first.isoformat(), last=last.isoformat())
        if not reason.strip():
            raise ReasonMissing
        self.moved_from = self.moved_from or self.day
        self.day, self.reason = day, reason.strip()

    def fill(self, suggested: Iterable[Suggested], new_id: Any) -> bool:
        """Make what comes by itself what is `suggested`; say whether something changed.

        What people added or took off stays so, and what was decided on stays too. It comes in the plan's order, then
        what people added. Filling twice changes nothing.
        """
        if self.state != PLANNED:
            return False
        wanted = {each.case_id or f"{each.kind}:{each.title}": each for each in suggested}
        kept = [self._refreshed(item, wanted) for item in self.items if self._stays(item, wanted)]
        there = {item.key for item in kept}
        number = max((item.number for item in self.items), default=0)
        for key, each in wanted.items():
            if key not in there and len(kept) < MOST_ITEMS:
                number += 1
                kept.append(AgendaItem(id=new_id(), number=number, **vars(each)))
        place = {key: order for order, key in enumerate(wanted)}
        kept.sort(key=lambda item: (place.get(item.key, len(place)), item.number))
        if kept == self.items:
            return False
        self.items = kept
        self.version += 1
        self.changed = True
        return True

    def _stays(self, item: AgendaItem, wanted: Mapping[str, Suggested]) -> bool:
        return bool(item.added_by or item.removed or item.decided or item.key in wanted)

    def _refreshed(self, item: AgendaItem, wanted: Mapping[str, Suggested]) -> AgendaItem:
        found = wanted.get(item.key)
        return replace(item, why=found.why) if found else item

    def add(self, item: AgendaItem) -> None:
        """Put `item` on the agenda. Raises MeetingStateWrong, ItemAlreadyThere, TooManyItems."""
        self._require("增加议题", *AHEAD)
        if item.case_id and any(each.case_id == item.case_id for each in self.agenda):
            raise ItemAlreadyThere(value=item.case_id)
        if len(self.items) >= MOST_ITEMS:
            raise TooManyItems(most=MOST_ITEMS)
        self.items.append(replace(item, number=max((each.number for each in self.items), default=0) + 1))
        self._change()

    def remove(self, item_id: str, reason: str) -> None:
        """Take an item off, with a reason. Raises MeetingStateWrong, ItemNotOnAgenda, ReasonMissing, ItemDecided."""
        self._require("移出议题", *AHEAD)
        item = self.item(item_id)
        if not reason.strip():
            raise ReasonMissing
        if item.decided:
            raise ItemDecided
        self._put(replace(item, removed=reason.strip()))
        self._change()

    def item(self, item_id: str) -> AgendaItem:
        """An item on the agenda. Raises ItemNotOnAgenda."""
        found = next((each for each in self.agenda if each.id == item_id), None)
        if found is None:
            raise ItemNotOnAgenda(value=item_id)
        return found

    def _put(self, item: AgendaItem) -> None:
        self.items = [item if each.id == item.id else each for each in self.items]

    # In it

    def open(self, by: str, now: datetime, today: date) -> None:
        """It begins. Raises MeetingStateWrong, MeetingNotYet."""
        self._require("开始", PLANNED)
        if today < self.day:
            raise MeetingNotYet(day=self.day.isoformat())
        self.state, self.opened_by, self.opened_at = OPEN, by, now
        self._change()

    def record_present(self, people: Iterable[str], guests: str) -> None:
        """Note who is there. Raises MeetingStateWrong."""
        self._require("登记到会人员", OPEN)
        self.present, self.guests = tuple(dict.fromkeys(people)), guests.strip()
        self._change()

    def decide(self, item_id: str, about_case: bool) -> AgendaItem:
        """Note that something is decided on an item. Raises MeetingStateWrong, ItemNotOnAgenda, NotACaseItem."""
        self._require("作出决定", OPEN)
        item = self.item(item_id)
        if about_case and item.case_id is None:
            raise NotACaseItem
        self._put(replace(item, decided=item.decided + 1))
        self._change()
        return item

    def close(self, minutes: str, by: str, now: datetime, today: date, record: str) -> None:
        """It is over, with minutes. Raises MeetingStateWrong, MinutesMissing."""
        self._require("结束", OPEN)
        if not minutes.strip():
            raise MinutesMissing(record=record)
        self.state, self.minutes, self.closed_by, self.held_at = HELD, minutes.strip(), by, now
        self._change()
        decisions = sum(item.decided for item in self.items)
        about: dict[str, Any] = {"late": today > self.day, "decisions": decisions, **self.about(now)}
        self.record(messages.MeetingHeld(**about, present=len(self.present), items=len(self.agenda)))

    def cancel(self, reason: str, now: datetime) -> None:
        """It is not held. Raises MeetingStateWrong, ReasonMissing, ItemDecided."""
        self._require("取消", *AHEAD)
        if not reason.strip():
            raise ReasonMissing
        if any(item.decided for item in self.items):
            raise MeetingStateWrong(state="已有决定", action="取消")
        self.state, self.reason = CANCELLED, reason.strip()
        self._change()
        self.record(messages.MeetingCancelled(**self.about(now)))

    def about(self, now: datetime) -> dict[str, Any]:
        """What its events tell of it."""
        return {"subject": self.id, "at": now, "grid": self.grid, "meeting": self.meeting, "day": self.day}
