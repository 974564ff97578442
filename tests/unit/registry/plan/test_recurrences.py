"""Recurrence rules: what is well formed comes on the days it names; all else is refused, with the reason (PAT-01)."""

import time
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.plan import check
from services.registry.plan.amounts import Unreadable
from services.registry.plan.recurrences import first_due, parse_rule

pytestmark = pytest.mark.rule("PAT-01")
BEGINS = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("FREQ=DAILY", date(2026, 1, 1)),  # never ends, as the plans say it
        ("FREQ=WEEKLY;BYDAY=FR", date(2026, 1, 2)),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", date(2026, 1, 1)),
        ("FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=1", date(2026, 1, 1)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", date(2028, 2, 29)),
        ("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 1, 30)),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", date(2026, 1, 31)),
        ("FREQ=YEARLY;BYDAY=20MO", date(2026, 5, 18)),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", date(2026, 5, 11)),
        ("FREQ=YEARLY;BYYEARDAY=-1", date(2026, 12, 31)),
        ("FREQ=DAILY;BYMONTH=6,7,8", date(2026, 6, 1)),
        ("FREQ=DAILY;INTERVAL=3;COUNT=20", date(2026, 1, 1)),
        ("FREQ=DAILY;UNTIL=20260101", date(2026, 1, 1)),
        ("FREQ=WEEKLY;WKST=SU;BYDAY=MO", date(2026, 1, 5)),
    ],
)
def test_the_plans_recurrences_are_understood(text: str, first: date) -> None:
    assert parse_rule(text) == text
    assert first_due(text, BEGINS) == first


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("", "不是 名称=值"),
        ("daily", "不是 名称=值"),
        ("FREQ=DAILY\nRDATE:20260101", "不是 名称=值"),
        ("RRULE:FREQ=DAILY", "不是 名称=值"),
        ("FREQ=DAILY;", "不是 名称=值"),
        ("BYDAY=MO", "缺少 FREQ"),
        ("FREQ=SOMETIMES", "FREQ 应为 DAILY、WEEKLY、MONTHLY、YEARLY"),
        ("FREQ=SECONDLY", "不接受 SECONDLY"),
        ("FREQ=MINUTELY;INTERVAL=10", "不接受 MINUTELY"),
        ("FREQ=HOURLY", "不接受 HOURLY"),
        ("FREQ=DAILY;BYSECOND=0,1,2,3", "不接受 BYSECOND"),
        ("FREQ=DAILY;BYHOUR=8,9,10", "不接受 BYHOUR"),
        ("FREQ=DAILY;FREQ=HOURLY", "FREQ 出现了两次"),
        ("FREQ=DAILY;INTERVAL=2;INTERVAL=3", "INTERVAL 出现了两次"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL 应为 1 至 999"),
        ("FREQ=DAILY;INTERVAL=1000", "INTERVAL 应为 1 至 999"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL 应为 1 至 999"),
        ("FREQ=DAILY;COUNT=0", "COUNT 应为 1 至 9999"),
        ("FREQ=DAILY;COUNT=-1", "COUNT 应为 1 至 9999"),
        ("FREQ=DAILY;COUNT=1000000000", "COUNT 应为 1 至 9999"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20261231", "COUNT 与 UNTIL 只能写一个"),
        ("FREQ=DAILY;UNTIL=20260231", "UNTIL 应为日期"),
        ("FREQ=DAILY;UNTIL=20260101T000000Z", "UNTIL 应为日期"),
        ("FREQ=DAILY;UNTIL=2026-1-1", "UNTIL 应为日期"),
        ("FREQ=DAILY;BYMONTH=13", "BYMONTH 中“13”应为 1 至 12"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH 中“-1”应为 1 至 12"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY 中“0”应为 1 至 31 或 -1 至 -31"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY 不能与 FREQ=WEEKLY 同用"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "BYMONTHDAY=-1"),
        ("FREQ=YEARLY;BYEASTER=0", "没有名为 BYEASTER 的部分"),
        ("FREQ=DAILY;DTSTART=20200101", "没有名为 DTSTART 的部分"),
        ("FREQ=WEEKLY;BYDAY=2FR", "BYDAY 中“2FR”"),
        ("FREQ=YEARLY;BYDAY=60MO", "BYDAY 中“60MO”"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY 中“XX”不是星期"),
    ],
)
def test_what_never_comes_comes_every_second_or_says_nothing_is_refused(text: str, zh: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_rule(text)
    assert zh in refused.value.zh
    assert refused.value.hint_zh


@pytest.mark.rule("REG-12")
@pytest.mark.parametrize(
    ("rule", "effective"),
    [
        ("FREQ=DAILY;UNTIL=20251231", "2026-01-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", ""),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", ""),
        ("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", ""),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=FR", "2026-01-01"),  # a Thursday, and every seventh day after it
        ("FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "2027-01-01"),
    ],
)
def test_a_rule_that_never_comes_once_the_plan_holds_is_told_with_its_place(
    rule: str, effective: str, small_text: str, sources: dict[str, str]
) -> None:
    text = small_text.replace("FREQ=DAILY", rule)
    begins = effective or "2026-01-01"
    (found,) = check(text.replace("effective: 2026-01-01", f"effective: {begins}"), sources).errors
    assert (found.code, found.path) == ("never-due", "patrols[daily].rule")
    assert rule in found.zh and begins in found.zh
    if effective:  # from another day on it does come
        assert check(text.replace("effective: 2026-01-01", "effective: 2024-01-05"), sources).errors == []


def test_another_error_in_the_heading_does_not_hide_a_rule_that_never_comes(
    small_text: str, sources: dict[str, str]
) -> None:
    text = small_text.replace("FREQ=DAILY", "FREQ=DAILY;UNTIL=20251231").replace("version: 1", "version: x")
    assert [one.code for one in check(text, sources).errors] == ["wrong-type", "never-due"]


def test_rules_by_grade_and_of_campaigns_are_looked_at_too(small_text: str, sources: dict[str, str]) -> None:
    graded = "by_grade: [{grade: A, rule: FREQ=DAILY;UNTIL=20250101}]"
    text = small_text.replace("rule: FREQ=DAILY", graded) + (
        "campaigns:\n  - {id: straw, name: 禁烧, season: FREQ=DAILY;UNTIL=20250101, assumed: true}\n"
    )
    paths = [one.path for one in check(text, sources).errors]
    assert paths == ["patrols[daily].by_grade[0].rule", "campaigns[straw].season"]


@pytest.mark.rule("ALL-05")
def test_a_plan_full_of_rules_that_take_long_is_answered_soon(small_text: str, sources: dict[str, str]) -> None:
    rules = [f"FREQ=MONTHLY;BYDAY=5{week};BYMONTHDAY={day}" for week, day in product(("MO", "TU", "WE"), range(1, 20))]
    lines = [
        f"  - {{id: p{number}, name: 巡查, who: member, rule: '{rule}', assumed: true}}\n"
        for number, rule in enumerate(rules)
    ]
    text = small_text.replace("patrols:\n", "patrols:\n" + "".join(lines))
    started = time.process_time()
    report = check(text, sources)
    assert time.process_time() - started < 10
    assert [one.code for one in report.errors] == ["never-due"] * 5


WEEKDAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, max_size=7, unique=True)


@st.composite
def well_formed(draw: st.DrawFn) -> str:
    """A rule as RFC 5545 allows it, of the parts that this platform takes."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(1, 12))}")
    if draw(st.booleans()):
        ordinal = draw(st.sampled_from(["", "1", "-1", "2"])) if frequency in ("MONTHLY", "YEARLY") else ""
        parts.append("BYDAY=" + ",".join(ordinal + day for day in draw(WEEKDAYS)))
    if draw(st.booleans()):
        parts.append("BYMONTH=" + ",".join(map(str, draw(st.lists(st.integers(1, 12), min_size=1, max_size=4)))))
    if frequency != "WEEKLY" and draw(st.booleans()):
        days = st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=4)
        parts.append("BYMONTHDAY=" + ",".join(map(str, draw(days))))
    if draw(st.booleans()):
        parts.append(draw(st.sampled_from(["COUNT=1", "COUNT=9999", "UNTIL=20301231", "UNTIL=20260601", "WKST=SU"])))
    return ";".join(draw(st.permutations(parts)))


@settings(max_examples=80, deadline=None)
@given(well_formed(), st.dates(BEGINS, date(2027, 12, 31)))
def test_a_well_formed_rule_is_taken_and_comes_on_a_day_after_its_beginning_or_never(text: str, begins: date) -> None:
    assert parse_rule(text) == text
    start = datetime.combine(begins, datetime.min.time())
    soon = rrulestr(text, dtstart=start).between(start, start + timedelta(days=800), inc=True)
    first = first_due(text, begins)
    assert first == soon[0].date() if soon else first is None or first > begins + timedelta(days=800)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="FREQ=DAILYWKMONTHBYSUC;,0123456789-+", max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        assert parse_rule(text) == text
    except Unreadable as refused:
        assert refused.zh
        assert refused.hint_en


PIECES = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY", "FREQ=SECONDLY", "INTERVAL=7", "INTERVAL=0", "COUNT=3",
     "UNTIL=20250101", "BYDAY=MO", "BYDAY=53MO", "BYDAY=-5FR", "BYMONTH=2", "BYMONTHDAY=30", "BYMONTHDAY=-1",
     "BYYEARDAY=366", "BYWEEKNO=53", "BYWEEKNO=-53", "BYSETPOS=-1", "BYSETPOS=366", "BYHOUR=1", "WKST=SU"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=6))
def test_any_parts_together_are_understood_or_refused(parts: list[str]) -> None:
    text = ";".join(parts)
    try:
        parse_rule(text)
    except Unreadable:
        return
    first_due(text, BEGINS)
