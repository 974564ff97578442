"""When the demo takes a trace for complete."""

from typing import Any

from infra.demo.trace import PLACES, missing


def node(place: str, *children: dict[str, Any], orphan: bool = False) -> dict[str, Any]:
    service, _, role = place.rpartition("/")
    if service == "department":
        service, role = place, ""
    return {"service": service, "role": role, "name": f"at {place}", "orphan": orphan, "children": list(children)}


def test_nothing_is_missing_when_every_place_has_a_span() -> None:
    first, *others = sorted(PLACES)
    assert missing({"roots": [node(first, *map(node, others))]}) == frozenset()


def test_places_without_a_span_are_named() -> None:
    assert missing({"roots": [node("gateway/gateway", node("incident/api"))]}) == PLACES - {
        "gateway/gateway",
        "incident/api",
    }


def test_a_span_whose_parent_has_not_come_is_waited_for() -> None:
    late = [node(place, orphan=place == "incident/relay") for place in PLACES]
    assert missing({"roots": late}) == {"at incident/relay"}
