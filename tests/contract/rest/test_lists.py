"""Every list of the interface comes by pages and is measured at a million cases: a new one cannot be forgotten."""

from collections.abc import Mapping
from typing import Any

import pytest
from starlette.datastructures import QueryParams

from gateway.api import validate
from gateway.api.declare import Declaration
from gateway.api.openapi import document
from gateway.api.routes import PARTS
from services.chassis.errors import Invalid
from tests.bench.benches import BENCHES, LISTS

NO_LISTS: Mapping[str, str] = {
    "me": "one person, with the few posts that a person holds",
    "locatePoint": "the grids that hold a point: one for each level and kind",
    "listBoundaries": "one map, a FeatureCollection, of what lies below a prefix; GeoJSON has no pages",
    "mapCoverage": "one map, a FeatureCollection, of what lies below a prefix; GeoJSON has no pages",
    "reportCoverage": "one verdict on the grids of one parent",
    "reportStaffing": "one verdict, with a line of some hundred bytes for a grid at the most",
    "findResponsible": "the grids above a point on a day: one for each level",
    "getPeople": "names for at most 200 ids that are asked for",
    "comparePlans": "the differences of two documents",
    "findSimilar": "at most ten candidates; measured as candidates",
    "listSimilar": "at most ten candidates; measured as candidates",
    "describeWorkflow": "the table of states, the same for every county",
    "whoIsOnDuty": "who is on duty at one moment: some dozens of desks in a county",
    "getRollout": "the phases of one plan, a document of some dozens at the most",
    "listBodies": "the leading groups of one plan, a document of a dozen at the most",
    "listMatters": "the matters of one plan, a document of a few hundred at the most",
    "getDay": "one person's open tasks of a day; measured as patrol tasks",
    "describeInspections": "the inspections of one plan",
    "getScheme": "the indicators of one plan",
}
"""Operations that answer with an array and are no list of what grows with the county; why."""

DOCUMENT = document(PARTS)
GETS: Mapping[str, Declaration] = {each.name: each for part in PARTS for each in part if each.method == "GET"}


def operation(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = DOCUMENT["paths"][GETS[name].path]["get"]
    return found


def properties(name: str) -> Mapping[str, Any]:
    """The properties of the JSON that an operation answers with; none where it answers with something else."""
    content = operation(name)["responses"].get("200", {}).get("content", {}).get("application/json", {})
    schema = content.get("schema", {})
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    found: Mapping[str, Any] = schema.get("properties", {})
    return found


def holds_many(name: str) -> bool:
    """Whether it is asked for more than one thing: its path names no single one and the answer has an array of objects,
    or pages."""
    answer = properties(name)
    if "next_cursor" in answer or "feature_collection" in answer:
        return True
    objects = any(each.get("type") == "array" and "$ref" in each["items"] for each in answer.values())
    return objects and not GETS[name].path.endswith("}")


MANY = sorted(name for name in GETS if holds_many(name))


def test_every_list_is_measured_or_said_to_be_none() -> None:
    assert set(MANY) == LISTS.keys() | NO_LISTS.keys()
    assert not LISTS.keys() & NO_LISTS.keys()


def test_every_service_has_its_part_of_the_benchmark() -> None:
    assert BENCHES.keys() >= {"lists", "open311", "registry", "assessment", "liaison", "patrol"}


@pytest.mark.rule("ALL-02")
@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_list_comes_by_pages(name: str) -> None:
    parameters = {each["name"]: each for each in operation(name)["parameters"]}
    assert {"limit", "cursor"} <= parameters.keys()
    assert "next_cursor" in properties(name)
    assert parameters["limit"]["schema"]["maximum"] <= 1000
    assert not parameters["limit"].get("required") and not parameters["cursor"].get("required")


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_limit_beyond_the_maximum_is_refused(name: str) -> None:
    query = GETS[name].query
    (most,) = (each["schema"]["maximum"] for each in operation(name)["parameters"] if each["name"] == "limit")
    wanted = {"subject_kind": "grid"} if name == "listScores" else {}
    assert validate.query_values(query, QueryParams({**wanted, "limit": str(most)}))["limit"] == most
    for wrong in (most + 1, 0, -1, "many"):
        with pytest.raises(Invalid) as refused:
            validate.query_values(query, QueryParams({**wanted, "limit": str(wrong)}))
        assert [fault.path for fault in refused.value.faults] == ["query.limit"]


def test_what_has_no_pages_is_there_for_a_reason() -> None:
    assert all(len(reason) > 20 for reason in NO_LISTS.values())
