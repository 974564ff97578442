"""What a plan asks for form's sake is flagged: what, where, and why it is not collected (PAT-10, ASM-10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.plan import Problem, check
from services.registry.plan.formalism import FORMALITIES, formalism

pytestmark = pytest.mark.rule("ASM-10", "PAT-10")


def kinds(text: str) -> list[str]:
    """What a text of a plan asks for, by the Chinese names."""
    return [params["what_zh"] for _, _, params in formalism({"patrols": [{"name": text}]})]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("网格员每日签到", "签到打卡"),
        ("巡查前后在手机上打卡", "签到打卡"),
        ("进入网格须刷脸", "签到打卡"),
        ("巡查轨迹完整率", "轨迹"),
        ("每天巡查里程达到3公里", "轨迹"),
        ("手机实时定位", "轨迹"),
        ("每日巡查时长不少于2小时", "轨迹"),
        ("APP在线时长", "在线时长"),
        ("每月在线率", "在线时长"),
        ("平台登录次数", "在线时长"),
        ("网格员活跃度", "在线时长"),
        ("每次巡查照片不少于3张", "照片数量"),
        ("每次巡查上传3张照片", "照片数量"),
        ("至少拍摄两张图片", "照片数量"),
        ("每次巡查照片数", "照片数量"),
        ("每次巡查须拍照", "照片数量"),
        ("每人每月上报不少于5件", "上报数量"),
        ("每人 每月 上报 不少于 10 件", "上报数量"),
        ("每周上报信息至少三条", "上报数量"),
        ("每月采集民情5条以上", "上报数量"),
        ("上报数量排名", "上报数量"),
        ("每月至少１０件直报", "上报数量"),
    ],
)
def test_it_is_seen_however_it_is_worded(text: str, what: str) -> None:
    assert kinds(text) == [what]


@pytest.mark.parametrize(
    "text",
    [
        "由网格长签字",
        "每天至少到网格巡查一次",
        "村每周至少组织网格长和网格员召开1次民情分析会",
        "每月至少对网格内居民走访一遍，并做好登记、报告",
        "实时上报动态信息、及时反映群众诉求",
        "第一个直报网格化服务中心的",
        "上报率（应发现的有多少是自己发现的）",
        "每年开展四次以上群众性健康教育服务",
        "公布网格责任人照片、姓名、联系电话",
        "发现问题时附照片",
        "每次发现问题拍照上传",
        "原则上每个网格以300-500户、人口1000-1500人为宜",
        "不签到，不打卡，不考核在线时长",
        "取消照片数量要求，不设上报数量指标",
        "建立党员信息库，录入动态信息",
        "环境信访事项上报后三日内答复",
    ],
)
def test_what_is_asked_for_the_work_itself_is_not_flagged(text: str) -> None:
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("indicator", "flagged"),
    [
        ("kind: ratio, weight: 600, formula: reported / 30", "reported / 30"),
        ("kind: ratio, weight: 600, formula: 'min(found, 20) / 20'", "min(found, 20) / 20"),
        ("kind: ratio, weight: 600, formula: filed / reported", ""),
        ("kind: ratio, weight: 600, formula: found / (found + missed)", ""),
        ("kind: ratio, weight: 600, formula: closed / 30", ""),
    ],
)
def test_an_indicator_of_reports_against_a_fixed_number_is_a_quota(
    indicator: str, flagged: str, small_text: str, sources: dict[str, str]
) -> None:
    text = small_text.replace("weight: 600, formula: filed / reported", indicator)
    assert text != small_text
    report = check(text, sources)
    assert [(one.path, flagged in one.zh) for one in report.warnings] == (
        [("score.schemes[member].indicators[filing].formula", True)] if flagged else []
    )
    assert report.errors == []


@pytest.mark.parametrize(("formula", "flagged"), [("first_reports", False), ("reported", True), ("self_handled", True)])
def test_a_bonus_for_each_report_is_a_quota_but_not_that_for_the_first_report(
    formula: str, flagged: bool, small_text: str, sources: dict[str, str]
) -> None:
    text = small_text.replace("formula: first_reports", f"formula: {formula}")
    assert bool(check(text, sources).warnings) == flagged


def told(small_text: str, sources: dict[str, str], old: str, new: str) -> Problem:
    (warning,) = check(small_text.replace(old, new, 1), sources).warnings
    return warning


def test_the_warning_says_what_where_and_why_in_chinese_and_english(small_text: str, sources: dict[str, str]) -> None:
    warning = told(small_text, sources, "name: 日巡查", "name: 日巡查照片不少于3张")
    assert warning.path == "patrols[daily].name"
    assert warning.line == small_text[: small_text.index("name: 日巡查")].count("\n") + 1
    assert warning.zh == (
        "“照片不少于3张”要求照片数量,平台不采集也不考核(PAT-10、ASM-10):照片只为说明问题,定张数只会凑数"
    )
    assert "a number of photos" in warning.en
    assert "refused:" in warning.remedy_zh and "refused:" in warning.remedy_en


@pytest.mark.parametrize("asked", sorted(FORMALITIES))
def test_each_of_them_that_a_patrol_asks_for_is_told_by_its_name(
    asked: str, small_text: str, sources: dict[str, str]
) -> None:
    warning = told(small_text, sources, "asks: [signature]", f"asks: [{asked}]")
    assert warning.path == "patrols[daily].asks[0]"
    assert FORMALITIES[asked].zh in warning.zh and FORMALITIES[asked].why_zh in warning.zh


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (
            "parameters:\n  - {id: photos, name: 每次巡查照片数, value: 3, unit: 张, assumed: true}\n",
            "parameters[photos].name",
        ),
        ("honours:\n  - {id: star, name: 签到之星, assumed: true}\n", "honours[star].name"),
        ("campaigns:\n  - {id: c, name: 攻坚, note: 每人每日上报至少2件, assumed: true}\n", "campaigns[c].note"),
    ],
)
def test_it_is_seen_wherever_it_stands(place: str, path: str, small_text: str, sources: dict[str, str]) -> None:
    (warning,) = check(small_text + place, sources).warnings
    assert warning.path == path


@given(st.text(max_size=80))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert len(kinds(text)) <= 1
