"""The one table of states, actions and who may do them (INC-02); code, API documentation and docs share it.

A python-statemachine machine is built from the table and says what leads where, so that a state which cannot be reached
or left is an error when the module is loaded, not in a county office. Who may act is said by relations between the
person and the case, which `services.incident.model.rights` decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from statemachine import State as MachineState
from statemachine import StateMachine

STAGES = {
    "collection": "信息收集",
    "filing": "案卷建立",
    "dispatch": "任务派遣",
    "handling": "任务处理",
    "feedback": "处理反馈",
    "verification": "核查结案",
    "evaluation": "综合评价",
}


@dataclass(frozen=True)
class State:
    """A state of a case: its name, its Chinese title, the stage that it belongs to."""

    name: str
    title: str
    stage: str
    final: bool = False


@dataclass(frozen=True)
class Action:
    """A row of the table: who may take a case from which states to which.

    `sources` maps each state in which the action is possible to the state after it; `returns` maps a state to those of
    which the case goes back to the one that it came from. `who` names relations; one is enough.
    """

    name: str
    title: str
    sources: dict[str, str]
    who: tuple[str, ...]
    reason: bool = False
    note: str = ""
    returns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """Every pair of a state and one after it."""
        back = ((source, target) for source, targets in self.returns.items() for target in targets)
        return (*self.sources.items(), *back)


STATES = (
    State("reported", "已上报,待立案", "collection"),
    State("filed", "已立案,待派遣", "filing"),
    State("arbitration", "两次退回,待裁定", "dispatch"),
    State("dispatched", "已派遣,待接件", "dispatch"),
    State("handling", "处理中", "handling"),
    State("answered", "已反馈,待核查", "feedback"),
    State("spot-check", "自行处置,抽查中", "verification"),
    State("verified", "核查通过,待回访", "verification"),
    State("closed", "已结案", "evaluation"),
    State("registered", "自行处置,已登记", "evaluation", final=True),
    State("declined", "不予受理", "collection", final=True),
    State("handed-over", "已移交审批", "dispatch", final=True),
    State("merged", "已并案", "handling"),
)
OPEN = ("reported", "filed", "arbitration", "dispatched", "handling", "answered", "verified")
"""The states from report to the reporter's word: something is still to be done about the problem."""
JOINING = (*OPEN, "closed")
"""The states in which a case can turn out to be about what another one is about."""

