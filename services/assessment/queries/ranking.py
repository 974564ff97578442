"""Scores as SQL: what `model.scoring` says, told to the database, so that it can order subjects and give one page.

Every formula is arithmetic over counters (model.scheme), and each counter is a column of `tally`; a division by 0, no
data there, is NULL here. Totals differ from `scoring.score` by rounding only, at most the last of their four digits.
"""

import ast
import operator
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import lru_cache, reduce
from typing import Any

import sqlalchemy as sa

from services.assessment import tables
from services.assessment.model.facts import COUNTERS, DEPARTMENT
from services.assessment.model.scheme import Arithmetic, Formula, Indicator, Scheme, Schemes
from services.assessment.model.scoring import DIGITS, SIGN
from services.assessment.queries.tallies import EXACT

Number = sa.ColumnElement[Any]
Condition = sa.ColumnElement[bool]
Columns = Mapping[str, Number]

RANKED = ("ratio", *SIGN)


def ranked(schemes: Schemes, kind: str, spans: Collection[str], *conditions: Condition) -> sa.Select[Any] | None:
    """Kind, id and total of the subjects of `kind` in `tally` that `conditions` let through; None without a scheme."""
    parts = list(_of_kind(schemes, kind, spans, conditions))
    if not parts:
        return None
    every = sa.union_all(*parts).subquery()
    return sa.select(sa.literal(kind).label("subject_kind"), every.c.subject_id, every.c.total)


def _of_kind(
    schemes: Schemes, kind: str, spans: Collection[str], conditions: Sequence[Condition]
) -> Iterator[sa.Select[Any]]:
    """One query for each scheme, as `Schemes.of` chooses them: of departments, first those that name them."""
    subject = tables.tallies.c.subject_id
    fitting = [scheme for scheme in schemes.schemes if scheme.subject == kind]
    if kind != DEPARTMENT:
        yield from (_scored(scheme, kind, spans, conditions) for scheme in fitting[:1])
        return
    taken: set[str] = set()
    for scheme in (each for each in fitting if each.departments):
        named = sorted(scheme.departments - taken)
        taken |= scheme.departments
        yield _scored(scheme, kind, spans, [*conditions, subject.in_(named)])
    for scheme in [each for each in fitting if not each.departments][:1]:
        yield _scored(scheme, kind, spans, [*conditions, subject.not_in(sorted(taken))])


def _scored(scheme: Scheme, kind: str, spans: Collection[str], conditions: Sequence[Condition]) -> sa.Select[Any]:
    table = tables.tallies.c
    mine = (table.subject_kind == kind, table.span.in_(spans), *conditions)
    if len(spans) == 1:
        counts = (_rounded(table[name], EXACT).label(name) for name in _needed(scheme))
        counted = sa.select(table.subject_id, *counts).where(*mine)
    else:
        sums = (_rounded(sa.func.sum(table[name]), EXACT).label(name) for name in _needed(scheme))
        counted = sa.select(table.subject_id, *sums).where(*mine).group_by(table.subject_id)
    return _totals(scheme).add_cte(counted.cte(_counted(scheme)))


def _counted(scheme: Scheme) -> str:
    """A name for its counters; its id may be longer than a name in SQL."""
    return f"counted_{hash(scheme) % 2**32:08x}"


def _needed(scheme: Scheme) -> list[str]:
    """The counters that its formulas name."""
    formulas = [each for of in scheme.indicators for each in (of.formula, of.denominator) if each]
    return sorted({name for formula in formulas for name in _names(formula)})


@lru_cache(64)
def _totals(scheme: Scheme) -> sa.Select[Any]:
    """The values, then how weights spread, then the total; OFFSET keeps the steps apart, so that none is done twice.

    Made once for each scheme: to make it anew costs as much as the database takes to answer for a day.
    """
    columns = (sa.column(name, sa.Double) for name in _needed(scheme))
    counted = sa.table(_counted(scheme), sa.column("subject_id", sa.Text), *columns)
    scored = [each for each in scheme.indicators if each.kind in RANKED]
    labels = {each.id: f"value_{number}" for number, each in enumerate(scored)}
    values = (_value(each, counted.c).label(labels[each.id]) for each in scored)
    valued = sa.select(counted.c.subject_id, *values).offset(0).subquery()
    ratios = [each for each in scored if each.kind == "ratio"]
    with_data = _sum(sa.case((valued.c[labels[each.id]].is_(None), 0.0), else_=each.weight) for each in ratios)
    weight = sum(each.weight for each in ratios)
    spread = sa.func.coalesce(_number(weight) / sa.func.nullif(with_data, _number(0.0)), 0.0).label("spread")
    spreading = sa.select(valued, spread).offset(0).subquery()
    points = (_points(each, spreading.c[labels[each.id]], spreading.c.spread) for each in scored)
    total = _rounded(sa.func.greatest(_number(0.0), _sum(points)), DIGITS)
    return sa.select(spreading.c.subject_id, total.label("total"))


def _value(indicator: Indicator, columns: Any) -> Number:
    value = _of(indicator.formula, columns)
    if indicator.kind == "ratio":
        value = sa.case(
            (value.is_(None), None), else_=sa.func.least(_number(1.0), sa.func.greatest(_number(0.0), value))
        )
    value = _rounded(value, DIGITS + 2)
    if indicator.denominator is None:
        return value
    return sa.case((sa.func.coalesce(_of(indicator.denominator, columns), 0.0) == 0.0, None), else_=value)


def _points(indicator: Indicator, value: Number, spread: Number) -> Number:
    if indicator.kind == "ratio":
        earned = _number(indicator.weight) * spread * value
    else:
        earned = _number(indicator.points) * sa.func.greatest(_number(0.0), value)
        if indicator.cap is not None:
            earned = sa.func.least(_number(indicator.cap), earned)
        earned = _number(SIGN[indicator.kind]) * earned
    return sa.case((value.is_(None), 0.0), else_=_rounded(earned, DIGITS))


def _of(formula: Formula, columns: Any) -> Number:
    return formula.fold(Arithmetic(_number, lambda name: columns[name], OPERATORS, FUNCTIONS))


def _any_null(function: Callable[..., Number]) -> Callable[..., Number]:
    """LEAST and GREATEST pass NULLs over; a formula without data in a part has none."""

    def call(*arguments: Number) -> Number:
        return sa.case((sa.or_(*(each.is_(None) for each in arguments)), None), else_=function(*arguments))

    return call


def _names(formula: Formula) -> set[str]:
    return {node.id for node in ast.walk(formula.tree) if isinstance(node, ast.Name)} & COUNTERS.keys()


def _number(value: float) -> Number:
    """A number of the plan, written out: as parameters, a hundred of them would cost as much as asking the question."""
    return sa.literal_column(f"CAST({float(value)!r} AS float8)", sa.Double)


def _rounded(value: Number, digits: int) -> Number:
    factor = _number(10**digits)
    return sa.func.floor(value * factor + _number(0.5)) / factor


def _sum(parts: Any) -> Number:
    return reduce(lambda left, right: left + right, parts, _number(0.0))


OPERATORS: Mapping[type[ast.AST], Callable[..., Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda left, right: left / sa.func.nullif(right, _number(0.0)),
    ast.USub: operator.neg,
    ast.UAdd: lambda operand: operand,
}
FUNCTIONS: Mapping[str, Callable[..., Number]] = {
    "min": _any_null(sa.func.least),
    "max": _any_null(sa.func.greatest),
}
