"""A task through random days: what is signed stays as it was signed, nothing said twice counts twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.chassis.errors import StaleVersion, WanggeError
from services.patrol.errors import NotYetDue
from services.patrol.model.task import ENTERED, FINISHED, OPEN, SIGNED, SUBMITTED, ConflictingEntry, Finding, Task

pytestmark = pytest.mark.rule("PAT-02", "PAT-04")

DAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ITEMS = st.sampled_from(["a/1", "a/2", "b/1"])
ANSWERS = st.sampled_from(["fine", "problem", "not-applicable"])


def task(until: date = DAY) -> Task:
    return Task(id="t", patrol="daily", name="日巡查", grid="371321106245001", person_id="li", day=DAY, until=until)


def finding(item: str = "a/1", answer: str = "fine", version: int = 1, client_id: str = "c") -> Finding:
    case_id = "case" if answer == "problem" else None
    return Finding(
        item=item, answer=answer, version=version, client_id=client_id, person_id="li", at=NOON, case_id=case_id
    )


class Lives(RuleBasedStateMachine):
    """One task, what every kind of person may try, and a clerk's own book of what must hold."""

    @initialize(signed=st.booleans())
    def begin(self, signed: bool) -> None:
        self.task, self.signature = task(), signed
        self.events: list[int] = []
        self.sealed: dict[str, Finding] | None = None
        self.now = NOON

    def attempt(self, deed) -> bool:  # type: ignore[no-untyped-def]
        """Whether it was done; a refusal changes nothing at all."""
        before = (self.task.state, self.task.version, dict(self.task.findings))
        try:
            deed()
        except (WanggeError, ConflictingEntry):
            assert (self.task.state, self.task.version, self.task.findings) == before
            return False
        self.events += [event.sequence for event in self.task.collect()]
        return True

    @rule(item=ITEMS, answer=ANSWERS, version=st.integers(1, 3))
    def find(self, item: str, answer: str, version: int) -> None:
        entry = finding(item, answer, version)
        known = item in self.task.findings and self.task.findings[item].says_the_same(entry)
        done = self.attempt(lambda: self.task.take(entry, DAY))
        if known:
            assert done
        elif done:
            assert self.task.state in ENTERED and self.task.findings[item].answer == answer

    @rule(rest=st.sampled_from(["fine", "not-applicable"]))
    def finish(self, rest: str) -> None:
        self.attempt(lambda: self.task.finish(rest, self.now, self.now, DAY))

    @rule()
    def sign(self) -> None:
        ready = self.task.state == FINISHED
        assert self.attempt(lambda: self.task.sign("leader", self.now)) == ready
        if ready:
            self.sealed = dict(self.task.findings)

    @rule()
    def submit(self) -> None:
        ready = self.task.state == (SIGNED if self.signature else FINISHED)
        assert self.attempt(lambda: self.task.submit("governance", self.now, self.signature)) == ready

    @rule(reason=st.sampled_from(["", "  ", "漏了一处"]))
    def send_back(self, reason: str) -> None:
        ready = bool(reason.strip()) and self.task.state in (FINISHED, SIGNED, SUBMITTED)
        assert self.attempt(lambda: self.task.send_back("leader", reason, self.now)) == ready
        if ready:
            self.sealed = None

    @rule()
    @precondition(lambda self: self.task.version > 4)
    def excuse(self) -> None:
        ready = self.task.state in OPEN
        assert self.attempt(lambda: self.task.excuse("leader", "暴雪", self.now)) == ready

    @invariant()
    def what_is_signed_stays(self) -> None:
        if getattr(self, "task", None) is None:
            return
        assert self.sealed is None or self.task.findings == self.sealed
        assert (self.task.signed_by is not None) == (self.task.signed_at is not None)
        if self.task.state == SUBMITTED and self.signature:
            assert self.task.signed_by == "leader"

    @invariant()
    def events_count_from_one_without_a_gap(self) -> None:
        assert getattr(self, "events", []) == list(range(1, len(getattr(self, "events", [])) + 1))


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)


def test_nothing_is_entered_before_the_day() -> None:
    with pytest.raises(NotYetDue):
        task().take(finding(), DAY - timedelta(days=1))
    with pytest.raises(NotYetDue):
        task().finish("fine", NOON, NOON, DAY - timedelta(days=1))


def test_late_is_what_is_finished_after_the_last_day() -> None:
    in_time, late = task(until=DAY + timedelta(days=2)), task()
    in_time.finish("fine", NOON, NOON, DAY + timedelta(days=2))
    late.finish("fine", NOON, NOON, DAY + timedelta(days=1))
    assert (in_time.late, late.late) == (False, True)


def test_somebody_else_changed_it_meanwhile() -> None:
    changed = task()
    changed.take(finding(), DAY)
    with pytest.raises(StaleVersion):
        changed.expect(0)
    changed.expect(1)
    changed.expect(None)


def test_a_device_that_begins_with_a_later_version_is_believed_once() -> None:
    fresh = task()
    fresh.take(finding(version=7), DAY)
    assert fresh.findings["a/1"].version == 1


def test_what_was_not_looked_at_is_what_the_rest_is_said_to_be() -> None:
    done = task()
    done.take(finding("a/2", "problem"), DAY)
    assert (done.says("a/1"), done.says("a/2")) == ("", "problem")
    done.finish("not-applicable", NOON, NOON, DAY)
    assert (done.says("a/1"), done.says("a/2")) == ("not-applicable", "problem")
