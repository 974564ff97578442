"""Inspections by a superior: drawn so that they can be drawn again, corrections with dates (PAT-13, P3)."""

import copy
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.chassis.errors import WanggeError
from services.patrol.messages import inspections as asked
from services.patrol.messages.tasks import GivenPoint
from services.patrol.queries.inspections import CorrectionFilter, InspectionFilter, TargetFilter
from tests.integration.patrol.conftest import (
    GRID,
    LEADER,
    MEMBER,
    NEIGHBOUR,
    OPERATOR,
    STRANGER,
    TOWN,
    WORK_AREA,
    County,
    person,
)
from tests.integration.patrol.test_places import FACTORY, SHOP, tell

pytestmark = pytest.mark.rule("PAT-13")

SECRETARY = person("town-leader", "grid-leader", areas=("371321106",))
RULES = [
    {"id": "spot-check", "name": "随机抽查", "kind": "random", "by": "town-leader", "ratio": 0.5,
     "checklist": "sanitation", "correct_within": {"amount": 3, "unit": "working-days"}},
    {"id": "key", "name": "重点督查", "kind": "key-points", "by": "town-leader", "rule": "FREQ=MONTHLY;BYMONTHDAY=20"},
    {"id": "campaign", "name": "阶段集中督查", "kind": "concentrated", "by": "town-leader", "checklist": "sanitation"},
    {"id": "open-ratio", "name": "不定期抽查", "kind": "random", "by": "discipline-inspector"},
]  # fmt: skip
SANITATION = {
    "id": "sanitation", "name": "卫生标准",
    "classes": [{"id": "pests", "name": "除四害", "items": [
        {"id": "rats", "name": "鼠密度", "answer": "number", "unit": "%", "passes": {"from": 0, "to": 3},
         "matter": "X1402"},
        {"id": "breeding", "name": "蚊蝇孳生地"},
    ]}],
}  # fmt: skip


@pytest.fixture
def town(county: County, plan_document: dict[str, Any]) -> County:
    document = copy.deepcopy(plan_document)
    document["inspections"] = RULES
    document["checklists"].append(SANITATION)
    county.activate(document, version=2)
    county.appoint(SECRETARY, "leader", TOWN)
    for number in range(3, 7):
        county.grid(f"37132110624500{number}", 3, TOWN, WORK_AREA)
    tell(county, FACTORY, "D", 1)
    tell(county, SHOP, "A", 1, NEIGHBOUR)
    return county


def begin(county: County, rule: str = "spot-check", who: Any = SECRETARY, **more: Any) -> str:
    given = {"grid": TOWN, "of": "grids", "chosen": (), "ratio": None, "since": "", "until": ""}
    return county.service.bus.handle(asked.BeginInspection(rule=rule, **{**given, **more}), who)["id"]


def answer(item: str, **more: Any) -> asked.GivenAnswer:
    given = {"answer": "fine", "number": None, "words": "", "matter_code": None, "point": None, "attachments": ()}
    return asked.GivenAnswer(item=item, **{**given, **more})


def record(
    county: County, inspection: str, target: str, *answers: asked.GivenAnswer, who: Any = SECRETARY, **more: Any
) -> dict[str, Any]:
    given = {"inspection_id": inspection, "target_id": target, "answers": answers, "rest": "fine", **more}
    return county.service.bus.handle(asked.RecordResult(**given), who)


def targets(county: County, inspection: str, **more: Any) -> list[dict[str, Any]]:
    found = county.service.inspections.targets(TargetFilter(inspection, **more), SECRETARY)
    return found["items"]


def corrections(county: County, who: Any = SECRETARY, **more: Any) -> list[dict[str, Any]]:
    return county.service.inspections.corrections(CorrectionFilter(**more), who)["items"]


def refused(county: County, call: Any) -> tuple[str, str]:
    with pytest.raises(WanggeError) as refusal:
        call()
    faults = refusal.value.faults
    return refusal.value.code, faults[0].path if faults else ""


def test_lots_are_drawn_by_the_plans_ratio_and_drawn_again_they_are_the_same(town: County) -> None:
    made = begin(town)
    draw = town.service.inspections.draw(made, SECRETARY)
    assert len(draw["population"]) == 6 and len(draw["drawn"]) == 3 and draw["same"]
    assert len(draw["seed"]) == 32 and len(draw["population_digest"]) == 64
    assert [each["id"] for each in targets(town, made)] == list(draw["drawn"])
    town.grid(GRID, 3, TOWN, WORK_AREA, active=False, sequence=2)  # what changes later changes no draw
    assert town.service.inspections.draw(made, SECRETARY) == draw
    others = {tuple(each["id"] for each in targets(town, begin(town))) for _ in range(8)}
    assert len(others) > 1


