"""The diary: one entry a day for each worker, made of the day's own records (PAT-08, 日清周结).

Nobody enters what was done: it follows from what was finished, found, signed, submitted and handled. The worker adds
words. A week closes by itself when Monday begins in the county; from then on its words stay as they are, a correction
is a note beside them, and what arrives late shows that it did (补报).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.chassis.errors import StaleVersion
from services.chassis.messages import Event
from services.patrol import messages
from services.patrol.errors import DayAhead, WeekClosed, WeekOpen

NAMES: Mapping[str, str] = {
    "finished": "完成巡查",
    "visited": "走访",
    "found": "发现问题并立案",
    "signed": "签字",
    "submitted": "上报中心",
    "sent-back": "退回",
    "excused": "免除任务",
    "met": "参加会议",
    "reported-return": "报送报表",
    "reported": "上报案件",
    "filed": "立案",
    "declined": "不予受理",
    "dispatched": "派遣",
    "accepted": "接件",
    "answered": "处理反馈",
    "verified": "核查通过",
    "refused": "核查不通过",
    "closed": "结案",
    "returned": "退回派遣",
    "escalated": "呼叫上级",
}
"""What a record says was done, by its kind."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that a person did at the time `at`; `subject` is the task or case that it was done to."""

    person_id: str
    at: datetime
    kind: str
    subject: str
    title: str
    grid: str = ""


def closes_at(day: date, zone: ZoneInfo) -> datetime:
    """When the week of `day` closes: as the next Monday begins in the county."""
    return datetime.combine(day + timedelta(days=7 - day.weekday()), time(), zone).astimezone(UTC)


@dataclass(frozen=True)
class Words:
    """What a person wrote about a day; version 0 is nothing yet."""

    text: str = ""
    version: int = 0

    def written(self, text: str, expected: int | None) -> "Words":
        """The words after `text` took their place; the same text changes nothing. Raises StaleVersion."""
        if expected is not None and expected != self.version:
            raise StaleVersion(current=self.version)
        return self if text == self.text else replace(self, text=text, version=self.version + 1)


def require_open(day: date, today: date) -> None:
    """Raises DayAhead, WeekClosed unless words may be written about `day`."""
    if day > today:
        raise DayAhead(value=day.isoformat(), today=today.isoformat())
    if is_closed(day, today):
        raise WeekClosed(day=day.isoformat())


def require_closed(day: date, today: date) -> None:
    """Raises WeekOpen unless the week of `day` is closed, so that notes are added to it."""
    if not is_closed(day, today):
        raise WeekOpen(day=day.isoformat())


def is_closed(day: date, today: date) -> bool:
    """Whether the week of `day` is over."""
    return today - timedelta(days=today.weekday()) > day


def _finished(event: messages.Finished) -> Deed | None:
    if event.person_id is None:
        return None
    return Deed(
        person_id=event.person_id,
        at=event.finished_at,
        kind="finished",
        subject=event.subject,
        title=event.patrol_title,
        grid=event.grid or "",
    )


def _found(event: messages.ProblemFound) -> Deed:
    return Deed(
        person_id=event.found_by,
        at=event.found_at,
        kind="found",
        subject=event.case_id,
        title=event.title,
        grid=event.grid or "",
    )


def _visited(event: messages.Visited) -> Deed:
    return Deed(
        person_id=event.person_id,
        at=event.visited_at,
        kind="visited",
        subject=event.subject,
        title="走访",
        grid=event.grid or "",
    )


def _reported_return(event: messages.ReturnSubmitted) -> Deed | None:
    if event.person_id is None:
        return None
    return Deed(
        person_id=event.person_id,
        at=event.at,
        kind="reported-return",
        subject=event.subject,
        title=f"报表 {event.day}",
        grid=event.grid or "",
    )


def _act(kind: str, event: messages.TaskEvent, by: str) -> Deed:
    title = f"{event.patrol_title} {event.day}"
    return Deed(person_id=by, at=event.at, kind=kind, subject=event.subject, title=title, grid=event.grid or "")


DEEDS: Mapping[type[Event], Callable[..., Deed | None]] = {
    messages.Finished: _finished,
    messages.ProblemFound: _found,
    messages.Visited: _visited,
    messages.Signed: lambda event: _act("signed", event, event.signed_by),
    messages.Submitted: lambda event: _act("submitted", event, event.submitted_by),
    messages.SentBack: lambda event: _act("sent-back", event, event.sent_back_by),
    messages.Excused: lambda event: _act("excused", event, event.excused_by),
    messages.ReturnSubmitted: _reported_return,
}
"""The events of this service that are something that somebody did, and what it is in their diary."""


def deed_of(event: Event) -> Deed | None:
    """What `event` is in somebody's diary; None where it is in nobody's."""
    make = DEEDS.get(type(event))
    return make(event) if make else None
