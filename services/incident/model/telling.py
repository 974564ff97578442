"""Who is told of a change of a case, and in which words (INC-13, INC-03 urgent, INC-08)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.incident.model.calls import Call
from services.incident.model.case import Case, Change
from services.incident.model.limits import Notice
from services.incident.model.rights import DEPARTMENT_PEOPLE

HEADS = {
    "dispatch",
    "rule",
    "escalate",
    "send-down",
    "refuse",
    "dispute",
    "reopen",
    "reply",
    "go-on",
    "merge",
    "join",
    "unmerge",
}
DECIDED = {"grant-extension", "refuse-extension", "lapse-extension"}
REPORTER = {"decline", "answer", "pass", "hand-over", "ask", "go-on", "join", "unmerge"}
CALLED = {"whistle", "insist", "withdraw-call", "call-again"}
CALLERS = {"arrive", "sign-off", "object"}
LOWER_GRID = {"answer", "confirm", "lapse", "suspect", "judge-missed"}
END = {"confirm", "lapse"}
"""Told to the reporter of a main case as well, since another reporter may have ended it (INC-16)."""

DESK = {
    "file": ("role", "centre-operator"),
    "dispatch": ("role", "centre-operator"),
    "verify": ("role", "verifier"),
    "evaluate": ("role", "centre-operator"),
}
"""Who does the steps that no department does."""

WORDS = {
    "report": "【值班】新案件 {number}({matter}):{reason}",
    "return": "案件 {number}({matter})被退回,请重新派遣:{reason}",
    "contest": "案件 {number}({matter})第二次被退回,请裁定:{reason}",
    "escalate": "案件 {number}({matter})下级呼叫,请接件办理:{reason}",
    "send-down": "案件 {number}({matter})上级退回,请继续办理:{reason}",
    "rule": "案件 {number}({matter})经裁定由您单位牵头办理,请及时接件:{reason}",
    "dispatch": "案件 {number}({matter})已派给您单位,请及时接件",
    "refuse": "案件 {number}({matter})核查不通过,请重新处理:{reason}",
    "dispute": "案件 {number}({matter})反映人表示未解决,请重新处理:{reason}",
    "reopen": "案件 {number}({matter})已重新办理:{reason}",
    "decline": "您上报的 {number}({matter})不予受理:{reason}",
    "answer": "案件 {number}({matter})已有处理结果:{reason}",
    "pass": "您上报的 {number}({matter})已核查通过,请评价",
    "hand-over": "您上报的 {number}({matter})需要审批,已移交便民服务中心",
    "ask": "案件 {number}({matter})的办理单位请您补充说明:{reason}",
    "reply": "案件 {number}({matter})的反映人已补充说明,已恢复计时:{reason}",
    "go-on": "案件 {number}({matter})等待反映人补充说明的时间已到,已恢复计时",
    "ask-extension": "案件 {number}({matter})申请延期,请在期限届满前批复:{reason}",
    "grant-extension": "案件 {number}({matter})的延期申请已同意,期限已延后",
    "refuse-extension": "案件 {number}({matter})的延期申请未获同意,期限不变:{reason}",
    "lapse-extension": "案件 {number}({matter})的延期申请至期限届满未获批复,已失效",
    "confirm": "案件 {number}({matter})已结案",
    "lapse": "案件 {number}({matter})已结案",
    "join": "案件 {number}({matter})已{reason},随主案一并办理",
    "unmerge": "案件 {number}({matter})的并案已撤销,恢复单独办理:{reason}",
    "merge": "案件 {number}({matter})已{reason},请一并办理",
    "suspect": "案件 {number}({matter})由他人反映,本网格此前未上报,疑似漏报,待认定",
    "missed-confirmed": "案件 {number}({matter})已认定为漏报:{reason}",
    "missed-dismissed": "案件 {number}({matter})已排除漏报:{reason}",
    "succeed-grid": "案件 {number}({matter}){reason}",
    "whistle": "【吹哨】案件 {number}({matter})召集您单位,请按时报到:{reason}",
    "arrive": "案件 {number}({matter}):{names}已报到",
    "sign-off": "案件 {number}({matter}):{names}已签退:{reason}",
    "object": "案件 {number}({matter}):{names}对召集提出异议,请裁定:{reason}",
    "insist": "案件 {number}({matter})对您单位的召集维持不变,请报到:{reason}",
    "withdraw-call": "案件 {number}({matter})对您单位的召集已撤回:{reason}",
    "call-again": "案件 {number}({matter})再次召集您单位:{reason}",
    "urgent": "紧急事项 {number}({matter}):{reason}",
    "none": "案件 {number}({matter})即将到期,请抓紧办理",
    "yellow": "【黄牌督办】案件 {number}({matter})已逾期,请立即办理",
    "call-none": "案件 {number}({matter})召集您单位{step},时限将到,请抓紧",
    "call-yellow": "【黄牌督办】案件 {number}({matter})召集{names}{step},已逾期,请立即办理",
    "call-red": "【红牌督办】案件 {number}({matter})召集{names}{step},逾期仍未办理",
    "red": "【红牌督办】案件 {number}({matter})逾期仍未办理",
}

OF_MAIN = {
    "decline": "不予受理:{reason}",
    "hand-over": "需要审批,已移交便民服务中心",
    "answer": "已有处理结果:{reason}",
    "pass": "已核查通过,请评价",
    "dispute": "反映未解决,已退回重新处理",
    "confirm": "已结案;如您反映的问题仍在,可在规定期限内申请重新办理",
    "lapse": "已结案;如您反映的问题仍在,可在规定期限内申请重新办理",
    "reopen": "已重新办理",
}
"""What the reporters of merged cases hear of their main case (INC-16)."""


INTAKE = "centre-operator"
"""Whose desk takes in what comes in (REG-18)."""


@dataclass(frozen=True)
class Telling:
    """One message: to a person, a department, a grid or a role (`audience`), of what kind, in which words."""

    audience_kind: str
    audience: str
    kind: str
    text: str


def of_change(case: Case, change: Change, ancestors: Sequence[str]) -> list[Telling]:
    """The messages that `change` gives rise to; `ancestors` are the grids above the case's own."""
    text = _text(case, _kind(case, change), change.reason, _names(case, change.about))
    told = [Telling(kind, audience, change.action, text) for kind, audience in _audiences(case, change)]
    return told + _urgent(case, change, ancestors)


