"""The plan documents that ship: each holds, each entry is the plan's own words or an assumption, and what the plans say
on going and looking is in them (REG-12, PAT-01, PAT-03)."""

from pathlib import Path
from typing import Any

import pytest

import services.registry.plan as package
from services.registry.plan import check, load
from services.registry.plan.quoting import shipped_sources, stands_in

FOLDER = Path(package.__file__).parent.parent / "plans"
NAMES = sorted(path.stem for path in FOLDER.glob("p*.yaml"))


def document(name: str) -> dict[str, Any]:
    return load((FOLDER / f"{name}.yaml").read_text("utf-8")).document


def named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(entry for entry in entries if entry["id"] == name)


def traced(value: Any) -> list[dict[str, Any]]:
    """The entries, however deep, that carry words or are assumed; matters take theirs from their layers."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    found = [entry for child in children for entry in traced(child)]
    return [value, *found] if isinstance(value, dict) and value.get("words") else found


@pytest.mark.rule("REG-12")
def test_the_plans_with_patrols_are_shipped() -> None:
    assert {"p01", "p02", "p07", "p13", "p15"} <= set(NAMES)


@pytest.mark.rule("REG-12")
@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_plan_holds_without_error_or_warning(name: str) -> None:
    report = check((FOLDER / f"{name}.yaml").read_text("utf-8"))
    assert [(one.line, one.zh) for one in (*report.errors, *report.warnings)] == []
    assert report.plan is not None
    assert report.plan.id == name


@pytest.mark.rule("REG-12")
@pytest.mark.parametrize("name", NAMES)
def test_the_words_of_a_shipped_plan_stand_in_its_source(name: str) -> None:
    plan = document(name)
    entries, sources = traced(plan), shipped_sources()
    assert len(entries) > 60
    for entry in entries:
        assert not entry.get("assumed"), entry
        assert stands_in(entry["words"], sources[entry.get("source") or plan["plan"]["source"]]), entry["words"]
    for entry in plan["refused"]:
        assert stands_in(entry["asks"], sources[entry.get("source", plan["plan"]["source"])])


@pytest.mark.rule("PAT-01")
def test_p01_cadres_come_weekly_leaders_visit_weekly_and_every_household_is_seen_monthly_in_permitted_hours() -> None:
    plan = document("p01")
    cadres, households = named(plan["patrols"], "cadre-weekly"), named(plan["patrols"], "every-household")
    assert cadres["times"] == {"at_least": 1, "per": "week"}
    assert named(plan["posts"], cadres["who"])["grid_post"] == "contact-leader"
    assert (households["times"], households["objects"]) == ({"at_least": 1, "per": "month"}, "households")
    assert [(each["category"], each["times"]) for each in plan["visits"]] == [
        ("needy", {"at_least": 1, "per": "week"}),
        ("elderly-alone", {"at_least": 1, "per": "week"}),
    ]
    assert all(each["hours"] == {"from": "08:30", "to": "20:00"} for each in (households, *plan["visits"]))
    (meeting,) = plan["meetings"]
    assert meeting["rule"] == "FREQ=WEEKLY;BYDAY=MO"


@pytest.mark.rule("REG-09", "PAT-07")
def test_p01_each_visit_has_a_basis_a_purpose_and_an_end_and_key_persons_are_refused() -> None:
    plan = document("p01")
    for visit in plan["visits"]:
        assert visit["legal_basis"] and visit["purpose"] and visit["expires"] and visit["confirmed_by"]
    assert any("重点人员" in refusal["asks"] for refusal in plan["refused"])


@pytest.mark.rule("PAT-01", "PAT-08", "REG-05")
def test_p07_goes_out_every_day_keeps_a_diary_closed_weekly_and_says_how_large_a_grid_is() -> None:
    plan = document("p07")
    assert [each["rule"] for each in plan["patrols"]] == ["FREQ=DAILY"]
    size = named(plan["levels"], "grid")["size"]
    assert size == {"households": {"from": 300, "to": 500}, "persons": {"from": 1000, "to": 1500}}
    assert named(plan["parameters"], "diary-closed")["value"] == "week"
    grids = {duty["id"]: duty["grid"] for duty in plan["duties"]}
    assert (grids["social"], grids["safety"]) == ("undertakes", "assists")
    assert [each["due"] for each in plan["returns"]] == ["2026-01-25"]
    assert {each["id"] for each in plan["rosters"]} == {"reception", "staggered"}


@pytest.mark.rule("PAT-01", "PAT-03")
def test_p13_level_three_looks_weekly_level_two_monthly_at_eight_objects() -> None:
    plan = document("p13")
    levels = {level["id"]: level["level"] for level in plan["levels"]}
    cadences = {(levels[each["level"]], each["times"]["per"]) for each in plan["patrols"]}
    assert cadences == {(2, "month"), (3, "week")}
    (checklist,) = plan["checklists"]
    assert [each["name"] for each in checklist["classes"]] == [
        "排污企业", "生态环境", "信访案件", "污染纠纷", "环境安全隐患", "违法建设项目", "饮用水源地", "农村环境",
    ]  # fmt: skip
    (meeting,) = plan["meetings"]
    assert len(named(plan["bodies"], meeting["body"])["departments"]) == 13


@pytest.mark.rule("PAT-01", "PAT-03")
def test_p15_asks_so_many_times_a_year_and_holds_numbers_against_limits() -> None:
    plan = document("p15")
    times = {each["id"]: (each["times"]["at_least"], each["times"]["per"]) for each in plan["patrols"]}
    assert times["pest-control"] == (2, "year")
    assert times["display-window"] == (1, "quarter")
    assert times["health-education"] == (4, "year")
    items = {
        item["id"]: item.get("passes")
        for group in named(plan["checklists"], "sanitation-standard")["classes"]
        for item in group["items"]
        if item["answer"] == "number"
    }
    none = {"from": 0, "to": 0}
    assert items == {
        "rats": {"from": 0, "to": 3},
        "windows": {"from": 1},
        "poisoning": none,
        "haemorrhagic-fever": none,
        "accidents": none,
    }
    assert [(each["from"], each["to"]) for each in plan["phases"]] == [
        ("2026-03-01", "2026-03-31"),
        ("2026-04-01", "2026-10-31"),
        ("2026-10-01", "2026-12-31"),
        ("2026-12-01", "2026-12-31"),
    ]
