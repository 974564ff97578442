"""One cell: what a clerk wrote becomes a value, or a refusal with its remedy; a value becomes what a cell shows.

Text that a spreadsheet program would run (it begins with = + - @, tab or carriage return) is written with one leading
apostrophe, and so is text that begins with an apostrophe itself; reading takes exactly that apostrophe off again.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from services.registry.model.sheets.columns import Column, Labels

TRIGGERS = "=+-@\t\r"
QUOTE = "'"
MOST_CHARACTERS = 131_072
"""In one cell of a CSV file; xlsx holds 32,767."""

_SEPARATORS = re.compile("[\u3001\uff0c,\uff1b;\n]")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_FLAGS = {"是": True, "否": False, "true": True, "false": False, "y": True, "n": False, "1": True, "0": False}
_NOT_TEXT = {"formula": "公式", "error": "错误值", "number": "数字", "day": "日期", "flag": "逻辑值"}


@dataclass(frozen=True)
class Cell:
    """What stood in a cell; `form` says how the file kept it: text, number, day, flag, error or formula."""

    text: str
    form: str = "text"


class CellRefused(Exception):
    """A cell cannot be taken: a code, and what is wrong and would be right in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.code, self.zh, self.en = code, zh, en


def neutral(text: str) -> str:
    """`text` as it can stand in a cell without being run."""
    return QUOTE + text if text[:1] and text[0] in TRIGGERS + QUOTE else text


def original(text: str) -> str:
    """The text that `neutral` made `text` of."""
    return text[1:] if text[:1] == QUOTE and text[1:2] and text[1] in TRIGGERS + QUOTE else text


def value_of(column: Column, cell: Cell) -> Any:
    """The value in `cell`; what is empty by `column.empty`. Raises CellRefused."""
    if cell.form in ("formula", "error"):
        raise _refused_form(cell)
    text = original(cell.text)
    if not text.strip():
        return column.empty
    if len(text) > MOST_CHARACTERS:
        zh, en = f"内容超过 {MOST_CHARACTERS} 字", f"More than {MOST_CHARACTERS} characters"
        raise CellRefused("cell-too-long", zh, en)
    return _READ[column.form](column, cell.form, text)


def shown(column: Column, value: Any) -> str:
    """What a cell shows for `value`, not neutralised yet."""
    if value is None:
        return ""
    return _SHOW.get(column.form, _plain)(column, value)


def _plain(_: Column, value: Any) -> str:
    return str(value)


def _refused_form(cell: Cell) -> CellRefused:
    if cell.form == "formula":
        zh = "单元格是公式;请复制后“选择性粘贴为数值”再导入"
        return CellRefused("cell-formula", zh, "The cell is a formula; paste it as a value and import again")
    zh, en = f"单元格是错误值 {cell.text};请改正", f"The cell holds the error {cell.text}; correct it"
    return CellRefused("cell-error", zh, en)


def _text(column: Column, form: str, text: str) -> str:
    if form == "number":
        return text
    if form != "text":
        raise _wrong_form(form, "文本", "text")
    return text if column.field == "words" else text.strip()


def _wrong_form(form: str, zh: str, en: str) -> CellRefused:
    return CellRefused(
        "cell-form", f"单元格是{_NOT_TEXT[form]};应为{zh}", f"The cell holds a {form}; it should be {en}"
    )


def _code(_: Column, form: str, text: str) -> str:
    if form != "text" or _SCIENTIFIC.fullmatch(text.strip()):
        zh = "代码被存成了数字,末几位可能已经丢失;请把该列设为“文本”格式后重新填写完整代码"
        raise CellRefused(
            "code-as-number", zh, "The code was stored as a number; format the column as text and retype it"
        )
    return text.strip()


def _codes(column: Column, form: str, text: str) -> tuple[str, ...]:
    return tuple(_code(column, form, each) for each in _parts(text))


def _parts(text: str) -> list[str]:
    return [each.strip() for each in _SEPARATORS.split(text) if each.strip()]


def _whole(_: Column, form: str, text: str) -> int:
    if form in ("text", "number") and re.fullmatch(r"-?\d{1,9}", text.strip()):
        return int(text)
    raise CellRefused("not-a-number", f"“{text[:40]}”不是整数", f'"{text[:40]}" is not a whole number')


