"""A case that went to the wrong department: returned, dispatched again, ruled on, and what the ruling does (INC-05)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.errors import Forbidden, NotAllowedNow
from services.incident import messages
from services.incident.errors import (
    DepartmentUnknown,
    DispatchedBefore,
    NotReturnedYet,
    PrecedentNotFound,
    PrecedentOver,
    ReasonMissing,
    ReturnedBefore,
    RulingBinds,
)
from services.incident.handlers import HANDLERS
from services.incident.model.case import Case
from services.incident.model.precedent import Arbitration
from services.incident.model.rights import may
from tests.unit.incident.fakes import GRID, INSIDE, MATTER, PEOPLE, FakeWork, person

pytestmark = pytest.mark.rule("INC-05")

FIRST, SECOND = "env-office", "water-station"
SECOND_HANDLER = person("second", "department-handler", department=SECOND)


class Story:
    """One case and who does what to it."""

    def __init__(self) -> None:
        self.work = FakeWork()
        self.case = self.report()

    def report(self) -> Case:
        command = messages.Report(
            matter_code=MATTER.code, description="黑水", channel="grid-worker", point=INSIDE, way="dispatched"
        )
        return self.work.cases.get(self.do(command, "member")["id"])

    def do(self, command: Any, who: Any) -> dict[str, Any]:
        caller = PEOPLE[who] if isinstance(who, str) else who
        return HANDLERS[type(command)](command, self.work.by(caller)) or {}

    def give_back(self, who: Any = "handler", **changes: Any) -> dict[str, Any]:
        command = messages.Contest if self.case.returns else messages.Return
        return self.do(command(case_id=self.case.id, **{"reason": "不属我单位职责", **changes}), who)

    def dispatch(self, department: str, reason: str = "") -> dict[str, Any]:
        return self.do(messages.Dispatch(case_id=self.case.id, department=department, reason=reason), "operator")

    def rule(self, department: str, who: Any = "operator", reason: str = "水利站主管该河段") -> dict[str, Any]:
        return self.do(messages.Rule(case_id=self.case.id, department=department, reason=reason), who)

    def contested(self) -> "Story":
        self.give_back(proposed=SECOND)
        self.dispatch(SECOND)
        self.give_back(SECOND_HANDLER)
        return self

    def events(self) -> list[Any]:
        return list(self.case.collect())


@pytest.fixture
def story() -> Story:
    return Story()


def test_the_first_return_goes_to_the_centre_and_says_why_and_whose_it_is(story: Story) -> None:
    assert story.give_back(proposed=SECOND)["state"] == "filed"
    back = story.case.returns[0]
    assert (back.department, back.reason, back.proposed) == (FIRST, "不属我单位职责", SECOND)
    assert (story.case.department, story.case.co_departments, story.case.routing) == (None, (), None)
    told = next(each for each in story.events() if isinstance(each, messages.CaseReturned))
    assert (told.department, told.concerned, told.times, told.arbitration) == (FIRST, (SECOND,), 1, False)
    assert story.dispatch(SECOND)["state"] == "dispatched"
    assert story.case.routing and story.case.routing.kind == "operator"


def test_a_return_needs_a_reason_and_a_department_that_exists(story: Story) -> None:
    with pytest.raises(ReasonMissing):
        story.give_back(reason=" ")
    with pytest.raises(DepartmentUnknown):
        story.give_back(proposed="no-such-office")
    assert story.case.state == "dispatched"


@pytest.mark.parametrize("who", ["helper", "operator", "member", "verifier", "officer", "citizen"])
def test_only_the_lead_department_returns(story: Story, who: str) -> None:
    with pytest.raises(Forbidden):
        story.give_back(who)


def test_what_was_accepted_is_not_returned(story: Story) -> None:
    story.do(messages.Accept(case_id=story.case.id), "handler")
    with pytest.raises(NotAllowedNow):
        story.give_back()


def test_returning_and_contesting_each_have_their_turn(story: Story) -> None:
    wrong = messages.Contest(case_id=story.case.id, reason="不属我单位职责")
    with pytest.raises(NotReturnedYet):
        story.do(wrong, "handler")
    story.give_back()
    story.dispatch(SECOND)
    assert [name for name in may(story.case, SECOND_HANDLER) if name in ("return", "contest")] == ["contest"]
    with pytest.raises(ReturnedBefore) as refusal:
        story.do(messages.Return(case_id=story.case.id, reason="不属我站"), SECOND_HANDLER)
    assert "再次退回" in refusal.value.sentence("zh")


def test_to_the_same_department_again_only_with_a_reason(story: Story) -> None:
    story.give_back()
    with pytest.raises(DispatchedBefore) as refusal:
        story.dispatch(FIRST)
    assert [fault.path for fault in refusal.value.faults] == ["reason"]
    assert story.case.state == "filed"
    assert story.dispatch(FIRST, "按三定方案属你单位")["state"] == "dispatched"
    assert story.give_back()["state"] == "arbitration"


def test_the_second_return_is_ruled_on_and_the_ruling_is_obeyed(story: Story) -> None:
    story.contested()
    assert story.case.state == "arbitration"
    assert may(story.case, PEOPLE["operator"]) == ("rule", "ask-consultation", "merge")
    assert story.rule(SECOND)["state"] == "dispatched"
    kinds = [type(each).__name__ for each in story.events()]
    assert kinds[-2:] == ["CaseRuled", "CaseDispatched"]
    assert "return" not in may(story.case, SECOND_HANDLER) and "contest" not in may(story.case, SECOND_HANDLER)
    with pytest.raises(RulingBinds):
        story.give_back(SECOND_HANDLER)
    story.do(messages.Accept(case_id=story.case.id), SECOND_HANDLER)


@pytest.mark.parametrize("who", ["handler", "helper", "member", "verifier", "auditor", "citizen"])
def test_only_whom_the_plan_names_rules(story: Story, who: str) -> None:
    story.contested()
    with pytest.raises(Forbidden):
        story.rule(SECOND, who)
    with pytest.raises(Forbidden):
        story.rule(SECOND, person("far", "centre-operator", areas=("371321101",)))


def test_a_ruling_needs_a_reason_a_known_department_and_a_contested_case(story: Story) -> None:
    with pytest.raises(NotAllowedNow):
        story.rule(SECOND)
    story.contested()
    with pytest.raises(ReasonMissing):
        story.rule(SECOND, reason="")
    with pytest.raises(DepartmentUnknown):
        story.rule("no-such-office")
    story.rule(SECOND)
    with pytest.raises(NotAllowedNow):
        story.rule(FIRST)
    assert len(story.work.precedents.all) == 1


def test_the_ruling_routes_the_next_such_case_and_the_case_says_so(story: Story) -> None:
    number = story.contested().case.number
    story.rule(SECOND)
    after = story.report()
    assert after.department == SECOND
    routing = after.routing
    assert routing is not None
    assert (routing.kind, routing.number, routing.by) == ("precedent", number, "operator")
    assert routing.reason == "水利站主管该河段" and routing.ruled_at is not None


def test_a_precedent_holds_in_its_area_only_and_not_for_a_department_that_is_gone(story: Story) -> None:
    story.contested()
    story.rule(SECOND)
    precedent = story.work.precedents.all[0]
    assert precedent.area == GRID[:9]
    precedent.area = "371321101"
    assert story.report().department == FIRST
    precedent.area = GRID[:9]
    del story.work.departments.known[SECOND]
    routing = story.report().routing
    assert routing is not None and routing.kind == "duty"


def test_how_wide_a_precedent_holds_is_the_plans_word() -> None:
    assert Arbitration((), "town").area(GRID) == "371321106"
    assert Arbitration((), "county").area(GRID) == "371321"
    assert Arbitration((), "town").area("371321") == "371321"


def test_a_newer_ruling_replaces_the_older(story: Story) -> None:
    story.contested()
    story.rule(SECOND)
    newer = Story.__new__(Story)
    newer.work = story.work
    newer.case = newer.report()
    newer.give_back(SECOND_HANDLER)
    newer.dispatch(FIRST)
    newer.give_back()
    newer.rule(FIRST, reason="该段已划归环保办")
    old, new = story.work.precedents.all
    assert (old.state, new.state) == ("replaced", "active")
    assert newer.case.number in old.end_reason
    assert newer.report().department == FIRST
    assert [each.state for each in old.collect()] == ["active", "replaced"]


def test_a_precedent_is_revoked_with_a_reason_by_who_may_rule(story: Story) -> None:
    story.contested()
    story.rule(SECOND)
    precedent = story.work.precedents.all[0]
    revoke = messages.RevokePrecedent(precedent_id=precedent.id, reason="裁定有误")
    for who in ("handler", "verifier", "member"):
        with pytest.raises(Forbidden):
            story.do(revoke, who)
    with pytest.raises(ReasonMissing):
        story.do(replace(revoke, reason=" "), "operator")
    with pytest.raises(PrecedentNotFound):
        story.do(replace(revoke, precedent_id="none"), "operator")
    assert story.do(revoke, "operator")["state"] == "revoked"
    assert story.report().department == FIRST
    with pytest.raises(PrecedentOver) as refusal:
        story.do(revoke, "operator")
    assert "裁定有误" in refusal.value.sentence("zh")


@pytest.mark.rule("INC-07")
def test_the_time_of_a_wrong_dispatch_counts_against_nobody_after_it(story: Story) -> None:
    story.work.now += timedelta(hours=50)  # far beyond the limit of the first department
    story.give_back()
    assert story.case.running and story.case.running.step == "dispatch"
    story.dispatch(SECOND)
    running = story.case.running
    assert running and (running.step, running.round, running.light) == ("handle", 2, "green")
    assert running.started_at == story.work.now
    story.do(messages.Accept(case_id=story.case.id), SECOND_HANDLER)
    story.do(messages.Answer(case_id=story.case.id, result="已处理"), SECOND_HANDLER)
    answered = next(each for each in story.events() if isinstance(each, messages.CaseAnswered))
    assert (answered.on_time, answered.round) == (True, 2)
    story.do(messages.Verify(case_id=story.case.id, passed=True), "verifier")
    word = messages.Evaluate(case_id=story.case.id, contacted=True, solved=True, satisfaction="satisfied")
    story.do(word, "member")
    closed = next(each for each in story.events() if isinstance(each, messages.CaseClosed))
    assert closed.on_time


def test_arbitration_has_a_clock_of_its_own(story: Story) -> None:
    story.contested()
    assert story.case.running and story.case.running.step == "rule"
