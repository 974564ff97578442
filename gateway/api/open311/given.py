"""What a client sent: parameters of the address or of a form, UTF-8, an empty one meaning none; faults are collected.

The specification calls an empty parameter equal to one that was not sent, and lets several errors be answered at once.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.requests import Request

from gateway.api.body import check_text, limited, media_type
from gateway.api.errors import Malformed, UnsupportedMedia
from services.chassis.errors import Fault, Invalid

FORM = "application/x-www-form-urlencoded"
LIMIT = 256 * 1024
MOST_FIELDS = 500
_CHARSET = re.compile(r"charset=\"?([\w-]+)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,100})\](?:\[\d*\])?")


class Refusal(Invalid):
    """What was sent cannot be taken; one fault each. A fault with the code "not-found" makes the answer a 404."""

    code = "open311-refused"


@dataclass
class Given:
    """The parameters by name, each with all its values that are not empty; `faults` grows while they are read."""

    values: Mapping[str, list[str]]
    faults: list[Fault] = field(default_factory=list)

    def one(self, name: str, most: int = 2000) -> str:
        """The value of `name`, empty where there is none."""
        found = self.values.get(name, [])
        if len(set(found)) > 1:
            self.fault(name, "只能给出一次", "may be given once only", "repeated")
        value = found[0] if found else ""
        if len(value) > most:
            self.fault(name, f"最多 {most} 个字", f"may have {most} characters", "length")
        return value

    def many(self, name: str) -> list[str]:
        """The values of `name`, which may be repeated and separated by commas; each once, in their order."""
        parts = (part.strip() for text in self.values.get(name, []) for part in text.split(","))
        return list(dict.fromkeys(part for part in parts if part))

    def attributes(self) -> dict[str, list[str]]:
        """The answers to the service's questions: attribute[code]=, attribute[code][]= for several."""
        found: dict[str, list[str]] = {}
        for name, values in self.values.items():
            if match := _ATTRIBUTE.fullmatch(name):
                found.setdefault(match[1], []).extend(values)
        return found

    def fault(self, name: str, zh: str, en: str, code: str = "invalid") -> None:
        """Note that the parameter `name` is wrong, and what would be right."""
        self.faults.append(Fault(name, code, zh, en))

    def refuse(self) -> None:
        """Raise Refusal when there are faults."""
        if self.faults:
            raise Refusal(faults=self.faults)


def of_address(request: Request) -> Given:
    """The parameters of the address. Raises Malformed."""
    return Given(_parse(request.scope["query_string"]))


async def of_form(request: Request) -> Given:
    """The form of a POST, and `api_key` or `jurisdiction_id` from the address where the form has none.

    Raises UnsupportedMedia, TooLarge, Malformed.
    """
    if media_type(request) != FORM:
        raise UnsupportedMedia(sent=media_type(request)[:80] or "-", wanted=FORM)
    charset = _CHARSET.search(request.headers.get("content-type", ""))
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMedia(sent=f"charset={charset[1][:40]}", wanted="charset=utf-8")
    form = _parse(b"".join([chunk async for chunk in limited(request, LIMIT)]))
    address = of_address(request).values
    beside = {name: address[name] for name in ("api_key", "jurisdiction_id") if name in address}
    return Given({**beside, **form})


def _parse(raw: bytes) -> dict[str, list[str]]:
    try:
        pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Malformed(why="the parameters are not UTF-8", why_zh="参数不是 UTF-8 文字") from error
    except ValueError as error:
        raise Malformed(why=f"more than {MOST_FIELDS} parameters", why_zh=f"参数超过 {MOST_FIELDS} 个") from error
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        check_text(name)
        check_text(value, (name,))
        if value.strip():
            values.setdefault(name, []).append(value.strip())
    return values
