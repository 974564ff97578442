"""Fields of request schemas, whose refusals say in both languages what would be right (ALL-05).

marshmallow knows one text per refusal. Ours is "code, Chinese, English" joined by a separator that no input can hold;
`saying` takes it apart again. The field names are those of the house: Text, Whole, Number, Flag, When …
Bodies are strict: "12" is no number and 1 is no truth value. Query texts are converted before (`from_text`).
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from marshmallow import RAISE, Schema, ValidationError, fields, validate

SEPARATOR = "\x1f"
Messages = dict[str, str | list[Any] | dict[Any, Any]]


class Saying(NamedTuple):
    code: str
    zh: str
    en: str


def say(code: str, zh: str, en: str) -> str:
    """One marshmallow message that carries a code and both sentences."""
    return SEPARATOR.join((code, zh, en))


def saying(message: str) -> Saying:
    """Take apart what `say` joined; a message of marshmallow's own gets the code "invalid"."""
    parts = message.split(SEPARATOR)
    return Saying(*parts) if len(parts) == 3 else Saying("invalid", message, message)


def said(**messages: str) -> Messages:
    """Messages of a field by marshmallow's keys."""
    return dict(messages)


REQUIRED = said(
    required=say("required", "必填", "is required"),
    null=say("null", "不能为空(null)", "may not be null"),
    validator_failed=say("invalid", "内容有误", "is not valid"),
)
OBJECT = say("type", "应为对象", "must be an object")


class Request(Schema):
    """Base of bodies and queries: a field that is not declared is refused by name."""

    class Meta:
        unknown = RAISE

    error_messages = {  # noqa: RUF012 - marshmallow's own protocol
        "unknown": say("unknown-field", "没有此字段", "is not a known field"),
        "type": OBJECT,
    }


class _Said(fields.Field[Any]):
    default_error_messages = REQUIRED


def _length(least: int, most: int) -> validate.Length:
    zh, en = f"长度应为 {least} 至 {most} 个字", f"must have {least} to {most} characters"
    return validate.Length(min=least, max=most, error=say("length", zh, en))


def _range(least: float | None, most: float | None) -> validate.Range:
    shown = f"{'' if least is None else least}…{'' if most is None else most}"
    return validate.Range(least, most, error=say("range", f"应在 {shown} 之内", f"must be within {shown}"))


class Text(_Said, fields.String):
    """Text of `least` to `most` characters, not only blanks where `least` > 0; optionally one of `choices`."""

    default_error_messages = said(
        invalid=say("type", "应为文字", "must be text"),
        invalid_utf8=say("encoding", "应为 UTF-8 文字", "must be UTF-8 text"),
    )

    def __init__(self, least: int = 1, most: int = 200, *, choices: Sequence[str] = (), **options: Any) -> None:
        rules: list[Callable[[str], Any]] = [] if choices else [_length(least, most)]
        if choices:
            rules.append(one_of(choices))
        elif least > 0:
            rules.append(_not_blank)
            options["metadata"] = {"pattern": r"\S", **options.get("metadata", {})}
        super().__init__(validate=rules, **options)


def one_of(choices: Sequence[str]) -> validate.OneOf:
    listed = "、".join(choices)
    return validate.OneOf(
        choices, error=say("choice", f"应为下列之一:{listed}", f"must be one of: {', '.join(choices)}")
    )


INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""Unicode categories of what shows nothing: controls, formats (zero width, direction), separators."""


def _not_blank(value: str) -> None:
    if all(unicodedata.category(letter) in INVISIBLE for letter in value):
        raise ValidationError(say("blank", "不能只有空格或不可见字符", "may not be blank or invisible"))


class Pattern(_Said, fields.String):
    """Text of one exact form, explained to the caller in both languages."""

    default_error_messages = Text.default_error_messages

    def __init__(self, pattern: str, zh: str, en: str, **options: Any) -> None:
        rule = validate.Regexp(re.compile(rf"\A(?:{pattern})\Z"), error=say("format", zh, en))
        options.setdefault("metadata", {}).setdefault("pattern", f"^(?:{pattern})$")
        super().__init__(validate=[rule], **options)


def Id(**options: Any) -> Pattern:
    """An id of the platform: a UUID in canonical text form."""
    form = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    return Pattern(form, "应为 UUID(小写)", "must be a UUID in lower case", **options)


def Code(**options: Any) -> Pattern:
    """A word that names something: a department, a role, an action ([a-z0-9-], 1 to 64)."""
    return Pattern(
        "[a-z0-9](?:[a-z0-9-]{0,63})",
        "应为小写字母、数字和连字符",
        "must be lower-case letters, digits, hyphens",
        **options,
    )


def Name(**options: Any) -> Pattern:
    """What identifies something in an address or a reference: an id, a code, a readable number, a user name."""
    form = "[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,99})"
    return Pattern(form, "应为编号:字母、数字、. _ - @", "must be an identifier of letters, digits, . _ - @", **options)


def Prefix(**options: Any) -> Pattern:
    """The beginning of a division or grid code: 2 to 15 digits."""
    return Pattern(
        "[0-9]{2,15}", "应为 2 至 15 位数字的区划或网格代码", "must be 2 to 15 digits of an area code", **options
    )


def GridCode(**options: Any) -> Pattern:
    """A grid's code: 15 digits."""
    return Pattern("[0-9]{15}", "应为 15 位网格代码", "must be a grid code of 15 digits", **options)


