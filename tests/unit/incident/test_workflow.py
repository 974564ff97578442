"""The table of states and actions is what the machine does, row by row (INC-02)."""

from itertools import product

import pytest

from services.incident.api import workflow as described
from services.incident.model.limits import STEP_OF_STATE
from services.incident.model.workflow import (
    ACTION_BY_NAME,
    ACTIONS,
    INITIAL,
    STAGES,
    STATE_BY_NAME,
    STATES,
    next_state,
    possible,
)

WAITS = ("ask", "reply", "go-on", "ask-extension", "grant-extension", "refuse-extension", "lapse-extension")
MAIN_LINE = ("reported", "filed", "arbitration", "dispatched", "handling", "answered", "verified")
TABLE = {
    ("reported", "file"): "filed",
    ("reported", "decline"): "declined",
    ("filed", "decline"): "declined",
    ("filed", "dispatch"): "dispatched",
    ("dispatched", "return"): "filed",
    ("dispatched", "contest"): "arbitration",
    ("arbitration", "rule"): "dispatched",
    ("dispatched", "escalate"): "dispatched",
    ("handling", "escalate"): "dispatched",
    ("dispatched", "send-down"): "dispatched",
    ("handling", "send-down"): "dispatched",
    **{(state, "ask-consultation"): state for state in ("arbitration", "dispatched", "handling")},
    **{(state, "consult"): state for state in (*MAIN_LINE, "spot-check", "closed", "merged")},
    ("filed", "hand-over"): "handed-over",
    ("filed", "register"): "registered",
    ("filed", "draw"): "spot-check",
    ("dispatched", "accept"): "handling",
    ("dispatched", "contribute"): "dispatched",
    ("dispatched", "whistle"): "handling",
    ("dispatched", "follow-up"): "dispatched",
    ("handling", "answer"): "answered",
    **{(state, action): state for state in ("dispatched", "handling") for action in WAITS},
    ("handling", "contribute"): "handling",
    ("handling", "whistle"): "handling",
    ("handling", "arrive"): "handling",
    ("handling", "sign-off"): "handling",
    ("handling", "object"): "handling",
    ("handling", "insist"): "handling",
    ("handling", "withdraw-call"): "handling",
    ("handling", "call-again"): "handling",
    ("handling", "follow-up"): "handling",
    ("answered", "follow-up"): "answered",
    ("answered", "pass"): "verified",
    ("answered", "refuse"): "handling",
    ("answered", "excuse"): "answered",
    ("spot-check", "pass"): "registered",
    ("spot-check", "refuse"): "dispatched",
    ("verified", "confirm"): "closed",
    ("verified", "dispute"): "handling",
    ("verified", "lapse"): "closed",
    ("verified", "excuse"): "verified",
    ("closed", "reopen"): "dispatched",
    ("closed", "excuse"): "closed",
    ("filed", "suspect"): "filed",
    **{(state, "judge-missed"): state for state in (*MAIN_LINE[1:], "closed", "merged")},
    **{(state, "merge"): state for state in MAIN_LINE},
    **{(state, "join"): "merged" for state in (*MAIN_LINE, "closed")},
    ("merged", "unmerge"): None,
}
BACK = {("merged", "unmerge"): {*MAIN_LINE, "closed"}}
"""Where an action leads back to: whichever of these the case came from."""
WHO = {
    "file": {"platform", "centre-operator"},
    "decline": {"centre-operator"},
    "dispatch": {"platform", "centre-operator"},
    "return": {"returner"},
    "contest": {"contester"},
    "rule": {"arbiter"},
    "escalate": {"caller", "platform"},
    "send-down": {"holder"},
    "ask-consultation": {"holder", "caller", "centre-operator"},
    "consult": {"platform"},
    "hand-over": {"platform"},
    "register": {"platform"},
    "draw": {"platform"},
    "accept": {"holder"},
    "answer": {"holder"},
    "ask": {"holder", "centre-operator"},
    "reply": {"reporter", "centre-operator"},
    "go-on": {"platform"},
    "ask-extension": {"holder"},
    "grant-extension": {"approver"},
    "refuse-extension": {"approver"},
    "lapse-extension": {"platform"},
    "contribute": {"co-department"},
    "whistle": {"whistler"},
    "arrive": {"called"},
    "sign-off": {"called"},
    "object": {"called"},
    "insist": {"whistler"},
    "withdraw-call": {"whistler"},
    "call-again": {"holder"},
    "follow-up": {"grid-worker"},
    "pass": {"verifier"},
    "refuse": {"verifier"},
    "confirm": {"reporter", "centre-operator"},
    "dispute": {"reporter", "centre-operator"},
    "lapse": {"platform"},
    "reopen": {"reporter", "centre-operator"},
    "excuse": {"centre-operator"},
    "suspect": {"platform"},
    "judge-missed": {"missed-judge"},
    "merge": {"centre-operator"},
    "join": {"platform"},
    "unmerge": {"centre-operator"},
}
REASONED = {"return", "contest", "rule", "decline", "refuse", "dispute", "reopen", "excuse", "unmerge", "judge-missed"}
REASONED |= {"escalate", "send-down", "ask-consultation"}
REASONED |= {"ask", "reply", "ask-extension", "refuse-extension"}
REASONED |= {"whistle", "object", "insist", "withdraw-call", "call-again"}


