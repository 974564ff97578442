"""What a level cannot settle goes up and may come down again: 村呼镇应、镇呼县应 (INC-06)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.chassis.auth import PLATFORM
from services.chassis.errors import Forbidden
from services.chassis.messages import DeadlinePassed
from services.incident import messages
from services.incident.errors import ConsultationMissing, NobodyAbove, NobodyBelow, ReasonMissing
from services.incident.handlers import HANDLERS
from services.incident.model.case import Case
from services.incident.model.rights import may
from services.incident.repository.ladder import ladder_of
from tests.unit.incident.fakes import AREA, GRID, INSIDE, LADDER, MATTER, PEOPLE, FakeWork

pytestmark = pytest.mark.rule("INC-06")

HEARD = "周例会 11 月 20 日:镇级无力解决,报县"


class Story:
    """One case of the village grid and who does what to it."""

    def __init__(self, way: str = "coordinated") -> None:
        self.work = FakeWork()
        report = messages.Report(
            matter_code=MATTER.code, description="黑水", channel="grid-worker", point=INSIDE, way=way
        )
        self.case: Case = self.work.cases.get(self.do(report, "member")["id"])

    def do(self, command: Any, who: Any) -> dict[str, Any]:
        caller = PEOPLE[who] if isinstance(who, str) else who
        return HANDLERS[type(command)](command, self.work.by(caller)) or {}

    def call(self, who: str, reason: str = "本级无力处置", consultation: str = "") -> dict[str, Any]:
        return self.do(messages.Escalate(case_id=self.case.id, reason=reason, consultation=consultation), who)

    def send_down(self, who: str, reason: str = "可在本级解决") -> dict[str, Any]:
        return self.do(messages.SendDown(case_id=self.case.id, reason=reason), who)

    def accept(self, who: str) -> dict[str, Any]:
        return self.do(messages.Accept(case_id=self.case.id), who)

    def to_town(self) -> "Story":
        self.call("leader")
        self.call("area-leader", consultation=HEARD)
        return self

    def to_county(self) -> "Story":
        self.to_town().call("head", consultation=HEARD)
        return self

    @property
    def path(self) -> list[tuple[str, str, str]]:
        return [(each.action, each.from_level, each.to_level) for each in self.case.climbs]


def test_from_the_village_by_work_area_and_town_to_the_county() -> None:
    story = Story()
    assert (story.case.standing.level, story.case.department, story.case.held_at) == ("3", None, GRID)
    story.call("leader")
    assert (story.case.standing.level, story.case.department, story.case.held_at) == ("2", None, AREA)
    story.call("area-leader", consultation=HEARD)
    assert (story.case.standing.level, story.case.department) == ("1", "env-office")
    assert story.case.co_departments == ("water-station",)
    assert story.case.routing and story.case.routing.kind == "duty"
    story.call("head", consultation=HEARD)
    assert (story.case.standing.level, story.case.department) == ("county", "county-ecology")
    assert story.path == [("escalate", "3", "2"), ("escalate", "2", "1"), ("escalate", "1", "county")]
    first, last = story.case.climbs[0], story.case.climbs[-1]
    assert (first.by, first.reason, first.from_title, first.to_title) == (
        "leader",
        "本级无力处置",
        "村级网格",
        "工作区网格",
    )
    assert (last.from_holder, last.to_holder, last.consultation) == ("env-office", "county-ecology", HEARD)
    assert story.accept("county-head")["state"] == "handling"


def test_who_holds_it_now_acts_and_who_called_does_not() -> None:
    story = Story()
    story.call("leader")
    assert "accept" in may(story.case, PEOPLE["area-leader"])
    for who in ("leader", "member"):
        assert not {"accept", "escalate", "send-down"} & set(may(story.case, PEOPLE[who]))
    with pytest.raises(Forbidden):
        story.accept("leader")


@pytest.mark.parametrize("who", ["member", "neighbour", "operator", "handler", "county-head", "citizen", "auditor"])
def test_only_a_post_that_may_call_and_holds_the_case_calls(who: str) -> None:
    with pytest.raises(Forbidden):
        Story().call(who)


def test_a_departments_handler_does_not_call_but_its_head_does() -> None:
    story = Story("dispatched")
    with pytest.raises(Forbidden):
        story.call("handler", consultation=HEARD)
    assert story.call("head", consultation=HEARD)["state"] == "dispatched"


def test_a_call_needs_a_reason_and_where_the_plan_says_so_a_consultation() -> None:
    story = Story()
    with pytest.raises(ReasonMissing):
        story.call("leader", reason=" ")
    story.call("leader")
    with pytest.raises(ConsultationMissing) as refusal:
        story.call("area-leader")
    assert "会商" in refusal.value.sentence("zh")
    assert [fault.path for fault in refusal.value.faults] == ["consultation"]
    assert story.path == [("escalate", "3", "2")]


def test_above_the_county_is_nobody_and_below_the_first_seat_neither() -> None:
    story = Story()
    with pytest.raises(NobodyBelow):
        story.send_down("leader")
    story.to_county()
    assert "escalate" not in may(story.case, PEOPLE["county-head"])
    with pytest.raises(NobodyAbove):
        story.call("county-head", consultation=HEARD)


def test_where_the_level_above_has_nobody_the_call_is_refused() -> None:
    story = Story("dispatched")
    del story.work.departments.known["county-ecology"]
    with pytest.raises(NobodyAbove):
        story.call("head", consultation=HEARD)
    with pytest.raises(Forbidden):
        story.call("member", consultation=HEARD)
    assert story.case.climbs == ()


def test_a_level_without_a_grid_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    monkeypatch.setattr(type(story.work.grids), "above", lambda *_: None)
    story.call("leader")
    assert (story.case.standing.level, story.case.department) == ("1", "env-office")


def test_sent_down_it_is_where_it_was_with_a_limit_of_its_own() -> None:
    story = Story().to_county()
    with pytest.raises(ReasonMissing):
        story.send_down("county-head", reason="")
    story.send_down("county-head")
    assert (story.case.department, story.case.co_departments) == ("env-office", ("water-station",))
    story.send_down("head")
    assert (story.case.department, story.case.held_at, story.case.standing.level) == (None, AREA, "2")
    story.send_down("area-leader")
    assert (story.case.held_at, story.case.standing.below) == (GRID, ())
    assert [each.action for each in story.case.climbs] == ["escalate"] * 3 + ["send-down"] * 3
    running = story.case.running
    assert running and (running.step, running.started_at) == ("handle", story.work.now)
    assert "escalate" in may(story.case, PEOPLE["leader"])


def test_who_led_below_does_not_verify_what_the_county_did() -> None:
    story = Story().to_county()
    story.accept("county-head")
    story.do(messages.Answer(case_id=story.case.id, result="已处置"), "county-head")
    assert "pass" not in may(story.case, PEOPLE["own-verifier"])
    assert "pass" in may(story.case, PEOPLE["verifier"])


@pytest.mark.rule("INC-07")
def test_a_case_climbs_by_itself_right_after_its_limit_where_the_plan_says_so() -> None:
    story = Story()
    limit = story.case.running
    assert limit is not None and story.case.climbs_at == limit.due_at + timedelta(microseconds=1)
    passed = DeadlinePassed(subject=story.case.id, kind="handle:climb", due_at=limit.due_at)
    story.do(passed, PLATFORM)
    assert story.case.climbs == (), "not before the limit has passed"
    story.work.now = limit.due_at
    story.do(passed, PLATFORM)
    climb = story.case.climbs[0]
    assert (climb.automatic, climb.by, climb.to_level, story.case.held_at) == (True, "平台", "2", AREA)
    assert story.case.running and story.case.running.started_at == story.work.now
    story.do(passed, PLATFORM)
    assert len(story.case.climbs) == 1
    story.work.now += timedelta(hours=20)
    story.do(passed, PLATFORM)
    assert story.case.department == "env-office"
    assert story.case.climbs_at is None, "from the town on only people call"


def test_a_late_case_with_nobody_above_stays_and_tries_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    story.work.plan.duty = None
    story.work.departments.known.clear()
    monkeypatch.setattr(type(story.work.grids), "above", lambda *_: None)
    story.work.now += timedelta(hours=50)
    story.do(DeadlinePassed(subject=story.case.id, kind="handle:climb", due_at=story.work.now), PLATFORM)
    assert (story.case.climbs, story.case.climbs_at, story.case.state) == ((), None, "dispatched")


def test_a_wrong_dispatch_that_climbed_is_returned_to_the_centre() -> None:
    story = Story().to_town()
    story.do(messages.Return(case_id=story.case.id, reason="不属我办职责"), "handler")
    assert (story.case.state, story.case.standing.below, story.case.held_at) == ("filed", (), GRID)


def test_events_tell_the_new_holder_and_the_old() -> None:
    story = Story().to_county()
    up = [each for each in story.case.collect() if isinstance(each, messages.CaseEscalated)]
    assert [(each.from_level, each.to_level, each.department) for each in up] == [
        ("3", "2", None),
        ("2", "1", "env-office"),
        ("1", "county", "county-ecology"),
    ]
    assert up[-1].concerned == ("env-office", "water-station") and up[-1].due_at is not None


def test_the_ladder_is_the_plans() -> None:
    section = {
        "levels": [
            {"level": 1, "name": "镇级网格", "covers": "town"},
            {"level": 2, "name": "工作区网格", "covers": "work-area"},
            {"level": 2, "name": "企业网格", "covers": "enterprise"},
            {"level": 3, "name": "村级网格", "covers": "natural-village"},
        ],
        "posts": [
            {"role": "grid-leader", "may": ["call-upper-level"]},
            {"role": "department-head", "may": ["call-upper-level"]},
            {"role": "grid-member", "may": ["settle-on-the-spot"]},
        ],
        "meetings": [{"id": "consultation", "name": "会商"}],
        "escalation": [
            {"from": 3, "to": 2, "after": ["handle-limit", "on-request"]},
            {"from": 2, "to": 1, "after": ["handle-limit", "on-request"], "needs": "consultation"},
            {"from": 1, "to": "county", "after": ["consultation"], "holder": "county-ecology"},
        ],
    }
    assert ladder_of(section) == replace(LADDER, titles={**LADDER.titles, "city": "市"})
    nothing_said = ladder_of({})
    assert nothing_said.standing(nothing_said.seat("3")).up == ""
