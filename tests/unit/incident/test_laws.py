"""Laws that hold for a case whatever anybody does, in any order (INC-02, INC-03, INC-07, INC-14, INC-15).

Hypothesis lets every person try every action on a few cases, with and without the right to, and looks after each step.
"""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.chassis.auth import PLATFORM, Principal
from services.chassis.errors import Forbidden, WanggeError
from services.chassis.messages import DeadlinePassed, Event
from services.incident import messages
from services.incident.handlers import HANDLERS
from services.incident.model.case import Case, Change
from services.incident.model.limits import STEP_OF_STATE
from services.incident.model.rights import may, took_part
from services.incident.model.workflow import ACTION_BY_NAME, ACTIONS, STATE_BY_NAME, next_state
from tests.unit.incident.fakes import GRID, INSIDE, MATTER, NOTICES, PEOPLE, FakeWork

COMMANDS: dict[str, Callable[[str, str], messages.CaseCommand]] = {
    "file": lambda case, why: messages.File(case_id=case, grid_code=GRID, reason=why),
    "decline": lambda case, why: messages.Decline(case_id=case, reason=why),
    "dispatch": lambda case, why: messages.Dispatch(
        case_id=case, department="env-office", co_departments=("water-station", "env-office"), reason=why
    ),
    "accept": lambda case, why: messages.Accept(case_id=case),
    "answer": lambda case, why: messages.Answer(case_id=case, result=why),
    "contribute": lambda case, why: messages.Contribute(case_id=case, note=why),
    "follow-up": lambda case, why: messages.FollowUp(case_id=case, note=why),
    "pass": lambda case, why: messages.Verify(case_id=case, passed=True, reason=why),
    "refuse": lambda case, why: messages.Verify(case_id=case, passed=False, reason=why),
    "confirm": lambda case, why: messages.Evaluate(
        case_id=case, contacted=True, solved=True, satisfaction="satisfied", words=why
    ),
    "dispute": lambda case, why: messages.Evaluate(
        case_id=case, contacted=True, solved=False, satisfaction="dissatisfied", words=why
    ),
    "reopen": lambda case, why: messages.Reopen(case_id=case, reason=why),
    "excuse": lambda case, why: messages.Excuse(case_id=case, reason=why),
}
ONLY_PLATFORM = {action.name for action in ACTIONS if action.who == ("platform",)}
MOST_CASES = 2
WAYS = ("dispatched", "urgent", "coordinated", "approval", "settled")

people = st.sampled_from([*PEOPLE.values()])
actions = st.sampled_from(sorted(COMMANDS))


def test_every_action_that_a_person_may_do_has_a_command() -> None:
    assert set(COMMANDS) == set(ACTION_BY_NAME) - ONLY_PLATFORM


def _moves(case: Case, action: str) -> bool:
    return next_state(case.state, action) != case.state


