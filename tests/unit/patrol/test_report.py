"""A return through random days: refusals change nothing, what is accepted stays as it was, late stays late (PAT-12)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Invalid, WanggeError
from services.patrol.model.known import KNOWN, known_as
from services.patrol.model.meeting_plan import Unit
from services.patrol.model.plan import Office
from services.patrol.model.recurrence import Cadence, Window
from services.patrol.model.report import ACCEPTED, OWED, SENT_BACK, SUBMITTED, Return, filled
from services.patrol.model.return_plan import ReturnRule

pytestmark = pytest.mark.rule("PAT-12")

DAY, UNTIL = date(2026, 11, 23), date(2026, 11, 27)
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
FIELDS = ("网格数", "下周打算")
WORDS = st.sampled_from(["", "  ", "说明"])
RULE = ReturnRule(
    "weekly", "周报", Office("grid-leader", "网格长", "leader"), Unit("grid-centre", "中心"), fields=FIELDS
)
DEEDS = st.lists(st.tuples(st.sampled_from(["submit", "send-back", "accept"]), WORDS, st.integers(-1, 9)), max_size=10)


class EveryDay:
    def is_workday(self, day: date) -> bool:
        return True


def report() -> Return:
    return Return(
        id="r", form="weekly", name="周报", plan="p/1", grid="371321106245001", person_id="li",
        department="grid-centre", since=DAY - timedelta(days=7), day=DAY, until=UNTIL,
    )  # fmt: skip


@given(deeds=DEEDS)
def test_refusals_change_nothing_and_what_is_accepted_stays(deeds: list[tuple[str, str, int]]) -> None:
    it, late = report(), False
    for deed, words, days in deeds:
        before, today = {**vars(it)}, DAY + timedelta(days=days)
        before.pop("_events")
        try:
            match deed:
                case "submit":
                    it.submit({"网格数": "1"}, words, False, "li", NOON, today)
                case "send-back":
                    it.send_back(words, "centre", NOON)
                case _:
                    it.accept("centre", NOON)
        except WanggeError:
            after = {**vars(it)}
            after.pop("_events")
            assert after == before
            continue
        if deed == "submit":
            assert before["state"] in OWED and today >= DAY and it.state == SUBMITTED
            late = late or (before["submitted_at"] is None and today > UNTIL)
        else:
            assert before["state"] == SUBMITTED and it.state == (SENT_BACK if deed == "send-back" else ACCEPTED)
            assert deed == "accept" or words.strip()
        assert before["state"] != ACCEPTED
        assert it.late == late
        assert it.version == before["version"] + 1
    assert [each.sequence for each in it.collect()] == list(range(1, it.version + 1))


@given(
    given_values=st.lists(st.tuples(st.sampled_from([*FIELDS, "面积"]), WORDS), max_size=3),
    known=st.dictionaries(st.sampled_from(FIELDS), st.just("7")),
    words=WORDS,
    nil=st.booleans(),
    nil_allowed=st.booleans(),
)
def test_a_form_is_whole_or_refused(
    given_values: list[tuple[str, str]], known: dict[str, str], words: str, nil: bool, nil_allowed: bool
) -> None:
    rule = ReturnRule("w", "周报", RULE.office, RULE.unit, fields=FIELDS, nil=nil_allowed)
    try:
        values = filled(rule, given_values, known, words, nil)
    except Invalid as refused:
        assert refused.faults[0].path in ("values", "nil", "words")
        return
    names = [name for name, _ in given_values]
    assert "面积" not in names and len(names) == len(set(names))
    said = {name: value.strip() for name, value in given_values if value.strip()}
    assert values == ({} if nil else {name: said.get(name) or known[name] for name in FIELDS})
    assert not nil or nil_allowed


@given(st.dates(date(2026, 2, 1), date(2027, 12, 31)))
def test_periods_follow_each_other_without_gap(day: date) -> None:
    rule = ReturnRule(
        "h", "半月报", RULE.office, RULE.unit, begins=date(2026, 1, 1),
        cadence=Cadence(date(2026, 1, 1), "FREQ=MONTHLY;BYMONTHDAY=1,15", window=Window(3, "calendar-days")),
    )  # fmt: skip
    for occurrence in rule.asked(day, day, EveryDay()):
        since = rule.since(occurrence.day, EveryDay())
        assert since < occurrence.day <= day <= occurrence.until
        (before,) = [each for each in rule.asked(since, since, EveryDay()) if each.day == since]
        assert before.until == since + timedelta(days=2)


def test_every_name_of_a_known_field_is_known_with_its_unit_too() -> None:
    for key, names in KNOWN.items():
        for name in names:
            assert known_as(name) == known_as(f"{name}(个)") == known_as(f" {name}（次） ") == key
    assert known_as("下周打算") is None


def test_a_return_without_rule_or_day_is_asked_of_nobody() -> None:
    assert RULE.asked(DAY, UNTIL, EveryDay()) == []