def is_for_intake(change: Change, told: Sequence[Telling]) -> bool:
    """Whether whoever is on duty at the intake's desk is concerned: a new case, or a message to all of the desk."""
    return change.action == "report" or any(_at_intake(each) for each in told)


def to_those_on_duty(case: Case, change: Change, told: Sequence[Telling], on_duty: Sequence[str]) -> list[Telling]:
    """What is for the intake's desk goes to whoever is on duty there, a new case as well; with nobody on duty, to all
    of the desk as ever (REG-18)."""
    if not on_duty:
        return list(told)
    desk = [each for each in told if _at_intake(each)]
    if change.action == "report":
        desk.append(Telling("role", INTAKE, change.action, _text(case, "report", case.description[:60])))
    people = [replace(each, audience_kind="person", audience=person) for each in desk for person in on_duty]
    return [
        *(each for each in told if not _at_intake(each)),
        *(each for each in people if each.audience != change.actor_id),
    ]


def _at_intake(told: Telling) -> bool:
    return (told.audience_kind, told.audience) == ("role", INTAKE)


def of_followers(case: Case, change: Change) -> list[tuple[str, str, Telling]]:
    """What the reporters of cases merged into `case` hear, each with the id and area of their own (INC-16)."""
    if change.action not in OF_MAIN:
        return []
    told = OF_MAIN[change.action].format(reason=change.reason)
    return [
        (each.id, each.area, Telling("person", each.reporter_id, change.action, _of_main(case, each.number, told)))
        for each in case.followers
        if each.reporter_id and each.reporter_id != change.actor_id
    ]


def _of_main(case: Case, number: str, told: str) -> str:
    return f"您上报的 {number}({case.matter.name})已与 {case.number} 并案:{told}"


def _kind(case: Case, change: Change) -> str:
    """Which words a change is told in."""
    return f"missed-{case.missed.status}" if change.action == "judge-missed" and case.missed else change.action


def _audiences(case: Case, change: Change) -> Iterable[tuple[str, str]]:
    if change.action in HEADS:
        yield ("department", case.department) if case.department else ("grid", case.held_at)
    yield from _of_waits(case, change)
    if change.action == "return":
        yield "role", "centre-operator"
    if change.action == "contest":
        yield from (("role", role) for role in case.arbiters)
    if change.action == "succeed-grid":
        yield from _of_succession(case)
    if change.action in REPORTER and case.reporter_id:
        yield "person", case.reporter_id
    elif change.action in END and case.followers and case.reporter_id not in (None, change.actor_id):
        yield "person", str(case.reporter_id)
    if change.action in LOWER_GRID and case.grid:
        yield "grid", case.grid
    if change.action in CALLED:
        yield from (("department", each) for each in change.about)
    if change.action in CALLERS:
        yield from _callers(case, change)


