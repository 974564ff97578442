"""From the violations that jsonschema names to Problems with line, column, path and remedy, in Chinese and English."""

import difflib
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

from jsonschema.exceptions import ValidationError

from services.registry.plan.amounts import Unreadable
from services.registry.plan.problems import Path, Problem, label, problem
from services.registry.plan.reading import Reading
from services.registry.plan.schema import Finding, Lookup, violations

_MOST = 500
_TYPES = {
    "string": ("文字", "text"),
    "integer": ("整数", "a whole number"),
    "number": ("数", "a number"),
    "boolean": ("true 或 false", "true or false"),
    "array": ("列表", "a list"),
    "object": ("“键: 值”", "a mapping"),
}
_BOUNDS = {
    "minimum": ("不小于 {}", "at least {}"),
    "maximum": ("不大于 {}", "at most {}"),
    "exclusiveMinimum": ("大于 {}", "above {}"),
    "exclusiveMaximum": ("小于 {}", "below {}"),
    "minLength": ("不少于 {} 个字符", "at least {} characters long"),
    "maxLength": ("不超过 {} 个字符", "at most {} characters long"),
    "minItems": ("至少有 {} 项", "a list of at least {}"),
    "maxItems": ("最多有 {} 项", "a list of at most {}"),
    "minProperties": ("至少写一个端点:from 或 to", "hold at least one end: from or to"),
    "contains": ("包含 handler(处置人不得核查)", "a list with handler in it (who handled does not verify)"),
}
_PATTERNS = {
    "^[1-9][0-9]{0,3} (working|calendar)-days?$": (
        "以天计,例如 5 working-days 或 7 calendar-days",
        "in days, such as 5 working-days or 7 calendar-days",
    ),
    "^[A-Z][0-9]{3,5}$": ("一个大写字母加 3 至 5 位数字,例如 X1001", "one capital and 3 to 5 digits, such as X1001"),
}
_PLAIN_ID = ("只用小写字母、数字和连字符,例如 env-office", "lower-case letters, digits and hyphens, such as env-office")


_COMMA = (
    "若是文字中的逗号,请改用中文逗号,或给整段文字加引号",
    "if it belongs to the text before it, use a full-width comma or put the whole text in quotes",
)


def schema_problems(reading: Reading, sources: Mapping[str, str]) -> list[Problem]:
    """The violations of the schema by what was read, the first 500 of them."""
    lookup = Lookup.of(reading.document, sources)
    found = [_translated(error, reading) for error in islice(violations(reading.document, lookup), _MOST)]
    unread = {
        (one.line, one.column) for one in reading.problems
    }  # what could not be read is None: one report is enough
    return [one for one in found if (one.line, one.column) not in unread]


def _translated(error: ValidationError, reading: Reading) -> Problem:
    path: Path = tuple(error.absolute_path)
    code, params = _sentence(error, reading, path)
    mark = reading.key_mark(path) if code == "unknown-key" else reading.mark(path)
    return problem(code, mark, label(reading.document, path), **params)


def _sentence(error: ValidationError, reading: Reading, path: Path) -> tuple[str, dict[str, Any]]:
    if isinstance(error, Finding):
        return error.finding, _finding_params(error, reading, path)
    if error.validator in _BOUNDS:
        return "out-of-bounds", _bound(error)
    return _STANDARD.get(str(error.validator), _other)(error)


def _finding_params(error: Finding, reading: Reading, path: Path) -> dict[str, Any]:
    params = dict(error.params)
    if "twin" in params:
        params["first"] = reading.mark((*path[:-2], *params.pop("twin"))).line
    if "known" in params:
        value = params.get("key", params.get("value"))
        comma = error.finding == "unknown-key" and _at_end(reading.document, path) is None
        hint = _choice_hint(str(value), params.pop("known"))
        params["hint_zh"], params["hint_en"] = _COMMA if comma else hint
    return params


def _at_end(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def _choice_hint(value: str, known: list[str]) -> tuple[str, str]:
    if near := difflib.get_close_matches(value, known, 1):
        return f"是否指“{near[0]}”?", f'did you mean "{near[0]}"?'
    if not known:
        return "请先在该节中定义", "define it in that section first"
    listed = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    return f"可用:{listed}", f"known are: {listed}"


def _wrong_type(error: ValidationError) -> tuple[str, dict[str, Any]]:
    value: Any = error.validator_value
    wanted: list[str] = value if isinstance(value, list) else [value]
    quotes = "string" in wanted and isinstance(error.instance, int | float)
    zh, en = " 或 ".join(_TYPES[kind][0] for kind in wanted), " or ".join(_TYPES[kind][1] for kind in wanted)
    hint = ("请加上引号", "put it in quotes") if quotes else (f"请写成{zh}", f"write {en}")
    shown = _shown(error.instance)
    return "wrong-type", {"expected_zh": zh, "expected_en": en, "value": shown, "hint_zh": hint[0], "hint_en": hint[1]}


def _not_a_choice(error: ValidationError) -> tuple[str, dict[str, Any]]:
    value = error.validator_value
    choices = value if isinstance(value, list) else [value]
    return "not-a-choice", {"value": _shown(error.instance), "choices": ", ".join(map(str, choices))}


def _wrong_form(error: ValidationError) -> tuple[str, dict[str, Any]]:
    cause = error.cause
    detail = (cause.zh, cause.en) if isinstance(cause, Unreadable) else ("不符合格式", "it does not match the form")
    hint = (cause.hint_zh, cause.hint_en) if isinstance(cause, Unreadable) else _pattern_hint(error)
    named = {"detail_zh": detail[0], "detail_en": detail[1], "hint_zh": hint[0], "hint_en": hint[1]}
    return "wrong-form", {"value": _shown(error.instance), **named}


def _pattern_hint(error: ValidationError) -> tuple[str, str]:
    return _PATTERNS.get(str(error.validator_value), _PLAIN_ID)


def _bound(error: ValidationError) -> dict[str, Any]:
    zh, en = _BOUNDS[str(error.validator)]
    value = error.validator_value
    return {"value": _shown(error.instance), "bound_zh": zh.format(value), "bound_en": en.format(value)}


def _repeated(_error: ValidationError) -> tuple[str, dict[str, Any]]:
    return "repeated", {}


def _other(error: ValidationError) -> tuple[str, dict[str, Any]]:
    detail = {"detail_zh": str(error.validator), "detail_en": str(error.validator)}
    return "wrong-form", {
        "value": _shown(error.instance),
        **detail,
        "hint_zh": "见 docs/plan.md",
        "hint_en": "see docs/plan.md",
    }


_STANDARD: Mapping[str, Callable[[ValidationError], tuple[str, dict[str, Any]]]] = {
    "type": _wrong_type,
    "enum": _not_a_choice,
    "const": _not_a_choice,
    "format": _wrong_form,
    "pattern": _wrong_form,
    "uniqueItems": _repeated,
}


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return "[…]" if isinstance(value, list) else "{…}"
    text = str(value)
    return text if len(text) <= 60 else text[:60] + "…"
