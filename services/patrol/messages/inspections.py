"""What is asked about inspections by a superior (PAT-13)."""

from dataclasses import dataclass

from services.chassis.messages import Command
from services.patrol.messages.tasks import GivenPoint


@dataclass(frozen=True, kw_only=True)
class BeginInspection(Command):
    """Inspect what lies in `grid` by the plan's inspection `rule`.

    `of` says what: grids, places, key-places or tasks (those finished from `since` to `until`, ISO days, both
    included). `chosen` names what of it, where the plan wants key points; without it all. `ratio` only where the plan
    gives none.
    """

    rule: str
    grid: str
    of: str
    chosen: tuple[str, ...]
    ratio: float | None
    since: str
    until: str


@dataclass(frozen=True, kw_only=True)
class InspectionCommand(Command):
    """A command about one inspection; `expected_version` is what its sender saw last (If-Match), None for any."""

    inspection_id: str
    expected_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class GivenAnswer:
    """What was found at a checklist item of a target."""

    item: str
    answer: str
    number: float | None
    words: str
    matter_code: str | None
    point: GivenPoint | None
    attachments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RecordResult(InspectionCommand):
    """What was found at a target; its items without an answer are `rest`."""

    target_id: str
    answers: tuple[GivenAnswer, ...]
    rest: str


@dataclass(frozen=True, kw_only=True)
class FinishInspection(InspectionCommand):
    """It is over; `gaps` says why something was not inspected."""

    gaps: str


@dataclass(frozen=True, kw_only=True)
class RecordCorrection(Command):
    """What was wrong is put right: how."""

    correction_id: str
    words: str