@pytest.mark.rule("INC-02")
@pytest.mark.parametrize(
    ("state", "action"), list(product([each.name for each in STATES], [each.name for each in ACTIONS]))
)
def test_each_action_leads_where_the_table_says_and_nowhere_else(state: str, action: str) -> None:
    assert next_state(state, action) == TABLE.get((state, action))
    assert (action in possible(state)) is ((state, action) in TABLE)
    led_back = {before for before in STATE_BY_NAME if next_state(state, action, before) == before != state}
    assert led_back == BACK.get((state, action), led_back if TABLE.get((state, action)) else set())


@pytest.mark.rule("INC-02")
@pytest.mark.parametrize("action", [each.name for each in ACTIONS])
def test_each_action_names_who_may_do_it_and_whether_it_needs_a_reason(action: str) -> None:
    row = ACTION_BY_NAME[action]
    assert set(row.who) == WHO[action]
    assert row.reason is (action in REASONED)


@pytest.mark.rule("INC-02")
def test_the_stages_are_those_of_the_rule_and_each_has_a_state() -> None:
    assert "→".join(STAGES.values()) == "信息收集→案卷建立→任务派遣→任务处理→处理反馈→核查结案→综合评价"
    assert {state.stage for state in STATES} == set(STAGES)


def test_every_state_can_be_reached_from_the_first_and_final_ones_cannot_be_left() -> None:
    reached, fresh = {INITIAL}, {INITIAL}
    while fresh:
        fresh = {target for (source, _), target in TABLE.items() if target and source in fresh} - reached
        reached |= fresh
    assert reached == {state.name for state in STATES}
    assert {state.name for state in STATES if not possible(state.name)} == {s.name for s in STATES if s.final}


@pytest.mark.rule("INC-07")
def test_a_clock_runs_in_every_state_that_waits_for_somebody() -> None:
    waiting = {state.name for state in STATES if not state.final} - {"closed", "merged"}
    assert set(STEP_OF_STATE) == waiting


def test_what_the_interface_tells_is_the_same_table() -> None:
    rows = [(source, row["action"], row["to"]) for row in described()["transitions"] for source in row["from"]]
    forward = {(source, action): to for source, action, to in rows if (source, action) not in BACK}
    assert forward == {key: target for key, target in TABLE.items() if key not in BACK}
    for key, targets in BACK.items():
        assert {to for source, action, to in rows if (source, action) == key} == targets
