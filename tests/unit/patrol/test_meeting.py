"""A meeting and a decision through random days: refusals change nothing, what ended stays ended (PAT-09)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.chassis.errors import WanggeError
from services.patrol.errors import DecisionStateWrong
from services.patrol.model.decision import CANCELLED, CASE, DONE, INCIDENT, KINDS, TASK, Decision
from services.patrol.model.meeting import HELD, NAMES, OPEN, AgendaItem, Meeting, Suggested
from services.patrol.model.unresolved import STILL_OPEN, WHY, reasons

pytestmark = pytest.mark.rule("PAT-09")

DAY = date(2026, 11, 27)
NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)
WORDS = st.sampled_from(["", "  ", "说明"])
CASES = ("c1", "c2", "c3")
SUGGESTIONS = st.sets(st.sampled_from(CASES)).map(
    lambda cases: [Suggested(kind="case", title=each, case_id=each, why=("asked",)) for each in sorted(cases)]
)


def meeting() -> Meeting:
    return Meeting(
        id="m", meeting="consultation", name="会商", plan="p02/1", grid="371321106000001", round=DAY, day=DAY
    )


class Ids:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> str:
        self.count += 1
        return f"i{self.count}"


class Lives(RuleBasedStateMachine):
    """One meeting and everything that may be tried with it."""

    @initialize()
    def begin(self) -> None:
        self.meeting, self.ids = meeting(), Ids()
        self.events: list[Any] = []
        self.removed: set[str] = set()
        self.over: tuple[Any, ...] | None = None

    def _all(self) -> tuple[Any, ...]:
        it = self.meeting
        return (it.state, it.version, list(it.items), it.present, it.minutes, it.reason, it.day, it.place)

    def attempt(self, deed: Any) -> bool:
        before = self._all()
        try:
            deed()
        except WanggeError:
            assert self._all() == before
            return False
        self.events += self.meeting.collect()
        return True

    @rule(suggested=SUGGESTIONS)
    def fill(self, suggested: list[Suggested]) -> None:
        changed = self.meeting.fill(suggested, self.ids)
        assert not self.meeting.fill(suggested, self.ids)
        if changed:
            there = {item.case_id for item in self.meeting.items}
            assert {each.case_id for each in suggested} <= there

    @rule(case=st.sampled_from((*CASES, None)))
    def add(self, case: str | None) -> None:
        item = AgendaItem(
            id=self.ids(), number=0, kind="case" if case else "topic", title=case or "议题", case_id=case, added_by="li"
        )
        twice = case is not None and any(each.case_id == case for each in self.meeting.agenda)
        assert not (self.attempt(lambda: self.meeting.add(item)) and twice)

    @rule(at=st.integers(0, 5), why=WORDS)
    def remove(self, at: int, why: str) -> None:
        if at < len(self.meeting.items):
            item_id = self.meeting.items[at].id
            if self.attempt(lambda: self.meeting.remove(item_id, why)):
                assert why.strip()
                self.removed.add(item_id)

    @rule(today=st.sampled_from([date(2026, 11, 26), DAY, date(2026, 12, 3)]))
    def open(self, today: date) -> None:
        early = today < self.meeting.day
        assert not (self.attempt(lambda: self.meeting.open("li", NOON, today)) and early)

    @rule(people=st.lists(st.sampled_from(["a", "b"])))
    def present(self, people: list[str]) -> None:
        if self.attempt(lambda: self.meeting.record_present(people, "")):
            assert self.meeting.state == OPEN and len(self.meeting.present) == len(set(people))

    @rule(at=st.integers(0, 5), about_case=st.booleans())
    def decide(self, at: int, about_case: bool) -> None:
        if at < len(self.meeting.items):
            item = self.meeting.items[at]
            if self.attempt(lambda: self.meeting.decide(item.id, about_case)):
                assert self.meeting.state == OPEN and not item.removed
                assert item.case_id or not about_case

    @rule(minutes=WORDS, today=st.sampled_from([DAY, date(2026, 12, 3)]))
    def close(self, minutes: str, today: date) -> None:
        if self.attempt(lambda: self.meeting.close(minutes, "li", NOON, today, "工作纪实")):
            assert minutes.strip() and self.events[-1].late == (today > self.meeting.day)

    @rule(why=WORDS)
    def cancel(self, why: str) -> None:
        decided = any(item.decided for item in self.meeting.items)
        if self.attempt(lambda: self.meeting.cancel(why, NOON)):
            assert why.strip() and not decided

    @rule(day=st.dates(date(2026, 10, 1), date(2027, 2, 1)), why=WORDS)
    def arrange(self, day: date, why: str) -> None:
        same = day == self.meeting.day
        if self.attempt(lambda: self.meeting.arrange(day, "09:00", "二楼", why, DAY)) and not same:
            assert why.strip() and day >= DAY and self.meeting.moved_from is not None

    @invariant()
    def what_is_over_stays_as_it_was(self) -> None:
        if self.over is not None:
            assert self._all() == self.over
        elif self.meeting.state in (HELD, "cancelled"):
            self.over = self._all()
            assert [event.sequence for event in self.events] == [1]
        assert self.meeting.state in NAMES

    @invariant()
    def what_was_removed_stays_off_the_agenda(self) -> None:
        assert not self.removed & {item.id for item in self.meeting.agenda}

    @invariant()
    def no_case_is_on_it_twice(self) -> None:
        cases = [item.case_id for item in self.meeting.agenda if item.case_id]
        assert len(cases) == len(set(cases))


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)

DEEDS = st.lists(st.tuples(st.sampled_from(["finish", "cancel", "carry", "again", "pass"]), WORDS), max_size=8)


@given(kind=st.sampled_from(KINDS), deeds=DEEDS, late=st.booleans())
def test_a_task_ends_once_by_people_and_the_others_with_their_case(
    kind: str, deeds: list[tuple[str, str]], late: bool
) -> None:
    today = date(2026, 12, 3) if late else DAY
    decision = Decision(
        id="d", meeting_id="m", item_id="i", kind=kind, grid="371321106000001", words="w", decided_by="li",
        decided_at=NOON, due_on=DAY,
    )  # fmt: skip
    ended = 0
    for deed, words in deeds:
        was, version = decision.state, decision.version
        try:
            match deed:
                case "finish":
                    decision.finish(words, "li", NOON, today)
                case "cancel":
                    decision.cancel(words, "li", NOON, today)
                case "carry":
                    decision.carried_out("platform", NOON, today)
                case "again":
                    decision.taken_up_again()
                case _:
                    decision.pass_day()
        except WanggeError as error:
            assert (decision.state, decision.version) == (was, version)
            assert kind == TASK or not isinstance(error, DecisionStateWrong)
            continue
        assert not (deed == "cancel" and not words.strip())
        assert kind == TASK or deed not in ("finish", "cancel")
        if decision.state in (DONE, CANCELLED) and was != decision.state:
            ended += 1
        assert was not in (DONE, CANCELLED) or decision.state == was or (kind in (INCIDENT, CASE) and deed == "again")
    told = decision.collect()
    assert len(told) == ended and all(event.late == late for event in told)


@given(
    had=st.lists(st.sampled_from(sorted(WHY)), unique=True).map(tuple),
    why=st.sampled_from(["", *sorted(WHY)]),
    state=st.sampled_from([*STILL_OPEN, "answered", "verified", "closed", "merged"]),
)
def test_reasons_end_with_what_settled_the_case(had: tuple[str, ...], why: str, state: str) -> None:
    found = reasons(had, why, state)
    assert len(found) == len(set(found))
    if state not in STILL_OPEN:
        assert found == ()
    else:
        assert not why or why in found
        assert set(had) - {"contested"} <= set(found)
        assert "contested" not in found or state == "arbitration" or why == "contested"
    assert reasons(found, why, state) == found
