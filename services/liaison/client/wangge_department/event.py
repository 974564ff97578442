"""An event of the platform: a CloudEvent 1.0 as it comes from the queue."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wangge_department.errors import NotAnEvent

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class Event:
    """One fact.

    `subject` is the id of the case (or other thing) it is about, `sequence` its number within the subject,
    from 1; a department sees only the numbers that concern it. `time` is aware (UTC). `grid` and
    `department` may be None. `known` says that the type's schema is in this package and `data` agree with
    it. `attempt` counts deliveries from 1. `duplicate` is True for an id that was handled before (only with
    `duplicates="show"`).
    """

    id: str
    type: str
    subject: str
    time: datetime
    sequence: int
    data: Mapping[str, Any]
    grid: str | None = None
    department: str | None = None
    trace_id: str | None = None
    traceparent: str | None = None
    source: str = ""
    known: bool = False
    attempt: int = 1
    duplicate: bool = False


def parse(body: bytes) -> Event:
    """Read a message body. Raises NotAnEvent with the field that is wrong."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotAnEvent(f"消息不是 JSON({error})", f"the message is not JSON ({error})") from error
    if not isinstance(fields, dict) or fields.get("specversion") != "1.0":
        raise NotAnEvent("消息不是 CloudEvents 1.0", "the message is not a CloudEvent 1.0")
    return _event(fields)


def _event(fields: dict[str, Any]) -> Event:
    traceparent = _optional(fields, "traceparent")
    traced = _TRACEPARENT.fullmatch(traceparent or "")
    return Event(
        id=_text(fields, "id"),
        type=_text(fields, "type"),
        subject=_text(fields, "subject"),
        time=_time(fields),
        sequence=_sequence(fields),
        data=_data(fields),
        grid=_optional(fields, "grid"),
        department=_optional(fields, "department"),
        trace_id=traced[1] if traced else None,
        traceparent=traceparent if traced else None,
        source=_text(fields, "source"),
    )


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not value:
        raise _wrong(name, "a text that is not empty")
    return value


def _optional(fields: dict[str, Any], name: str) -> str | None:
    return None if fields.get(name) is None else _text(fields, name)


def _sequence(fields: dict[str, Any]) -> int:
    value = fields.get("sequence")
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _wrong("sequence", "a whole number from 1")
    return value


def _time(fields: dict[str, Any]) -> datetime:
    try:
        time = datetime.fromisoformat(_text(fields, "time"))
    except ValueError:
        raise _wrong("time", "a time as in RFC 3339") from None
    if time.tzinfo is None:
        raise _wrong("time", "a time with its zone")
    return time


def _data(fields: dict[str, Any]) -> dict[str, Any]:
    value = fields.get("data", {})
    if not isinstance(value, dict):
        raise _wrong("data", "an object")
    return value


def _wrong(name: str, right: str) -> NotAnEvent:
    return NotAnEvent(f"事件字段 {name} 不正确", f"the event's {name} is wrong: it should be {right}")
