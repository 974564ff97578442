"""Recurrence rules of a plan: RFC 5545, whole days only, as dateutil understands them (PAT-01).

`parse_rule` accepts what is well formed, `first_due` says when a rule comes first, counted from the day on which its
plan takes effect. A rule that never ends is normal: nobody looks farther than `HORIZON`.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache

from dateutil.relativedelta import relativedelta
from dateutil.rrule import rrulestr

from services.registry.plan.amounts import Unreadable

HORIZON = relativedelta(years=10)
"""A rule that does not come within this time counts as one that never comes."""
MOST_INTERVAL, MOST_COUNT = 999, 9999
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WITHIN_A_DAY = ("HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_FILTERS: Mapping[str, Mapping[str, int]] = {
    "BYMONTH": dict.fromkeys(FREQUENCIES, 12),
    "BYMONTHDAY": {"DAILY": 31, "MONTHLY": 31, "YEARLY": 31},
    "BYYEARDAY": {"YEARLY": 366},
    "BYWEEKNO": {"YEARLY": 53},
}
"""Which part may stand with which frequency, and the largest number in it; the others RFC 5545 gives no meaning."""
_ORDINALS = {"MONTHLY": 5, "YEARLY": 53}
_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)", re.ASCII)
_WHOLE = re.compile(r"[1-9]\d{0,3}", re.ASCII)
_NUMBER = re.compile(r"([+-]?)0?([1-9]\d{0,2})", re.ASCII)
_WEEKDAY = re.compile(r"(?:[+-]?0?([1-9]\d?))?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)


def parse_rule(text: str) -> str:
    """A well-formed recurrence rule of whole days, returned as it is (PAT-01). Raises Unreadable."""
    parts = _parts(text)
    for name, value in parts.items():
        _check(name, value, parts["FREQ"])
    if "COUNT" in parts and "UNTIL" in parts:
        raise _bad("COUNT 与 UNTIL 只能写一个", "COUNT and UNTIL exclude each other")
    return text


@lru_cache(maxsize=1024)
def first_due(text: str, begins: date) -> date | None:
    """The first day of a well-formed rule that is counted from `begins`; None where none comes within `HORIZON`.

    Where no day fits at all dateutil looks as far as the year 9999, which takes up to half a second.
    """
    parts, start = _parts(text), datetime.combine(begins, time())  # on the county's calendar, without a zone
    every = int(parts.pop("INTERVAL", 1)) if _is_filtered_daily(parts) else 1
    end = start + HORIZON
    if "UNTIL" in parts:
        end = min(end, datetime.fromisoformat(parts["UNTIL"]))
    parts.pop("COUNT", None)
    bounded = {**parts, "UNTIL": f"{end:%Y%m%d}"}
    rule = rrulestr(_by_year(bounded) if _is_filtered_daily(parts) else _joined(bounded), dtstart=start)
    return next((day.date() for day in rule if (day - start).days % every == 0), None)


def _is_filtered_daily(parts: Mapping[str, str]) -> bool:
    return parts["FREQ"] == "DAILY" and any(name.startswith("BY") for name in parts)


def _by_year(parts: Mapping[str, str]) -> str:
    """A daily rule with filters as a yearly one: the same days, found three hundred times as fast."""
    days = {} if {"BYDAY", "BYMONTHDAY"} & set(parts) else {"BYDAY": ",".join(_DAYS)}
    return _joined({**parts, **days, "FREQ": "YEARLY"})


def _joined(parts: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _parts(text: str) -> dict[str, str]:
    """The parts by their names, FREQ among them, each once."""
    parts: dict[str, str] = {}
    for part in text.split(";"):
        found = _PART.fullmatch(part)
        if not found:
            raise _bad(f"“{part[:40]}”不是 名称=值", f'"{part[:40]}" is not NAME=VALUE')
        if found[1] in parts:
            raise _bad(f"{found[1]} 出现了两次", f"{found[1]} stands there twice")
        parts[found[1]] = found[2]
    if "FREQ" not in parts:
        raise _bad("缺少 FREQ", "FREQ is missing")
    return parts


def _check(name: str, value: str, frequency: str) -> None:
    """Raises Unreadable where the part says nothing that the frequency allows."""
    for refused in (value if name == "FREQ" else "", name):
        if refused in _WITHIN_A_DAY:
            raise _bad(f"任务以天为单位,不接受 {refused}", f"tasks are by the day; {refused} is not accepted")
    match name:
        case "FREQ":
            _among("FREQ", value, FREQUENCIES)
        case "WKST":
            _among("WKST", value, _DAYS)
        case "INTERVAL":
            _whole(name, value, MOST_INTERVAL)
        case "COUNT":
            _whole(name, value, MOST_COUNT)
        case "UNTIL":
            _day(value)
        case "BYDAY":
            _weekdays(value, _ORDINALS.get(frequency, 0))
        case "BYSETPOS":  # the last working day is BYMONTHDAY=-1 with a shift, which knows the holidays
            raise _bad(
                "不接受 BYSETPOS,月末工作日写 BYMONTHDAY=-1 和 shift: previous-working-day",
                "BYSETPOS is not accepted; the last working day is BYMONTHDAY=-1 with shift: previous-working-day",
            )
        case _:
            _numbers(name, value, frequency)


def _among(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise _bad(f"{name} 应为 {'、'.join(known)}", f"{name} must be one of {', '.join(known)}")


def _whole(name: str, value: str, most: int) -> None:
    if not _WHOLE.fullmatch(value) or int(value) > most:
        raise _bad(f"{name} 应为 1 至 {most}", f"{name} must be 1 to {most}")


def _day(value: str) -> None:
    try:
        if len(value) == 8:
            date.fromisoformat(value)
            return
    except ValueError:
        pass
    raise _bad("UNTIL 应为日期,例如 20261231", "UNTIL must be a date such as 20261231")


def _weekdays(value: str, most: int) -> None:
    for each in value.split(","):
        found = _WEEKDAY.fullmatch(each)
        if not found:
            raise _bad(f"BYDAY 中“{each}”不是星期", f'"{each}" in BYDAY is no day of the week')
        if found[1] and int(found[1]) > most:
            raise _bad(
                f"BYDAY 中“{each}”:{f'序数不超过 {most}' if most else '只有按月、按年的规则可写第几个'}",
                f'"{each}" in BYDAY: {f"at most {most}" if most else "only monthly and yearly rules count weekdays"}',
            )


def _numbers(name: str, value: str, frequency: str) -> None:
    if name not in _FILTERS:
        raise _bad(f"没有名为 {name} 的部分", f"there is no part {name}")
    most = _FILTERS[name].get(frequency)
    if most is None:
        raise _bad(f"{name} 不能与 FREQ={frequency} 同用", f"{name} cannot stand with FREQ={frequency}")
    signed = name != "BYMONTH"
    for each in value.split(","):
        found = _NUMBER.fullmatch(each)
        if not found or int(found[2]) > most or (found[1] and not signed):
            either = " 或 -1 至 -" if signed else ""
            raise _bad(
                f"{name} 中“{each}”应为 1 至 {most}{either}{most if signed else ''}",
                f'"{each}" in {name} must be 1 to {most}' + (f" or -1 to -{most}" if signed else ""),
            )


def rules_in(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The recurrence rules of an expanded document with their places."""
    children = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        if key in ("rule", "season") and isinstance(child, str):
            yield (*path, key), child
        else:
            yield from rules_in(child, (*path, key))


def _bad(zh: str, en: str) -> Unreadable:
    return Unreadable(
        zh, en,
        "按 RFC 5545 书写,例如 FREQ=MONTHLY;BYMONTHDAY=1,15",
        "write it as in RFC 5545, such as FREQ=MONTHLY;BYMONTHDAY=1,15",
    )  # fmt: skip
