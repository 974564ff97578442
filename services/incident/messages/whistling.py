"""The whistle: what is asked and what has happened (INC-09).

In events, `called` is the department and `call` the number of its call within the case.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.incident.messages.commands import CaseCommand
from services.incident.messages.events import CaseEvent


@dataclass(frozen=True, kw_only=True)
class Whistle(CaseCommand):
    """Call departments together. `lead` is one of them, or one called before; None leaves the lead as it is."""

    departments: tuple[str, ...] = ()
    lead: str | None = None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Arrive(CaseCommand):
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SignOff(CaseCommand):
    result: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Object(CaseCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class Insist(CaseCommand):
    department: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class WithdrawCall(CaseCommand):
    department: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class CallAgain(CaseCommand):
    departments: tuple[str, ...]
    reason: str


@dataclass(frozen=True, kw_only=True)
class CaseWhistled(CaseEvent):
    """`new_lead` says that the case has changed hands to the department that leads."""

    TYPE: ClassVar[str] = "incident.whistled.v1"
    departments: tuple[str, ...]
    lead: str | None
    new_lead: bool
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CallEvent(CaseEvent):
    """What every event about one call tells."""

    called: str
    call: int


@dataclass(frozen=True, kw_only=True)
class DepartmentArrived(CallEvent):
    TYPE: ClassVar[str] = "incident.arrived.v1"
    on_time: bool


@dataclass(frozen=True, kw_only=True)
class DepartmentSignedOff(CallEvent):
    TYPE: ClassVar[str] = "incident.signed-off.v1"
    round: int
    on_time: bool
    missing: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CallObjected(CallEvent):
    TYPE: ClassVar[str] = "incident.call-objected.v1"


@dataclass(frozen=True, kw_only=True)
class CallInsisted(CallEvent):
    TYPE: ClassVar[str] = "incident.call-insisted.v1"


@dataclass(frozen=True, kw_only=True)
class CallWithdrawn(CallEvent):
    TYPE: ClassVar[str] = "incident.call-withdrawn.v1"


@dataclass(frozen=True, kw_only=True)
class DepartmentsCalledAgain(CaseEvent):
    TYPE: ClassVar[str] = "incident.called-again.v1"
    departments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CallWarned(CallEvent):
    TYPE: ClassVar[str] = "incident.call-warned.v1"
    step: str
    round: int
    colour: str
    due_at: datetime
    to: tuple[str, ...]
