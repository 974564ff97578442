"""A POSTed report, checked: every fault is named, then what the incident service takes (POST Service Request)."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from . import times
from .given import Given

WORDS = 4000
"""GeoReport v2: a description is free text of at most 4,000 characters."""
ATTRIBUTE_WORDS = 2000
PERSONAL: Mapping[str, int] = {"email": 254, "device_id": 200, "account_id": 100, "phone": 30}
NAME = 60
_DECIMAL = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,20})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_PHONE = re.compile(r"[+()\d\s-]{3,}", re.ASCII)
_GRID = re.compile(r"\d{15}", re.ASCII)


def read(given: Given, service: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values of a SubmitRequest for `service`. Raises Refusal, which names every parameter that is wrong.

    Without a service, which the caller has noted as a fault, everything but its attributes is looked at.
    """
    values = {
        "service_code": service["code"] if service else "",
        "description": given.one("description", WORDS),
        **_place(given),
        **_person(given),
        "media_url": _media(given),
        "attributes": _attributes(given, service) if service else [],
    }
    given.refuse()
    return values


def _place(given: Given) -> dict[str, Any]:
    lat, long = _degrees(given, "lat", 90), _degrees(given, "long", 180)
    address, grid = given.one("address_string", 200), given.one("address_id", 100)
    place: dict[str, Any] = {"address": address}
    if lat is not None and long is not None:
        place["point"] = {"lat": lat, "lon": long}
    if grid and not _GRID.fullmatch(grid):
        given.fault("address_id", "应为 15 位网格代码", "must be a grid code of 15 digits")
    elif grid:
        place["grid_code"] = grid
    sent = {name for name in ("lat", "long") if given.values.get(name)}
    if len(sent) == 1:
        missing = ({"lat", "long"} - sent).pop()
        given.fault(missing, "lat 与 long 须同时给出", "lat and long need each other", "required")
    elif not sent and not address and not grid:
        zh, en = "请给出 lat 与 long、address_string 或 address_id", "give lat and long, address_string or address_id"
        given.fault("lat, long", zh, en, "required")
    return place


def _degrees(given: Given, name: str, most: int) -> float | None:
    text = given.one(name, 40)
    if not text:
        return None
    value = float(text) if _DECIMAL.fullmatch(text) else None
    if value is None or abs(value) > most:
        zh, en = f"应为 -{most} 至 {most} 的度数(WGS 84)", f"must be degrees from -{most} to {most} (WGS 84)"
        given.fault(name, zh, en)
        return None
    return value


def _person(given: Given) -> dict[str, str]:
    person = {name: given.one(name, most) for name, most in PERSONAL.items()}
    if person["email"] and not _EMAIL.fullmatch(person["email"]):
        given.fault("email", "应为电子邮箱地址", "must be an address such as name@example.cn")
    if person["phone"] and not _PHONE.fullmatch(person["phone"]):
        given.fault("phone", "应为电话号码:数字、空格、+ ( ) -", "must be a telephone number: digits, blanks, + ( ) -")
    return {**person, "name": _name(given.one("first_name", NAME), given.one("last_name", NAME))}


def _name(first: str, last: str) -> str:
    """The full name in the order of its script: 张三, but John Smith."""
    if first.isascii() and last.isascii():
        return f"{first} {last}".strip()
    return last + first


def _media(given: Given) -> str:
    """A link is kept as text for the staff and never followed: no request leaves for a stranger's address."""
    text = given.one("media_url", 1000)
    if text and not _is_link(text):
        zh, en = "应为不含用户名和密码的 http(s) 链接", "must be an http(s) link without user name and password"
        given.fault("media_url", zh, en)
    return text


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
        plain = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        return plain and (parts.port or 1) > 0 and not re.search(r"[\s\x00-\x1f\x7f<>\"]", text)
    except ValueError:
        return False


def _attributes(given: Given, service: Mapping[str, Any]) -> list[dict[str, Any]]:
    sent = given.attributes()
    questions = {question["code"]: question for question in service["attributes"]}
    for code in sent.keys() - questions.keys():
        known = ", ".join(questions) or "-"
        given.fault(f"attribute[{code[:40]}]", f"该服务没有此属性;可用:{known}", f"is none of the service's: {known}")
    for code, question in questions.items():
        _check(given, f"attribute[{code}]", question, sent.get(code, []))
    return [{"code": code, "values": values} for code, values in sent.items() if code in questions]


def _check(given: Given, name: str, question: Mapping[str, Any], values: list[str]) -> None:
    kind, choices = question["kind"], question["choices"]
    if question["required"] and not values:
        given.fault(name, f"必填:{question['text']}", f"is required: {question['text']}", "required")
    if kind != "multi-choice" and len(values) > 1:
        given.fault(name, "只能给出一个值", "takes one value only", "repeated")
    for value in values:
        if len(value) > ATTRIBUTE_WORDS:
            given.fault(name, f"最多 {ATTRIBUTE_WORDS} 个字", f"may have {ATTRIBUTE_WORDS} characters", "length")
        elif choices and value not in choices:
            listed = "、".join(choices)
            given.fault(name, f"应为下列之一:{listed}", f"must be one of: {listed}", "choice")
        elif kind == "number" and not _DECIMAL.fullmatch(value):
            given.fault(name, "应为数字", "must be a number")
        elif kind == "datetime" and times.parse(value) is None:
            given.fault(name, "应为带时区的时间,如 2026-11-22T09:00:00+08:00", "must be a W3C time with its zone")
