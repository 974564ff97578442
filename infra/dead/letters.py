"""A dead letter as plain data: what it is, why it lies there, since when. Nothing here talks to the broker.

A body is only ever read as JSON; whatever else it is (a pickle, YAML, MessagePack, noise) stays bytes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from services.chassis.worker.verdict import ATTEMPT, FIRST_FAILED, LAST_FAILED, REASON, attempt_of, resent_of

BROKER_REASONS = {
    "delivery_limit": "delivery limit: whoever took it vanished without an answer, again and again",
    "rejected": "rejected by its consumer",
    "expired": "expired",
    "maxlen": "the queue was full",
}


@dataclass(frozen=True)
class Letter:
    """One message of a dead queue.

    `queue` is the one that it was meant for. `id` is the message id, or the SHA-256 of the body where there is none.
    `type`, `case` and `happened` are what the event says of itself, None where it is not an event. `attempts` is None
    where nobody counted: the broker gave it up.
    """

    queue: str
    id: str
    type: str | None
    case: str | None
    happened: str | None
    reason: str
    attempts: int | None
    first_failed: str | None
    last_failed: str | None
    resent: int
    size: int
    sha256: str
    body: bytes = field(repr=False)
    properties: Any = field(repr=False)

    @classmethod
    def read(cls, queue: str, properties: Any, body: bytes) -> "Letter":
        """The letter that `body` with its AMQP `properties` is. Raises nothing, whatever they are."""
        headers: Mapping[str, Any] = properties.headers or {}
        event, digest = _event(body), hashlib.sha256(body).hexdigest()
        death = _death(headers, queue)
        return cls(
            queue=queue,
            id=_text(properties.message_id) or digest,
            type=_text(event.get("type")) or _text(properties.type),
            case=_text(event.get("subject")),
            happened=_text(event.get("time")),
            reason=_reason(headers, death),
            attempts=attempt_of(headers) if death is None and ATTEMPT in headers else None,
            first_failed=_text(headers.get(FIRST_FAILED)) or _time(death),
            last_failed=_time(death) or _text(headers.get(LAST_FAILED)),
            resent=resent_of(headers),
            size=len(body),
            sha256=digest,
            body=body,
            properties=properties,
        )

    def without_body(self) -> "Letter":
        """The same without its content, which may be long."""
        return replace(self, body=b"")

    def summary(self) -> dict[str, Any]:
        """Everything but the content, for JSON."""
        return {name: value for name, value in self.__dict__.items() if name not in ("body", "properties")}


def _event(body: bytes) -> Mapping[str, Any]:
    try:
        loaded = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return loaded if isinstance(loaded, dict) else {}


def _text(value: object) -> str | None:
    """`value` where it is a text; bytes are what pika makes of a text that is not UTF-8."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace") or None
    return value or None if isinstance(value, str) else None


def _death(headers: Mapping[str, Any], queue: str) -> Mapping[str, Any] | None:
    """What the broker says of the message's death in `queue`; None when the worker put it into the dead queue."""
    deaths = headers.get("x-death")
    entries = deaths if isinstance(deaths, list) else []
    return next((each for each in entries if isinstance(each, dict) and each.get("queue") == queue), None)


def _reason(headers: Mapping[str, Any], death: Mapping[str, Any] | None) -> str:
    if death is None:
        return _text(headers.get(REASON)) or "no reason given"
    why = str(death.get("reason"))
    return BROKER_REASONS.get(why, why)


def _time(death: Mapping[str, Any] | None) -> str | None:
    """The broker's time; pika reads it as a datetime without zone, in UTC."""
    at = (death or {}).get("time")
    return f"{at.replace(tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(at, datetime) else None
