"""Commands: what somebody asks of the incident service."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.messages import Command


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