class Whole(_Said, fields.Integer):
    """A whole number from `least` to `most`."""

    default_error_messages = said(
        invalid=say("type", "应为整数", "must be a whole number"),
        too_large=say("range", "数字过大", "is too large"),
    )

    def __init__(self, least: int = 0, most: int = 2**31 - 1, **options: Any) -> None:
        super().__init__(strict=True, validate=[_range(least, most)], **options)

    def _validated(self, value: Any) -> int:
        """1.0 is a whole number too, as JSON Schema has it."""
        return super()._validated(int(value) if isinstance(value, float) and value.is_integer() else value)


class Number(_Said, fields.Float):
    """A finite number from `least` to `most`; text is not taken for a number."""

    default_error_messages = said(
        invalid=say("type", "应为数字", "must be a number"),
        too_large=say("range", "数字过大", "is too large"),
        special=say("type", "应为有限数字", "must be a finite number"),
    )

    def __init__(self, least: float | None = None, most: float | None = None, **options: Any) -> None:
        super().__init__(validate=[_range(least, most)], **options)

    def _validated(self, value: Any) -> float:
        if not isinstance(value, int | float):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Flag(_Said, fields.Boolean):
    """true or false, nothing that merely looks like it."""

    default_error_messages = said(invalid=say("type", "应为 true 或 false", "must be true or false"))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class When(_Said, fields.AwareDateTime):
    """A moment with its zone (RFC 3339), given on as UTC text."""

    default_error_messages = said(
        invalid=say("format", "应为带时区的时间,如 2026-11-22T09:00:00+08:00", "must be a time with zone (RFC 3339)"),
        invalid_awareness=say("format", "时间应带时区,如 +08:00", "must carry its zone, such as +08:00"),
        format=say("format", "应为时间", "must be a time"),
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(format="iso", **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Day(_Said, fields.Date):
    """A calendar day (2026-11-22) of the county's zone, given on as text."""

    default_error_messages = said(
        invalid=say("format", "应为日期,如 2026-11-22", "must be a date such as 2026-11-22"),
        format=say("format", "应为日期", "must be a date"),
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        return day.isoformat()


class Many(_Said, fields.List[Any]):
    """A list of `least` to `most` entries."""

    default_error_messages = said(invalid=say("type", "应为数组 […]", "must be an array"))

    def __init__(self, entry: fields.Field[Any], least: int = 0, most: int = 100, **options: Any) -> None:
        zh, en = f"应有 {least} 至 {most} 项", f"must have {least} to {most} entries"
        rule = validate.Length(min=least, max=most, error=say("count", zh, en))
        super().__init__(entry, validate=[rule], **options)


class Within(_Said, fields.Nested):
    """An object of another schema."""

    default_error_messages = said(type=OBJECT)


class Free(_Said, fields.Dict):
    """An object whose entries another part of the platform checks (GeoJSON, answers to a matter's questions)."""

    default_error_messages = said(invalid=OBJECT)


def from_text(field: fields.Field[Any], text: str) -> Any:
    """The value that a query's `text` stands for, by the kind of `field`; the text itself where it is none."""
    kinds: Mapping[type[fields.Field[Any]], Callable[[str], Any]] = {Whole: int, Number: float, Flag: _flag}
    convert = next((kinds[kind] for kind in type(field).__mro__ if kind in kinds), str)
    try:
        return convert(text[:400]) if convert is not str else text
    except ValueError:
        return text


def _flag(text: str) -> bool | str:
    return {"true": True, "false": False}.get(text, text)