def test_key_points_are_those_that_are_named_or_the_key_list_and_a_campaign_looks_at_all(town: County) -> None:
    chosen = begin(town, "key", chosen=(NEIGHBOUR,))
    assert [each["id"] for each in targets(town, chosen)] == [NEIGHBOUR]
    assert [each["id"] for each in targets(town, begin(town, "key", of="key-places"))] == [FACTORY]
    assert len(targets(town, begin(town, "campaign"))) == 6
    assert {each["kind"] for each in targets(town, begin(town, "campaign", of="places"))} == {"place"}
    assert refused(town, lambda: begin(town, "key", chosen=("371321106245099",))) == ("target-unknown", "target_id")


def test_records_of_patrols_can_be_drawn_as_well(town: County) -> None:
    done = town.daily()
    town.sync(town.entry(done))
    made = begin(town, of="tasks", since="2026-11-20")
    assert [(each["id"], each["kind"], each["grid"]) for each in targets(town, made)] == [(done["id"], "task", GRID)]
    assert (
        refused(town, lambda: begin(town, of="tasks", since="2026-11-01", until="2026-11-20"))[0]
        == "nothing-to-inspect"
    )


@pytest.mark.rule("PAT-03")
def test_a_problem_becomes_a_case_and_is_to_be_put_right_by_the_plans_date(town: County) -> None:
    made = begin(town, "campaign", of="places")
    town_check = begin(town, "spot-check", of="places")
    (drawn,) = targets(town, town_check)
    rats = answer("pests/rats", number=5.0, words="粮库附近")
    record(town, town_check, drawn["id"], rats)
    (told,) = town.events("problem-found")
    assert (told["data"]["title"], told["data"]["lon"]) == (f"随机抽查·{drawn['name']}·除四害·鼠密度", 118.4)
    assert told["grid"] == drawn["grid"] and "粮库" not in str(told)
    (wrong,) = corrections(town)
    assert (wrong["due_on"].isoformat(), wrong["state"], wrong["case_id"]) == (
        "2026-11-25",
        "open",
        told["data"]["case_id"],
    )
    town.clock.advance(days=3)
    assert [each["state"] for each in corrections(town)] == ["overdue"]
    done = asked.RecordCorrection(correction_id=wrong["id"], words="已投放灭鼠毒饵站")
    assert refused(town, lambda: town.service.bus.handle(done, MEMBER))[0] == "correction-not-found"
    local = LEADER if drawn["grid"] == GRID else person("neighbour", "grid-leader", areas=(NEIGHBOUR,))
    assert [each["id"] for each in corrections(town, local)] == [wrong["id"]]
    town.service.bus.handle(done, local)
    assert [(each["state"], each["words"]) for each in corrections(town)] == [("done", "已投放灭鼠毒饵站")]
    assert refused(town, lambda: town.service.bus.handle(done, local))[0] == "correction-done"
    shown = town.service.inspections.inspection(town_check, SECRETARY)
    assert [shown[name] for name in ("targets", "inspected", "corrections", "corrected", "overdue")] == [1, 1, 1, 1, 0]
    assert town.service.inspections.inspection(made, SECRETARY)["corrections"] == 0


@pytest.mark.rule("PAT-03")
@pytest.mark.parametrize(("percent", "problems"), [(0.0, 0), (3.0, 0), (3.01, 1), (-0.5, 1)])
def test_a_rat_density_of_three_percent_or_less_passes(town: County, percent: float, problems: int) -> None:
    made = begin(town, "campaign")
    record(town, made, GRID, answer("pests/rats", number=percent))
    assert next(each for each in targets(town, made, inspected=True))["problems"] == problems


def test_the_same_result_twice_is_known_and_another_is_refused(town: County) -> None:
    made = begin(town, "campaign")
    rats = answer("pests/rats", number=5.0)

    def send(_: int) -> int:
        return record(town, made, GRID, rats)["version"]

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {2}
    assert len(town.events("problem-found")) == 1 and len(corrections(town)) == 1
    assert corrections(town)[0]["due_on"] is None
    assert refused(town, lambda: record(town, made, GRID))[0] == "target-inspected"


def test_it_is_over_when_all_was_looked_at_or_somebody_says_why_not(town: County) -> None:
    made = begin(town, "key", chosen=(GRID, NEIGHBOUR))
    record(town, made, GRID)
    end = asked.FinishInspection(inspection_id=made, gaps="")
    assert refused(town, lambda: town.service.bus.handle(end, SECRETARY)) == ("targets-left", "gaps")
    told = asked.FinishInspection(inspection_id=made, gaps="暴雪封路", expected_version=2)
    assert town.service.bus.handle(told, SECRETARY)["state"] == "finished"
    assert refused(town, lambda: record(town, made, NEIGHBOUR))[0] == "inspection-over"
    assert refused(town, lambda: town.service.bus.handle(told, SECRETARY))[0] == "stale-version"


