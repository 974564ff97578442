"""What can be wrong with a plan document: where it stands, what it is, how to mend it (REG-12, ALL-05)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


_LONGEST = 600  # characters of a value that a sentence shows


@dataclass(frozen=True, order=True)
class Mark:
    """A place in the text; lines and columns count from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Problem:
    """One finding: `path` names the entry (`duties[river-pollution].lead`), `line` and `column` count from 1."""

    code: str
    path: str
    line: int
    column: int
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


# code → what is wrong (zh, en), the remedy (zh, en). Placeholders are filled by `problem`.
SENTENCES: Mapping[str, tuple[str, str, str, str]] = {
    "too-large": (
        "文件 {size} 字节,超过上限 {limit} 字节",
        "the document has {size} bytes; the limit is {limit}",
        "请拆分或删减内容",
        "shorten the document",
    ),
    "syntax": (
        "YAML 语法错误:{detail}",
        "YAML syntax error: {detail}",
        "请检查此处的缩进、冒号、引号和括号",
        "check indentation, colons, quotes and brackets here",
    ),
    "too-deep": (
        "嵌套层数过多",
        "nested too deeply",
        "方案最多需要 {limit} 层,请展开",
        "a plan needs at most {limit} levels; flatten it",
    ),
    "too-many-nodes": (
        "展开后超过 {limit} 个节点(可能是别名层层引用)",
        "more than {limit} nodes once aliases are expanded",
        "请去掉反复引用的锚点和别名",
        "remove the anchors and aliases that repeat each other",
    ),
    "endless-alias": (
        "别名引用了自身",
        "an alias refers to what contains it",
        "请把内容写全,不用别名",
        "write the content out instead of the alias",
    ),
    "key-not-text": (
        "键 {key} 不是文字",
        "the key {key} is not text",
        "请给键加上引号,或改用方案规定的键名",
        "put the key in quotes, or use one of the plan's keys",
    ),
    "duplicate-key": (
        "键“{key}”在同一处出现了两次(第一次在第 {first} 行)",
        'the key "{key}" stands here twice (first on line {first})',
        "请保留一个,删除或改名另一个",
        "keep one of the two, remove or rename the other",
    ),
    "strange-value": (
        "“{value}”不能作为 {kind} 读取",
        '"{value}" cannot be read as {kind}',
        "请改为有效的值,或加上引号作为文字",
        "correct the value, or put it in quotes to make it text",
    ),
    "strange-tag": (
        "不接受标签 {tag}",
        "the tag {tag} is not accepted",
        "请删除以 ! 开头的标签",
        "remove the tag that starts with !",
    ),
    "unprintable": (
        "文字中有不可显示的字符",
        "the text holds a control character",
        "请删除不可显示的字符",
        "remove the control character",
    ),
    "not-a-mapping": (
        "文件最外层应为“键: 值”",
        "the document must be a mapping of sections",
        "请以 plan:、levels: 等各节开头",
        "start with the sections plan:, levels: …",
    ),
    "missing": (
        "缺少“{key}”",
        '"{key}" is missing',
        "请补上 {key}:",
        "add {key}:",
    ),
    "unknown-key": (
        "没有名为“{key}”的项",
        'there is no key "{key}" here',
        "{hint_zh}",
        "{hint_en}",
    ),
    "wrong-type": (
        "应为{expected_zh},而不是{value}",
        "must be {expected_en}, not {value}",
        "{hint_zh}",
        "{hint_en}",
    ),
    "not-a-choice": (
        "“{value}”不在可选值之内",
        '"{value}" is not one of the choices',
        "可选:{choices}",
        "choose one of: {choices}",
    ),
    "wrong-form": (
        "“{value}”的写法不对:{detail_zh}",
        '"{value}" is not well formed: {detail_en}',
        "{hint_zh}",
        "{hint_en}",
    ),
    "out-of-bounds": (
        "{value} 超出范围",
        "{value} is out of bounds",
        "应{bound_zh}",
        "it must be {bound_en}",
    ),
    "repeated": (
        "列表中有重复的值",
        "the list holds the same value twice",
        "请删除重复的值",
        "remove the repetition",
    ),
    "duplicate-id": (
        "编号“{id}”重复(第一次在第 {first} 行)",
        'the id "{id}" is used twice (first on line {first})',
        "请给其中一项换一个编号",
        "give one of the two another id",
    ),
    "unknown-reference": (
        "“{value}”在 {section} 中没有定义",
        '"{value}" is not defined in {section}',
        "{hint_zh}",
        "{hint_en}",
    ),
    "untraced": (
        "没有引用方案原文,也没有标明为假定",
        "neither quotes the plan nor is marked as assumed",
        "请加 words: 原文,或加 assumed: true",
        "add words: with the plan's own words, or assumed: true",
    ),
    "both-traced": (
        "既引用原文又标明为假定",
        "quotes the plan and is marked as assumed",
        "请只保留 words 或 assumed 之一;补充说明写在 note 中",
        "keep either words or assumed; put remarks into note",
    ),
    "not-in-source": (
        "“{words}”不见于 {source} 的原文",
        '"{words}" does not occur in the text of {source}',
        "请照抄原文(空格和标点不计),删节处用“……”,或改为 assumed: true",
        "copy the source (spaces and punctuation do not count), use …… for what is left out, or write assumed: true",
    ),
    "weights": (
        "各计分指标权重之和为 {sum},不等于总分 {total}",
        "the weights add up to {sum}, not to the total {total}",
        "请调整 weight,使其和为 {total}",
        "change the weights so that they add up to {total}",
    ),
    "no-ratio": (
        "公式“{formula}”没有且仅有一个除号,看不出分子和分母",
        'the formula "{formula}" needs exactly one division, to show numerator and denominator',
        "比率写成 分子 / 分母 或 1 - 分子 / 分母",
        "write a ratio as numerator / denominator or 1 - numerator / denominator",
    ),
    "no-cap": (
        "加分、扣分项没有封顶值",
        "a bonus or deduction without a cap",
        "请加 cap: 数值",
        "add cap: number",
    ),
    "no-credit": (
        "加分、扣分项没有每次分值的来源",
        "a bonus or deduction does not say where its points come from",
        "请加 credit: first_report 或 missed_report,并在 credit 一节写明 points",
        "add credit: first_report or missed_report and give the points in the section credit",
    ),
    "way-not-allowed": (
        "默认方式 {way} 不在该事项允许的方式之内",
        "the default way {way} is not among the ways allowed for the matter",
        "请把 {way} 加入 ways,或更换 way",
        "add {way} to ways, or choose another way",
    ),
    "way-undefined": (
        "事项 {codes} 允许的方式 {way} 在 ways 一节没有定义",
        "the way {way}, allowed for the matters {codes}, is not defined in the section ways",
        "请在 ways 一节补上 {way},或从该事项的 ways 中删除",
        "define {way} in the section ways, or take it out of the matters' ways",
    ),
    "matter-without-duty": (
        "事项 {codes} 要派遣,却没有职责归属",
        "the matters {codes} are dispatched but have no duty",
        "请在其分组或 overrides 中写明 duty:",
        "give a duty: in their group or in overrides",
    ),
    "matter-without-limit": (
        "事项 {codes} 的 {step} 环节没有时限",
        "the matters {codes} have no limit for the step {step}",
        "请在 matters.defaults.limits 中写明 {step}:",
        "give {step}: in matters.defaults.limits",
    ),
    "matter-without-group": (
        "目录中的类别“{value}”没有对应的分组",
        'the catalogue\'s class "{value}" has no group',
        "请在 matters.groups 中加一项,name 为“{value}”",
        'add an entry with the name "{value}" to matters.groups',
    ),
    "unknown-level": (
        "没有第 {value} 级网格",
        "there is no grid level {value}",
        "已定义的级别:{choices}",
        "the levels are: {choices}",
    ),
    "whistle-without-post": (
        "方案没有哪个 {value} 岗位可以呼叫上级",
        "no post of the role {value} may call the upper level",
        "给该岗位写明 may: [call-upper-level],或从 by 中删去此角色",
        "give such a post may: [call-upper-level], or take the role out of by",
    ),
    "level-gap": (
        "“{value}”不是上级网格",
        '"{value}" is not a level above this one',
        "under 只能写级别数更小的网格",
        "under may only name levels with a smaller number",
    ),
    "turned-range": (
        "起点 {start} 大于终点 {end}",
        "the start {start} lies after the end {end}",
        "请对调起点和终点",
        "swap start and end",
    ),
    "self-reference": (
        "引用了自身,或首尾循环",
        "refers to itself, directly or in a circle",
        "请改为引用另一项",
        "refer to another entry",
    ),
    "without-rule": (
        "没有写明何时进行",
        "does not say when it takes place",
        "请加 rule:、times:、festivals: 或 by_grade:",
        "add rule:, times:, festivals: or by_grade:",
    ),
    "never-due": (
        "“{value}”自方案生效之日 {begins} 起十年内一次也不会发生",
        '"{value}" never comes within ten years of the day the plan takes effect, {begins}',
        "请检查 UNTIL 是否早于生效之日,INTERVAL 是否总是跳过所写的日子",
        "see whether UNTIL lies before that day, or INTERVAL always skips the days that are named",
    ),
    "visit-without-basis": (
        "没有写明 {missing},不能为此项走访建立名单(PRV-01)",
        "does not say its {missing}: no household is listed for this visit (PRV-01)",
        "请写明 category:、legal_basis:、purpose: 和 expires:",
        "give category:, legal_basis:, purpose: and expires:",
    ),
    "formalism": (
        "“{value}”要求{what_zh},平台不采集也不考核(PAT-10、ASM-10):{why_zh}",
        '"{value}" asks for {what_en}, which the platform neither collects nor measures (PAT-10, ASM-10): {why_en}',
        "请删除此项,并列入 refused: 写明理由",
        "remove it and list it under refused: with the reason",
    ),
}


