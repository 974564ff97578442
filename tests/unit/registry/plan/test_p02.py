"""The first complete plan document: P2 with the duty table of P13."""

from datetime import date
from pathlib import Path

import pytest

import services.registry.plan as package
from services.registry.plan import FACTS, check
from services.registry.plan.catalogue import catalogue
from services.registry.plan.quoting import shipped_sources, stands_in

SHARE = 1e-9


def named(entries, name, key="id"):
    return next(entry for entry in entries if entry[key] == name)


@pytest.mark.rule("REG-12")
def test_p02_holds_without_error_or_warning(p02_text):
    report = check(p02_text)
    assert report.errors == []
    assert report.warnings == []
    assert (report.plan.id, report.plan.version, report.plan.effective) == ("p02", 1, date(2026, 1, 1))


@pytest.mark.rule("REG-12")
def test_every_entry_quotes_a_source_or_is_assumed(p02):
    entries = [
        entry
        for section in p02.document.values()
        if isinstance(section, list)
        for entry in section
        if isinstance(entry, dict) and "words" in entry
    ]
    assert len(entries) > 250
    sources = shipped_sources()
    for entry in entries:
        assert bool(entry["words"]) != entry["assumed"], entry
        if entry["words"]:
            assert stands_in(entry["words"], sources[entry.get("source") or "plan-02"]), entry


@pytest.mark.rule("INC-04")
def test_every_standard_matter_is_there_with_its_name_and_standard(p02):
    by_code = {matter["code"]: matter for matter in p02.document["matters"]}
    standard = catalogue("gbt47678")
    assert len(standard) == 97
    for matter in standard:
        entry = by_code[matter.code]
        assert (entry["name"], entry["class"]) == (matter.name, matter.class_name)
        assert entry["standard_ref"] == "GB/T 47678.5-2026"
        assert entry["origin"] == "catalogue"
    assert {matter["group"] for matter in p02.document["matters"] if matter["origin"] == "county"} == {
        "disputes",
        "safety",
        "environment",
        "sanitation",
        "livelihood",
        "order",
        "building",
        "handling",
    }


@pytest.mark.rule("INC-03", "INC-05", "INC-07")
def test_every_matter_says_who_acts_how_and_until_when(p02):
    departments = {department["id"] for department in p02.document["departments"]}
    ways = {way["id"]: way for way in p02.document["ways"]}
    for matter in p02.document["matters"]:
        assert matter["lead"] in departments
        assert set(matter["with"]) <= departments - {matter["lead"]}
        assert matter["way"] in matter["ways"]
        assert matter["steps"] == matter["steps_by_way"][matter["way"]]
        for way in matter["ways"]:
            assert list(matter["steps_by_way"][way]) == ways[way]["steps"]
            for limit in matter["steps_by_way"][way].values():
                assert limit["amount"] > 0
                assert limit["unit"] in ("urgent-hours", "working-hours", "working-days", "calendar-days")


@pytest.mark.rule("INC-04", "INC-05")
def test_river_pollution_goes_to_the_environment_office_with_the_water_station(p02):
    matter = named(p02.document["matters"], "06026", "code")
    assert matter["name"] == "河道污染"
    assert (matter["way"], matter["ways"]) == ("dispatched", ["dispatched", "urgent"])
    assert (matter["duty"], matter["lead"], matter["with"]) == ("river-pollution", "env-office", ["water-station"])
    assert (matter["bottom_line"], matter["bottom_line_kind"]) == (True, "environment")
    assert matter["steps"] == {
        "file": {"amount": 2, "unit": "working-hours"},
        "dispatch": {"amount": 2, "unit": "working-hours"},
        "handle": {"amount": 2, "unit": "working-days"},
        "verify": {"amount": 1, "unit": "working-days"},
    }
    assert [question["text"] for question in matter["questions"][:2]] == ["水体颜色", "是否有异味"]
    assert matter["publish"] == ["category", "village", "place", "result"]


@pytest.mark.rule("INC-12")
def test_disputes_are_confidential_and_not_published(p02):
    disputes = [matter for matter in p02.document["matters"] if matter["group"] == "disputes"]
    assert disputes
    assert all(matter["confidential"] and matter["publish"] == [] for matter in disputes)


@pytest.mark.rule("REG-02")
def test_levels_are_those_of_the_plan(p02):
    levels = {level["id"]: (level["level"], level["expected"]) for level in p02.document["levels"]}
    assert levels == {
        "town-grid": (1, 1),
        "work-area-grid": (2, 5),
        "enterprise-grid": (2, 19),
        "village-grid": (3, 36),
    }


@pytest.mark.rule("REG-08")
def test_the_environmental_table_names_town_village_committee_and_thirteen_units(p02):
    table = [duty for duty in p02.document["duties"] if duty.get("source") == "plan-13"]
    leads = {duty["lead"] for duty in table} | {unit for duty in table for unit in duty["with"]}
    units = leads - {"town-government", "village-committee"}
    assert {"town-government", "village-committee"} <= leads
    assert len(units) == 13, sorted(units)


@pytest.mark.rule("PAT-03")
def test_six_classes_and_eighteen_items(p02):
    classes = named(p02.document["checklists"], "six-classes")["classes"]
    assert len(classes) == 6
    assert sum(len(one["items"]) for one in classes) == 18
    codes = {matter["code"] for matter in p02.document["matters"]}
    assert {item["matter"] for one in classes for item in one["items"]} <= codes


@pytest.mark.rule("ASM-01", "ASM-03")
def test_scores_use_known_facts_and_show_both_sides_of_every_ratio(p02):
    score = p02.document["score"]
    assert [scheme["subject"] for scheme in score["schemes"]] == ["member", "grid", "department", "body"]
    for scheme in score["schemes"]:
        ratios = [one for one in scheme["indicators"] if one["kind"] == "ratio"]
        assert abs(sum(one["weight"] for one in ratios) - score["total"]) < SHARE
        for one in ratios:
            assert one["numerator"]
            assert one["denominator"]
            assert set(one["facts"]) <= set(FACTS)
            assert "self_handled" not in one["facts"]


@pytest.mark.rule("INC-19", "ASM-05")
def test_the_first_report_bonus_takes_its_points_from_the_credit_section(p02):
    for scheme in p02.document["score"]["schemes"][:2]:
        bonus = named(scheme["indicators"], "first-report")
        assert bonus["points"] == p02.document["credit"]["first_report"]["points"] == 2


@pytest.mark.rule("INC-14")
def test_who_handled_or_led_does_not_verify(p02):
    assert set(p02.document["verification"]["excludes"]) == {"handler", "lead"}
    assert p02.document["verification"]["reopen"] == {"amount": 7, "unit": "calendar-days"}


def test_the_sources_are_the_nineteen_plans():
    assert sorted(shipped_sources()) == [f"plan-{number:02d}" for number in range(1, 20)]
    assert (Path(package.__file__).parent.parent / "plans" / "p02.yaml").is_file()
