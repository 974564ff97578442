"""What is asked about returns, and what they tell (PAT-12)."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from services.chassis.messages import Command, Event


@dataclass(frozen=True, kw_only=True)
class ReturnCommand(Command):
    """A command about one return; `expected_version` is what its sender saw last (If-Match), None for any."""

    return_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class GivenValue:
    """What a field of the form holds."""

    field: str
    value: str


@dataclass(frozen=True, kw_only=True)
class SubmitReturn(ReturnCommand):
    """Hand it in. Fields that are not given have what the platform knows; `nil`: there is nothing to report."""

    values: tuple[GivenValue, ...] = ()
    words: str = ""
    nil: bool = False


@dataclass(frozen=True, kw_only=True)
class SendBackReturn(ReturnCommand):
    reason: str


@dataclass(frozen=True, kw_only=True)
class AcceptReturn(ReturnCommand):
    """It is in order."""


# What they tell


@dataclass(frozen=True, kw_only=True)
class ReturnEvent(Event):
    """Something about a return, which is the subject. `form` is the plan's id of it, `person_id` who owes it."""

    form: str
    day: date
    person_id: str | None


@dataclass(frozen=True, kw_only=True)
class ReturnSubmitted(ReturnEvent):
    TYPE: ClassVar[str] = "patrol.return-submitted.v1"

    late: bool
    nil: bool


@dataclass(frozen=True, kw_only=True)
class ReturnSentBack(ReturnEvent):
    TYPE: ClassVar[str] = "patrol.return-sent-back.v1"


@dataclass(frozen=True, kw_only=True)
class ReturnAccepted(ReturnEvent):
    TYPE: ClassVar[str] = "patrol.return-accepted.v1"

    late: bool