@pytest.mark.rule("ALL-05")
def test_what_is_wrong_is_named(town: County) -> None:
    made = begin(town, "campaign")
    wrong = {
        ("inspection-unknown", "rule"): lambda: begin(town, "surprise"),
        ("nothing-to-inspect", "grid"): lambda: begin(town, of="tasks"),
        ("item-unknown", "item"): lambda: record(town, made, GRID, answer("pests/cats")),
        ("number-missing", "number"): lambda: record(town, made, GRID, answer("pests/rats")),
        ("matter-missing", "matter_code"): lambda: record(town, made, GRID, answer("pests/breeding", answer="problem")),
        ("matter-unknown", "matter_code"): lambda: record(
            town, made, GRID, answer("pests/breeding", answer="problem", matter_code="X9999")
        ),
        ("rest-wrong", "rest"): lambda: record(town, made, GRID, rest="whatever"),
        ("target-unknown", "target_id"): lambda: record(town, made, "371321106245099"),
    }
    for expected, call in wrong.items():
        assert refused(town, call) == expected
    assert town.service.inspections.inspection(made, SECRETARY)["version"] == 1
    assert not town.events("problem-found")


@pytest.mark.rule("REG-14")
def test_who_is_not_the_plans_inspector_begins_records_and_sees_nothing(town: County) -> None:
    for who in (MEMBER, LEADER, OPERATOR):
        assert refused(town, lambda who=who: begin(town, who=who))[0] == "not-the-inspector"
    made = begin(town, "campaign")
    assert refused(town, lambda: record(town, made, GRID, who=STRANGER))[0] == "inspection-not-found"
    assert refused(town, lambda: record(town, made, GRID, who=OPERATOR))[0] == "not-the-inspector"
    listed = town.service.inspections.inspections
    assert [each["id"] for each in listed(InspectionFilter(), OPERATOR)["items"]] == [made]
    for who in (MEMBER, STRANGER, person("elsewhere", "county-leader", areas=("371322",))):
        assert not listed(InspectionFilter(), who)["items"]
        assert refused(town, lambda who=who: town.service.inspections.draw(made, who))[0] == "inspection-not-found"


def test_an_office_that_is_no_grids_post_inspects_in_its_areas_and_says_how_much(town: County) -> None:
    discipline = person("discipline", "discipline-inspector", areas=("371321106",))
    assert refused(town, lambda: begin(town, "open-ratio", discipline)) == ("ratio-missing", "ratio")
    made = begin(town, "open-ratio", discipline, ratio=0.2)
    assert town.service.inspections.inspection(made, discipline)["targets"] == 2
    elsewhere = person("discipline", "discipline-inspector", areas=("371321107",))
    assert refused(town, lambda: begin(town, "open-ratio", elsewhere, ratio=0.2))[0] == "not-the-inspector"


def test_an_inspection_that_the_plan_wanted_and_nobody_began_is_told_until_somebody_does(town: County) -> None:
    def owed() -> str | None:
        return next(each["due_since"] for each in town.service.inspections.rules()["items"] if each["id"] == "key")

    town.clock.advance(days=32)  # 25 December, after the 20th
    assert owed() == "2026-12-20"
    begin(town, "key", chosen=(GRID,))
    assert owed() is None
    town.clock.advance(days=31)
    assert owed() == "2027-01-20"


def test_what_the_plan_has_is_told_with_its_next_day_and_lists_come_by_pages(town: County) -> None:
    rules = {each["id"]: each for each in town.service.inspections.rules()["items"]}
    assert (rules["key"]["next_on"], rules["spot-check"]["correct_within"]) == ("2026-12-20", "3 个工作日")
    made = [begin(town, "campaign") for _ in range(3)]
    listed = town.service.inspections.inspections
    first = listed(InspectionFilter(limit=2), SECRETARY)
    rest = listed(InspectionFilter(cursor=first["next_cursor"]), SECRETARY)
    assert [each["id"] for each in (*first["items"], *rest["items"])] == made[::-1]
    some = town.service.inspections.targets(TargetFilter(made[0], limit=4), SECRETARY)
    more = town.service.inspections.targets(TargetFilter(made[0], cursor=some["next_cursor"]), SECRETARY)
    assert (len(some["items"]), len(more["items"])) == (4, 2)
    record(town, made[0], GRID, answer("pests/rats", number=9.0, point=GivenPoint(118.0, 35.0)))
    assert corrections(town, inspection_id=made[0], state="open") and not corrections(town, state="overdue")
    assert not corrections(town, inspection_id="nonsense") and not corrections(town, prefix="371322")
