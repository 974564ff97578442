"""Commands of the incident service, its events, and the facts of other services that it keeps copies of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from services.chassis.messages import Command, Event

# --- commands -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GivenPoint:
    """WGS 84, degrees."""

    lon: float
    lat: float


@dataclass(frozen=True)
class GivenReporter:
    """Who called."""

    name: str
    phone: str


@dataclass(frozen=True)
class GivenReply:
    """An answer to one of the matter's questions."""

    question: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Report(Command):
    """Take a problem in (INC-01). `settled` means settled on the spot and only to be registered (INC-03)."""

    matter_code: str
    description: str
    channel: str
    point: GivenPoint | None = None
    grid_code: str | None = None
    address: str = ""
    way: str | None = None
    settled: bool = False
    result: str = ""
    attachments: tuple[str, ...] = ()
    replies: tuple[GivenReply, ...] = ()
    reporter: GivenReporter | None = None
    original_text: str = ""
    external_reference: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseCommand(Command):
    """A command about one case; `expected_version` is what its sender saw last (If-Match), None for any."""

    case_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class File(CaseCommand):
    matter_code: str | None = None
    point: GivenPoint | None = None
    grid_code: str | None = None
    way: str | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Decline(CaseCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class Dispatch(CaseCommand):
    department: str
    co_departments: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Accept(CaseCommand):
    pass


@dataclass(frozen=True, kw_only=True)
class Answer(CaseCommand):
    result: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Contribute(CaseCommand):
    note: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FollowUp(CaseCommand):
    note: str
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Verify(CaseCommand):
    passed: bool
    reason: str = ""
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Evaluate(CaseCommand):
    contacted: bool
    solved: bool
    satisfaction: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Reopen(CaseCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class Excuse(CaseCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReadMessage(Command):
    message_id: str


# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """What every event about a case tells: number, matter, way, the state after it, the worker who reported."""

    number: str
    matter_code: str
    way: str
    state: str
    reporter_id: str | None


@dataclass(frozen=True, kw_only=True)
class CaseReported(CaseEvent):
    TYPE: ClassVar[str] = "incident.reported.v1"
    channel: str
    first_report: bool
    settled: bool


@dataclass(frozen=True, kw_only=True)
class CaseFiled(CaseEvent):
    TYPE: ClassVar[str] = "incident.filed.v1"
    on_time: bool


@dataclass(frozen=True, kw_only=True)
class CaseDeclined(CaseEvent):
    TYPE: ClassVar[str] = "incident.declined.v1"


@dataclass(frozen=True, kw_only=True)
class CaseRegistered(CaseEvent):
    TYPE: ClassVar[str] = "incident.registered.v1"
    drawn: bool


@dataclass(frozen=True, kw_only=True)
class CaseDispatched(CaseEvent):
    TYPE: ClassVar[str] = "incident.dispatched.v1"
    matter_name: str
    co_departments: tuple[str, ...]
    due_at: datetime | None
    urgent: bool
    automatic: bool
    on_time: bool


@dataclass(frozen=True, kw_only=True)
class CaseHandedOver(CaseEvent):
    TYPE: ClassVar[str] = "incident.handed-over.v1"
    matter_name: str


@dataclass(frozen=True, kw_only=True)
class CaseAccepted(CaseEvent):
    TYPE: ClassVar[str] = "incident.accepted.v1"


@dataclass(frozen=True, kw_only=True)
class CaseAnswered(CaseEvent):
    TYPE: ClassVar[str] = "incident.answered.v1"
    round: int
    on_time: bool
    by_reporter: bool


@dataclass(frozen=True, kw_only=True)
class CaseContributed(CaseEvent):
    TYPE: ClassVar[str] = "incident.contributed.v1"
    contributor: str | None


@dataclass(frozen=True, kw_only=True)
class CaseFollowed(CaseEvent):
    TYPE: ClassVar[str] = "incident.followed.v1"


@dataclass(frozen=True, kw_only=True)
class CaseVerified(CaseEvent):
    TYPE: ClassVar[str] = "incident.verified.v1"
    rounds: int
    spot_check: bool
    on_time: bool


@dataclass(frozen=True, kw_only=True)
class VerificationRefused(CaseEvent):
    TYPE: ClassVar[str] = "incident.refused.v1"
    round: int


@dataclass(frozen=True, kw_only=True)
class CaseEvaluated(CaseEvent):
    TYPE: ClassVar[str] = "incident.evaluated.v1"
    contacted: bool
    solved: bool
    satisfaction: str


@dataclass(frozen=True, kw_only=True)
class CaseDisputed(CaseEvent):
    TYPE: ClassVar[str] = "incident.disputed.v1"
    round: int


@dataclass(frozen=True, kw_only=True)
class CaseClosed(CaseEvent):
    TYPE: ClassVar[str] = "incident.closed.v1"
    reworks: int
    on_time: bool


@dataclass(frozen=True, kw_only=True)
class CaseReopened(CaseEvent):
    TYPE: ClassVar[str] = "incident.reopened.v1"
    round: int


@dataclass(frozen=True, kw_only=True)
class LatenessExcused(CaseEvent):
    TYPE: ClassVar[str] = "incident.excused.v1"


@dataclass(frozen=True, kw_only=True)
class LimitWarned(CaseEvent):
    TYPE: ClassVar[str] = "incident.warned.v1"
    step: str
    round: int
    colour: str
    due_at: datetime
    to: tuple[str, ...]


# --- facts of the registry, kept as copies ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class GridChanged:
    code: str
    sequence: int
    name: str
    kind: str
    level: int
    ancestors: tuple[str, ...]
    boundary: Mapping[str, Any] | None
    active: bool


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged:
    id: str
    sequence: int
    name: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class DutyChanged:
    key: str
    sequence: int
    lead: str
    co_departments: tuple[str, ...]
    grid_part: str


@dataclass(frozen=True, kw_only=True)
class PlanActivated:
    plan_id: str
    version: int
    document: Mapping[str, Any]
    activated_at: datetime
