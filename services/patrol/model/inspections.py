"""An inspection by a superior: what was chosen and how, what was found there, and what became of it (PAT-13)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from services.chassis.errors import StaleVersion
from services.chassis.messages import Aggregate
from services.patrol import messages
from services.patrol.errors import (
    CorrectionDone,
    InspectionOver,
    NothingToInspect,
    RatioMissing,
    TargetInspected,
    TargetsLeft,
    TargetUnknown,
    TooMuchToInspect,
)
from services.patrol.model.checklist import PROBLEM
from services.patrol.model.draw import digest, drawn
from services.patrol.model.inspection_rules import CONCENTRATED, RANDOM, InspectionRule

MOST = 50_000
"""Of a population, so that it can be shown whole to whoever draws again."""
OPEN, FINISHED = "open", "finished"
STATES = {OPEN: "进行中", FINISHED: "已完成"}
CORRECTION_STATES = {"open": "待整改", "overdue": "整改逾期", "done": "已整改"}
GRIDS, PLACES, KEY_PLACES, TASKS = "grids", "places", "key-places", "tasks"


@dataclass(frozen=True)
class Answer:
    """What was found at an item of a target; `case_id` is the case that a problem became."""

    item: str
    answer: str
    number: float | None = None
    words: str = ""
    case_id: str | None = None


@dataclass(frozen=True)
class Target:
    """One thing that is inspected: a grid, a place or a task, where it lies, and what was found there."""

    id: str
    kind: str
    name: str
    grid: str
    lon: float | None = None
    lat: float | None = None
    inspected_at: datetime | None = None
    rest: str = ""
    answers: tuple[Answer, ...] = ()

    @property
    def problems(self) -> int:
        return sum(each.answer == PROBLEM for each in self.answers)


@dataclass(frozen=True)
class Correction:
    """What is to be put right until the end of the day `due_on`; None: the plan sets no date."""

    id: str
    target_id: str
    item: str
    title: str
    case_id: str
    grid: str
    due_on: date | None
    done_at: datetime | None = None
    done_by: str | None = None
    words: str = ""


@dataclass
class Inspection(Aggregate):
    """`population` is all that could have been chosen, `seed` what the lots were drawn with, "" where none were."""

    id: str
    plan: str
    rule: str
    name: str
    kind: str
    grid: str
    by_id: str
    begun_at: datetime
    of: str
    population: tuple[str, ...] = ()
    seed: str = ""
    ratio: float | None = None
    state: str = OPEN
    finished_at: datetime | None = None
    gaps: str = ""
    targets: dict[str, Target] = field(default_factory=dict)
    corrections: dict[str, Correction] = field(default_factory=dict)
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        Aggregate.__init__(self, self.sequence)
        self.changed: set[str] = set()

    @property
    def digest(self) -> str:
        return digest(self.population)

    def expect(self, version: int | None) -> None:
        """Raises StaleVersion if `version` is given and not the current one."""
        if version is not None and version != self.version:
            raise StaleVersion(current=self.version)

    def record_result(self, target_id: str, answers: Sequence[Answer], rest: str, now: datetime) -> bool:
        """Keep what was found at a target; say whether that was new. Raises TargetUnknown, TargetInspected,
        InspectionOver."""
        target = self.targets.get(target_id)
        if target is None:
            raise TargetUnknown(value=target_id)
        if target.inspected_at is not None:
            if (target.rest, _said(target.answers)) == (rest, _said(answers)):
                return False
            raise TargetInspected(name=target.name)
        self._require_open()
        self.targets[target_id] = replace(target, answers=tuple(answers), rest=rest, inspected_at=now)
        self.changed.add(target_id)
        self.version += 1
        return True

    def demand(self, correction: Correction) -> None:
        """Something is to be put right."""
        self.corrections[correction.id] = correction
        self.changed.add(correction.id)

    def correct(self, correction_id: str, words: str, by: str, now: datetime) -> None:
        """It was put right. Raises CorrectionDone."""
        found = self.corrections[correction_id]
        if found.done_at is not None:
            raise CorrectionDone(day=found.done_at.date().isoformat())
        self.corrections[correction_id] = replace(found, done_at=now, done_by=by, words=words)
        self.changed.add(correction_id)
        self.version += 1

    def finish(self, gaps: str, now: datetime) -> None:
        """It is over; what was not looked at needs `gaps` to say why. Raises InspectionOver, TargetsLeft."""
        self._require_open()
        left = [target for target in self.targets.values() if target.inspected_at is None]
        if left and not gaps.strip():
            raise TargetsLeft(count=len(left), names="、".join(target.name for target in left[:5]))
        self.state, self.finished_at, self.gaps = FINISHED, now, gaps.strip()
        self.version += 1

    def tell_problem(self, found: messages.ProblemFound) -> None:
        """Say that a problem was found, which becomes a case by itself."""
        self.record(found)

    def _require_open(self) -> None:
        if self.state != OPEN:
            raise InspectionOver(state=STATES[self.state])


def _said(answers: Sequence[Answer]) -> Collection[object]:
    return {(each.item, each.answer, each.number, each.words) for each in answers}


def choose(
    rule: InspectionRule, population: Collection[str], chosen: Sequence[str], seed: str, ratio: float | None
) -> tuple[str, ...]:
    """The ids of what is inspected: all, those that were named, or those that the lots fall on.

    Raises NothingToInspect, TooMuchToInspect, TargetUnknown, RatioMissing.
    """
    if not population:
        raise NothingToInspect
    if len(population) > MOST:
        raise TooMuchToInspect(count=len(population), most=MOST)
    if rule.kind == RANDOM:
        if ratio is None:
            raise RatioMissing
        return drawn(population, seed, ratio)
    unknown = [each for each in chosen if each not in population]
    if unknown:
        raise TargetUnknown(value=unknown[0])
    everything = rule.kind == CONCENTRATED or not chosen
    return tuple(sorted(population if everything else set(chosen)))


def of_ids(things: Mapping[str, Target], ids: Sequence[str]) -> dict[str, Target]:
    """The targets with these ids."""
    return {each: things[each] for each in ids}