def problem(code: str, mark: Mark, path: str, **params: Any) -> Problem:
    """The problem `code` with its sentences filled in; raises KeyError where a placeholder has no value."""
    params = {name: _clipped(value) for name, value in params.items()}
    zh, en, remedy_zh, remedy_en = (sentence.format(**params) for sentence in SENTENCES[code])
    return Problem(code, path, mark.line, mark.column, zh, en, remedy_zh, remedy_en)


def _clipped(value: Any) -> Any:
    return value[:_LONGEST] + "…" if isinstance(value, str) and len(value) > _LONGEST else value


def label(document: Any, path: Iterable[str | int]) -> str:
    """The path as people read it: a list's entry by its id or code, without one by its position from 0."""
    text, here = "", document
    for part in path:
        here = _child(here, part)
        text += (
            f"[{_entry_name(here, part)}]"
            if isinstance(part, int)
            else f".{_clipped(part)}"
            if text
            else str(_clipped(part))
        )
    return text or "(plan)"


def _child(parent: Any, part: str | int) -> Any:
    try:
        return parent[part]
    except (KeyError, IndexError, TypeError):
        return None


def _entry_name(entry: Any, position: int) -> str | int:
    if not isinstance(entry, Mapping):
        return position
    name = entry.get("id", entry.get("code"))
    return name if isinstance(name, str) and name else position