def _decimal(_: Column, form: str, text: str) -> float:
    if form in ("text", "number") and re.fullmatch(r"-?\d{1,3}(\.\d{1,15})?", text.strip()):
        return float(text)
    raise CellRefused("not-a-number", f"“{text[:40]}”不是数字", f'"{text[:40]}" is not a number')


def _day(_: Column, form: str, text: str) -> str:
    if form in ("text", "day") and (match := _DAY.fullmatch(text.strip())):
        try:
            return date(*(int(part) for part in match.groups())).isoformat()
        except ValueError:
            pass
    zh = f"“{text[:40]}”不是日期;应为 2026-11-22 这样的写法"
    raise CellRefused("not-a-day", zh, f'"{text[:40]}" is not a day; write it like 2026-11-22')


def _flag(_: Column, form: str, text: str) -> bool:
    if text.strip().lower() not in _FLAGS or form == "day":
        raise CellRefused("not-a-flag", f"“{text[:40]}”应为“是”或“否”", f'"{text[:40]}" should be 是 or 否')
    return _FLAGS[text.strip().lower()]


def _phone(_: Column, form: str, text: str) -> str:
    if form == "text" or (form == "number" and _MOBILE.fullmatch(text)):
        return text.strip()
    zh = "电话号码被存成了数字,开头的 0 可能已经丢失;请把该列设为“文本”格式后重新填写"
    raise CellRefused("phone-as-number", zh, "The number was stored without its leading 0; format the column as text")


def _choice(column: Column, form: str, text: str) -> str:
    labels: Labels = column.labels or {}
    found = {**{zh: code for code, zh in labels.items()}, **{code: code for code in labels}}.get(text.strip())
    if form != "text" or found is None:
        possible = "、".join(labels.values())
        zh, en = f"“{text[:40]}”不在可选值之内;可选:{possible}", f'"{text[:40]}" is not one of: {", ".join(labels)}'
        raise CellRefused("not-allowed", zh, en)
    return found


def _choices(column: Column, form: str, text: str) -> tuple[str, ...]:
    return tuple(_choice(column, form, each) for each in _parts(text))


def _list(_: Column, form: str, text: str) -> tuple[str, ...]:
    if form not in ("text", "number"):
        raise _wrong_form(form, "文本", "text")
    return tuple(_parts(text))


def _lines(_: Column, form: str, text: str) -> tuple[str, ...]:
    if form not in ("text", "number"):
        raise _wrong_form(form, "文本", "text")
    return tuple(_unfolded(line) for line in text.replace("\r\n", "\n").split("\n") if line.strip())


def _folded(line: str) -> str:
    return line.replace("\\", "\\\\").replace("\n", "\\n")


def _unfolded(line: str) -> str:
    return re.sub(r"\\([\\n])", lambda found: "\n" if found.group(1) == "n" else "\\", line)


def _steps(column: Column, form: str, text: str) -> dict[str, str]:
    steps: dict[str, str] = {}
    for part in _list(column, form, text):
        step, equals, day = part.partition("=")
        if not equals:
            zh = f"“{part[:40]}”应写成 步骤=日期,例如 filed=2026-11-22"
            raise CellRefused("step", zh, f'"{part[:40]}" should be step=day, like filed=2026-11-22')
        steps[step.strip()] = _day(column, "text", day)
    return steps


_READ: Mapping[str, Callable[[Column, str, str], Any]] = {
    "text": _text,
    "code": _code,
    "codes": _codes,
    "whole": _whole,
    "decimal": _decimal,
    "day": _day,
    "flag": _flag,
    "phone": _phone,
    "choice": _choice,
    "choices": _choices,
    "list": _list,
    "lines": _lines,
    "steps": _steps,
}


def _labelled(column: Column, codes: Iterable[str]) -> str:
    labels = column.labels or {}
    return "、".join(labels.get(code, code) for code in codes)


_SHOW: Mapping[str, Callable[[Column, Any], str]] = {
    "codes": lambda _, value: "、".join(value),
    "list": lambda _, value: "、".join(value),
    "decimal": lambda _, value: format(Decimal(repr(value)), "f"),
    "flag": lambda _, value: "是" if value else "否",
    "choice": lambda column, value: _labelled(column, [value] if value else []),
    "choices": _labelled,
    "lines": lambda _, value: "\n".join(_folded(line) for line in value),
    "steps": lambda _, value: "、".join(f"{step}={day}" for step, day in value.items()),
}
