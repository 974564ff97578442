"""The small notations of a plan: amounts of time, moments of a limit, spans of a day, dates, zones.

Each `parse_…` returns the JSON form that consumers read and raises `Unreadable`, whose sentences say what would
be right. Only the registry parses; the announced document carries the parsed form.
"""

import re
import zoneinfo
from datetime import date
from typing import Any

UNITS = ("urgent-hours", "working-hours", "working-days", "calendar-days")
_AMOUNT = re.compile(r"(\d{1,4}(?:\.\d{1,2})?) (urgent-hour|working-hour|working-day|calendar-day)s?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})% of limit", re.ASCII)
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Unreadable(ValueError):
    """A notation that says nothing: `zh` and `en` tell what is wrong, `hint_zh` and `hint_en` what would be right."""

    def __init__(self, zh: str, en: str, hint_zh: str, hint_en: str) -> None:
        super().__init__(en)
        self.zh, self.en, self.hint_zh, self.hint_en = zh, en, hint_zh, hint_en


def parse_amount(text: str) -> dict[str, Any]:
    """`2 working-days` → {"amount": 2, "unit": "working-days"}; the unit may be singular, the amount is above 0.

    Urgent hours run day and night, working hours and days by the office hours, calendar days from midnight to midnight
    in the county's zone (INC-07).
    """
    found = _AMOUNT.fullmatch(text)
    if not found or float(found[1]) == 0:
        raise Unreadable(
            "不是时长", "not an amount of time",
            "写成 数字 + 空格 + 单位,例如 2 working-days;单位:" + "、".join(UNITS),
            "write a number above 0, a space and a unit, such as 2 working-days; units: " + ", ".join(UNITS),
        )  # fmt: skip
    number = float(found[1])
    return {"amount": int(number) if number.is_integer() else number, "unit": found[2] + "s"}


def parse_moment(text: str) -> dict[str, Any]:
    """`75% of limit`, `at limit`, `1 working-days after limit` → {"percent": 75 | 100, "after": None | amount}."""
    if text == "at limit":
        return {"percent": 100, "after": None}
    if (found := _PERCENT.fullmatch(text)) and 0 < int(found[1]) <= 100:
        return {"percent": int(found[1]), "after": None}
    if text.endswith(" after limit"):
        return {"percent": 100, "after": parse_amount(text.removesuffix(" after limit"))}
    raise Unreadable(
        "不是相对时限的时刻", "not a moment relative to the limit",
        "写成 75% of limit、at limit 或 1 working-days after limit",
        "write 75% of limit, at limit, or 1 working-days after limit",
    )  # fmt: skip


def parse_span(text: str) -> dict[str, str]:
    """`08:30-12:00` → {"from": "08:30", "to": "12:00"}; the end lies after the start."""
    found = _SPAN.fullmatch(text)
    if not found or found.group(1, 2) >= found.group(3, 4):
        raise Unreadable(
            "不是一天之内的时段", "not a span within one day",
            "写成 08:30-12:00,终点晚于起点", "write 08:30-12:00, the end after the start",
        )  # fmt: skip
    return {"from": text[:5], "to": text[6:]}


def parse_date(text: str) -> str:
    """An ISO date, returned as it is."""
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise Unreadable("不是有效日期", "not a date", "写成 2026-01-01", "write 2026-01-01")


def parse_timezone(text: str) -> str:
    """A zone of the IANA database, returned as it is."""
    if text in zoneinfo.available_timezones():
        return text
    raise Unreadable("不是时区名", "not a time zone", "例如 Asia/Shanghai", "such as Asia/Shanghai")
