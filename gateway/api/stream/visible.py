"""Who may see which event: the rule of REG-14, the same as for cases."""

from collections.abc import Iterator, Mapping
from typing import Any

from services.chassis.auth import Principal

PUBLIC_TYPES = ("registry.plan-",)
"""Announcements that concern everybody: a plan was activated."""
CONCERNED_KEYS = ("co_departments", "concerned", "previous_department")


def visible(principal: Principal, event: Mapping[str, Any]) -> bool:
    """Whether `principal` may learn that `event` (a CloudEvent) happened.

    True where the event's grid lies in one of the principal's areas, where their department is the event's or one
    of those its data names as concerned, and for announcements that concern everybody.
    """
    if principal.covers(event.get("grid")):
        return True
    if principal.department and principal.department in departments(event):
        return True
    return str(event.get("type", "")).startswith(PUBLIC_TYPES)


def departments(event: Mapping[str, Any]) -> set[str]:
    """The department of `event` and those that its data names besides. (The broker strips the header BCC.)"""
    return {name for name in _named(event) if name}


def _named(event: Mapping[str, Any]) -> Iterator[str]:
    yield event.get("department") or ""
    data = event.get("data")
    named: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    for key in CONCERNED_KEYS:
        value = named.get(key)
        yield from [value] if isinstance(value, str) else value or ()
