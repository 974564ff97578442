"""The plan: checked, stored, activated, announced, compared (REG-12, INC-04)."""

from pathlib import Path

import pytest

from services.registry import plan

from .conftest import Appoint, Refused, Registry

P02 = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
LOADED = plan.load(P02)
ID, VERSION = LOADED.id, LOADED.version
NEXT = P02.replace(f"version: {VERSION}", f"version: {VERSION + 1}", 1)
TODAY = "2026-11-23"


@pytest.mark.rule("REG-12")
def test_activated_plan_is_announced_whole(county: Registry) -> None:
    leader = county.with_roles("county-leader")
    stored = leader("StorePlan", text=P02)
    assert (stored.id, stored.version) == (ID, VERSION)
    assert leader("ListPlans").items[0].state == "draft"
    leader("ActivatePlan", plan_id=ID, version=VERSION, effective=TODAY)
    (event,) = county.events("plan-activated")
    assert (event.subject, event.sequence) == (ID, 1)
    assert event.data["document"] == LOADED.document
    assert {name: event.data[name] for name in ("plan_id", "version", "effective", "digest")} == {
        "plan_id": ID,
        "version": VERSION,
        "effective": TODAY,
        "digest": LOADED.digest,
    }
    line = leader("ListPlans").items[0]
    assert (line.state, line.effective, line.title) == ("in-force", TODAY, LOADED.document["plan"]["title"])


@pytest.mark.rule("REG-12", "ALL-05")
def test_plan_with_errors_is_refused_line_by_line(county: Registry) -> None:
    bad = P02.replace("levels:", "levles:", 1)
    line = bad[: bad.index("levles:")].count("\n") + 1
    report = county.operator("CheckPlan", text=bad)
    assert not report.valid
    assert line in [issue.line for issue in report.issues if issue.code == "unknown-key"]
    with pytest.raises(Refused) as refused:
        county.operator("StorePlan", text=bad)
    assert refused.value.code == "plan-refused"
    assert any(f"第 {line} 行" in fault["zh"] for fault in refused.value.content["faults"])
    assert county.rows("SELECT * FROM plan_version") == []


def test_good_plan_is_reported_with_its_digest(county: Registry) -> None:
    report = county.operator("CheckPlan", text=P02)
    assert report.valid
    assert (report.plan_id, report.version, report.digest) == (ID, VERSION, LOADED.digest)
    assert [issue for issue in report.issues if issue.severity == "error"] == []


@pytest.mark.rule("REG-12")
def test_activated_version_is_frozen_and_a_draft_is_not(county: Registry) -> None:
    county.operator("StorePlan", text=P02)
    title = str(LOADED.document["plan"]["title"])
    changed = P02.replace(title, title + "(修订)", 1)
    county.operator("StorePlan", text=changed)
    county.operator("StorePlan", text=P02)
    county.operator("ActivatePlan", plan_id=ID, version=VERSION, effective=TODAY)
    county.operator("StorePlan", text=P02)
    with pytest.raises(Refused) as refused:
        county.operator("StorePlan", text=changed)
    assert refused.value.code == "plan-frozen"


@pytest.mark.rule("REG-12")
def test_plan_holds_from_its_day_and_the_old_one_until_then(county: Registry) -> None:
    for text in (P02, NEXT):
        county.operator("StorePlan", text=text)
    county.operator("ActivatePlan", plan_id=ID, version=VERSION, effective=TODAY)
    county.operator("ActivatePlan", plan_id=ID, version=VERSION + 1, effective="2026-12-01")
    assert county.operator("GetPlan").plan.version == VERSION
    county.clock.advance(days=10)
    assert county.operator("GetPlan").plan.version == VERSION + 1
    assert [line.state for line in county.operator("ListPlans").items] == ["activated", "in-force"]
    assert [each.version for each in county.operator("ListPlans", state="in-force").items] == [VERSION + 1]
    assert [each.sequence for each in county.events("plan-activated")] == [1, 2]


def test_activation_is_refused_for_past_days_and_unknown_versions(county: Registry) -> None:
    county.operator("StorePlan", text=P02)
    with pytest.raises(Refused) as refused:
        county.operator("ActivatePlan", plan_id=ID, version=VERSION, effective="2026-11-22")
    assert refused.value.faults == {"effective": "in-the-past"}
    with pytest.raises(Refused) as refused:
        county.operator("ActivatePlan", plan_id=ID, version=VERSION + 7)
    assert refused.value.code == "not-found"
    assert county.events("plan-activated") == []


