"""The envelope of every event: CloudEvents 1.0, structured JSON (docs/conventions.md, "Events on the wire").

Guarantee: `Envelope.parse` returns a complete, well-formed event or raises MalformedEvent with a reason that a person
can act on; it never guesses, never executes content, and raises nothing else, whatever the bytes are. Extension
attributes that are not known are ignored, so that a new optional one keeps the version.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, Self

from cloudevents.core.exceptions import CloudEventValidationError
from cloudevents.core.v1.event import CloudEvent
from dateutil.parser import isoparse

from .ids import is_id
from .topology import is_area, is_department, is_event_type

CONTENT_TYPE = "application/cloudevents+json"
_OPTIONAL = ("grid", "department", "traceparent")


class MalformedEvent(ValueError):
    """The content is not an event of this platform; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """One fact about one aggregate.

    `id` is a UUID, `subject` the aggregate's id, `sequence` counts the subject's events from 1, `time` is aware (UTC),
    `grid` a division or grid code of 6 to 15 digits, `traceparent` as W3C Trace Context writes it. `concerned` are
    further departments (on the wire one text with commas): the header BCC that routes their copies is stripped.
    """

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    data: Mapping[str, Any]
    grid: str | None = None
    department: str | None = None
    traceparent: str | None = None
    concerned: tuple[str, ...] = ()

    @classmethod
    def parse(cls, body: bytes, content_type: str | None) -> Self:
        """Read an event from the wire. Raises MalformedEvent."""
        _check_content_type(content_type)
        attributes = _load(body)
        data = attributes.pop("data", None)
        attributes["time"] = _time(attributes.get("time"))
        _check_cloudevent(attributes)
        optional = {name: attributes.get(name) for name in _OPTIONAL}
        event = cls(
            id=attributes["id"],
            source=attributes["source"],
            type=attributes["type"],
            subject=_text(attributes, "subject"),
            time=attributes["time"],
            sequence=attributes.get("sequence"),  # type: ignore[arg-type]  # check() is next
            data=data,
            concerned=_concerned(attributes.get("concerned")),
            **optional,
        )
        event.check()
        return event

    def check(self) -> None:
        """Raise MalformedEvent unless every attribute is what the platform's rules want."""
        faults = {
            "id is not a UUID": not is_id(self.id),
            "type is not <service>.<fact>.v<n>": not is_event_type(self.type),
            "time has no zone": self.time.tzinfo is None,
            "sequence is not an integer from 1": type(self.sequence) is not int or self.sequence < 1,
            "data is not an object": not isinstance(self.data, Mapping),
            "grid is not a code of 6, 9, 12 or 15 digits": not _absent_or(is_area, self.grid),
            "department is not a code": not _absent_or(is_department, self.department),
            "concerned are not departments": not all(map(is_department, self.concerned)),
            "traceparent is not a text": not _absent_or(bool, self.traceparent),
        }
        if wrong := [fault for fault, found in faults.items() if found]:
            raise MalformedEvent("; ".join(wrong))

    def to_bytes(self) -> bytes:
        """Return the event as UTF-8 JSON; attributes that are absent are left out. Raises MalformedEvent."""
        self.check()
        try:
            return json.dumps(self._wire(), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        except (TypeError, ValueError) as error:
            raise MalformedEvent(f"data cannot be written as JSON: {error}") from error

    def _wire(self) -> dict[str, Any]:
        optional = {name: getattr(self, name) for name in _OPTIONAL}
        optional["concerned"] = ",".join(self.concerned) or None
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "sequence": self.sequence,
            **{name: value for name, value in optional.items() if value is not None},
            "datacontenttype": "application/json",
            "data": dict(self.data),
        }


def _check_content_type(content_type: str | None) -> None:
    kind, _, parameters = (content_type or "").partition(";")
    if kind.strip().lower() != CONTENT_TYPE:
        raise MalformedEvent(f"content type is {content_type!r}, not {CONTENT_TYPE}")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset not in ("", "utf-8"):
        raise MalformedEvent(f"content type has parameters other than charset=utf-8: {parameters.strip()!r}")


def _load(body: bytes) -> dict[str, Any]:
    try:
        loaded = json.loads(body.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_unique)
    except MalformedEvent:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedEvent(f"not UTF-8 JSON: {error}") from error
    if not isinstance(loaded, dict):
        raise MalformedEvent("not a JSON object")
    return loaded


def _no_constant(name: str) -> NoReturn:
    raise MalformedEvent(f"{name} is not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedEvent("an object names the same member twice")
    return found


def _concerned(text: Any) -> tuple[str, ...]:
    if text is None:
        return ()
    if not isinstance(text, str):
        raise MalformedEvent("concerned is not a text")
    return tuple(text.split(","))


def _time(text: Any) -> datetime:
    try:
        time = isoparse(text)
        if time.tzinfo is None:
            raise MalformedEvent("time has no zone")
        return time.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, MalformedEvent):
            raise
        raise MalformedEvent(f"time is not an RFC 3339 time: {text!r}") from error


def _check_cloudevent(attributes: dict[str, Any]) -> None:
    for name in ("specversion", "id"):
        if name not in attributes:  # the library would fill these in
            raise MalformedEvent(f"{name} is missing")
    try:
        CloudEvent(attributes)
    except CloudEventValidationError as error:
        raise MalformedEvent(" ".join(str(error).split())) from error


def _text(attributes: Mapping[str, Any], name: str) -> str:
    if name not in attributes:
        raise MalformedEvent(f"{name} is missing")
    return str(attributes[name])


def _absent_or(check: Any, value: Any) -> bool:
    return value is None or (isinstance(value, str) and check(value))
