"""The plan's scheme: indicators with formulas over counters (ASM-01). Formulas are arithmetic and nothing else."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

from simpleeval import InvalidExpression, SimpleEval

from services.assessment.model.facts import COUNTERS, DEPARTMENT

T = TypeVar("T")


@dataclass(frozen=True)
class Arithmetic(Generic[T]):
    """How numbers and counters become values of some kind, and what is done with those."""

    number: Callable[[float], T]
    counter: Callable[[str], T]
    operators: Mapping[type[ast.AST], Callable[..., T]]
    functions: Mapping[str, Callable[..., T]]


Steps = Callable[[Arithmetic[Any]], Any]
OPERATORS: Mapping[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
FUNCTIONS: Mapping[str, Callable[..., float]] = {"min": min, "max": max}


@dataclass(frozen=True)
class Formula:
    """A formula, parsed once. It may name the counters of COUNTERS; one that is absent counts 0."""

    text: str
    tree: Any

    @classmethod
    @lru_cache(1024)
    def parse(cls, text: str) -> "Formula":
        """The formula `text`, the same object each time. Raises simpleeval.InvalidExpression, SyntaxError."""
        return cls(text, SimpleEval.parse(text))

    @cached_property
    def _steps(self) -> Steps:
        return _steps(self.tree)

    def value(self, counters: Mapping[str, float]) -> float | None:
        """The value for `counters`; None where it divides by 0. Raises as `fold`."""
        counted = Arithmetic(float, lambda name: counters.get(name, 0.0), OPERATORS, FUNCTIONS)
        try:
            return float(self.fold(counted))
        except ZeroDivisionError:
            return None

    def fold(self, how: Arithmetic[T]) -> T:
        """Its value in some arithmetic.

        Raises simpleeval.InvalidExpression for anything that is neither arithmetic nor a counter.
        """
        try:
            return self._steps(how)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidExpression(f"neither arithmetic nor a counter: {self.text}") from error


def _steps(node: Any) -> Steps:
    """What `node` does in some arithmetic, its kind looked at once. Raises ValueError for what is no arithmetic."""
    match node:
        case ast.Expr(value=inner):
            return _steps(inner)
        case ast.Constant(value=int() | float() as value):
            return lambda how: how.number(value)
        case ast.Name(id=name) if name in COUNTERS:
            return lambda how: how.counter(name)
        case ast.UnaryOp(op=op, operand=operand):
            return _applied(lambda how: how.operators[type(op)], [operand])
        case ast.BinOp(left=left, op=op, right=right):
            return _applied(lambda how: how.operators[type(op)], [left, right])
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _applied(lambda how: how.functions[name], arguments)
    raise ValueError(ast.dump(node))


def _applied(function: Steps, arguments: Sequence[Any]) -> Steps:
    steps = [_steps(each) for each in arguments]
    return lambda how: function(how)(*[step(how) for step in steps])


NOTHING = Formula.parse("0")
"""Of what people judge: evaluation, veto, another scheme (ASM-06)."""


@dataclass(frozen=True)
class Indicator:
    """One line of a scheme. `weight` is in points of the total.

    `points` is what one unit of a bonus or deduction is worth, `cap` the most that all of them are.
    `numerator` and `denominator` are the two sides of the formula's division, where it has exactly one.
    """

    id: str
    name: str
    kind: str
    formula: Formula
    weight: float = 0.0
    points: float = 1.0
    cap: float | None = None
    numerator: Formula | None = None
    denominator: Formula | None = None
    words: str = ""


@dataclass(frozen=True)
class Scheme:
    """How subjects of one kind are scored; `departments` restricts it to those, empty means all."""

    id: str
    subject: str
    name: str
    total: float
    indicators: tuple[Indicator, ...]
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Schemes:
    """What the active plan says about scoring. `plan` names the plan and its version."""

    plan: str
    total: float
    schemes: Sequence[Scheme]
    start: str = ""

    def without_start(self) -> "Schemes":
        """The same, counting from the first day of any period."""
        return replace(self, start="")

    def of(self, kind: str, subject_id: str) -> Scheme | None:
        """The scheme of a subject: one that names the department goes before one for all; None where none applies."""
        fitting = [scheme for scheme in self.schemes if scheme.subject == kind]
        if kind == DEPARTMENT:
            fitting.sort(key=lambda scheme: not scheme.departments)
            fitting = [each for each in fitting if not each.departments or subject_id in each.departments]
        return fitting[0] if fitting else None


def read_schemes(plan: str, score: Mapping[str, Any]) -> Schemes:
    """The schemes of an expanded plan document's section `score`."""
    total = float(score["total"])
    schemes = [_scheme(each, total) for each in score["schemes"]]
    return Schemes(plan, total, schemes, score.get("start", ""))


def _scheme(entry: Mapping[str, Any], total: float) -> Scheme:
    return Scheme(
        id=entry["id"],
        subject=entry["subject"],
        name=entry["name"],
        total=total,
        indicators=tuple(_indicator(each) for each in entry["indicators"]),
        departments=frozenset(entry.get("departments", ())),
    )


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    return Indicator(
        id=entry["id"],
        name=entry["name"],
        kind=entry.get("kind", "ratio"),
        formula=Formula.parse(entry["formula"]) if "formula" in entry else NOTHING,
        weight=float(entry.get("weight", 0)),
        points=float(entry.get("points", 1)),
        cap=entry.get("cap"),
        numerator=_side(entry, "numerator"),
        denominator=_side(entry, "denominator"),
        words=entry.get("words", ""),
    )


def _side(entry: Mapping[str, Any], name: str) -> Formula | None:
    text = entry.get(name)
    return Formula.parse(text) if text else None
