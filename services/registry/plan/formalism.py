"""Warns of what a plan asks that the platform neither collects nor measures (PAT-10, ASM-10).

Sign-ins, continuous tracks, time online, quotas of photos and of reports: asked for by a patrol's `asks`, in any text
of the document as read (but for `refused`, where it belongs), or by an indicator of reports against a fixed number.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.registry.plan.amounts import Unreadable
from services.registry.plan.formulas import parse_formula
from services.registry.plan.problems import Path

Found = Iterator[tuple[str, Path, dict[str, Any]]]


@dataclass(frozen=True)
class Formality:
    """One kind of it: how it is called, why the platform does not collect it, and the words that ask for it."""

    zh: str
    en: str
    why_zh: str
    why_en: str
    words: re.Pattern[str]


_N = "[0-9一二两三四五六七八九十百千]+"
_AT_LEAST = "(?:不少于|不低于|不得少于|至少|达到|完成|须满|超过)"
_SOME = f"(?:{_AT_LEAST}.{{0,4}}{_N}[件条起个次张]?|{_N}[件条起个次张].{{0,2}}(?:以上|及以上|起步))"
FORMALITIES: Mapping[str, Formality] = {
    "sign-in": Formality(
        "签到打卡", "sign-ins",
        "人到没到,看清单上的结果,不看签到", "that somebody went is shown by what they found, not by signing in",
        re.compile("签到|签退|打卡|刷脸"),
    ),
    "track": Formality(
        "轨迹", "a continuous track",
        "连续定位是监视人,巡查没巡查看各点的结果",
        "following people is surveillance; what was looked at shows in the results",
        re.compile(f"轨迹|巡查里程|行走步数|微信步数|实时定位|持续定位|巡查时长|在岗时长|(?:步数|里程).{{0,3}}{_SOME}"),
    ),
    "time-online": Formality(
        "在线时长", "time online",
        "在线多久说明不了做了什么", "how long somebody was online says nothing of what they did",
        re.compile("(?:在线|上线|登录|登陆|使用)(?:的)?(?:时长|时间|率|天数|次数)|活跃度|活跃率|日活"),
    ),
    "photo-quota": Formality(
        "照片数量", "a number of photos",
        "照片只为说明问题,定张数只会凑数", "a photo shows a problem; a quota only yields photos",
        re.compile(
            f"(?:照片|图片|拍照|相片|视频).{{0,6}}{_SOME}|(?:{_AT_LEAST}|上传|拍摄|附).{{0,4}}{_N}[张幅].{{0,4}}(?:照片|图片|相片)?"
            f"|{_N}张.{{0,6}}(?:照片|图片|相片)|(?:照片|图片|相片)(?:的)?(?:数量|张数|数)|每[次日天](?:(?!问题|隐患).){{0,6}}(?:拍照|照片)(?:上传|留痕|打卡)?"
        ),
    ),
    "report-quota": Formality(
        "上报数量", "a number of reports",
        "有多少问题报多少,定件数只会编造", "there are as many reports as problems; a quota only yields invented ones",
        re.compile(
            f"(?:上报|报送|采集|报告|录入|直报).{{0,10}}{_SOME}|{_SOME}.{{0,3}}(?:上报|报送|直报)"
            f"|(?:上报|报送|采集|录入)(?:的)?(?:数量|件数|条数|任务数|指标数|定额)"
        ),
    ),
}  # fmt: skip
_NOT = re.compile(r"(?:不|不得|不再|禁止|取消|严禁|杜绝|无须|无需|不以|不按|不设|避免|减少|反对)[^,。;、:]{0,4}$")
_COUNTED = frozenset({"reported", "found", "filed", "self_handled", "first_reports"})
"""Facts that grow with how much is reported."""


def formalism(document: Any, path: Path = ()) -> Found:
    """Each entry of the document as read that asks for one of them, with what it is and why it is not collected."""
    if path[:1] == ("refused",):
        return
    if isinstance(document, str):
        yield from _text(document, path)
    if isinstance(document, Mapping) and "formula" in document:
        yield from _indicator(document, path)
    for key, child in _children(document):
        yield from formalism(child, (*path, key))


def _text(text: str, path: Path) -> Found:
    if path[:1] == ("patrols",) and path[2:3] == ("asks",):
        if text in FORMALITIES:
            yield _found(text, FORMALITIES[text].zh, path)
        return
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    for kind, formality in FORMALITIES.items():
        asking = (each for each in formality.words.finditer(plain) if not _NOT.search(plain[: each.start()]))
        if each := next(asking, None):
            yield _found(kind, each[0], path)
            return


def _indicator(indicator: Mapping[str, Any], path: Path) -> Found:
    """A bonus for each report, or reports against a fixed number, is a quota whatever it is called."""
    try:
        formula = parse_formula(str(indicator["formula"]))
        below = parse_formula(formula.denominator or "0").facts
    except Unreadable:
        return  # told as an error
    counts = _COUNTED.intersection(formula.facts) - (
        set() if indicator.get("kind", "ratio") == "ratio" else {"first_reports"}
    )
    if counts and not below:
        yield _found("report-quota", formula.text, (*path, "formula"))


def _found(kind: str, value: str, path: Path) -> tuple[str, Path, dict[str, Any]]:
    formality = FORMALITIES[kind]
    told = {"what_zh": formality.zh, "what_en": formality.en, "why_zh": formality.why_zh, "why_en": formality.why_en}
    return "formalism", path, {"value": value, **told}


def _children(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)
