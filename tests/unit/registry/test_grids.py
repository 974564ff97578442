"""Grids: codes and changes (REG-02)."""

from datetime import UTC, datetime

import pytest

from services.registry.errors import CodesExhausted
from services.registry.messages import GridChanged, GridRow
from services.registry.model.grid_import import GridImport
from services.registry.model.grids import Grid, covered_whole, is_code, next_code

AT = datetime(2026, 11, 23, tzinfo=UTC)
TOWN, VILLAGE = "371321106000", "371321106201"


def row(**values: object) -> GridRow:
    given = {"name": "东村网格", "kind": "area", "level": 3, "division_codes": (VILLAGE,), "effective": "2026-11-01"}
    return GridRow(**{**given, **values})  # type: ignore[arg-type]


@pytest.mark.rule("REG-02")
def test_codes_have_fifteen_digits_and_a_number() -> None:
    assert is_code(f"{VILLAGE}001")
    assert not is_code(f"{VILLAGE}000")
    assert not is_code(VILLAGE)
    assert next_code(VILLAGE, 0) == f"{VILLAGE}001"
    with pytest.raises(CodesExhausted):
        next_code(VILLAGE, 999)


@pytest.mark.rule("REG-02")
def test_numbers_go_on_from_what_is_stored() -> None:
    rows = [row(ref="a"), row(ref="b"), row(ref="c", division_codes=(TOWN,))]
    batch = GridImport(rows, {}, {TOWN, VILLAGE})
    assert list(batch.faults()) == []
    batch.carry_out({VILLAGE: 7, TOWN: 0}.__getitem__, AT, AT.date())
    assert [grid.code for grid in batch.created] == [f"{VILLAGE}008", f"{VILLAGE}009", f"{TOWN}001"]


def test_grid_records_each_change_once_and_in_order() -> None:
    grid = Grid.create(f"{VILLAGE}001", row(), (f"{TOWN}001",), None, AT)
    assert not grid.change(row(), None, AT, AT.date())
    assert grid.change(row(name="新名"), None, AT, AT.date())
    events = grid.collect()
    assert [(event.sequence, event.grid) for event in events] == [(1, f"{VILLAGE}001"), (2, f"{VILLAGE}001")]
    assert isinstance(events[1], GridChanged)
    assert (events[1].name, events[1].parent, grid.version) == ("新名", f"{TOWN}001", 2)


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize(
    ("division", "codes", "whole"),
    [
        (TOWN, [TOWN], {"371321106"}),
        (TOWN, [VILLAGE, "371321106202"], {"371321106"}),
        (TOWN, [VILLAGE], set()),
        (VILLAGE, [VILLAGE], set()),
        ("371321000000", [TOWN, "371321107000"], {"371321"}),
        ("371321000000", [TOWN], set()),
        ("371321108000", ["371321108000"], {"371321108"}),
    ],
)
def test_what_covers_a_town_as_a_whole(division: str, codes: list[str], whole: set[str]) -> None:
    villages = [VILLAGE, "371321106202", "371321107201"]
    assert covered_whole([(division, codes)], villages) == whole
