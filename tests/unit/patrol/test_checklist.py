"""Numbers on a checklist: the plan's limits decide, both ends included (PAT-03)."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.patrol.errors import NumberMissing
from services.patrol.model.checklist import FINE, PROBLEM, Checklist, checklists_of
from services.registry import plan

pytestmark = pytest.mark.rule("PAT-03")


@pytest.fixture(scope="module")
def standard() -> Checklist:
    text = (Path(plan.__file__).parents[1] / "plans" / "p15.yaml").read_text("utf-8")
    return checklists_of(plan.load(text).document)["sanitation-standard"]


@pytest.mark.parametrize(
    ("item", "number", "verdict"),
    [
        ("pests/rats", 0, FINE),
        ("pests/rats", 3, FINE),
        ("pests/rats", 3.01, PROBLEM),
        ("food/poisoning", 0, FINE),
        ("food/poisoning", 1, PROBLEM),
        ("offices/windows", 0, PROBLEM),
        ("offices/windows", 1, FINE),
        ("offices/windows", 12, FINE),
    ],
)
def test_the_limits_of_p15_decide(standard: Checklist, item: str, number: float, verdict: str) -> None:
    assert standard.item(item).judge("", number) == verdict


def test_a_number_is_asked_for_where_the_plan_wants_one(standard: Checklist) -> None:
    with pytest.raises(NumberMissing):
        standard.item("pests/rats").judge("fine", None)


@given(density=st.floats(0, 100, allow_nan=False))
def test_rats_pass_up_to_three_in_a_hundred(standard: Checklist, density: float) -> None:
    assert (standard.item("pests/rats").judge("", density) == FINE) == (density <= 3)