def test_versions_are_compared_entry_by_entry(county: Registry) -> None:
    for text in (P02, NEXT):
        county.operator("StorePlan", text=text)
    found = county.operator("ComparePlans", plan_id=ID, version=VERSION, other_version=VERSION + 1)
    assert [(each.kind, each.path, each.before, each.after) for each in found.changes] == [
        ("changed", "plan.version", str(VERSION), str(VERSION + 1))
    ]


@pytest.mark.rule("INC-04")
def test_matters_are_those_of_the_plan_in_force(county: Registry) -> None:
    assert list(county.operator("ListMatters").items) == []
    county.operator("StorePlan", text=P02)
    county.operator("ActivatePlan", plan_id=ID, version=VERSION, effective=TODAY)
    (matter,) = county.with_roles("volunteer-informant")("ListMatters", text="06026").items
    assert (matter.name, matter.bottom_line, matter.department) == ("河道污染", True, "env-office")
    assert "water-station" in matter.co_departments
    assert matter.way in matter.ways


@pytest.mark.rule("REG-06")
def test_more_leaders_than_the_plan_wants_are_reported(county: Registry, appoint: Appoint) -> None:
    for grid in ("v1", "east-work"):
        for username in ("wang", "li"):
            appoint(username, grid, "leader")
    assert _too_many(county) == []
    county.operator("StorePlan", text=P02)
    county.operator("ActivatePlan", plan_id=ID, version=VERSION, effective=TODAY)
    assert _too_many(county) == [(county.ids["v1"], 2)]


def _too_many(county: Registry) -> list[tuple[str, int]]:
    report = county.operator("ReportStaffing", prefix="371321")
    return [(each.grid_code, each.leaders) for each in report.findings if each.kind == "too-many-leaders"]


def test_without_a_plan_the_answer_says_so(county: Registry) -> None:
    with pytest.raises(Refused) as refused:
        county.operator("GetPlan")
    assert refused.value.code == "no-plan-in-force"


def test_document_and_text_come_back_as_stored(county: Registry) -> None:
    county.operator("StorePlan", text=P02)
    found = county.operator("GetPlan", plan_id=ID)
    assert found.text == P02
    assert found.document["plan"]["id"] == ID
    assert len(found.document["matters"]) == len(LOADED.document["matters"])


@pytest.mark.rule("REG-06")
def test_page_of_a_grid_adds_what_the_plan_says_of_its_level(county: Registry) -> None:
    county.operator("StorePlan", text=P02)
    county.operator("ActivatePlan", plan_id=ID, version=VERSION, effective=TODAY)
    page = county.operator("GetGrid", code=county.ids["v1"])
    assert page.level_name
    assert {each.source for each in (*page.duties, *page.tasks, *page.rewards)} == {"plan"}
    assert page.tasks
    assert page.rewards


@pytest.mark.rule("REG-06")
def test_appointment_waits_for_the_steps_that_the_plan_wants(county: Registry, appoint: Appoint) -> None:
    county.operator("StorePlan", text=_with_steps())
    county.operator("ActivatePlan", plan_id=ID, version=VERSION, effective=TODAY)
    post_id = appoint("wang", "v1", "leader", steps=[{"id": "recommended", "date": "2026-11-01"}])
    (post,) = county.operator("ListPosts").items
    assert (post.state, list(post.missing_steps)) == ("proposed", ["published"])
    assert list(county.operator("GetGrid", code=county.ids["v1"]).people) == []
    with pytest.raises(Refused) as refused:
        county.operator("RecordStep", post_id=post_id, step="praised", date="2026-11-02")
    assert refused.value.faults == {"step": "not-allowed"}
    county.operator("RecordStep", post_id=post_id, step="published", date="2026-11-20")
    assert len(county.operator("GetGrid", code=county.ids["v1"]).people) == 1
    assert [each.data["state"] for each in county.events("post-changed")] == ["proposed", "appointed"]


def _with_steps() -> str:
    """P2 with two steps for the leaders of villages' grids, as P16 has them."""
    steps = "appointment: [{id: recommended, name: 推荐}, {id: published, name: 公示}]"
    return P02.replace("{id: grid-leader, ", f"{{id: grid-leader, {steps}, ", 1)
