"""Codes of divisions and how they nest (REG-01)."""

import pytest

from services.registry.model import divisions

COUNTY, TOWN, VILLAGE = "371321000000", "371321106000", "371321106201"


@pytest.mark.rule("REG-01")
@pytest.mark.parametrize(
    ("code", "kind", "prefix", "parent"),
    [(COUNTY, "county", "371321", ""), (TOWN, "town", "371321106", COUNTY), (VILLAGE, "village", VILLAGE, TOWN)],
)
def test_code_tells_kind_prefix_and_parent(code: str, kind: str, prefix: str, parent: str) -> None:
    assert divisions.is_code(code)
    assert (divisions.kind_of(code), divisions.trimmed(code), divisions.parent_of(code)) == (kind, prefix, parent)


@pytest.mark.parametrize(
    "text", ["", "371321", "37132110620", "371321000201", "3713211062010", "x71321106201", "٣" * 12]
)
def test_what_is_no_code(text: str) -> None:
    assert not divisions.is_code(text)


@pytest.mark.parametrize(
    ("codes", "common"),
    [
        ([VILLAGE], VILLAGE),
        ([VILLAGE, "371321106202"], TOWN),
        ([VILLAGE, TOWN], TOWN),
        ([VILLAGE, "371321107201"], COUNTY),
        ([VILLAGE, "371322107201"], None),
    ],
)
def test_lowest_common_division(codes: list[str], common: str | None) -> None:
    assert divisions.lowest_common(codes) == common


def test_lies_in() -> None:
    assert divisions.lies_in(VILLAGE, TOWN)
    assert divisions.lies_in(TOWN, TOWN)
    assert not divisions.lies_in(TOWN, VILLAGE)
