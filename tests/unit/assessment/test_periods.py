"""Days, months, quarters and years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.errors import PeriodWrong
from services.assessment.model.periods import Period, spans_between, spans_of

TODAY = date(2026, 11, 22)


@pytest.mark.rule("ASM-04")
@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-22", date(2026, 11, 22), date(2026, 11, 22)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_period_knows_its_days(text, first, last):
    assert Period.parse(text, TODAY) == Period(text, first, last)


def test_empty_text_is_the_present_month():
    assert Period.parse("", TODAY) == Period("2026-11", date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "2026-Q5", "26-11", "2026-11-22T00", "最近", "2026-1"])
def test_anything_else_is_refused(text):
    with pytest.raises(PeriodWrong) as refused:
        Period.parse(text, TODAY)
    assert refused.value.faults[0].path == "period"


def test_a_day_lies_in_a_year_a_quarter_and_a_month():
    assert [span.text for span in spans_of(date(2026, 11, 22))] == ["2026", "2026-Q4", "2026-11", "2026-11-22"]


@pytest.mark.parametrize(
    ("first", "last", "texts"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), ["2026"]),
        (date(2026, 11, 1), date(2026, 11, 30), ["2026-11"]),
        (date(2026, 3, 30), date(2026, 12, 31), ["2026-03-30", "2026-03-31", "2026-Q2", "2026-Q3", "2026-Q4"]),
        (date(2026, 11, 22), date(2026, 11, 22), ["2026-11-22"]),
        (date(2026, 11, 23), date(2026, 11, 22), []),
    ],
)
def test_days_are_made_of_the_fewest_spans(first, last, texts):
    assert [span.text for span in spans_between(first, last)] == texts


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(0, 900))
def test_spans_hold_every_day_once(first, days):
    last = first + timedelta(days=days)
    spans = list(spans_between(first, last))
    held = [span.first + timedelta(days=n) for span in spans for n in range((span.last - span.first).days + 1)]
    assert held == [first + timedelta(days=n) for n in range(days + 1)]
