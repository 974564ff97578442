"""What is asked about diaries, and what others tell that belongs into one (PAT-08)."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.messages import Command


@dataclass(frozen=True, kw_only=True)
class WriteDiary(Command):
    """Write words about one's own day (ISO), in the place of those that are there."""

    day: str
    words: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class AddDiaryNote(Command):
    """Add words to one's own day (ISO) after its week has closed."""

    day: str
    words: str


@dataclass(frozen=True, kw_only=True)
class CaseActed(Command):
    """A person did something with a case: `fact` is the event's name. `channel` is that of a report."""

    case_id: str
    fact: str
    number: str
    person_id: str
    channel: str
    grid: str | None
    at: datetime
