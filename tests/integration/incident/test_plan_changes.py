"""A new plan comes while cases are open (REG-12): they go on, whatever it drops."""

from typing import Any

import pytest

from services.incident import messages
from services.incident.errors import MatterUnknown
from tests.integration.incident.conftest import County, hear
from tests.integration.incident.test_at_once import REPORT


def activate(county: County, document: dict[str, Any], sequence: int = 2) -> None:
    data = {"plan_id": "p02", "version": sequence, "document": document}
    hear(county.service, "registry.plan-activated.v1", f"p02-{sequence}", data, sequence=sequence)


def without(document: dict[str, Any], code: str) -> dict[str, Any]:
    return {**document, "matters": [each for each in document["matters"] if each["code"] != code]}


@pytest.mark.rule("REG-12")
def test_an_open_case_goes_on_when_its_matter_leaves_the_plan(county: County, plan_document: dict[str, Any]) -> None:
    case_id = county.do(REPORT, county.member)["id"]
    activate(county, without(plan_document, "06026"))
    with pytest.raises(MatterUnknown):
        county.do(REPORT, county.member)
    county.clock.advance(days=30)
    county.service.bus.sweep()
    assert county.rows("SELECT count(*) FROM deadline WHERE attempts > 0")[0][0] == 0
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="已封堵"), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    word = messages.Evaluate(case_id=case_id, contacted=True, solved=True, satisfaction="satisfied")
    assert county.do(word, county.member)["state"] == "closed"


@pytest.mark.rule("REG-12")
def test_limits_of_a_new_plan_hold_for_steps_that_begin_after_it(county: County, plan_document: dict[str, Any]) -> None:
    case_id = county.do(REPORT, county.member)["id"]
    before = county.case(case_id)["limits"][-1]
    activate(county, without(plan_document, "06026"))
    county.do(messages.Accept(case_id=case_id), county.handler)
    assert county.case(case_id)["limits"][-1]["due_at"] == before["due_at"]
