"""From counters to points (ASM-03): numerator, denominator and value of each indicator, explained in a sentence.

A ratio earns weight x value, the value kept within 0 and 1. Where its denominator is 0 there is no data: its weight is
spread over the subject's other ratios in proportion to their weights, so that nobody gains or loses by what did not
happen. Bonus and deduction earn `points` for each unit, up to their cap. What people judge (evaluation, veto) has no
data here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.assessment.model.facts import COUNTERS
from services.assessment.model.scheme import Formula, Indicator, Scheme

SIGN = {"bonus": 1, "deduction": -1}
DIGITS = 4


@dataclass(frozen=True)
class Result:
    """One indicator of one subject. `value` is None where there is no data."""

    indicator: Indicator
    numerator: float | None
    denominator: float | None
    value: float | None
    points: float
    explanation: str


@dataclass(frozen=True)
class Score:
    """A subject's score: `total` of `of` points, `bonus` (negative for deductions) contained in it."""

    total: float
    of: float
    bonus: float
    has_data: bool
    results: Sequence[Result]


def score(scheme: Scheme, counters: Mapping[str, float]) -> Score:
    """The score that `counters` give under `scheme`; the same counters always give the same score."""
    values = {each.id: _value(each, counters) for each in scheme.indicators}
    ratios = [each for each in scheme.indicators if each.kind == "ratio"]
    with_data = sum(each.weight for each in ratios if values[each.id] is not None)
    spread = sum(each.weight for each in ratios) / with_data if with_data else 0.0
    results = [_result(each, counters, values[each.id], spread) for each in scheme.indicators]
    bonus = sum(each.points for each in results if each.indicator.kind in SIGN)
    earned = sum(each.points for each in results if each.indicator.kind == "ratio")
    return Score(
        total=round(max(0.0, earned + bonus), DIGITS),
        of=scheme.total,
        bonus=round(bonus, DIGITS),
        has_data=bool(with_data) or bool(bonus),
        results=results,
    )


def _value(indicator: Indicator, counters: Mapping[str, float]) -> float | None:
    if indicator.kind not in ("ratio", *SIGN):
        return None
    if indicator.denominator and not indicator.denominator.value(counters):
        return None
    value = indicator.formula.value(counters)
    if value is None:
        return None
    return round(min(1.0, max(0.0, value)) if indicator.kind == "ratio" else value, DIGITS + 2)


def _result(indicator: Indicator, counters: Mapping[str, float], value: float | None, spread: float) -> Result:
    points = round(_points(indicator, value, spread), DIGITS)
    numerator, denominator = _side(indicator.numerator, counters), _side(indicator.denominator, counters)
    explanation = _explain(indicator, numerator, denominator, value, points, spread)
    return Result(indicator, numerator, denominator, value, points, explanation)


def _points(indicator: Indicator, value: float | None, spread: float) -> float:
    if value is None:
        return 0.0
    if indicator.kind == "ratio":
        return indicator.weight * spread * value
    earned = indicator.points * max(0.0, value)
    return SIGN[indicator.kind] * (earned if indicator.cap is None else min(indicator.cap, earned))


def _side(formula: Formula | None, counters: Mapping[str, float]) -> float | None:
    value = formula.value(counters) if formula else None
    return None if value is None else round(value, DIGITS)


def _explain(
    indicator: Indicator,
    numerator: float | None,
    denominator: float | None,
    value: float | None,
    points: float,
    spread: float,
) -> str:
    if indicator.kind not in ("ratio", *SIGN):
        return "由人评定,尚无数据"
    if value is None:
        return f"{in_words(indicator.formula.text)}:分母为 0,暂无数据,{indicator.weight:g} 分由其他指标按比例分担"
    if indicator.kind == "ratio":
        return _explain_ratio(indicator, numerator, denominator, value, points, spread)
    limit = "" if indicator.cap is None else f",最多 {indicator.cap:g} 分"
    verb = "加" if indicator.kind == "bonus" else "扣"
    return f"{in_words(indicator.formula.text)} {value:g},每件{verb} {indicator.points:g} 分{limit},计 {points:g} 分"


def _explain_ratio(
    indicator: Indicator,
    numerator: float | None,
    denominator: float | None,
    value: float,
    points: float,
    spread: float,
) -> str:
    sides = "" if denominator is None else f"分子 {numerator:g},分母 {denominator:g},"
    weight = f"{indicator.weight:g} 分"
    if abs(spread - 1) > 1e-9:
        weight = f"{weight}(分担无数据指标后 {indicator.weight * spread:g} 分)"
    return f"{in_words(indicator.formula.text)}:{sides}值 {value:.1%};{weight} × {value:.1%} = {points:g} 分"


@lru_cache(1024)
def in_words(formula: str) -> str:
    """A formula with the counters' titles instead of their names."""
    words = re.sub(r"[a-z_]+", lambda found: COUNTERS.get(found[0], found[0]), formula)
    return words.replace("*", "×").replace("/", "÷")
