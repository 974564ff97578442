"""What a meeting decided reaches the case, and what it made a case is one (INC-10, PAT-09)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.envelope import Envelope
from services.chassis.ids import new_id
from services.chassis.personal import Seal
from services.incident import messages
from tests.contract import golden
from tests.integration.incident.conftest import GRID, HANDLER, MEMBER, County
from tests.integration.incident.test_patrol import hear

pytestmark = pytest.mark.rule("INC-10")


def told(county: County, fact: str, case_id: str, bound_to: str, **changed: Any) -> Envelope:
    """The golden event with what a seal of this county closes."""
    data = {**golden.read(f"patrol.{fact}.v1")["data"], "case_id": case_id, "decision_id": new_id(), **changed}
    words = {"words": "由环保办牵头", "name": "张主任", "roles": ["grid-leader"]}
    seal = Seal.from_file(county.service.config.field_key)
    named = {"decided": data["decision_id"], "sealed": case_id}[bound_to]
    data["sealed"] = seal.close(json.dumps(words), f"patrol.{bound_to}:{named}")
    return Envelope(
        id=new_id(), source="/wangge/371321/patrol", type=f"patrol.{fact}.v1", subject=new_id(),
        time=datetime.now(UTC), sequence=1, grid=GRID, data=data,
    )  # fmt: skip


def test_the_decision_is_on_the_case_as_line_and_as_consultation(county: County) -> None:
    replies = (messages.GivenReply("water-colour", "黄"), messages.GivenReply("smell", "否"))
    report = messages.Report(
        matter_code="06026", description="黑水", channel="grid-worker", grid_code=GRID, replies=replies
    )
    case_id = county.do(report, MEMBER)["id"]
    ask = messages.AskConsultation(case_id=case_id, reason="职责不清")
    county.service.bus.handle(ask, HANDLER, new_id())
    envelope = told(county, "meeting-decided", case_id, "decided")
    assert hear(county, envelope) and not hear(county, envelope)
    case = county.case(case_id)
    assert [(each["kind"], each["by"], each["words"]) for each in case["consultations"]] == [
        ("asked", HANDLER.name, "职责不清"), ("decided", "张主任", "由环保办牵头"),
    ]  # fmt: skip
    assert [each["action"] for each in case["history"]][-2:] == ["ask-consultation", "consult"]
    assert case["history"][-1]["reason"] == "会商(2026-11-20):由环保办牵头"
    assert case["state"] == "dispatched"


def test_what_a_meeting_made_a_case_is_filed_and_dispatched(county: County) -> None:
    case_id = new_id()
    hear(county, told(county, "case-raised", case_id, "sealed"))
    case = county.case(case_id)
    assert (case["state"], case["department"], case["channel"]) == ("dispatched", "env-office", "grid-leader")
    assert case["description"] == "会商:由环保办牵头"
    assert case["history"][0]["actor_name"] == "张主任"
    assert MEMBER.person_id != case["reporter_id"]
