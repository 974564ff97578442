"""The list of households to be visited: what an entry goes through, how long it counts, what the help may say."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.registry.errors import CareStateWrong, VisitIncomplete
from services.registry.model.care import ACTIVE, DECLINED, EXPIRED, LIVE, PROPOSED, WITHDRAWN, CareEntry, help_faults
from services.registry.model.care import visit_of as read_visit

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
VISIT = {
    "id": "weekly", "name": "走访", "category": "needy", "legal_basis": "社会救助暂行办法", "purpose": "及时救助",
    "expires": {"amount": 3, "unit": "calendar-days"},
}  # fmt: skip


class Weekdays:
    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5


class Life(RuleBasedStateMachine):
    """Any order of decisions: what is refused changes nothing, and others are told exactly what counts."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = CareEntry("e", "h", "371321106201001", "mark", "", "someone", AT)
        self.told: list[Any] = []

    def attempt(self, deed: Any, *allowed: str) -> None:
        before = (self.entry.state, self.entry.version, self.entry.sequence)
        if self.entry.state in allowed:
            deed()
            self.told += self.entry.collect()
            return
        with pytest.raises(CareStateWrong):
            deed()
        assert (self.entry.state, self.entry.version, self.entry.sequence) == before

    @rule()
    def confirm(self) -> None:
        self.attempt(lambda: self.entry.confirm("by", date(2026, 12, 1), "sealed", AT), *LIVE)

    @rule()
    def decline(self) -> None:
        self.attempt(lambda: self.entry.decline("by", AT), PROPOSED)

    @rule()
    def withdraw(self) -> None:
        self.attempt(lambda: self.entry.withdraw("by", AT), *LIVE)

    @rule()
    def expire(self) -> None:
        self.attempt(lambda: self.entry.expire(AT), ACTIVE)

    @precondition(lambda self: self.entry.state in LIVE)
    @rule()
    def move(self) -> None:
        self.entry.move("371321106202001", "sealed again", AT)
        self.told += self.entry.collect()

    @invariant()
    def others_know_what_counts(self) -> None:
        if not self.told:
            assert self.entry.state in (PROPOSED, DECLINED, WITHDRAWN)
            return
        last = self.told[-1]
        assert last.active == (self.entry.state == ACTIVE)
        assert (last.sealed is None) == (self.entry.state in (WITHDRAWN, EXPIRED))
        assert last.grid == self.entry.grid_code or self.entry.state != ACTIVE
        assert [each.sequence for each in self.told] == list(range(1, len(self.told) + 1))


TestLife = pytest.mark.rule("REG-09")(Life.TestCase)


@pytest.mark.rule("PRV-01")
@pytest.mark.parametrize("missing", ["category", "legal_basis", "purpose", "expires"])
def test_a_visit_that_does_not_say_it_takes_nobody(missing: str) -> None:
    with pytest.raises(VisitIncomplete):
        read_visit([{name: value for name, value in VISIT.items() if name != missing}], "weekly")


def last_day(amount: float, unit: str, first: date = date(2026, 11, 27)) -> date:
    found = read_visit([{**VISIT, "expires": {"amount": amount, "unit": unit}}], "weekly")
    assert found is not None
    return found.last_day(first, Weekdays())


def test_terms_are_counted_in_their_own_days() -> None:
    friday = date(2026, 11, 27)
    assert last_day(365, "calendar-days") == friday + timedelta(days=365)
    assert last_day(2, "working-days") == date(2026, 12, 1)
    assert last_day(36, "urgent-hours") == date(2026, 11, 29)


@given(st.integers(1, 400), st.sampled_from(["calendar-days", "working-days", "urgent-hours", "working-hours"]))
def test_every_term_ends_after_it_began_and_a_longer_one_not_earlier(amount: int, unit: str) -> None:
    first = date(2026, 11, 27)
    assert first < last_day(amount, unit) <= last_day(amount + 1, unit)


def test_an_unknown_visit_is_none() -> None:
    assert read_visit([VISIT], "monthly") is None


@pytest.mark.rule("PAT-07")
@pytest.mark.parametrize("help", ["送药", "", "代购米面、检查燃气", "陪同就医"])
def test_help_that_says_what_is_to_be_done_is_taken(help: str) -> None:
    assert list(help_faults(help)) == []


@pytest.mark.rule("PAT-07")
@pytest.mark.parametrize("help", ["发低保金", "看望空巢老人", "残疾证年审", "留守儿童辅导"])
def test_help_that_tells_why_is_refused(help: str) -> None:
    assert [each.path for each in help_faults(help)] == ["help"]
