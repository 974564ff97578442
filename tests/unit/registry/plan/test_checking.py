"""Bounds, robustness, warnings, the Plan, its changes and the command."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from services.registry.plan import PlanInvalid, check, difference, load
from services.registry.plan.command import check as command
from services.registry.plan.quoting import stands_in
from services.registry.plan.reading import MAX_BYTES
from services.registry.plan.schema import plan_schema

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join(['*' + before] * 9)}]\n" for before, after in zip("abcdefg", "bcdefgh", strict=True)
)


def test_the_schema_is_json_schema_2020_12():
    Draft202012Validator.check_schema(plan_schema())


@pytest.mark.rule("REG-12")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x: " + "字" * (MAX_BYTES // 3), "too-large"),
        (BOMB, "too-many-nodes"),
        ("[" * 100_000, "too-deep"),
        ("a: &a {b: *a}", "endless-alias"),
        ("", "not-a-mapping"),
        ("- a", "not-a-mapping"),
        ("<<: {a: 1}", "key-not-text"),
        ("? [a]\n: b", "key-not-text"),
        ("a: 1\n---\nb: 1", "syntax"),
        ("a: .inf", "strange-value"),
        ("a: 99999999999999999999", "strange-value"),
        ('a: "\\ud800"', "unprintable"),
        ("a: \0", "unprintable"),
    ],
)
def test_dangerous_and_odd_documents_are_refused(text, code):
    report = check(text)
    assert code in [one.code for one in report.errors]
    assert report.plan is None


ODD_TEXT = st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#%@,? \n\t0123456789\\.~<=\0\ud800字"), max_size=80)
ODD_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(ODD_TEXT)
def test_check_never_raises_on_any_text(text):
    report = check(text)
    assert report.errors
    assert report.plan is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ODD_VALUES, data=st.data())
def test_check_never_raises_on_a_plan_with_a_strange_part(value, data, small_document, sources):
    document = json.loads(json.dumps(small_document))
    section = data.draw(st.sampled_from(sorted(document)))
    place = document[section]
    if isinstance(place, list) and data.draw(st.booleans()):
        place = place[0]
    if isinstance(place, dict) and data.draw(st.booleans()):
        place[data.draw(st.sampled_from(sorted(place)))] = value
    else:
        document[section] = value
    report = check(json.dumps(document), sources)  # JSON is YAML
    assert (report.plan is None) == bool(report.errors)


def test_words_are_found_whatever_the_spaces_and_punctuation():
    source = "(1)日巡查:由自然村基础网格员 按照巡查内容,每天在各自责任网格进行巡查。"
    assert stands_in("日巡查：由自然村基础网格员按照巡查内容每天", source)
    assert stands_in("日巡查……每天在各自责任网格", source)
    assert not stands_in("每天在各自责任网格……日巡查", source)
    assert not stands_in("每周在各自责任网格", source)
    assert not stands_in("。，……", source)


@pytest.mark.rule("ASM-10", "PAT-10")
@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("asks: [signature]", "asks: [sign-in]", "patrols[daily].asks[0]"),
        ("asks: [signature]", "asks: [signature, photo-quota]", "patrols[daily].asks[1]"),
        ("asks: [signature]", "asks: [time-online]", "patrols[daily].asks[0]"),
        ("name: 日巡查", "name: 每日签到打卡", "patrols[daily].name"),
        ("name: 首报", "name: 在线时长", "score.schemes[member].indicators[first].name"),
    ],
)
def test_a_plan_that_asks_for_formalism_is_flagged(old, new, path, small_text, sources):
    report = check(small_text.replace(old, new, 1), sources)
    assert [(one.code, one.path) for one in report.warnings] == [("formalism", path)]
    assert "refused:" in report.warnings[0].remedy_zh
    assert report.plan is not None


VISIT = "visits:\n  - {id: v, name: 走访, who: leader, rule: FREQ=WEEKLY, assumed: true}\nways:\n"
BASIS = "category: needy, legal_basis: 社会救助暂行办法, purpose: 及时救助, expires: 365 calendar-days, assumed"


@pytest.mark.rule("PRV-01")
@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ("assumed", None),
        (BASIS, None),
        ("category: needy, assumed", "legal_basis, purpose, expires"),
        (BASIS.replace("expires: 365 calendar-days, ", ""), "expires"),
    ],
)
def test_a_visit_for_which_nobody_can_be_listed_is_flagged(said, missing, small_text, sources):
    report = check(small_text.replace("ways:\n", VISIT.replace("assumed", said), 1), sources)
    found = [(one.code, one.path) for one in report.warnings]
    assert found == ([("visit-without-basis", "visits[v]")] if missing else [])
    assert not missing or missing in report.warnings[0].zh
    assert report.plan is not None, report.errors


def test_what_is_refused_may_be_quoted_without_warning(small_text, sources):
    text = small_text.replace("asks: 每天巡查一次", "asks: 每天巡查一次并签到")
    county = sources["county"].replace("每天巡查一次", "每天巡查一次并签到")
    assert check(text, sources | {"county": county}).warnings == []


def test_the_digest_follows_the_content_not_the_layout(small_text, sources):
    plan = load(small_text, sources)
    assert load("# 注\n" + small_text.replace("{amount", "{ amount"), sources).digest == plan.digest
    assert load(small_text.replace("version: 1", "version: 2"), sources).digest != plan.digest
    assert len(plan.digest) == 64


def test_the_document_is_plain_json(p02):
    assert json.loads(json.dumps(p02.document)) == p02.document


@pytest.mark.rule("INC-04")
def test_limits_come_from_defaults_way_group_own_and_overrides(small_text, sources):
    first, second = load(small_text, sources).document["matters"]
    assert first["steps"]["file"] == {"amount": 2, "unit": "working-hours"}
    assert first["steps"]["dispatch"] == {"amount": 4, "unit": "working-hours"}
    assert first["steps_by_way"]["settled"] == {}
    assert first["steps_by_way"]["urgent"]["file"] == {"amount": 1, "unit": "urgent-hours"}
    assert list(first["steps_by_way"]["urgent"]) == ["file", "handle"]
    assert second["steps"]["handle"] == {"amount": 1, "unit": "working-days"}
    assert (first["urgency"], second["urgency"]) == ("urgent", "normal")
    assert (first["words"], second["assumed"]) == ("镇环保办负责河道", True)


@pytest.mark.rule("ASM-01", "ASM-06")
def test_scores_may_come_from_evaluations_other_schemes_and_vetoes(small_text, sources):
    rework = "{id: rework, name: 返工率, weight: 400, formula: 1 - reworked / answers, assumed: true}"
    kinds = {"evaluation": "evaluated_by: upper", "scheme": "scheme: member", "veto": "when: 发生较大事故"}
    for kind, value in kinds.items():
        weight = 0 if kind == "veto" else 400
        bare = f"{{id: rework, name: 其他, weight: {weight}, kind: {kind}, assumed: true}}"
        text = small_text.replace(rework, bare).replace("weight: 600", f"weight: {1000 - weight}")
        assert [one.code for one in check(text, sources).errors] == ["missing"]
        plan = load(text.replace(f"kind: {kind}", f"kind: {kind}, {value}"), sources)
        indicator = plan.document["score"]["schemes"][0]["indicators"][1]
        assert (indicator["kind"], indicator["facts"], indicator["denominator"]) == (kind, [], None)


@pytest.mark.rule("REG-12")
def test_differences_name_entries_by_their_ids(small_text, sources):
    text = small_text.replace("title: 网格长,", "title: 组长,").replace(
        "handle: 1 working-day}", "handle: 2 working-days}"
    )
    text = text.replace("  - {id: one, name: 第一批", "  - {id: two, name: 第二批")
    changes = difference(load(small_text, sources).document, load(text, sources).document)
    assert [(one.kind, one.path) for one in changes] == [
        ("changed", "posts[leader].title"),
        ("changed", "matters[X1002].steps.handle.amount"),
        ("changed", "matters[X1002].steps_by_way.dispatched.handle.amount"),
        ("changed", "matters[X1002].steps_by_way.urgent.handle.amount"),
        ("added", "phases[two]"),
        ("removed", "phases[one]"),
    ]
    assert changes[0].zh == "修改 posts[leader].title: 网格长 → 组长"
    assert changes[-1].en == "removed phases[one]: “第一批”"
    assert difference({"a": 1}, {"a": 1}) == []


def test_load_raises_every_error_as_a_fault(small_text, sources):
    with pytest.raises(PlanInvalid) as refused:
        load(small_text.replace("version: 1", "version: x"), sources)
    assert refused.value.code == "plan-invalid"
    assert [fault.path for fault in refused.value.faults] == ["plan.version"]
    assert "第 5 行" in refused.value.faults[0].zh


@pytest.mark.rule("REG-12")
def test_the_command_prints_line_and_remedy(tmp_path, capsys, p02_text):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(p02_text, encoding="utf-8")
    bad.write_text(p02_text.replace("lead: env-office, with: [water-station]", "lead: env-ofice"), encoding="utf-8")
    assert command(good) == 0
    assert "可以采用" in capsys.readouterr().out
    assert command(bad) == 1
    line = next(n for n, text in enumerate(bad.read_text().splitlines(), 1) if "env-ofice" in text)
    printed = capsys.readouterr().out
    assert f"{bad}:{line}:" in printed
    assert "duties[river-pollution].lead" in printed
    assert "改法:是否指“env-office”?" in printed


def test_the_command_says_when_a_file_cannot_be_read(tmp_path, capsys):
    gbk = tmp_path / "gbk.yaml"
    gbk.write_bytes("方案".encode("gbk"))
    assert command(gbk) == 1
    assert command(tmp_path / "absent.yaml") == 1
    assert capsys.readouterr().out.count("无法读取") == 2


def test_a_report_is_comparable(small_text, sources):
    report = check(small_text, sources)
    assert replace(report) == report
