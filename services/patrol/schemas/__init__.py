"""Events of the patrol service on the wire, and what it reads of others'; one schema for each version.

A new optional field keeps the version; anything else is a v2, sent beside v1 until consumers have moved.
`proto/events/*.json` holds a golden message of each.
"""

from collections.abc import Mapping

from marshmallow import Schema

from services.chassis.messages import Event
from services.patrol.schemas import meetings, returns, tasks, visits
from services.patrol.schemas.cases import FROM_INCIDENT, read_case
from services.patrol.schemas.copies import CONSUMED, read

EVENTS: Mapping[type[Event], Schema] = {**tasks.EVENTS, **meetings.EVENTS, **returns.EVENTS, **visits.EVENTS}


__all__ = ["CONSUMED", "EVENTS", "FROM_INCIDENT", "read", "read_case"]