ACTIONS = (
    Action("file", "立案", {"reported": "filed"}, ("platform", "centre-operator")),
    Action(
        "decline",
        "不予受理",
        {"reported": "declined", "filed": "declined"},
        ("centre-operator",),
        reason=True,
        note="不属于本县职责的事项",
    ),
    Action("dispatch", "派遣", {"filed": "dispatched"}, ("platform", "centre-operator")),
    Action(
        "return",
        "退回",
        {"dispatched": "filed"},
        ("returner",),
        reason=True,
        note="不属于本单位职责的,可退回一次,由中心重新派遣",
    ),
    Action(
        "contest",
        "再次退回",
        {"dispatched": "arbitration"},
        ("contester",),
        reason=True,
        note="第二次退回,提请裁定",
    ),
    Action("rule", "裁定", {"arbitration": "dispatched"}, ("arbiter",), reason=True, note="应当执行,并成为先例"),
    Action(
        "escalate",
        "呼叫上级",
        {"dispatched": "dispatched", "handling": "dispatched"},
        ("caller", "platform"),
        reason=True,
        note="本级难以解决的;按方案须先会商的写明会商情况;逾期的按方案自动上呼",
    ),
    Action(
        "send-down",
        "退回下级",
        {"dispatched": "dispatched", "handling": "dispatched"},
        ("holder",),
        reason=True,
        note="退回呼叫的下级",
    ),
    Action(
        "ask-consultation",
        "提请会商",
        {state: state for state in ("arbitration", "dispatched", "handling")},
        ("holder", "caller", "centre-operator"),
        reason=True,
        note="列入本区域下一次会议议程;重复提请无须",
    ),
    Action(
        "consult",
        "会商决定",
        {state: state for state in (*OPEN, "spot-check", "closed", "merged")},
        ("platform",),
        note="会议的决定记入案件",
    ),
    Action("hand-over", "移交审批", {"filed": "handed-over"}, ("platform",)),
    Action("register", "登记", {"filed": "registered"}, ("platform",), note="一般事项现场处置,只登记"),
    Action("draw", "抽查", {"filed": "spot-check"}, ("platform",), note="自行处置事项按比例抽查核实"),
    Action("accept", "接件", {"dispatched": "handling"}, ("holder",)),
    Action(
        "ask",
        "询问反映人",
        {"dispatched": "dispatched", "handling": "handling"},
        ("holder", "centre-operator"),
        reason=True,
        note="等待反映人补充说明期间停止计时;次数与等待时间由方案规定",
    ),
    Action(
        "reply",
        "补充说明",
        {"dispatched": "dispatched", "handling": "handling"},
        ("reporter", "centre-operator"),
        reason=True,
        note="恢复计时",
    ),
    Action(
        "go-on",
        "恢复计时",
        {"dispatched": "dispatched", "handling": "handling"},
        ("platform",),
        note="反映人逾期未答复",
    ),
    Action(
        "ask-extension",
        "申请延期",
        {"dispatched": "dispatched", "handling": "handling"},
        ("holder",),
        reason=True,
        note="期限届满前,次数与时长由方案规定",
    ),
    Action(
        "grant-extension",
        "同意延期",
        {"dispatched": "dispatched", "handling": "handling"},
        ("approver",),
        note="由方案规定的角色批准,不得批准自己的申请",
    ),
    Action(
        "refuse-extension",
        "不同意延期",
        {"dispatched": "dispatched", "handling": "handling"},
        ("approver",),
        reason=True,
    ),
    Action(
        "lapse-extension",
        "延期申请失效",
        {"dispatched": "dispatched", "handling": "handling"},
        ("platform",),
        note="期限届满时尚未批复",
    ),
    Action("answer", "处理反馈", {"handling": "answered"}, ("holder",)),
    Action("contribute", "协办意见", {"dispatched": "dispatched", "handling": "handling"}, ("co-department",)),
    Action(
        "whistle",
        "吹哨",
        {"dispatched": "handling", "handling": "handling"},
        ("whistler",),
        reason=True,
        note="召集部门共同处理,其中一个牵头",
    ),
    Action("arrive", "报到", {"handling": "handling"}, ("called",)),
    Action("sign-off", "签退", {"handling": "handling"}, ("called",), note="各部门各自办结;牵头部门以处理反馈办结"),
    Action("object", "对召集提出异议", {"handling": "handling"}, ("called",), reason=True, note="报到前,一次"),
    Action("insist", "维持召集", {"handling": "handling"}, ("whistler",), reason=True),
    Action("withdraw-call", "撤回召集", {"handling": "handling"}, ("whistler",), reason=True, note="报到前"),
    Action("call-again", "再次召集", {"handling": "handling"}, ("holder",), reason=True, note="已签退的部门再办一轮"),
    Action(
        "follow-up",
        "跟进",
        {"dispatched": "dispatched", "handling": "handling", "answered": "answered"},
        ("grid-worker",),
        note="紧急事项由网格员跟进到底",
    ),
    Action(
        "pass",
        "核查通过",
        {"answered": "verified", "spot-check": "registered"},
        ("verifier",),
        note="核查人不得是处理或牵头的人",
    ),
    Action(
        "refuse",
        "核查不通过",
        {"answered": "handling", "spot-check": "dispatched"},
        ("verifier",),
        reason=True,
        note="退回处理,计返工一次",
    ),
    Action("confirm", "回访结案", {"verified": "closed"}, ("reporter", "centre-operator")),
    Action(
        "dispute",
        "反映未解决",
        {"verified": "handling"},
        ("reporter", "centre-operator"),
        reason=True,
        note="退回处理,计返工一次",
    ),
    Action("lapse", "逾期未评价结案", {"verified": "closed"}, ("platform",)),
    Action(
        "reopen",
        "重新办理",
        {"closed": "dispatched"},
        ("reporter", "centre-operator"),
        reason=True,
        note="方案规定的天数内",
    ),
    Action(
        "excuse",
        "容错",
        {"answered": "answered", "verified": "verified", "closed": "closed"},
        ("centre-operator",),
        reason=True,
        note="迟办但已补救且未造成影响",
    ),
    Action(
        "suspect",
        "疑似漏报",
        {"filed": "filed"},
        ("platform",),
        note="他人反映、本网格未上报的底线或必报事项,或巡查曾认定正常的事项",
    ),
    Action(
        "judge-missed",
        "漏报认定",
        {state: state for state in (*JOINING, "merged") if state != "reported"},
        ("missed-judge",),
        reason=True,
        note="确认或排除,可更正;造成不良影响的才追责",
    ),
    Action("merge", "并案", {state: state for state in OPEN}, ("centre-operator",), note="作为主案,并入重复案件"),
    Action(
        "join",
        "并入主案",
        dict.fromkeys(JOINING, "merged"),
        ("platform",),
        note="由主案的并案带动;已结案的并入须写明理由",
    ),
    Action(
        "unmerge",
        "撤销并案",
        {},
        ("centre-operator",),
        reason=True,
        note="回到并案前的状态和办理单位,重新计时",
        returns={"merged": JOINING},
    ),
)
NOTES = {
    "report": "上报",
    "follow": "主案变更",
    "release": "移出并案",
    "succeed-grid": "网格变更",
    "recount": "期限重算",
}
"""What the history notes without a step of the case itself."""

