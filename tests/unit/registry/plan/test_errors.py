"""Each kind of error: exactly this line, column, path and remedy (REG-12, ALL-05)."""

from dataclasses import dataclass

import pytest

from services.registry.plan import Problem, check
from services.registry.plan.problems import SENTENCES

pytestmark = pytest.mark.rule("REG-12", "ALL-05")


@dataclass(frozen=True)
class Broken:
    """Replace `old` by `new` in the small plan; the problem stands where `at` begins."""

    code: str
    old: str
    new: str
    at: str
    path: str
    remedy_en: str
    remedy_zh: str = ""


CASES = [
    Broken("missing", "  id: small\n", "", "title: 小方案", "plan", "add id:", "请补上 id:"),
    Broken(
        "unknown-key", "  title:", "  titel:", "titel", "plan.titel",
        'did you mean "title"?', "是否指“title”?",
    ),
    Broken(
        "unknown-key", "words: 由网格长签字", "words: 由网格长签字, 二、镇环保办", "二、镇",
        "posts[leader].二、镇环保办",
        "if it belongs to the text before it, use a full-width comma or put the whole text in quotes",
    ),
    Broken(
        "wrong-type", "version: 1", "version: 一", "一\n  source", "plan.version", "write a whole number",
        "请写成整数",
    ),
    Broken(
        "wrong-type", "codes: [X1001]", "codes: [06001]", "06001", "matters.overrides[0].codes[0]",
        "put it in quotes",
    ),
    Broken(
        "not-a-choice", "urgency: urgent", "urgency: fast", "fast", "matters.overrides[0].urgency",
        "choose one of: normal, important, urgent",
    ),
    Broken(
        "wrong-form", "handle: 1 working-day}", "handle: two days}", "two",
        "matters.own[X1002].limits.handle",
        "write a number above 0, a space and a unit, such as 2 working-days; units: "
        "urgent-hours, working-hours, working-days, calendar-days",
        "写成 数字 + 空格 + 单位,例如 2 working-days;单位:urgent-hours、working-hours、working-days、calendar-days",
    ),
    Broken(
        "wrong-form", "at: 75% of limit", "at: 175% of limit", "175", "notices[yellow].at",
        "write 75% of limit, at limit, or 1 working-days after limit",
    ),
    Broken(
        "wrong-form", '"14:00-17:30"', '"17:30-14:00"', '"17', "office_hours.spans[1]",
        "write 08:30-12:00, the end after the start",
    ),
    Broken(
        "wrong-form", "effective: 2026-01-01", 'effective: "soon"', '"soon', "plan.effective",
        "write 2026-01-01",
    ),
    Broken(
        "wrong-form", "timezone: Asia/Shanghai", "timezone: Peking", "Peking", "plan.timezone",
        "such as Asia/Shanghai",
    ),
    Broken(
        "wrong-form", "FREQ=DAILY,", "FREQ=OFTEN,", "FREQ", "patrols[daily].rule",
        "write it as in RFC 5545, such as FREQ=MONTHLY;BYMONTHDAY=1,15",
    ),
    Broken(
        "never-due", "rule: FREQ=DAILY,", 'rule: "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",', '"FREQ',
        "patrols[daily].rule",
        "see whether UNTIL lies before that day, or INTERVAL always skips the days that are named",
    ),
    Broken(
        "wrong-form", "filed / reported", "filed / photos", "filed",
        "score.schemes[member].indicators[filing].formula",
        "remove the indicator and list it under refused: with the reason",
        "请删除该指标,并列入 refused: 写明理由",
    ),
    Broken(
        "wrong-form", "id: river,", "id: River!,", "River", "duties[River!].id",
        "lower-case letters, digits and hyphens, such as env-office",
    ),
    Broken(
        "wrong-form", "code: X1002", "code: X1", "X1, name: 垃圾", "matters.own[X1].code",
        "one capital and 3 to 5 digits, such as X1001",
    ),
    Broken(
        "out-of-bounds", "ratio: 0.1", "ratio: 2", "2, assumed: true}\n  assumed",
        "verification.sampling.ratio", "it must be at most 1",
    ),
    Broken(
        "out-of-bounds", "excludes: [handler, lead]", "excludes: [lead]", "[lead", "verification.excludes",
        "it must be a list with handler in it (who handled does not verify)",
    ),
    Broken(
        "repeated", "after: [on-request]", "after: [on-request, on-request]", "[on", "escalation[0].after",
        "remove the repetition",
    ),
    Broken(
        "duplicate-id", "id: member, title", "id: leader, title", "leader, title: 网格员", "posts[leader].id",
        "give one of the two another id", "请给其中一项换一个编号",
    ),
    Broken(
        "duplicate-id", "code: X1002", "code: X1001", "X1001, name: 垃圾", "matters.own[X1001].code",
        "give one of the two another id",
    ),
    Broken(
        "unknown-reference", "lead: env-office", "lead: env-ofice", "env-ofice", "duties[river].lead",
        'did you mean "env-office"?', "是否指“env-office”?",
    ),
    Broken(
        "unknown-reference", "codes: [X1001]", 'codes: ["06026"]', '"06026', "matters.overrides[0].codes[0]",
        'did you mean "X1002"?', "是否指“X1002”?",
    ),
    Broken(
        "unknown-reference", "under: [town]", "under: [county]", "county],", "levels[village].under[0]",
        "known are: town, village",
    ),
    Broken(
        "unknown-reference", "source: neighbour", "source: plan-99", "plan-99",
        "departments[water-station].source",
        "known are: county, neighbour",
    ),
    Broken(
        "unknown-reference", "asks: [signature],", "checklist: six,", "six", "patrols[daily].checklist",
        "define it in that section first", "请先在该节中定义",
    ),
    Broken(
        "untraced", "kind: office, words: 镇环保办负责河道", "kind: office", "{id: env-office",
        "departments[env-office]",
        "add words: with the plan's own words, or assumed: true", "请加 words: 原文,或加 assumed: true",
    ),
    Broken(
        "both-traced", "kind: office, words", "kind: office, assumed: true, words", "{id: env-office",
        "departments[env-office]",
        "keep either words or assumed; put remarks into note",
    ),
    Broken(
        "not-in-source", "with: [water-station], words: 镇环保办负责河道",
        "with: [water-station], words: 县环保局负责河道",
        "县环保局", "duties[river].words",
        "copy the source (spaces and punctuation do not count), use …… for what is left out, or write assumed: true",
    ),
    Broken(
        "not-in-source", "asks: 每天巡查一次", "asks: 每天签到两次", "每天签到", "refused[0].asks",
        "copy the source (spaces and punctuation do not count), use …… for what is left out, or write assumed: true",
    ),
    Broken(
        "weights", "weight: 600", "weight: 500", "- {id: filing", "score.schemes[member].indicators",
        "change the weights so that they add up to 1000", "请调整 weight,使其和为 1000",
    ),
    Broken(
        "no-ratio", "filed / reported", "filed + reported", "filed",
        "score.schemes[member].indicators[filing].formula",
        "write a ratio as numerator / denominator or 1 - numerator / denominator",
    ),
    Broken(
        "missing", "formula: filed / reported, ", "", "{id: filing", "score.schemes[member].indicators[filing]",
        "add formula:", "请补上 formula:",
    ),
    Broken(
        "no-cap", ", cap: 20", "", "{id: first", "score.schemes[member].indicators[first]", "add cap: number",
    ),
    Broken(
        "no-credit", "credit: first_report, ", "", "{id: first", "score.schemes[member].indicators[first]",
        "add credit: first_report or missed_report and give the points in the section credit",
    ),
    Broken(
        "way-not-allowed", "{code: X1002, name", "{code: X1002, ways: [settled], name", "{code: X1002",
        "matters.own[X1002]",
        "add dispatched to ways, or choose another way",
    ),
    Broken(
        "way-undefined", "{code: X1002, name", "{code: X1002, way: approval, ways: [approval], name",
        "{code: X1002",
        "matters.own[X1002]", "define approval in the section ways, or take it out of the matters' ways",
    ),
    Broken(
        "matter-without-duty", "duty: river, ", "", "{code: X1002", "matters.own[X1002]",
        "give a duty: in their group or in overrides",
    ),
    Broken(
        "matter-without-limit", ", verify: 2 working-days}", "}", "{code: X1002", "matters.own[X1002]",
        "give verify: in matters.defaults.limits", "请在 matters.defaults.limits 中写明 verify:",
    ),
    Broken(
        "matter-without-group", "catalogues: []", "catalogues: [gbt47678]", "- {id: water, name: 水,",
        "matters.groups",
        'add an entry with the name "市容环境" to matters.groups',
    ),
    Broken(
        "unknown-level", "{from: 2, to: 1", "{from: 3, to: 1", "3, to", "escalation[0].from",
        "the levels are: 1, 2",
    ),
    Broken(
        "whistle-without-post", "by: [centre-operator]", "by: [centre-operator, grid-leader]", "grid-leader], arrive",
        "whistle.by[1]", "give such a post may: [call-upper-level], or take the role out of by",
    ),
    Broken(
        "self-reference", "{from: 2, to: 1", "{from: 2, to: 2", "2, after", "escalation[0].to",
        "refer to another entry",
    ),
    Broken(
        "self-reference", "asks: [signature]", "verifies: daily", "daily, words", "patrols[daily].verifies",
        "refer to another entry",
    ),
    Broken(
        "level-gap", "{id: town, level: 1, name: 镇,", "{id: town, level: 1, name: 镇, under: [village],",
        "village], assumed",
        "levels[town].under[0]", "under may only name levels with a smaller number",
    ),
    Broken(
        "turned-range", "to: 500", "to: 200", "200", "levels[village].size.households.to",
        "swap start and end",
    ),
    Broken(
        "turned-range", "to: 2026-06-30", "to: 2025-06-30", "2025", "phases[one].to", "swap start and end",
    ),
    Broken(
        "without-rule", "rule: FREQ=DAILY, ", "", "{id: daily", "patrols[daily]",
        "add rule:, times:, festivals: or by_grade:",
    ),
    Broken(
        "without-rule", "ways:\n", "visits:\n  - {id: v, name: 走访, who: leader, assumed: true}\nways:\n", "{id: v,",
        "visits[v]", "add rule:, times:, festivals: or by_grade:",
    ),
    Broken(
        "wrong-form", "rule: FREQ=DAILY,", "rule: FREQ=DAILY, within: 4 working-hours,", "4 working-hours, sign",
        "patrols[daily].within",
        "in days, such as 5 working-days or 7 calendar-days", "以天计,例如 5 working-days 或 7 calendar-days",
    ),
    Broken(
        "not-a-choice", "rule: FREQ=DAILY,", "festivals: [easter],", "easter", "patrols[daily].festivals[0]",
        "choose one of: new-year, spring-festival, lantern-festival, tomb-sweeping, labour-day, dragon-boat, "
        "mid-autumn, double-ninth, national-day",
    ),
    Broken(
        "never-due", "rule: FREQ=DAILY,", "rule: FREQ=DAILY;UNTIL=20251231,", "FREQ=D", "patrols[daily].rule",
        "see whether UNTIL lies before that day, or INTERVAL always skips the days that are named",
        "请检查 UNTIL 是否早于生效之日,INTERVAL 是否总是跳过所写的日子",
    ),
    Broken(
        "wrong-form", "rule: FREQ=DAILY,", "rule: FREQ=SECONDLY,", "FREQ=S", "patrols[daily].rule",
        "write it as in RFC 5545, such as FREQ=MONTHLY;BYMONTHDAY=1,15",
    ),
    Broken(
        "syntax", "posts:\n", "posts: [\n", "- {id: leader", "(plan)",
        "check indentation, colons, quotes and brackets here",
    ),
    Broken(
        "duplicate-key", "  version: 1\n", "  version: 1\n  id: other\n", "id: other", "plan.id",
        "keep one of the two, remove or rename the other", "请保留一个,删除或改名另一个",
    ),
    Broken(
        "key-not-text", "  version: 1\n", "  version: 1\n  2026: x\n", "2026: x", "plan",
        "put the key in quotes, or use one of the plan's keys",
    ),
    Broken(
        "strange-value", "effective: 2026-01-01", "effective: 2026-13-45", "2026-13", "plan.effective",
        "correct the value, or put it in quotes to make it text",
    ),
    Broken(
        "strange-tag", "title: 小方案", "title: !!python/name:os 小方案", "!!python", "plan.title",
        "remove the tag that starts with !",
    ),
    Broken(
        "unprintable", "title: 小方案", 'title: "小\\u0000方案"', '"小', "plan.title",
        "remove the control character",
    ),
    Broken(
        "endless-alias", "catalogues: []", "catalogues: &a [*a]", "&a [*a]", "(plan)",
        "write the content out instead of the alias",
    ),
]  # fmt: skip


