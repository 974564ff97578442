"""What of a case the public may see (INC-18, INC-21): what the active plan's `publish` names, never a person's words.

A matter that is confidential (INC-12), or whose category the plan does not publish, has no public cases at all: they
are neither shown nor can they be counted. The description is the reporter's own words and is never published.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.chassis.personal import mask_text
from services.incident.model.workflow import INITIAL, STATE_BY_NAME, STATES

MERGED = "merged"
CLOSED = frozenset(state.name for state in STATES if state.final or state.name in ("closed", MERGED))
"""States in which Open311 calls a request closed, a duplicate as well, whose notes go on with the main case. `closed`
and `merged` are not final in the table: the one can be reopened, the other taken out again."""
PUBLIC = frozenset(state.name for state in STATES) - {INITIAL}
"""A case is public from its filing on: before, nobody has looked at what it is about."""
UNDER_WORK = frozenset({"dispatched", "handling"})
UNITS = {
    "urgent-hours": "小时(不分节假日)",
    "working-hours": "个工作小时",
    "working-days": "个工作日",
    "calendar-days": "天",
}


@dataclass(frozen=True)
class Publication:
    """What the plan lets out of one matter's cases; `fields` are names of the plan's `publish`."""

    code: str
    name: str
    group: str
    fields: frozenset[str]
    notice: str

    def shows(self, field: str) -> bool:
        return field in self.fields


def publication(matter: Mapping[str, Any]) -> Publication:
    """What the plan says of an expanded matter."""
    hidden = matter.get("confidential") or "category" not in matter["publish"]
    fields = frozenset() if hidden else frozenset(matter["publish"])
    return Publication(matter["code"], matter["name"], matter["class"], fields, _notice(matter))


def _notice(matter: Mapping[str, Any]) -> str:
    limit = matter.get("steps", {}).get("handle")
    return f"处理时限:{limit['amount']:g} {UNITS.get(limit['unit'], limit['unit'])}" if limit else ""


def statuses(wanted: frozenset[str]) -> frozenset[str]:
    """The states that the Open311 statuses `wanted` (open, closed; none for both) stand for."""
    both = {"open": PUBLIC - CLOSED, "closed": PUBLIC & CLOSED}
    return frozenset[str]().union(*(both[each] for each in (wanted or both) if each in both))


def status(state: str) -> str:
    """open or closed."""
    return "closed" if state in CLOSED else "open"


def notes(state: str, result: str, shown: Publication) -> str:
    """Where the case stands, and how it ended where the plan publishes results; numbers of people are masked."""
    title = STATE_BY_NAME[state].title
    ended = state in CLOSED and result and shown.shows("result")
    return f"{title}:{mask_text(result)}" if ended else title


def new_token() -> str:
    """A random token for a report that could not be filed at once, 128 bits."""
    return secrets.token_hex(16)