def _callers(case: Case, change: Change) -> Iterable[tuple[str, str]]:
    """Who called the departments that `change` is about, and who leads."""
    people = [call.called.by_id for call in case.calls if call.department in change.about]
    yield from (("person", each) for each in dict.fromkeys(people))
    if case.department is not None and case.department not in change.about:
        yield "department", case.department


def _of_succession(case: Case) -> Iterable[tuple[str, str]]:
    """The old and the new holders (REG-04): both grids; where a grid holds it, its people wherever they are now."""
    if case.department:
        yield "department", case.department
    audiences = case.left if case.department is None else (case.left[0], case.area)
    for code in dict.fromkeys((case.area, *audiences)):
        yield "grid", code
    if case.department is None:
        for person_id in sorted(case.handlers):
            yield "person", person_id


def _of_waits(case: Case, change: Change) -> Iterable[tuple[str, str]]:
    """Who else hears of questions and requests (INC-07): whoever has the reporter's number, approves, or asked."""
    if change.action == "ask" and (case.reporter.phone or not case.reporter_id):
        yield "role", "centre-operator"
    if not case.extensions:
        return
    asked = case.extensions[-1]
    if change.action in DECIDED:
        yield "person", asked.asked_by
    if change.action == "ask-extension":
        yield _approver(case, asked.approver)


def _approver(case: Case, role: str) -> tuple[str, str]:
    """The audience that services.incident.model.rights lets decide."""
    if role not in DEPARTMENT_PEOPLE:
        return "role", role
    if case.department is None:
        return "role", "centre-operator"
    return ("department-heads" if role == "department-head" else "department-handlers"), case.department


def _urgent(case: Case, change: Change, ancestors: Sequence[str]) -> list[Telling]:
    if change.action != "file" or case.way != "urgent":
        return []
    text = _text(case, "urgent", case.description[:60])
    levels = [Telling("grid", code, "urgent", text) for code in (case.area, *ancestors)]
    return [*levels, Telling("role", "county-leader", "urgent", text)]


def of_warning(case: Case, notice: Notice) -> list[Telling]:
    """The messages of a warning, a yellow or a red notice to those whom the plan names (INC-08)."""
    text = _text(case, notice.colour, "")
    step = case.running.step if case.running else "handle"
    audiences = dict.fromkeys(audience for who in notice.to for audience in _warned(case, step, who, case.department))
    return [Telling(kind, audience, f"warned-{notice.colour}", text) for kind, audience in audiences]


def of_call_warning(case: Case, call: Call, notice: Notice) -> list[Telling]:
    """The messages of a notice about the clock of one called department: to it, not to the lead (INC-09)."""
    text = _text(case, f"call-{notice.colour}", "", call.name, "办结" if call.arrived else "报到")
    audiences = dict.fromkeys(each for who in notice.to for each in _warned(case, "handle", who, call.department))
    return [Telling(kind, audience, f"warned-{notice.colour}", text) for kind, audience in audiences]


def _warned(case: Case, step: str, who: str, department: str | None) -> Iterable[tuple[str, str]]:
    """Those whom the plan calls `who`: of the step's work the people who do it, those who answer for it, a role."""
    if who == "handler":
        yield DESK[step] if step in DESK else _handlers(case, department)
    elif who == "department-head":
        yield DESK[step] if step in DESK else _head(case, department)
    elif who == "grid-leader":
        yield "grid-leaders", case.held_at
    else:
        yield "role", who


def _handlers(case: Case, department: str | None) -> tuple[str, str]:
    return ("department-handlers", department) if department else ("grid-members", case.held_at)


def _head(case: Case, department: str | None) -> tuple[str, str]:
    return ("department-heads", department) if department else ("grid-leaders", case.held_at)


def _names(case: Case, departments: Sequence[str]) -> str:
    return "、".join({call.department: call.name for call in case.calls if call.department in departments}.values())


def _text(case: Case, kind: str, reason: str, names: str = "", step: str = "") -> str:
    words = WORDS.get(kind, "案件 {number}({matter})有新进展")
    return words.format(number=case.number, matter=case.matter.name, reason=reason, names=names, step=step)
