"""Rows and results as plain dictionaries in the shape of the protobuf messages."""

from collections.abc import Mapping
from typing import Any

from services.assessment.model.facts import COUNTERS
from services.assessment.model.periods import Period
from services.assessment.model.scheme import NOTHING, Scheme, Schemes
from services.assessment.model.scoring import Result, Score
from services.assessment.queries.tallies import Subject, Tally

Values = dict[str, Any]

EVENTS = {
    "incident.reported.v1": "上报",
    "incident.filed.v1": "立案",
    "incident.declined.v1": "不予受理",
    "incident.registered.v1": "自行处置登记",
    "incident.dispatched.v1": "派遣",
    "incident.answered.v1": "处理反馈",
    "incident.warned.v1": "处置时限已过",
    "incident.refused.v1": "核查不通过",
    "incident.disputed.v1": "上报人反映未解决",
    "incident.verified.v1": "核查通过",
    "incident.evaluated.v1": "上报人评价",
    "incident.closed.v1": "结案",
    "incident.reopened.v1": "重新办理",
    "incident.excused.v1": "容错",
    "incident.missed-report.v1": "漏报认定",
    "incident.merged.v1": "并案",
    "incident.unmerged.v1": "撤销并案",
    "incident.absorbed.v1": "作为主案并入其他案件",
    "patrol.finished.v1": "完成",
    "patrol.sent-back.v1": "退回重巡",
    "patrol.overdue.v1": "逾期未巡",
    "patrol.excused.v1": "免除",
    "patrol.missed.v1": "检查发现此前认定正常的问题",
}
REASONS = {
    "superseded": "该案后续情况已更新,此条不再计",
    "self_handled": "自行处置事项不进分子、分母",
    "merged": "已并入主案,由主案计",
    "not-own": "非网格员自行上报,不计入个人",
    "split": "同一人同日在同一网格多次上报同一事项,合计按一件计",
}


def score_line(subject: Subject, name: str, period: Period, plan: str, score: Score, tally: Tally) -> Values:
    return {
        "subject_kind": subject[0],
        "subject_id": subject[1],
        "subject_name": name,
        "period": period.text,
        "total": score.total,
        "of": score.of,
        "bonus": score.bonus,
        "indicators": [indicator_line(each) for each in score.results],
        "counters": counter_lines(tally.counts),
        "updated_at": tally.updated_at,
        "scheme": plan,
        "has_data": score.has_data,
    }


def indicator_line(result: Result) -> Values:
    return {
        "id": result.indicator.id,
        "name": result.indicator.name,
        "formula": "" if result.indicator.formula is NOTHING else result.indicator.formula.text,
        "weight": result.indicator.weight,
        "numerator": result.numerator,
        "denominator": result.denominator,
        "value": result.value,
        "points": result.points,
        "explanation": result.explanation,
    }


def counter_lines(counts: Mapping[str, float]) -> list[Values]:
    """The counters in the order of COUNTERS, with their titles."""
    return [{"name": name, "title": title, "count": counts[name]} for name, title in COUNTERS.items() if name in counts]


def fact_line(row: Mapping[str, Any]) -> Values:
    return {
        "id": f"{row['event_id']}/{row['counter']}",
        "counter": row["counter"],
        "amount": row["counted"],
        "event_id": row["event_id"],
        "event_type": row["event_type"],
        "case_id": row["case_id"],
        "case_number": row["case_number"],
        "at": row["at"],
        "why": _why(row),
    }


def _why(row: Mapping[str, Any]) -> str:
    about = "巡查" if row["event_type"].startswith("patrol.") else "案件"
    what = f"{about} {row['case_number']}{EVENTS.get(row['event_type'], row['event_type'])}"
    counted = f"“{COUNTERS.get(row['counter'], row['counter'])}”计 {row['counted']:.4g}"
    reason = REASONS.get(row["reason"], "")
    return f"{what},{counted}" + (f"({reason})" if reason else "")


def scheme_lines(schemes: Schemes, kinds: tuple[str, ...]) -> Values:
    shown = [scheme for scheme in schemes.schemes if scheme.subject in kinds]
    return {
        "plan": schemes.plan,
        "total": schemes.total,
        "indicators": [line for scheme in shown for line in _indicators_of(scheme)],
    }


def _indicators_of(scheme: Scheme) -> list[Values]:
    return [
        {
            "subject_kind": scheme.subject,
            "id": each.id,
            "name": each.name,
            "formula": each.formula.text,
            "weight": each.weight,
            "words": each.words,
        }
        for each in scheme.indicators
    ]
