"""A case that nobody could settle goes on the agenda; what the meeting decides stays on it (INC-10)."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from services.chassis.auth import PLATFORM
from services.chassis.errors import Forbidden, NotAllowedNow
from services.incident import messages
from services.incident.errors import ConsultationMissing, OnTheAgenda, ReasonMissing
from services.incident.model.rights import may
from tests.unit.incident.fakes import PEOPLE
from tests.unit.incident.test_climbing import HEARD, Story

pytestmark = pytest.mark.rule("INC-10")
WHY = "三家单位都说不归自己管"


def ask(story: Story, who: str = "leader", why: str = WHY) -> dict[str, Any]:
    return story.do(messages.AskConsultation(case_id=story.case.id, reason=why), who)


def decide(story: Story, meeting: str = "会商", number: int = 1) -> None:
    """What the patrol service tells of a decision on the case."""
    told = json.dumps({"words": "由环保办牵头", "name": "张主任"})
    decision_id = f"d{number}"
    sealed = story.work.seal.close(told, f"patrol.decided:{decision_id}")
    at = story.work.now = story.work.now + timedelta(minutes=1)
    story.do(
        messages.MeetingDecided(
            meeting_id="m1", decision_id=decision_id, case_id=story.case.id, title=meeting, day=date(2026, 11, 27),
            sealed=sealed, decided_by="chair", at=at,
        ),
        PLATFORM,
    )  # fmt: skip


def test_a_holder_puts_it_on_the_agenda_once_with_a_reason() -> None:
    story = Story()
    with pytest.raises(ReasonMissing):
        ask(story, why="  ")
    state, limit = story.case.state, story.case.running
    ask(story)
    assert (story.case.state, story.case.running) == (state, limit)
    assert "ask-consultation" not in may(story.case, PEOPLE["leader"])
    with pytest.raises(OnTheAgenda):
        ask(story)
    told = [each for each in story.case.collect() if isinstance(each, messages.ConsultationAsked)]
    assert len(told) == 1
    decide(story)
    assert "ask-consultation" in may(story.case, PEOPLE["leader"])


def test_who_does_not_hold_it_and_a_case_that_is_over_are_refused() -> None:
    story = Story()
    for who in ("citizen", "verifier", "handler"):
        with pytest.raises(Forbidden):
            ask(story, who)
    story.accept("member")
    story.do(messages.Answer(case_id=story.case.id, result="已清理"), "member")
    with pytest.raises(NotAllowedNow):
        ask(story)


def test_the_decision_is_a_line_of_the_cases_history_once() -> None:
    story = Story()
    ask(story)
    state = story.case.state
    decide(story)
    decide(story)
    lines = [each for each in story.case.new_changes if each.action == "consult"]
    assert [(each.reason, each.about, each.to_state) for each in lines] == [
        ("会商(2026-11-27):由环保办牵头", ("m1",), state)
    ]
    told = [each for each in story.case.collect() if isinstance(each, messages.CaseConsulted)]
    assert [(each.title, each.decision_id) for each in told] == [("会商", "d1")]
    assert [(each.kind, each.by) for each in story.case.consultations] == [("asked", "leader"), ("decided", "张主任")]


def test_a_case_that_ended_meanwhile_keeps_the_decision_and_stays_ended() -> None:
    story = Story()
    story.case.state = "declined"
    decide(story)
    assert story.case.state == "declined"
    assert story.case.new_changes[-1].action == "consult"


@pytest.mark.rule("INC-06")
def test_what_the_meeting_decided_is_what_the_next_climb_needs() -> None:
    story = Story()
    story.call("leader")
    with pytest.raises(ConsultationMissing):
        story.call("area-leader")
    decide(story, meeting="半月研判会", number=7)
    with pytest.raises(ConsultationMissing):
        story.call("area-leader")
    decide(story)
    story.call("area-leader")
    assert story.case.climbs[-1].consultation == "会商(2026-11-27):由环保办牵头"
    with pytest.raises(ConsultationMissing):
        story.call("head")  # it consulted about the level below, not about this one
    story.call("head", consultation=HEARD)
    assert story.case.climbs[-1].consultation == HEARD
