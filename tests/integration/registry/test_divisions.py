"""Divisions and departments with their duties: imports and lists (REG-01, REG-08, REG-17)."""

from pathlib import Path
from typing import Any

import pytest

from services.registry import plan

from .conftest import COUNTY, DEPARTMENTS, DIVISIONS, TOWN, VILLAGES, Refused, Registry


@pytest.mark.rule("REG-01")
def test_divisions_are_listed_with_their_path(county: Registry) -> None:
    found = county.operator("ListDivisions", prefix="371321106", kind="village")
    assert [each.code for each in found.items] == list(VILLAGES)
    assert found.items[0].path_name == "沂南县 依汶镇 东村"


@pytest.mark.rule("REG-01")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("东", ["东村"]),
        ("东村", ["东村"]),
        ("依汶镇", ["依汶镇"]),
        ("汶镇依", []),
        ("西北", []),
        ("%", []),
        ("_村", []),
    ],
)
def test_divisions_are_found_by_a_character_or_words_of_their_name(
    county: Registry, text: str, names: list[str]
) -> None:
    assert [each.name for each in county.operator("ListDivisions", text=text).items] == names


def test_divisions_are_found_whatever_the_case_of_letters(registry: Registry) -> None:
    registry.operator("ImportDivisions", rows=[{**DIVISIONS[0], "name": "Abc县"}])
    assert len(registry.operator("ListDivisions", text="aBC").items) == 1


@pytest.mark.rule("REG-01", "ALL-05")
def test_bad_rows_are_named_and_nothing_is_imported(registry: Registry) -> None:
    bad = [
        {"code": "371321106204", "name": "飞村", "parent_code": COUNTY, "kind": "village"},
        {"code": "37132110", "name": "短", "parent_code": COUNTY, "kind": "town"},
        {"code": "371321107201", "name": "孤村", "parent_code": "371321107000", "kind": "village"},
        {"code": TOWN, "name": "", "parent_code": COUNTY, "kind": "village"},
    ]
    with pytest.raises(Refused) as refused:
        registry.operator("ImportDivisions", rows=[*DIVISIONS, *bad])
    number = len(DIVISIONS)
    assert refused.value.faults == {
        f"rows[{number}].parent_code": "division-not-nested",
        f"rows[{number + 1}].code": "division-code",
        f"rows[{number + 2}].parent_code": "division-parent-missing",
        f"rows[{number + 3}].code": "repeated",
        f"rows[{number + 3}].name": "name-missing",
        f"rows[{number + 3}].kind": "division-kind",
    }
    assert "371321106000" in next(f["zh"] for f in refused.value.content["faults"] if "nested" in f["code"])
    assert registry.rows("SELECT * FROM division") == []


def test_order_of_rows_does_not_matter_and_renaming_reaches_the_paths(registry: Registry) -> None:
    registry.operator("ImportDivisions", rows=DIVISIONS[::-1])
    renamed = [{**DIVISIONS[1], "name": "新镇"}, DIVISIONS[0]]
    reply = registry.operator("ImportDivisions", rows=renamed)
    assert [row.outcome for row in reply.rows] == ["changed", "unchanged"]
    found = registry.operator("ListDivisions", prefix=VILLAGES[0]).items
    assert found[0].path_name == "沂南县 新镇 东村"


@pytest.mark.rule("ALL-04")
def test_repeated_import_with_the_same_key_gives_the_first_answer(registry: Registry) -> None:
    first = registry.operator("ImportDivisions", key="k1", rows=DIVISIONS)
    again = registry.operator("ImportDivisions", key="k1", rows=DIVISIONS)
    assert first == again
    with pytest.raises(Refused) as refused:
        registry.operator("ImportDivisions", key="k1", rows=DIVISIONS[:1])
    assert refused.value.code == "idempotency-mismatch"


