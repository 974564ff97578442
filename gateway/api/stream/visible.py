"""Who may see which event: the rule of REG-14, the same as for cases."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.chassis.auth import Principal

PUBLIC_TYPES = ("registry.plan-",)
"""Announcements that concern everybody: a plan was activated."""
CONCERNED_KEYS = ("co_departments", "concerned")
REPORTER = "reporter_id"
SHOWN = ("id", "type", "subject", "time", "grid", "department")


def visible(principal: Principal, event: Mapping[str, Any]) -> bool:
    """Whether `principal` may learn that `event` (a CloudEvent) happened.

    True where the event's grid lies in one of the principal's areas, where their department is the event's or one
    of those it names as concerned, for who reported the case, and for announcements that concern everybody. The
    platform's operator sees everything.
    """
    if principal.has("platform") or principal.covers(event.get("grid")):
        return True
    if principal.department and principal.department in departments(event):
        return True
    if principal.person_id == _data(event).get(REPORTER):
        return True
    return str(event.get("type", "")).startswith(PUBLIC_TYPES)


def slim(event: Mapping[str, Any]) -> dict[str, Any]:
    """What the stream keeps of `event`: what it shows and what `visible` looks at. (A plan's event holds a plan.)"""
    kept = {name: event[name] for name in (*SHOWN, "concerned") if name in event}
    data = {name: _data(event)[name] for name in (*CONCERNED_KEYS, REPORTER) if name in _data(event)}
    return {**kept, "data": data}


def departments(event: Mapping[str, Any]) -> set[str]:
    """The department of `event` and those that it names besides. (The broker strips the header BCC.)"""
    named = [event.get("department"), event.get("concerned"), *(_data(event).get(key) for key in CONCERNED_KEYS)]
    return {name for value in named for name in _names(value)}


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    data = event.get("data")
    return data if isinstance(data, Mapping) else {}


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from filter(None, value.split(","))
    elif isinstance(value, list | tuple):
        yield from (name for name in value if isinstance(name, str))
