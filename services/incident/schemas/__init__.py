"""Events of the incident service on the wire, and what it reads of others'; one schema for each version.

A new optional field keeps the version; anything else is a v2, sent beside v1 until consumers have moved.
`proto/events/*.json` holds a golden message of each.
"""

from collections.abc import Mapping

from marshmallow import Schema

from services.chassis.messages import Event
from services.incident.schemas.copies import CONSUMED, read
from services.incident.schemas.events import CASE_EVENTS
from services.incident.schemas.patrol import FROM_PATROL, read_patrol
from services.incident.schemas.whistling import WHISTLE_EVENTS

EVENTS: Mapping[type[Event], Schema] = {**CASE_EVENTS, **WHISTLE_EVENTS}

__all__ = ["CONSUMED", "EVENTS", "FROM_PATROL", "read", "read_patrol"]