@pytest.mark.parametrize(
    ("method", "values"),
    [
        ("ImportDivisions", {"rows": DIVISIONS}),
        ("ImportGrids", {"rows": []}),
        ("ImportDepartments", {"rows": []}),
        ("ImportDuties", {"rows": []}),
        ("SetBoundary", {"code": "371321106000001"}),
        ("Appoint", {}),
        ("EndPost", {}),
        ("RecordStep", {}),
        ("ImportPeople", {"rows": []}),
        ("SetRoles", {}),
        ("SetActive", {}),
        ("SetPassword", {}),
        ("StorePlan", {"text": "plan:"}),
        ("ActivatePlan", {}),
        ("CheckPlan", {"text": "plan:"}),
    ],
)
@pytest.mark.rule("REG-14")
def test_only_administrators_change_the_registry(county: Registry, method: str, values: dict[str, Any]) -> None:
    member = county.with_roles("grid-member", "grid-leader", "verifier", "auditor", areas=["371321"])
    with pytest.raises(Refused) as refused:
        member(method, **values)
    assert refused.value.code == "forbidden"
    assert refused.value.content["zh"].startswith("您的岗位不能执行此操作")


@pytest.mark.rule("REG-08")
def test_duties_route_to_lead_and_co_departments(county: Registry) -> None:
    duty = {"key": "river-pollution", "name": "河道污染", "lead": "env-office", "co": ["water-station"]}
    county.operator("ImportDuties", rows=[{**duty, "grid_part": "assists"}])
    for department in ("env-office", "water-station"):
        found = county.operator("ListDuties", department=department).items
        assert [(each.key, each.lead_name, list(each.co)) for each in found] == [
            ("river-pollution", "环保办", ["water-station"])
        ]
    (event,) = county.events("duty-changed")
    assert event.data == {
        "key": "river-pollution",
        "name": "河道污染",
        "lead": "env-office",
        "co_departments": ["water-station"],
        "grid_part": "none",
    }
    (row,) = county.rows("SELECT routing_key, bcc FROM outbox WHERE type = 'registry.duty-changed.v1'")
    assert row.routing_key == "registry.duty-changed.v1.env-office.-.-.-.-"
    assert row.bcc == ["registry.duty-changed.v1.water-station.-.-.-.-"]


@pytest.mark.rule("REG-08", "ALL-05")
def test_duties_name_departments_that_exist(county: Registry) -> None:
    rows = [
        {"key": "a", "name": "甲", "lead": "nobody", "grid_part": "assists"},
        {"key": "b", "name": "乙", "lead": "env-office", "co": ["env-office", "gone"], "grid_part": "watches"},
        {"key": "B b", "name": "丙", "lead": "env-office", "grid_part": "none"},
    ]
    with pytest.raises(Refused) as refused:
        county.operator("ImportDuties", rows=rows)
    assert refused.value.faults == {
        "rows[0].lead": "not-allowed",
        "rows[1].grid_part": "not-allowed",
        "rows[1].co[0]": "repeated",
        "rows[1].co[1]": "not-allowed",
        "rows[2].key": "not-an-id",
    }


def test_departments_keep_their_sequence_and_unchanged_rows_tell_nobody(county: Registry) -> None:
    row = {"id": "env-office", "name": "环保办", "level": "town", "kind": "office", "division_code": TOWN}
    assert county.operator("ImportDepartments", rows=[row]).rows[0].outcome == "unchanged"
    reply = county.operator("ImportDepartments", rows=[{**row, "active": False}])
    assert (reply.changed, reply.rows[0].version) == (1, 2)
    events = county.events("department-changed", "env-office")
    assert [(each.sequence, each.data["active"]) for each in events] == [(1, True), (2, False)]
    assert [each.id for each in county.operator("ListDepartments", active=True).items] == ["water-station"]


