"""Which visits are owed, and how that meets the visits that there are, on random counties."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import WanggeError
from services.patrol.model.plan import Level, Office, VisitRule
from services.patrol.model.recurrence import Cadence, Window
from services.patrol.model.visits import (
    DONE,
    OPEN,
    RESULTS,
    Area,
    ConflictingRecord,
    Listed,
    Record,
    Round,
    Standing,
    Visit,
    changes,
    owed,
    rounds,
)

BEGINS = date(2026, 1, 5)
MEMBER = Office("member", "网格员", "member", (Level(3),))
HEAD = Office("head", "工作区网格长", "leader", (Level(2),))
RULES = {
    "weekly": VisitRule("weekly", MEMBER, Cadence(BEGINS, rule="FREQ=WEEKLY;BYDAY=MO"), "09:00-17:00"),
    "monthly": VisitRule("monthly", HEAD, Cadence(BEGINS, rule="FREQ=MONTHLY;BYMONTHDAY=1")),
    "twice": VisitRule("twice", MEMBER, Cadence(BEGINS, times=2, per="month")),
    "once": VisitRule("once", MEMBER, Cadence(BEGINS, rule="FREQ=WEEKLY;COUNT=2")),
}
GRIDS = {
    "g1": Area("g1", 3, "area", ("town", "work")),
    "g2": Area("g2", 3, "area", ("town",)),
    "work": Area("work", 2, "work-area", ("town",)),
    "town": Area("town", 1, "area"),
}


class Weekdays:
    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5


def entries(
    numbers: set[int], grid: str = "g1", visit: str = "weekly", last: date = date(2027, 12, 31)
) -> list[Listed]:
    return [Listed(f"e{each}", f"h{each}", grid, last, visit) for each in sorted(numbers)]


days = st.dates(date(2026, 1, 5), date(2026, 12, 31))
people = st.sets(st.sampled_from(["p1", "p2", "p3"]))
listed = st.sets(st.integers(0, 6))


@pytest.mark.rule("PAT-07")
@given(days)
def test_a_weekly_round_lasts_until_the_next_begins_and_every_day_has_one(day: date) -> None:
    (round_,) = rounds(RULES["weekly"], day, Weekdays())
    assert round_.day <= day <= round_.until
    assert (round_.day.weekday(), round_.until - round_.day) == (0, timedelta(days=6))


def test_a_plan_may_say_within_which_days_a_round_is_made() -> None:
    rule = VisitRule("v", MEMBER, Cadence(BEGINS, rule="FREQ=MONTHLY;BYMONTHDAY=1", window=Window(5, "calendar-days")))
    assert [each.until for each in rounds(rule, date(2026, 3, 5), Weekdays())] == [date(2026, 3, 5)]
    assert list(rounds(rule, date(2026, 3, 6), Weekdays())) == []


def test_before_a_festival_is_a_round_of_its_own() -> None:
    rule = VisitRule("v", MEMBER, Cadence(BEGINS, festivals=("spring-festival",), window=Window(10, "calendar-days")))
    feast = date(2026, 2, 17)
    (round_,) = rounds(rule, feast - timedelta(days=1), Weekdays())
    assert round_.day < feast and round_.until <= feast
    assert list(rounds(rule, feast + timedelta(days=1), Weekdays())) == []


def test_rounds_begin_with_the_plan_and_end_with_the_rule() -> None:
    assert list(rounds(RULES["weekly"], BEGINS - timedelta(days=1), Weekdays())) == []
    second = list(rounds(RULES["once"], BEGINS + timedelta(days=13), Weekdays()))
    assert [(each.day, each.until) for each in second] == [(date(2026, 1, 12), date(2026, 1, 18))]
    assert list(rounds(RULES["once"], BEGINS + timedelta(days=14), Weekdays())) == []


@pytest.mark.rule("PAT-02")
@given(days, people, people, listed, listed)
def test_making_a_day_twice_changes_nothing_and_what_changed_is_followed(
    day: date, before: set[str], after: set[str], first: set[int], then: set[int]
) -> None:
    def asked(who: set[str], which: set[int]) -> Any:
        return owed(RULES, day, entries(which), GRIDS, {("member", "g1"): sorted(who)}, Weekdays())

    there: dict[Round, Standing] = {}
    for who, which in ((before, first), (after, then)):
        wanted = asked(who, which)
        found = changes(wanted, there, ())
        for round_, want in found.made:
            there[round_] = Standing(f"v{round_.entry_id}", want.chosen(), "g1", want.held_in, want.until)
        moved = {visit_id: person for visit_id, _, person in found.moved}
        there = {
            round_: Standing(each.id, moved.get(each.id, each.person_id), each.grid, each.held_in, each.until)
            for round_, each in there.items()
            if each.id not in found.withdrawn
        }
        assert set(there) == set(wanted)
        assert all(each.person_id in (who or {None}) for each in there.values())
        again = changes(asked(who, which), there, ())
        assert not (again.made or again.moved or again.withdrawn)
    kept = first & then
    if before and before <= after:
        same = {
            f"e{number}": want.chosen() for number in kept for want in [next(iter(asked(before, {number}).values()))]
        }
        assert all(there[each].person_id == same[each.entry_id] for each in there if each.entry_id in same)


@given(days, listed)
def test_what_was_made_is_not_asked_for_again(day: date, which: set[int]) -> None:
    wanted = owed(RULES, day, entries(which), GRIDS, {}, Weekdays())
    found = changes(wanted, {}, wanted)
    assert not (found.made or found.moved or found.withdrawn)


@given(days, people)
def test_a_post_above_is_the_nearest_that_somebody_holds(day: date, who: set[str]) -> None:
    wanted = owed(RULES, day, entries({1}, visit="monthly"), GRIDS, {("leader", "work"): sorted(who)}, Weekdays())
    for want in wanted.values():
        assert (want.held_in, set(want.holders)) == ("work", who)
        assert want.chosen() in (who or {None})


@given(days)
def test_nobody_is_visited_after_the_last_day(day: date) -> None:
    last = date(2026, 6, 10)
    wanted = owed(RULES, day, entries({1}, last=last), GRIDS, {}, Weekdays())
    assert (day <= last) == bool(wanted)
    assert all(each.until <= last for each in wanted.values())


def test_so_many_times_are_so_many_rounds() -> None:
    wanted = owed(RULES, date(2026, 3, 4), entries({1}, visit="twice"), GRIDS, {}, Weekdays())
    assert [(each.day, each.number) for each in sorted(wanted)] == [(date(2026, 3, 1), 1), (date(2026, 3, 1), 2)]


DAY, AT = date(2026, 11, 23), datetime(2026, 11, 23, 4, tzinfo=UTC)
record_ = st.builds(
    Record,
    version=st.integers(1, 4),
    client_id=st.just("c"),
    person_id=st.just("p"),
    at=st.just(AT),
    result=st.sampled_from(sorted(RESULTS)),
    help_given=st.booleans(),
    words=st.sampled_from(["", "身体好"]),
)


@given(st.lists(st.one_of(record_, st.just("excuse")), max_size=8), st.integers(-2, 20))
def test_whatever_devices_bring_a_visit_keeps_one_record_and_refuses_without_a_trace(
    deeds: list[Any], later: int
) -> None:
    visit = Visit("v", "e", "h", "g1", "p", DAY, DAY + timedelta(days=6))
    today = DAY + timedelta(days=later)
    for deed in deeds:
        before = (visit.state, visit.version, visit.record_, visit.sequence)
        try:
            if deed == "excuse":
                visit.excuse("by", "住院")
            else:
                new = visit.take(deed, today, AT)
                assert new or (visit.state, visit.version, visit.record_, visit.sequence) == before
                assert visit.record_ is not None and visit.record_.said == deed.said
                assert visit.state == DONE
        except (WanggeError, ConflictingRecord):
            assert (visit.state, visit.version, visit.record_, visit.sequence) == before
    assert visit.record_ is None or today >= DAY
    assert (visit.record_ is None) == (visit.state in (*OPEN, "excused"))
    assert visit.late == (visit.record_ is not None and today > visit.until)
    assert visit.record_ is None or Record.read(visit.record_.written()) == visit.record_
