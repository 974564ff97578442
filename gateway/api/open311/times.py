"""Times as the W3C's note on date and time writes them, always with a zone; the span of a list of requests."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

SPAN = timedelta(days=90)
"""GeoReport v2: a range may not span more, and is as long where only one end is given."""
SECOND = timedelta(seconds=1)
_FORM = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+\- ]\d{2}:\d{2})", re.ASCII)
_YEARS = range(1970, 3000)


def parse(text: str, whole_second: bool = False) -> datetime | None:
    """The moment that `text` names, in UTC; None where it is not such a time, or has no zone.

    A plus sign that was not escaped in an address arrives as a blank and is taken for one. With `whole_second` a text
    without a fraction means the end of its second, so that `end_date` includes what we showed with that second.
    """
    found = _FORM.fullmatch(text)
    if not found or int(text[:4]) not in _YEARS:
        return None
    minute, second, fraction, zone = found.groups()
    digits = (fraction or "")[:6].ljust(6, "0")
    try:
        moment = datetime.fromisoformat(f"{minute}:{second or '00'}.{digits}{zone.replace(' ', '+')}")
    except ValueError:
        return None
    end = timedelta(microseconds=999_999) if whole_second and not fraction else timedelta()
    return moment.astimezone(UTC) + end


def shown(moment: str | None, zone: ZoneInfo) -> str | None:
    """A moment of a service's answer in the county's zone, to the second: 2026-11-22T11:04:05+08:00."""
    if not moment:
        return None
    return datetime.fromisoformat(moment).astimezone(zone).isoformat(timespec="seconds")


def of_timestamp(moment: Timestamp, zone: ZoneInfo) -> str:
    """As `shown`, of a moment in a message; one that is not set is the beginning of 1970."""
    return datetime.fromtimestamp(moment.seconds, zone).isoformat()


def span(start: datetime | None, end: datetime | None, now: datetime) -> tuple[datetime, datetime | None]:
    """The range that is searched: 90 days from or to the end that is given, the last 90 days where none is."""
    if start is not None:
        return start, end or start + SPAN
    return (end or now) - SPAN, end