def place(text: str, at: str) -> tuple[int, int]:
    """Line and column, from 1, where `at` begins; it stands there once."""
    assert text.count(at) == 1, at
    offset = text.index(at)
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.path}")
def test_error_names_line_path_and_remedy(case, small_text, sources):
    assert small_text.count(case.old) >= 1
    text = small_text.replace(case.old, case.new, 1)
    found = [one for one in check(text, sources).errors if (one.code, one.path) == (case.code, case.path)]
    assert found, check(text, sources).errors
    assert (found[0].line, found[0].column) == place(text, case.at)
    assert found[0].remedy_en == case.remedy_en
    assert found[0].remedy_zh == (case.remedy_zh or found[0].remedy_zh)
    assert found[0].zh and found[0].en and "{" not in found[0].zh + found[0].en


def test_every_kind_of_error_has_a_case():
    elsewhere = {"not-a-mapping", "too-large", "too-deep", "too-many-nodes", "formalism", "visit-without-basis"}
    assert {case.code for case in CASES} | elsewhere == set(SENTENCES)


def test_the_small_plan_holds(small_text, sources):
    assert check(small_text, sources).errors == []


def test_all_errors_are_named_at_once(small_text, sources):
    text = small_text
    for old, new in (("lead: env-office", "lead: nobody"), ("weight: 600", "weight: 1"), ("version: 1", "version: x")):
        text = text.replace(old, new, 1)
    codes = [one.code for one in check(text + "plan: {}\n", sources).errors]
    assert codes == ["wrong-type", "unknown-reference", "weights", "duplicate-key"]


def test_errors_come_in_the_order_of_the_text(p02_text):
    report = check(p02_text.replace("kind: office", "kind: offfice").replace("level: town", "level: twon"))
    assert len(report.errors) > 20
    assert [(one.line, one.column) for one in report.errors] == sorted((one.line, one.column) for one in report.errors)


def test_problem_is_plain_data():
    assert Problem("a", "b", 1, 2, "c", "d", "e", "f") == Problem("a", "b", 1, 2, "c", "d", "e", "f")
