"""What may happen to an inspection by a superior, on random days of one (PAT-13)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.patrol.errors import CorrectionDone, InspectionOver, TargetInspected, TargetsLeft, TargetUnknown
from services.patrol.model.checklist import FINE, PROBLEM
from services.patrol.model.inspections import FINISHED, OPEN, Answer, Correction, Inspection, Target

pytestmark = pytest.mark.rule("PAT-13")

START = datetime(2026, 11, 23, tzinfo=UTC)
IDS = st.sampled_from(["g1", "g2", "g3", "elsewhere"])
ANSWERS = st.lists(st.builds(Answer, st.sampled_from(["a", "b"]), st.sampled_from([FINE, PROBLEM])), max_size=2)


class Life(RuleBasedStateMachine):
    """An inspection of three grids; what was recorded is remembered beside it."""

    def __init__(self) -> None:
        super().__init__()
        targets = {each: Target(each, "grid", each, each) for each in ("g1", "g2", "g3")}
        self.it = Inspection("i", "p/1", "r", "抽查", "random", "town", "who", START, "grids", targets=targets)
        self.recorded: dict[str, tuple[Answer, ...]] = {}
        self.corrected: set[str] = set()
        self.now, self.version = START, 0

    @rule(which=IDS, answers=ANSWERS)
    def somebody_records(self, which: str, answers: list[Answer]) -> None:
        self.now += timedelta(minutes=1)
        if which not in self.it.targets:
            with pytest.raises(TargetUnknown):
                self.it.record_result(which, answers, FINE, self.now)
        elif which in self.recorded:
            self._again(which, answers)
        elif self.it.state == FINISHED:
            with pytest.raises(InspectionOver):
                self.it.record_result(which, answers, FINE, self.now)
        else:
            assert self.it.record_result(which, answers, FINE, self.now)
            self.recorded[which], self.version = tuple(answers), self.version + 1
            for number, each in enumerate(answers):
                if each.answer == PROBLEM:
                    self.it.demand(Correction(f"{which}-{number}", which, each.item, "", "case", which, None))

    def _again(self, which: str, answers: list[Answer]) -> None:
        if set(answers) == set(self.recorded[which]):
            assert not self.it.record_result(which, answers, FINE, self.now)
            return
        with pytest.raises(TargetInspected):
            self.it.record_result(which, answers, FINE, self.now)

    @rule(data=st.data())
    def somebody_puts_something_right(self, data: st.DataObject) -> None:
        if not self.it.corrections:
            return
        chosen = data.draw(st.sampled_from(sorted(self.it.corrections)))
        if chosen in self.corrected:
            with pytest.raises(CorrectionDone):
                self.it.correct(chosen, "again", "li", self.now)
            return
        self.it.correct(chosen, "done", "li", self.now)
        self.corrected.add(chosen)
        self.version += 1

    @rule(gaps=st.sampled_from(["", "暴雪封路"]))
    def somebody_ends_it(self, gaps: str) -> None:
        left = set(self.it.targets) - set(self.recorded)
        if self.it.state == FINISHED:
            with pytest.raises(InspectionOver):
                self.it.finish(gaps, self.now)
        elif left and not gaps:
            with pytest.raises(TargetsLeft):
                self.it.finish(gaps, self.now)
        else:
            self.it.finish(gaps, self.now)
            self.version += 1

    @invariant()
    def what_was_recorded_stays_and_each_change_is_a_version(self) -> None:
        assert {key: each.answers for key, each in self.it.targets.items() if each.inspected_at} == self.recorded
        assert {key for key, each in self.it.corrections.items() if each.done_at} == self.corrected
        assert self.it.version == self.version
        assert self.it.state in (OPEN, FINISHED)


TestLife = Life.TestCase
