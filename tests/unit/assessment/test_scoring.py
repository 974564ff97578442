"""From counters to points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simpleeval import InvalidExpression

from services.assessment.model.facts import COUNTERS
from services.assessment.model.scheme import Formula, read_schemes
from services.assessment.model.scoring import score

ON_TIME = {
    "id": "on-time",
    "name": "按时处置率",
    "kind": "ratio",
    "weight": 600,
    "formula": "handled_on_time / should_be_handled",
    "numerator": "handled_on_time",
    "denominator": "should_be_handled",
}
QUALITY = {
    "id": "quality",
    "name": "一次合格率",
    "kind": "ratio",
    "weight": 400,
    "formula": "1 - reworked / answers",
    "numerator": "reworked",
    "denominator": "answers",
}
BONUS = {
    "id": "first",
    "name": "首报加分",
    "kind": "bonus",
    "formula": "first_reports",
    "credit": "first_report",
    "points": 2,
    "cap": 5,
}
DEDUCTION = {"id": "missed", "name": "漏报扣分", "kind": "deduction", "formula": "missed", "points": 2}
VETO = {"id": "veto", "name": "一票否决", "kind": "veto", "formula": "missed"}


def scheme_of(*indicators, departments=(), subject="department"):
    entry = {"id": "s", "subject": subject, "name": "考核", "departments": departments, "indicators": indicators}
    return read_schemes("p/1", {"total": 1000, "schemes": [entry]}).schemes[0]


@pytest.mark.rule("ASM-03")
def test_ratio_shows_its_numerator_and_denominator():
    found = score(scheme_of(ON_TIME, QUALITY), {"handled_on_time": 8, "should_be_handled": 10, "answers": 4})
    on_time, quality = found.results
    assert (on_time.numerator, on_time.denominator, on_time.value, on_time.points) == (8, 10, 0.8, 480)
    assert (quality.numerator, quality.denominator, quality.value, quality.points) == (0, 4, 1, 400)
    assert (found.total, found.of) == (880, 1000)
    assert "分子 8,分母 10" in on_time.explanation
    assert "按时处置 ÷ 应处置" in on_time.explanation


@pytest.mark.rule("ASM-03")
def test_ratio_without_data_gives_its_weight_to_the_others():
    found = score(scheme_of(ON_TIME, QUALITY), {"handled_on_time": 1, "should_be_handled": 2})
    on_time, quality = found.results
    assert (quality.value, quality.points, on_time.points, found.total) == (None, 0, 500, 500)
    assert "暂无数据" in quality.explanation


def test_nothing_counted_is_no_data():
    found = score(scheme_of(ON_TIME, QUALITY, BONUS), {})
    assert (found.total, found.has_data) == (0, False)


def test_value_stays_within_0_and_1():
    assert score(scheme_of(ON_TIME), {"handled_on_time": 3, "should_be_handled": 2}).results[0].value == 1
    assert score(scheme_of(QUALITY), {"reworked": 3, "answers": 2}).results[0].value == 0


@pytest.mark.parametrize(("reports", "points"), [(0, 0), (1, 2), (2, 4), (3, 5)])
def test_bonus_is_capped(reports, points):
    assert score(scheme_of(BONUS), {"first_reports": reports}).bonus == points


def test_deduction_lowers_the_total_and_never_below_0():
    counters = {"handled_on_time": 1, "should_be_handled": 1, "missed": 3}
    assert score(scheme_of(ON_TIME, DEDUCTION), counters).total == 594
    assert score(scheme_of(DEDUCTION), counters).total == 0


def test_what_people_judge_has_no_data():
    found = score(scheme_of(VETO), {"missed": 3}).results[0]
    assert (found.value, found.points, found.explanation) == (None, 0, "由人评定,尚无数据")


def test_scheme_that_names_a_department_goes_first():
    own = {"id": "own", "subject": "department", "name": "窗口", "departments": ["hall"], "indicators": [QUALITY]}
    for_all = {"id": "all", "subject": "department", "name": "部门", "departments": [], "indicators": [ON_TIME]}
    schemes = read_schemes("p/1", {"total": 100, "schemes": [for_all, own]})
    assert schemes.of("department", "hall").id == "own"
    assert schemes.of("department", "env-office").id == "all"
    assert schemes.of("member", "x") is None


@pytest.mark.parametrize(
    "text", ["().__class__", "2 ** 9999999", "open('x')", "sign_ins / 1", "[1][0]", "filed == 1", "filed % 2"]
)
@pytest.mark.rule("ASM-10")
def test_formula_is_arithmetic_over_counters_only(text):
    with pytest.raises(InvalidExpression):
        Formula.parse(text).value({})


@pytest.mark.rule("ASM-03")
@given(st.dictionaries(st.sampled_from(sorted(COUNTERS)), st.integers(0, 10_000)))
def test_total_of_ratios_stays_within_the_plans(counters):
    found = score(scheme_of(ON_TIME, QUALITY), counters)
    assert 0 <= found.total <= 1000
    assert abs(found.total - sum(each.points for each in found.results)) < 0.001
