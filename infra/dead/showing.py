"""Text that is safe to print: nothing secret, and nothing that a terminal obeys.

Events hold no personal data, but what lies in a dead queue may be anything that somebody published. So values under a
name that says secret or personal are left out, sealed values and passwords in addresses as well, telephone and citizen
numbers in texts are masked; bytes that are not UTF-8 and characters that steer a terminal or turn the direction of
writing are shown as escapes.
"""

import json
import re
import unicodedata
from typing import Any

from services.chassis.personal import PREFIX, mask_id_number, mask_text

HIDDEN = "(隐去 / withheld)"
MOST = 4_000
"""Characters of a body that are shown unless all of it is asked for."""

_NAMES = (
    r"pass(word|wd|phrase)?|secret|token|credential|authorization|cookie|api.?key|private.?key|sealed"
    r"|phone|mobile|tel|id.?card|id.?number|passport|address|email|wechat"
    r"|口令|密码|密钥|电话|手机|身份证|证件号|住址|地址|姓名"
)
_NAME = re.compile(rf"(^|[^a-z])({_NAMES})([^a-z]|$)", re.IGNORECASE)
_IN_TEXT = re.compile(rf"(?i)((?:{_NAMES})\w{{0,30}}[\"']?\s{{0,9}}[:=]\s{{0,9}})(\"[^\"]*\"|'[^']*'|[^\s,;}}]+)")
_SEALED = re.compile(rf"\b{PREFIX}[A-Za-z0-9+/]{{24,}}={{0,2}}")
_LOGIN = re.compile(r"(\b\w{1,30}://[^:/@\s]{0,200}):[^@\s]{1,200}@")  # bounded: a body may be one word of 10 MB
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_STEERS = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def printable(text: str) -> str:
    """`text` with characters that steer a terminal or the direction of writing as escapes; line breaks too."""
    return "".join(_escaped(each) if unicodedata.category(each) in _STEERS else each for each in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")


def content(body: bytes, most: int | None = MOST) -> str:
    """A body as text: indented JSON where it is JSON, else its characters and escapes; at most `most` characters."""
    try:
        loaded = json.loads(body)
    except (ValueError, RecursionError):
        shown = printable(without_secrets(body.decode("utf-8", "backslashreplace")))
    else:
        lines = json.dumps(hidden(loaded), ensure_ascii=False, indent=2).split("\n")
        shown = "\n".join(map(printable, lines))
    if most is None or len(shown) <= most:
        return shown
    return f"{shown[:most]}\n… 共 {len(shown)} 字符,--full 显示全部 / {len(shown)} characters, --full shows them all"


def hidden(value: Any, name: str = "") -> Any:
    """`value` as JSON without what `name`, or the names inside it, say is secret or personal."""
    if name and _NAME.search(_CAMEL.sub("_", name)):
        return HIDDEN
    if isinstance(value, dict):
        return {str(key): hidden(each, str(key)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [hidden(each) for each in value]
    if isinstance(value, bytes):
        return without_secrets(value.decode("utf-8", "backslashreplace"))
    if isinstance(value, str):
        return without_secrets(value)
    return value if isinstance(value, int | float | bool | None) else str(value)


def without_secrets(text: str) -> str:
    """`text` without sealed values, passwords and numbers of persons, as far as they can be recognised."""
    text = _LOGIN.sub(rf"\1:{HIDDEN}@", _SEALED.sub(HIDDEN, text))
    return mask_id_number(mask_text(_IN_TEXT.sub(rf"\1{HIDDEN}", text)))
