"""Scoring formulas: arithmetic over the facts, nothing else (ASM-01).

Allowed are numbers, the names of `facts.FACTS`, + - * / and parentheses, min() and max(). Assessment evaluates
them with simpleeval under the same names.
"""

import ast
from dataclasses import dataclass

from simpleeval import InvalidExpression, SimpleEval

from services.registry.plan.amounts import Unreadable
from services.registry.plan.facts import FACTS, NOT_MEASURED

MAX_LENGTH = 300
FUNCTIONS = {"min": min, "max": max}
_ARITHMETIC = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.Load,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.USub,
    ast.UAdd,
)
_FORM = (
    "用事实名和 + - * / ( ) min max 书写,例如 handled_on_time / should_be_handled",
    "use facts and + - * / ( ) min max, such as handled_on_time / should_be_handled",
)


@dataclass(frozen=True)
class Formula:
    """A formula that was understood: the facts it uses, and the two sides of its division when there is exactly one."""

    text: str
    facts: tuple[str, ...]
    numerator: str | None
    denominator: str | None


def parse_formula(text: str) -> Formula:
    """Understands `text`; raises Unreadable, also for facts that are unknown or that the platform does not measure."""
    tree = _tree(text)
    for node in ast.walk(tree):
        _allow(node)
    functions = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)}  # type: ignore[attr-defined]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - functions
    _known(sorted(names))
    _evaluate(text, names)
    divisions = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)]
    only = divisions[0] if len(divisions) == 1 else None
    numerator, denominator = (ast.unparse(only.left), ast.unparse(only.right)) if only else (None, None)
    return Formula(text, tuple(sorted(names)), numerator, denominator)


def _tree(text: str) -> ast.Expression:
    if len(text) > MAX_LENGTH:
        raise Unreadable("过长", "too long", f"最多 {MAX_LENGTH} 字", f"at most {MAX_LENGTH} characters")
    try:
        return ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unreadable("不是算式", "not an expression", *_FORM) from error


def _allow(node: ast.AST) -> None:
    if isinstance(node, (*_ARITHMETIC, ast.Name)):
        return
    if isinstance(node, ast.Constant) and _is_number(node.value):
        return
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords
    if is_call and node.func.id in FUNCTIONS and len(node.args) >= 2:  # type: ignore[attr-defined]
        return
    shown = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
    raise Unreadable(f"不接受“{shown[:40]}”", f"{shown[:40]!r} is not accepted", *_FORM)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 10**6


def _known(names: list[str]) -> None:
    unknown = [name for name in names if name not in FACTS]
    refused = [name for name in unknown if name in NOT_MEASURED]
    if refused:
        listed = ", ".join(refused)
        raise Unreadable(
            f"{listed} 不作考核(ASM-10)", f"{listed} is not measured (ASM-10)",
            "请删除该指标,并列入 refused: 写明理由", "remove the indicator and list it under refused: with the reason",
        )  # fmt: skip
    if unknown:
        listed, facts = ", ".join(unknown), ", ".join(FACTS)
        raise Unreadable(f"没有事实 {listed}", f"there is no fact {listed}", f"可用:{facts}", f"known are: {facts}")


def _evaluate(text: str, names: set[str]) -> None:
    """Proves that simpleeval computes what Python parsed, with every fact at 1."""
    evaluator = SimpleEval(names=dict.fromkeys(names, 1), functions=dict(FUNCTIONS))
    try:
        evaluator.eval(text.strip())
    except ZeroDivisionError:
        return
    except (InvalidExpression, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Unreadable("无法计算", f"cannot be computed ({error})", *_FORM) from error