class CaseLaws(RuleBasedStateMachine):
    """Cases, everybody's attempts at them, and the laws."""

    cases = Bundle("cases")

    @initialize(ratio=st.sampled_from([0.0, 1.0]), duty=st.sampled_from(["water", None]))
    def begin(self, ratio: float, duty: str | None) -> None:
        self.work = FakeWork()
        self.work.plan.ratio, self.work.plan.duty = ratio, duty
        self.history: dict[str, list[Change]] = {}
        self.events: dict[str, list[Event]] = {}
        self.reworks: dict[str, int] = {}

    @precondition(lambda self: len(self.history) < MOST_CASES)
    @rule(target=cases, who=st.sampled_from(["member", "citizen", "everything", "handler"]), way=st.sampled_from(WAYS))
    def report(self, who: str, way: str) -> str:
        return self._report(who, way, INSIDE)

    @precondition(lambda self: len(self.history) < MOST_CASES)
    @rule(target=cases, who=st.sampled_from(["operator", "member-verifier"]))
    def report_from_an_unknown_place(self, who: str) -> str:
        return self._report(who, "dispatched", None)

    def _report(self, who: str, way: str, point: messages.GivenPoint | None) -> str:
        settled = way == "settled"
        command = messages.Report(
            matter_code=MATTER.code,
            description="黑水",
            channel="grid-worker",
            point=point,
            address="河边",
            way=None if settled else way,
            settled=settled,
            result="已清扫" if settled else "",
        )
        case_id = self._handle(command, PEOPLE[who])["id"]
        self._collect(case_id)
        return case_id

    @rule(case_id=cases, who=people, action=actions, why=st.sampled_from(["", "理由"]))
    def anybody_tries_anything(self, case_id: str, who: Principal, action: str, why: str) -> None:
        self._try(case_id, who, action, why)

    @rule(case_id=cases, who=people, data=st.data())
    def somebody_does_what_is_offered(self, case_id: str, who: Principal, data: Any) -> None:
        offered = may(self.work.cases.get(case_id), who)
        if offered:
            self._try(case_id, who, data.draw(st.sampled_from(offered)), "理由")

    @rule(case_id=cases, data=st.data())
    def the_case_goes_on(self, case_id: str, data: Any) -> None:
        """The next step is taken by one who may, who then tries something else as well."""
        case = self.work.cases.get(case_id)
        ways = [(name, action) for name, who in PEOPLE.items() for action in may(case, who) if _moves(case, action)]
        if ways:
            name, action = data.draw(st.sampled_from(ways))
            self._try(case_id, PEOPLE[name], action, "理由")
            self._try(case_id, PEOPLE[name], data.draw(actions), "理由")

    @rule(hours=st.sampled_from([1, 11, 200]))
    def time_passes(self, hours: int) -> None:
        self.work.now += timedelta(hours=hours)

    @rule(case_id=cases, step=st.sampled_from(sorted(set(STEP_OF_STATE.values()))), data=st.data())
    def a_deadline_passes(self, case_id: str, step: str, data: Any) -> None:
        kind = data.draw(st.sampled_from([*(each.id for each in NOTICES), "lapse", "gone"]))
        self._handle(DeadlinePassed(subject=case_id, kind=f"{step}:{kind}", due_at=self.work.now), PLATFORM)
        self._collect(case_id)

    def _try(self, case_id: str, who: Principal, action: str, why: str) -> None:
        case = self.work.cases.get(case_id)
        before, offered, own = copy.deepcopy(case), may(case, who), took_part(case, who)
        try:
            self._handle(COMMANDS[action](case_id, why), who)
        except WanggeError as refusal:
            assert not (action in offered and isinstance(refusal, Forbidden)), "offered, and refused for rights"
            assert vars(case) == vars(before), "a refused command changed something"
        else:
            assert action in offered, "not offered, and not refused"
            assert not (action in ("pass", "refuse") and own), "verified own work"
        self._collect(case_id)

    def _handle(self, message: Any, who: Principal) -> dict[str, Any]:
        return HANDLERS[type(message)](message, self.work.by(who)) or {}

    def _collect(self, case_id: str) -> None:
        case = self.work.cases.get(case_id)
        self.history.setdefault(case_id, []).extend(case.new_changes)
        case.new_changes.clear()
        self.events.setdefault(case_id, []).extend(case.collect())

    @invariant()
    def the_history_replays_to_the_state(self) -> None:
        for case in self._cases():
            history = self.history[case.id]
            assert [change.sequence for change in history] == list(range(1, case.changes + 1))
            state = ""
            for change in history:
                assert change.from_state == state
                state = change.to_state
            assert state == case.state
            assert all(change.reason for change in history if change.action in ("decline", "refuse", "reopen"))

    @invariant()
    def each_event_has_the_next_number(self) -> None:
        for case in self._cases():
            assert [event.sequence for event in self.events[case.id]] == list(range(1, case.sequence + 1))

    @invariant()
    def exactly_the_clock_of_the_state_runs(self) -> None:
        for case in self._cases():
            running = [limit.step for limit in case.limits if limit.done_at is None]
            step = STEP_OF_STATE.get(case.state)
            assert running == ([step] if step else [])
            assert not (running and STATE_BY_NAME[case.state].final)
            rounds = [(limit.step, limit.round) for limit in case.limits]
            assert len(rounds) == len(set(rounds)), "limits are stored by step and round"

    @invariant()
    def reworks_never_decrease_and_count_what_came_back(self) -> None:
        for case in self._cases():
            assert case.reworks >= self.reworks.get(case.id, 0)
            self.reworks[case.id] = case.reworks
            returned = [each for each in self.history[case.id] if each.action in ("refuse", "dispute", "reopen")]
            assert case.reworks == len(returned)

    @invariant()
    def who_verified_neither_handled_nor_led(self) -> None:
        for case in self._cases():
            handled: set[str] = set()
            for change in self.history[case.id]:
                if change.action in ("accept", "answer", "contribute"):
                    handled.add(change.actor_id)
                assert change.action not in ("pass", "refuse") or change.actor_id not in handled

    @invariant()
    def a_case_is_closed_exactly_when_it_waits_for_nobody(self) -> None:
        for case in self._cases():
            over = case.state == "closed" or case.state in ("registered", "declined")
            assert case.state == "handed-over" or (case.closed_at is not None) is over

    def _cases(self) -> list[Case]:
        return list(self.work.cases.by_id.values()) if hasattr(self, "work") else []


TestCaseLaws = pytest.mark.rule("INC-02", "INC-03", "INC-07", "INC-14", "INC-15")(CaseLaws.TestCase)
TestCaseLaws.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
