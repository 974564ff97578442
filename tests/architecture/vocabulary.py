"""What the platform never stores (PRV-04) and what no event carries (PRV-02), as words that a name may not contain.

Names are compared word by word (`zongJiao-type` is `_zong_jiao_type_`), texts in Chinese by what they contain. Three
languages are searched, because all three occur in county software: English, Chinese, and pinyin, whole (`minzu`) or by
initials (`zzmm`, 政治面貌). Initials that mean something else as often are left out: dy (单元, 党员), sx, ll.
Who adds a word adds it here; who needs a name that looks like one of these adds it to `EXCEPTIONS` with the reason.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True)
class Theme:
    """One thing that is not stored: regular expressions for names in words, and Chinese words for names and texts."""

    names: tuple[str, ...]
    chinese: tuple[str, ...]


NEVER_STORED: Mapping[str, Theme] = {
    "religion": Theme(
        (
            r"religio\w*|faiths?|churche?s?|creeds?|sects?|denominations?|beliefs?|believers?|worship\w*|clergy",
            r"baptis\w*|buddhis\w*|taois\w*|christian\w*|catholic\w*|protestant\w*|muslims?|islam\w*",
            r"zong_?jiao|xin_?yang|xin_?jiao|jiao_?tu|jiao_?pai|zjxy|zjlb|xyzj",
        ),
        ("宗教", "信仰", "信教", "教徒", "教派", "礼拜", "佛教", "道教", "基督", "天主教", "伊斯兰", "穆斯林"),
    ),
    "ethnicity": Theme(
        (
            r"ethni\w*|races?|racial|nationalit\w*|minorit\w*|tribes?|tribal|han_chinese|ancestry",
            r"min_?zu|zu_?yi|zu_?bie|zhong_?zu|mz|mzdm|mzmc|ssmz",
        ),
        ("民族", "族别", "族裔", "种族", "汉族", "回族", "少民"),
    ),
    "political opinion": Theme(
        (
            r"politic\w*|ideolog\w*|communis\w*|part(y|ies)|partisan\w*|ccp|cpc|kmt|league_members?|stances?|dissent\w*",
            r"zheng_?zhi|mian_?mao|dang_?yuan|dang_?pai|dang_?ji|ru_?dang|zzmm|zzqx|zzlc|dpmc",
        ),
        ("政治", "党员", "党派", "党籍", "入党", "团员", "思想倾向", "思想表现"),
    ),
    "shaming list": Theme(
        (
            r"black_?(lists?|boards?|listed)|red_(and_)?black\w*|wall_of_\w+|sham(e|es|ed|ing)|disgrac\w*|dishonest\w*",
            r"discredit\w*|untrustworthy|bad_(conduct|citizens?|debtors?)|uncivil\w*|naming_and_\w+|worst_(people|residents)",
            r"hei_?ming_?dan|hei_?bang|hong_?hei(_?bang)?|bao_?guang|shi_?xin|lao_?lai|hmd|hhb|sxbzxr",
        ),
        ("黑名单", "黑榜", "红黑", "曝光", "失信", "老赖", "懒汉", "不文明", "示众", "负面榜", "落后榜", "失德"),
    ),
}

IN_EVENTS: Mapping[str, Theme] = {
    "name of a person": Theme(
        (
            r"(person|people|reporter|caller|actor|handler|leader|member|contact|resident|owner|holder|user|head"
            r"|applicant|complainant|by|full|real|first|last|family|given)_names?",
            r"username|surname|nickname|xing_?ming|xm|lxr|lian_?xi_?ren",
        ),
        ("姓名", "名字", "联系人"),
    ),
    "telephone or address": Theme(
        (
            r"(tele)?phones?|mobiles?|tel|emails?|mail|wechat|qq|address(es)?|homes?|households?_(no|number)",
            r"dian_?hua|shou_?ji(_?hao)?|zhu_?zhi|di_?zhi|sjh|sjhm|lxdh|lxfs|dhhm",
        ),
        ("电话", "手机", "住址", "地址", "微信", "邮箱"),
    ),
    "identity": Theme(
        (
            r"id_?(cards?|numbers?|no)|identit\w+|passports?|birth\w*|ages?|sex|gender|face|fingerprints?|passwords?|plates?",
            r"shen_?fen(_?zheng)?|sfz|sfzh|sfzhm|zjh|zjhm|chu_?sheng|csrq",
        ),
        ("身份证", "证件号", "生日", "出生", "性别", "年龄", "密码"),
    ),
    "free text": Theme(
        (r"descriptions?|notes?|reasons?|remarks?|comments?|words|free_text|original_text|results?|content",), ()
    ),
}

_PARTY_GRID = "the kind of a grid: the area of a party branch is on the map; nobody's membership is said or implied"

_PARTY_NUMBER = "how many work there, a number for party service (P14); nobody's membership is said, the owner's least"

EXCEPTIONS: Mapping[str, str] = {
    "api PlaceFacts.party_members": _PARTY_NUMBER,
    "api registry.PlaceFacts.party_members": _PARTY_NUMBER,
    "api GridRow.kind=party": _PARTY_GRID,
    "api get /api/v1/grids?kind=party": _PARTY_GRID,
    "api get /api/v1/grids/locate?kind=party": _PARTY_GRID,
    "api get /api/v1/grids/boundaries?kind=party": _PARTY_GRID,
    "api get /api/v1/grids/coverage?kind=party": _PARTY_GRID,
    "api get /api/v1/responsible?kind=party": _PARTY_GRID,
    "event registry.grid-changed.v1.kind=party": _PARTY_GRID,
    "plan.level.kind=party": _PARTY_GRID,
    "plan.role=party-secretary": "a public office of the plans, held by a named official; not a resident's opinion",
    "plan.parameter.service=party": "which service reads the parameter: the name of the party-building service",
    "event incident.reported.v1.channel=telephone": "how the report came in, not a number",
    "event patrol.problem-found.v1.sealed": "the finder's words and name, encrypted for the platform alone",
    "event patrol.meeting-decided.v1.sealed": "the decision's words, encrypted for the platform alone",
    "event patrol.case-raised.v1.sealed": "the decision's words and the convener's name, encrypted for the platform",
}
"""Where a name of the vocabulary is right, each with the reason. One that no longer occurs fails the test."""


@dataclass(frozen=True)
class Name:
    """A place where something can be stored or told: where it is, its name, and what is said about it there."""

    where: str
    name: str
    texts: tuple[str, ...] = ()


def violations(names: Iterator[Name], themes: Mapping[str, Theme]) -> dict[str, str]:
    """`where` to the theme that it violates."""
    return {each.where: theme for each in names for theme, words in themes.items() if _hits(each, words)}


def _hits(name: Name, theme: Theme) -> bool:
    joined = "_" + "_".join(_WORDS.findall(name.name)).lower() + "_"
    if any(re.search(f"_(?:{pattern})_", joined) for pattern in theme.names):
        return True
    return any(word in text for word in theme.chinese for text in (name.name, *name.texts))
