"""Days, months, quarters and years."""

from datetime import date

import pytest

from services.assessment.errors import PeriodWrong
from services.assessment.model.periods import Period

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
