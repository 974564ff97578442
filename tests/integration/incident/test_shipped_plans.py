"""Every plan that ships can be worked by, also one that leaves out what the schema lets it leave out (REG-12)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.registry import plan
from tests.integration.incident.conftest import County, hear
from tests.integration.incident.test_at_once import REPORT

FOLDER = Path(plan.__file__).parents[1] / "plans"


@pytest.mark.rule("REG-12", "INC-07")
@pytest.mark.parametrize("name", ["p01", "p07", "p13", "p15"])
def test_each_matter_of_the_plan_becomes_a_case_with_the_plans_way_and_limits(county: County, name: str) -> None:
    document: dict[str, Any] = plan.load((FOLDER / f"{name}.yaml").read_text("utf-8")).document
    data = {"plan_id": name, "version": 1, "document": document}
    hear(county.service, "registry.plan-activated.v1", name, data, sequence=2)
    for matter in document["matters"]:
        case = county.case(county.do(replace(REPORT, matter_code=matter["code"], replies={}), county.member)["id"])
        assert (case["matter_code"], case["way"]) == (matter["code"], matter["way"])
        assert case["limits"] or not matter["steps"], matter["code"]
    assert county.rows("SELECT count(*) FROM deadline WHERE attempts > 0")[0][0] == 0
