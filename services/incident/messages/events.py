"""Events: what happened to a case, told to whom it concerns. No personal data."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.chassis.messages import Event


@dataclass(frozen=True, kw_only=True)
class CaseEvent(Event):
    """What every event about a case tells: number, matter, way, the state after it, the worker who reported, and who
    did what it tells; None where the platform did it by itself."""

    number: str
    matter_code: str
    way: str
    state: str
    reporter_id: str | None
    actor_id: str | None = None


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
    extended: bool


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
    climbed: int = 0


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