INITIAL = "reported"
STATE_BY_NAME = {state.name: state for state in STATES}
ACTION_BY_NAME = {action.name: action for action in ACTIONS}


def _machine() -> type[StateMachine]:
    states = {
        state.name: MachineState(state.title, value=state.name, initial=state.name == INITIAL, final=state.final)
        for state in STATES
    }
    members: dict[str, Any] = {_identifier(name): state for name, state in states.items()}
    # A closed case can be reopened, so that the main line has no final state; every other check stays on.
    members["validate_final_reachability"] = False
    for action in ACTIONS:
        if rows := [states[source].to(states[target]) for source, target in action.sources.items()]:
            members[_event(action.name)] = rows[0] if len(rows) == 1 else _union(rows)
        for source, targets in action.returns.items():
            members |= {_event(action.name, target): states[source].to(states[target]) for target in targets}
    return type("CaseMachine", (StateMachine,), members)


def _union(rows: list[Any]) -> Any:
    union = rows[0]
    for row in rows[1:]:
        union = union | row
    return union


def _event(action: str, back_to: str = "") -> str:
    """The machine's name for an action, or for its way back to one state."""
    return f"do_{_identifier(action)}" + (f"__back_to__{_identifier(back_to)}" if back_to else "")


def _identifier(name: str) -> str:
    return name.replace("-", "_")


CaseMachine = _machine()


_LEADS_TO: Mapping[str, Mapping[str, str]] = {
    state.value: {event.id: way.target.value for way in state.transitions for event in way.events}
    for state in CaseMachine.states
}
"""From a state by an event of the machine to the next state. The machine is read and not run: its engine takes the lock
of a queue of the standard library, which the queues of a worker's green threads do not have."""


def next_state(state: str, action: str, before: str = "") -> str | None:
    """The state after `action` in `state`, or None where the table does not allow it.

    `before` is the state that the case came from, for actions that lead back to it.
    """
    back = ACTION_BY_NAME[action].returns.get(state, ())
    if action not in possible(state) or (back and before not in back):
        return None
    return _LEADS_TO[state][_event(action, before if back else "")]


@lru_cache(maxsize=64)
def possible(state: str) -> tuple[str, ...]:
    """The actions that the table allows in `state`, in the table's order."""
    return tuple(action.name for action in ACTIONS if _events(action, state) & _LEADS_TO[state].keys())


def _events(action: Action, state: str) -> set[str]:
    """All that the machine may call `action` in `state`."""
    return {_event(action.name), *(_event(action.name, each) for each in action.returns.get(state, ()))}
