"""Amounts of time, moments, spans and formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.plan.amounts import (
    UNITS,
    Unreadable,
    parse_amount,
    parse_date,
    parse_moment,
    parse_span,
    parse_timezone,
)
from services.registry.plan.facts import FACTS, NOT_MEASURED
from services.registry.plan.formulas import parse_formula


@pytest.mark.rule("INC-07")
@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("2 working-days", 2, "working-days"),
        ("1 working-day", 1, "working-days"),
        ("4 working-hours", 4, "working-hours"),
        ("1 urgent-hours", 1, "urgent-hours"),
        ("0.5 urgent-hours", 0.5, "urgent-hours"),
        ("3 calendar-days", 3, "calendar-days"),
    ],
)
def test_amounts_become_number_and_unit(text, amount, unit):
    assert parse_amount(text) == {"amount": amount, "unit": unit}


@given(st.integers(1, 9999), st.sampled_from(UNITS))
def test_every_whole_amount_can_be_written(number, unit):
    assert parse_amount(f"{number} {unit}") == {"amount": number, "unit": unit}


@pytest.mark.parametrize(
    "text", ["", "0 working-days", "-1 working-days", "2  working-days", "2 days", "٢ working-days"]
)
def test_other_amounts_are_refused(text):
    with pytest.raises(Unreadable):
        parse_amount(text)


@pytest.mark.rule("INC-08")
def test_moments_are_relative_to_the_limit():
    assert parse_moment("75% of limit") == {"percent": 75, "after": None}
    assert parse_moment("at limit") == {"percent": 100, "after": None}
    assert parse_moment("2 working-hours after limit") == {
        "percent": 100,
        "after": {"amount": 2, "unit": "working-hours"},
    }


@pytest.mark.parametrize("text", ["0% of limit", "101% of limit", "after limit", "soon after limit", "75 %"])
def test_other_moments_are_refused(text):
    with pytest.raises(Unreadable):
        parse_moment(text)


def test_spans_dates_and_zones():
    assert parse_span("08:30-12:00") == {"from": "08:30", "to": "12:00"}
    assert parse_date("2028-02-29") == "2028-02-29"
    assert parse_timezone("Asia/Shanghai") == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (parse_span, "12:00-08:30"),
        (parse_span, "08:30-24:00"),
        (parse_date, "2027-02-29"),
        (parse_date, "20270101"),
        (parse_timezone, "../etc/passwd"),
    ],
)
def test_other_spans_dates_and_zones_are_refused(parse, text):
    with pytest.raises(Unreadable):
        parse(text)


@pytest.mark.rule("ASM-01", "ASM-03")
def test_a_ratio_shows_its_two_sides():
    formula = parse_formula("1 - reworked / (answers + 0)")
    assert (formula.numerator, formula.denominator) == ("reworked", "answers + 0")
    assert formula.facts == ("answers", "reworked")


def test_a_formula_may_use_min_and_max():
    assert parse_formula("min(first_reports, 10) / max(reported, 1)").facts == ("first_reports", "reported")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "filed /",
        "filed ** 9",
        "__import__('os')",
        "filed.real",
        "filed if reported else 1",
        "'a' * 9",
        "[filed][0]",
        "lambda: 1",
        "min(filed)",
        "sum(filed, 1)",
        "min",
        "1e9 * filed",
        "True + filed",
        "(" * 200 + "filed" + ")" * 200,
        "nobody_knows / filed",
        "9" * 301,
    ],
)
def test_anything_but_arithmetic_over_facts_is_refused(text):
    with pytest.raises(Unreadable):
        parse_formula(text)


@pytest.mark.rule("ASM-10")
@pytest.mark.parametrize("name", sorted(NOT_MEASURED))
def test_formalism_is_not_measured(name):
    with pytest.raises(Unreadable, match="not measured"):
        parse_formula(f"{name} / reported")


def test_every_fact_has_a_meaning_in_both_languages():
    assert all(fact.zh and fact.en for fact in FACTS.values())
    assert not set(FACTS) & NOT_MEASURED
