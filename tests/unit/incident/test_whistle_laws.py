"""Laws of the whistle, whatever the callers and the called do in any order (INC-09)."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.chassis.auth import PLATFORM
from services.chassis.errors import Forbidden, WanggeError
from services.chassis.messages import DeadlinePassed, Event
from services.incident import messages
from services.incident.handlers import HANDLERS
from services.incident.model.calls import ACT, ARRIVE, Call
from services.incident.model.case import Case
from services.incident.model.rights import may, took_part
from tests.unit.incident.fakes import INSIDE, MATTER, NOTICES, PEOPLE, FakeWork, person

DEPARTMENTS = ("county-ecology", "county-water", "county-enforcement", "env-office")
AT_WORK = {each: person(f"of-{each}", "department-handler", department=each) for each in DEPARTMENTS}
CALLERS = [PEOPLE["operator"], PEOPLE["leader"], PEOPLE["county-leader"]]
EVERYBODY = [*PEOPLE.values(), *AT_WORK.values()]

departments = st.sampled_from(DEPARTMENTS)
groups = st.lists(departments, max_size=4).map(tuple)


class WhistleLaws(RuleBasedStateMachine):
    """One case, those who call and those who are called."""

    @initialize(accepted=st.booleans())
    def begin(self, accepted: bool) -> None:
        self.work = FakeWork()
        command = messages.Report(matter_code=MATTER.code, description="黑水", channel="grid-worker", point=INSIDE)
        self.case_id = self._do(command, PEOPLE["citizen"])["id"]
        self.events: list[Event] = []
        if accepted:
            self._do(messages.Accept(case_id=self.case_id), PEOPLE["handler"])
        self._collect()

    @rule(by=st.sampled_from(CALLERS), called=groups, lead=st.none() | departments)
    def somebody_whistles(self, by: Any, called: tuple[str, ...], lead: str | None) -> None:
        self._try(
            "whistle", messages.Whistle(case_id=self.case_id, departments=called, lead=lead, reason="权限受限"), by
        )

    @rule(by=st.sampled_from(EVERYBODY))
    def somebody_comes(self, by: Any) -> None:
        self._try("arrive", messages.Arrive(case_id=self.case_id), by)

    @rule(by=st.sampled_from(EVERYBODY))
    def somebody_signs_off(self, by: Any) -> None:
        self._try("sign-off", messages.SignOff(case_id=self.case_id, result="已查处"), by)

    @rule(of=departments)
    def a_department_objects(self, of: str) -> None:
        self._try("object", messages.Object(case_id=self.case_id, reason="不属职责"), AT_WORK[of])

    @rule(by=st.sampled_from(CALLERS), of=departments, stays=st.booleans())
    def somebody_rules(self, by: Any, of: str, stays: bool) -> None:
        if stays:
            self._try("insist", messages.Insist(case_id=self.case_id, department=of, reason="应到"), by)
        else:
            self._try("withdraw-call", messages.WithdrawCall(case_id=self.case_id, department=of, reason="不需"), by)

    @rule(by=st.sampled_from(EVERYBODY), called=groups)
    def somebody_calls_again(self, by: Any, called: tuple[str, ...]) -> None:
        if called:
            self._try("call-again", messages.CallAgain(case_id=self.case_id, departments=called, reason="仍有"), by)

    @rule(by=st.sampled_from([*AT_WORK.values(), PEOPLE["handler"]]))
    def the_holder_answers(self, by: Any) -> None:
        self._try("answer", messages.Answer(case_id=self.case_id, result="已办结"), by)

    @rule(passed=st.booleans())
    def the_verifier_says(self, passed: bool) -> None:
        command = messages.Verify(case_id=self.case_id, passed=passed, reason="理由")
        self._try("pass" if passed else "refuse", command, PEOPLE["verifier"])

    @rule(hours=st.sampled_from([1, 11, 50]))
    def time_passes(self, hours: int) -> None:
        self.work.now += timedelta(hours=hours)

    @rule(number=st.integers(1, 4), round=st.integers(1, 3), step=st.sampled_from([ARRIVE, ACT]), data=st.data())
    def a_deadline_passes(self, number: int, round: int, step: str, data: Any) -> None:
        notice = data.draw(st.sampled_from(NOTICES)).id
        kind = f"call-{number}-{round}:{step}:{notice}"
        told = sum(isinstance(each, messages.CallWarned) for each in self.events)
        for _ in range(2):
            self._do(DeadlinePassed(subject=self.case_id, kind=kind, due_at=self.work.now), PLATFORM)
            self._collect()
        assert sum(isinstance(each, messages.CallWarned) for each in self.events) - told <= 1, "fired twice"

    def _try(self, action: str, command: Any, by: Any) -> None:
        case = self._case()
        before, offered = copy.deepcopy(case), may(case, by)
        try:
            self._do(command, by)
        except WanggeError as refusal:
            assert not (action in offered and isinstance(refusal, Forbidden))
            assert vars(case) == vars(before), "a refused command changed something"
        else:
            assert action in offered, "not offered, and not refused"
        self._collect()

    def _do(self, message: Any, by: Any) -> dict[str, Any]:
        return HANDLERS[type(message)](message, self.work.by(by)) or {}

    def _collect(self) -> None:
        self._case().new_changes.clear()
        self.events.extend(self._case().collect())

    def _case(self) -> Case:
        return self.work.cases.get(self.case_id)

    @invariant()
    def each_call_has_the_clock_of_its_step_and_no_other(self) -> None:
        for call in self._calls():
            running = [limit.step for limit in call.limits if limit.done_at is None]
            assert running == ([] if not call.open else [ACT] if call.arrived else [ARRIVE])
            keys = [(limit.step, limit.round) for limit in call.limits]
            assert len(keys) == len(set(keys)), "clocks are stored by step and round"

    @invariant()
    def one_department_at_most_leads_and_it_holds_the_case(self) -> None:
        leading = [call for call in self._calls() if call.leading]
        assert len(leading) <= 1
        assert all(call.valid and call.department == self._case().department for call in leading)
        assert leading or not any(call.open for call in self._calls())

    @invariant()
    def a_department_is_called_once_at_a_time_and_sees_the_case(self) -> None:
        valid = [call.department for call in self._calls() if call.valid]
        assert len(valid) == len(set(valid))
        case = self._case() if valid else None
        assert case is None or set(valid) <= {case.department, *case.co_departments}
        assert case is None or case.department not in case.co_departments

    @invariant()
    def nobody_signs_off_before_coming_nor_comes_before_being_called(self) -> None:
        for call in self._calls():
            moments = [each.at for each in (call.called, call.arrived, call.signed_off) if each]
            assert moments == sorted(moments)
            assert call.arrived or not call.signed_off
            assert not (call.withdrawn and call.signed_off)

    @invariant()
    def an_answer_waits_for_every_sign_off(self) -> None:
        if hasattr(self, "work") and self._case().state in ("answered", "verified", "closed"):
            assert not any(call.open for call in self._calls())

    @invariant()
    def who_was_called_does_not_verify(self) -> None:
        case = self._case() if hasattr(self, "work") else None
        for call in self._calls():
            own = person("own", "department-head", "verifier", department=call.department, areas=("371321",))
            assert not call.valid or (case is not None and took_part(case, own))

    @invariant()
    def each_event_has_the_next_number(self) -> None:
        if hasattr(self, "events"):
            first = self._case().sequence - len(self.events)
            numbers = [event.sequence for event in self.events]
            assert numbers == list(range(first + 1, self._case().sequence + 1))

    def _calls(self) -> list[Call]:
        return self._case().calls if hasattr(self, "case_id") else []


TestWhistleLaws = pytest.mark.rule("INC-09", "INC-08", "INC-14")(WhistleLaws.TestCase)
TestWhistleLaws.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
