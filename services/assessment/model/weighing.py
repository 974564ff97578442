"""How much each fact counts: set logic over the facts of one problem, whatever their order (ASM-03, ASM-11).

- The last answer to a question counts: a case closed, reopened and closed again is closed once.
- A self-handled case counts in `self_handled` alone, in neither numerator nor denominator of anything else.
- A case that was merged into another counts in `merged` and, where it was the first report, in `first_reports` alone.
- A member is measured by what the grid's own people reported, not by calls that an operator typed in.
- Cases that one person reported on one day in one grid about one matter weigh one together, each an equal part:
  splitting a problem gives no more weight than reporting it once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.assessment.model.facts import MEMBER, Fact

FactKey = tuple[str, str, str, str]
SELF = "self_handled"
MERGED = "merged"
OF_MERGED = (MERGED, "first_reports")
UNSHARED = (SELF, MERGED)
"""Counters whose facts weigh their whole amount, however many cases the problem has."""
SPLIT = "split"
PARTS = ("", SPLIT)
"""The reasons of facts that weigh a `part` of their amount, but for UNSHARED; only these depend on other cases."""


@dataclass(frozen=True, order=True)
class Cell:
    """Where a counter is kept: one subject, one area, one day."""

    subject_kind: str
    subject_id: str
    area: str
    day: date
    counter: str


@dataclass(frozen=True)
class Weight:
    """How much a fact counts; `reason` why not its whole amount: superseded, self_handled,
    merged, not-own, split or empty."""

    counted: float
    reason: str = ""


@dataclass(frozen=True)
class Case:
    """What the facts of one case say together."""

    latest: Mapping[str, int]
    self_handled: bool
    merged: bool
    own: bool

    @property
    def counts(self) -> bool:
        """Whether it is one of the cases by which subjects are measured."""
        return not (self.self_handled or self.merged)

    @classmethod
    def of(cls, facts: Collection[Fact]) -> "Case":
        """The case that `facts` are all the facts of."""
        latest: dict[str, int] = {}
        for fact in facts:
            latest[fact.question] = max(fact.sequence, latest.get(fact.question, 0))
        return cls(
            latest=latest,
            self_handled=any(f.counter == SELF and f.amount and f.sequence == latest[f.question] for f in facts),
            merged=any(f.counter == MERGED and f.amount and f.sequence == latest[f.question] for f in facts),
            own=any(fact.problem for fact in facts),
        )

    def weigh(self, fact: Fact, share: float) -> Weight:
        """The weight of one of its facts, where the case has this `share` of its problem."""
        if fact.sequence < self.latest[fact.question]:
            return Weight(0.0, "superseded")
        if self.self_handled and fact.counter != SELF:
            return Weight(0.0, SELF)
        if self.merged and fact.counter not in OF_MERGED:
            return Weight(0.0, MERGED)
        if fact.subject_kind == MEMBER and not self.own:
            return Weight(0.0, "not-own")
        return part(fact.amount, 1.0 if fact.counter in UNSHARED else share)


def part(amount: int, share: float) -> Weight:
    """The weight of `amount` in a problem of which each case has this `share`."""
    return Weight(amount * share, "" if share == 1 else SPLIT)


def share_of(counting: int) -> float:
    """The share that each case has of a problem of which so many cases count; 1 where none or one does (ASM-11)."""
    return 1 / max(1, counting)


def weigh(facts: Collection[Fact]) -> dict[FactKey, Weight]:
    """The weight of each fact; `facts` are all those of the cases of one problem."""
    by_case: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_case[fact.case_id].append(fact)
    cases = {case_id: Case.of(of_case) for case_id, of_case in by_case.items()}
    share = share_of(sum(case.counts for case in cases.values()))
    return {fact.key: cases[fact.case_id].weigh(fact, share) for fact in facts}


def problems(facts: Iterable[Fact]) -> list[list[Fact]]:
    """The facts of each problem; a case whose report is not a grid worker's, or not known yet, stands alone."""
    unique = {fact.key: fact for fact in facts}.values()
    problem_of = {fact.case_id: fact.problem for fact in unique if fact.problem}
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in unique:
        groups[problem_of.get(fact.case_id) or fact.case_id].append(fact)
    return list(groups.values())


def count(facts: Iterable[Fact]) -> dict[Cell, float]:
    """Every counter that follows from `facts`: the whole of ASM-02, from a set of events to numbers."""
    counters: dict[Cell, float] = defaultdict(float)
    for group in problems(facts):
        weights = weigh(group)
        for fact in group:
            if counted := weights[fact.key].counted:
                counters[cell_of(fact)] += counted
    return counters


def cell_of(fact: Fact) -> Cell:
    return Cell(fact.subject_kind, fact.subject_id, fact.area, fact.day, fact.counter)