def test_pages_go_on_from_the_cursor(county: Registry) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = county.operator("ListDivisions", limit=2, cursor=cursor)
        seen += [each.code for each in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == [COUNTY, TOWN, *VILLAGES]
    with pytest.raises(Refused) as refused:
        county.operator("ListDivisions", cursor="broken")
    assert refused.value.faults == {"cursor": "cursor"}


DUTY = {"key": "river-pollution", "name": "河道污染", "lead": "env-office", "grid_part": "undertakes"}
APPROVAL = {"duty": "river-pollution", "document": "沂政发〔2026〕18 号", "day": "2026-11-20", "body": "县委、县政府"}


def parts(county: Registry) -> list[str]:
    """What everybody else was told of the grid's part, one event after the other."""
    return [event.data["grid_part"] for event in county.events("duty-changed", "river-pollution")]


@pytest.mark.rule("REG-17")
def test_a_duty_joins_the_grids_list_only_by_a_recorded_approval(county: Registry) -> None:
    county.operator("ImportDuties", rows=[DUTY])
    (found,) = county.operator("ListDuties").items
    assert (found.grid_part, found.pending_part, found.HasField("approval")) == ("none", "undertakes", False)
    leader = county.with_roles("county-leader")
    leader("ApproveDuty", **APPROVAL, if_match=1)
    (found,) = county.operator("ListDuties").items
    assert (found.grid_part, found.pending_part) == ("undertakes", "")
    assert (found.approval.document, found.approval.body) == (APPROVAL["document"], APPROVAL["body"])
    county.operator("ImportDuties", rows=[{**DUTY, "name": "河道、沟渠污染"}])
    assert parts(county) == ["none", "undertakes", "undertakes"], "another name needs no other approval"
    county.operator("ImportDuties", rows=[{**DUTY, "grid_part": "assists"}])
    assert parts(county)[-1] == "none", "another part does"
    assert county.operator("ListDuties").items[0].pending_part == "assists"


@pytest.mark.rule("REG-17")
def test_what_the_plan_in_force_says_is_approved_by_it(county: Registry) -> None:
    text = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
    document = plan.load(text).document
    duty = next(each for each in document["duties"] if each["grid"] != "none")
    county.operator("ImportDepartments", rows=[{**DEPARTMENTS[0], "id": duty["lead"]}])
    row = {"key": duty["id"], "name": duty["name"], "lead": duty["lead"]}
    county.operator("ImportDuties", rows=[{**row, "grid_part": duty["grid"]}])
    assert county.operator("ListDuties").items[0].pending_part == duty["grid"]
    county.operator("StorePlan", text=text)
    county.operator("ActivatePlan", plan_id=document["plan"]["id"], version=document["plan"]["version"])
    found = county.operator("ListDuties").items[0]
    assert (found.grid_part, found.approval.source) == (duty["grid"], "plan")
    other = next(part for part in ("undertakes", "assists") if part != duty["grid"])
    county.operator("ImportDuties", rows=[{**row, "grid_part": other}])
    assert county.operator("ListDuties").items[0].pending_part == other
    county.operator("ImportDuties", rows=[{**row, "grid_part": duty["grid"]}])
    assert county.operator("ListDuties").items[0].pending_part == ""


@pytest.mark.rule("REG-17", "ALL-05")
@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"duty": "no-such-duty"}, "not-found", None),
        ({"document": " "}, "value-refused", "document"),
        ({"body": "机" * 121}, "value-refused", "body"),
        ({"day": "2026-11-24"}, "value-refused", "day"),
        ({"day": "上周"}, "value-refused", "day"),
        ({"files": ["x"] * 10}, "value-refused", "files"),
        ({"if_match": 7}, "stale-version", None),
    ],
)
def test_an_approval_that_cannot_be_is_refused(
    county: Registry, changed: dict[str, Any], code: str, path: str | None
) -> None:
    county.operator("ImportDuties", rows=[DUTY])
    with pytest.raises(Refused) as refused:
        county.operator("ApproveDuty", **{**APPROVAL, **changed})
    assert (refused.value.code, next(iter(refused.value.faults), None)) == (code, path)
    assert parts(county) == ["none"]


@pytest.mark.rule("REG-17")
def test_nobody_else_approves_and_nothing_is_approved_without_a_part(county: Registry) -> None:
    county.operator("ImportDuties", rows=[{**DUTY, "grid_part": "none"}])
    for caller, code in ((county.with_roles("grid-leader"), "forbidden"), (county.operator, "nothing-to-approve")):
        with pytest.raises(Refused) as refused:
            caller("ApproveDuty", **APPROVAL)
        assert refused.value.code == code
