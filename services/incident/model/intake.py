"""Taking a case in: what the plan asks about a matter, which way it goes, whether it is drawn for a spot check."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.incident.errors import ReplyMissing, ReplyWrong, ResultMissing, WayNotAllowed
from services.incident.model.case import Matter


@dataclass(frozen=True)
class Question:
    """An extra question of a matter (INC-04). `choices` is empty for free answers."""

    id: str
    text: str
    kind: str
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class MatterCard:
    """A matter as the active plan has it: its way and ways, its duty, its questions."""

    matter: Matter
    way: str
    ways: tuple[str, ...]
    duty: str | None
    questions: tuple[Question, ...] = ()
    must_report: bool = False

    def choose_way(self, asked: str | None, settled: bool) -> str:
        """The way that the case goes (INC-03). Raises WayNotAllowed."""
        way = "settled" if settled else asked or self.way
        if way not in self.ways:
            raise WayNotAllowed(matter=self.matter.code, value=way, possible=", ".join(self.ways))
        return way

    def way_from_outside(self) -> str:
        """The way of a report from outside the grid: the matter's own, unless that means settled on the spot."""
        return next((way for way in (self.way, *self.ways) if way != "settled"), self.way)

    def check_replies(self, replies: Mapping[str, str]) -> None:
        """Raise ReplyMissing or ReplyWrong unless the questions are answered as the plan wants."""
        for question in self.questions:
            value = replies.get(question.id, "")
            if question.required and not value:
                raise ReplyMissing(question=question.text)
            several = value.split("\n") if question.kind == "multi-choice" else [value]
            if value and question.choices and not set(several) <= set(question.choices):
                raise ReplyWrong(question=question.text, value=value, possible="、".join(question.choices))


@dataclass(frozen=True)
class Duty:
    """Who leads and who helps (REG-08). `grid_part` says whether the grid itself undertakes or assists."""

    lead: str
    co_departments: Sequence[str] = ()
    grid_part: str = "assists"


def check_result(settled: bool, result: str) -> None:
    """Raise ResultMissing for a matter settled on the spot without a word on how."""
    if settled and not result.strip():
        raise ResultMissing


def is_drawn(case_id: str, ratio: float) -> bool:
    """Whether a self-handled case is drawn for verification: by its id, so that the draw can be repeated (INC-14)."""
    draw = int.from_bytes(hashlib.sha256(case_id.encode()).digest()[:8])
    return draw < ratio * 2**64
