"""Reading a request's body: the limit holds while it arrives, and only one plain JSON document is let through.

Refused: another content type (415), more than the limit (413), anything that is not UTF-8 JSON, duplicated keys, NaN
and infinite numbers, more than DEPTH levels, NUL characters and lone surrogates, which no database takes (400).
"""

import json
import math
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any, NoReturn

from starlette.requests import Request

from services.chassis.errors import Fault, TooLarge

from .errors import Malformed, UnsupportedMedia

JSON_LIMIT = 1024 * 1024
DEPTH = 32
Place = tuple[str | int, ...]
"""Names and numbers that lead to a part of a document."""
JSON = "application/json"
BINARY = "application/octet-stream"


def media_type(request: Request) -> str:
    """The content type of `request` without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def limited(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """The body of `request` as it arrives. Raises TooLarge as soon as `limit` bytes are passed or announced."""
    announced = request.headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        raise TooLarge(limit=readable(limit))
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > limit:
            raise TooLarge(limit=readable(limit))
        yield chunk


def readable(limit: int) -> str:
    """A byte limit as people write it: 1048576 gives "1 MiB"."""
    return f"{limit // (1024 * 1024)} MiB" if limit >= 1024 * 1024 else f"{limit // 1024} KiB"


async def read_json(request: Request, limit: int = JSON_LIMIT) -> Any:
    """The JSON document in the body of `request`. Raises UnsupportedMedia, TooLarge or Malformed."""
    if media_type(request) != JSON:
        raise UnsupportedMedia(sent=media_type(request)[:80] or "-", wanted=JSON)
    return parse(b"".join([chunk async for chunk in limited(request, limit)]))


def parse(raw: bytes) -> Any:
    """Parse one JSON document strictly (module docstring). Raises Malformed, which says what is wrong."""
    try:
        document = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_object, parse_constant=_constant, parse_float=_float
        )
    except UnicodeDecodeError as error:
        raise Malformed(why=f"byte {error.start} is not UTF-8", why_zh=f"第 {error.start} 字节不是 UTF-8") from error
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        where, place = f"line {error.lineno} column {error.colno}", f"第 {error.lineno} 行第 {error.colno} 列"
        raise Malformed(why=f"not JSON: {error.msg} at {where}", why_zh=f"不是有效的 JSON({place})") from error
    except ValueError as error:
        raise Malformed(why="a number is too long", why_zh="数字过长") from error
    _inspect(document)
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0][:80]
        raise Malformed(why=f"key {twice!a} is given twice", why_zh=f"键 {twice!a} 重复")
    return result


def _constant(name: str) -> NoReturn:
    raise Malformed(why=f"{name} is not a JSON number", why_zh=f"{name} 不是 JSON 数字")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Malformed(why="a number is too large", why_zh="数字过大")
    return number


def _inspect(document: Any) -> None:
    """Walk through `document` without recursion; raise Malformed for depth, NUL characters and lone surrogates."""
    stack: list[tuple[Any, Place]] = [(document, ())]
    while stack:
        value, place = stack.pop()
        if isinstance(value, str):
            check_text(value, place)
        elif isinstance(value, dict | list):
            if len(place) >= DEPTH:
                raise _too_deep()
            if isinstance(value, dict):
                for name in value:
                    check_text(name, place)
            parts = value.items() if isinstance(value, dict) else enumerate(value)
            stack.extend((part, (*place, name)) for name, part in parts)


def _too_deep() -> Malformed:
    return Malformed(why=f"more than {DEPTH} levels deep", why_zh=f"嵌套超过 {DEPTH} 层")


def check_text(text: str, place: Place = ()) -> None:
    """Raise Malformed where `text`, which stands at `place`, holds a NUL character or half of a surrogate pair."""
    if "\0" in text:
        raise _unfit(place, "文字中含有 NUL 字符", "a text holds a NUL character")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _unfit(place, "文字中含有不完整的字符", "a text holds a lone surrogate")


def _unfit(place: Place, zh: str, en: str) -> Malformed:
    path = ".".join(str(name) for name in place)
    return Malformed(why=en, why_zh=zh, faults=[Fault(path, "unfit-text", f"{zh};请删去", f"{en}; take it out")])
