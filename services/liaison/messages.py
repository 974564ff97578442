"""Commands of the liaison service, and the facts of other services that it logs and keeps copies of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.chassis.messages import Command

# --- commands -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ConnectDepartment(Command):
    """Give `department` a queue of its own for `types` (none: incident.*) in `area` (empty: the county) (XCH-01)."""

    department: str
    types: tuple[str, ...] = ()
    area: str = ""


@dataclass(frozen=True, kw_only=True)
class DisconnectDepartment(Command):
    """Take the connection `id` away."""

    id: str


@dataclass(frozen=True, kw_only=True)
class ConfirmConnection(Command):
    """The broker has everything that the connection needs."""

    id: str


@dataclass(frozen=True, kw_only=True)
class AbandonConnection(Command):
    """Give up a connection that was not finished; one that is active stays."""

    id: str


@dataclass(frozen=True, kw_only=True)
class NoteRemoval(Command):
    """The broker has nothing of the connection any more."""

    id: str


# --- facts of others --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class EventArrived:
    """An event of any service, for the log (XCH-03).

    `concerned` are the further departments that it names; `reporter_id` is who reported the case, if it says so.
    """

    id: str
    type: str
    source: str
    subject: str
    sequence: int
    time: datetime
    grid: str | None
    department: str | None
    concerned: tuple[str, ...]
    reporter_id: str | None
    data: Mapping[str, Any]
    traceparent: str | None


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged:
    """The registry's word about a department."""

    id: str
    sequence: int
    name: str
    active: bool
