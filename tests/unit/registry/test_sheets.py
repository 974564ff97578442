"""Tables' columns, cells and rows: what is read, what is refused where, and that writing gives back what was read."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Fault
from services.registry.handlers.rights import TABLES as RIGHTS
from services.registry.handlers.sheets import TAKE
from services.registry.model.sheets.cells import TRIGGERS, Cell, CellRefused, neutral, original, shown, value_of
from services.registry.model.sheets.columns import ALL_LABELS, TABLES, Column, Table
from services.registry.model.sheets.reading import Reading, SheetRow, letter

COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=30)
CODE = st.from_regex(r"[1-9][0-9]{11}", fullmatch=True)
ITEM = st.from_regex(r"[a-z0-9][a-z0-9-]{0,9}", fullmatch=True)
DAY = st.dates(min_value=date(1990, 1, 1)).map(date.isoformat)


def values(column: Column) -> st.SearchStrategy[Any]:
    """What a cell of the column may stand for."""
    labels = st.sampled_from(list(column.labels or {"": ""}))
    forms: dict[str, st.SearchStrategy[Any]] = {
        "text": TEXT | st.just(""),
        "code": CODE | st.just(""),
        "codes": st.lists(CODE, max_size=4).map(tuple),
        "whole": st.integers(0, 999_999_999) | st.none(),
        "decimal": st.integers(-180_000_000, 180_000_000).map(lambda number: number / 1_000_000) | st.none(),
        "day": DAY,
        "flag": st.booleans() | st.none(),
        "phone": st.from_regex(r"\+?[0-9][0-9() -]{1,20}[0-9]", fullmatch=True) | st.just(""),
        "choice": labels,
        "choices": st.lists(labels, unique=True, max_size=5).map(lambda found: tuple(sorted(found))),
        "list": st.lists(ITEM, max_size=4).map(tuple),
        "lines": st.lists(st.lists(TEXT, min_size=1, max_size=3).map("\n".join), max_size=3).map(tuple),
        "steps": st.dictionaries(ITEM, DAY, max_size=3),
    }
    return forms[column.form]


@pytest.mark.rule("REG-13")
@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=lambda each: getattr(each, "kind", None) or each.field)
@given(data=st.data())
def test_what_a_cell_shows_is_read_as_the_value_that_was_written(table: Table, column: Column, data: Any) -> None:
    value = data.draw(values(column))
    read = value_of(column, Cell(neutral(shown(column, value))))
    assert (tuple(sorted(read)) if column.form == "choices" else read) == value


@pytest.mark.rule("REG-13")
@given(st.text())
def test_neutral_text_is_never_run_and_gives_the_original_back(text: str) -> None:
    assert neutral(text)[:1] not in (*TRIGGERS,) or text == ""
    assert original(neutral(text)) == text


@pytest.mark.parametrize("text", ["'tis", "it's", "''", "plain"])
def test_an_apostrophe_that_a_clerk_typed_stays(text: str) -> None:
    assert original(text) == (text[1:] if text == "''" else text)


def test_labels_name_exactly_the_values_of_the_model() -> None:
    for labels, known in ALL_LABELS:
        assert set(labels) == set(known)  # type: ignore[call-overload]
        assert len(set(labels.values())) == len(labels)


def test_no_label_holds_what_separates_several() -> None:
    for _, column in COLUMNS:
        assert [label for label in (column.labels or {}).values() if any(each in label for each in "、,,;;\n")] == []


def test_every_kind_has_its_columns_its_handler_and_who_may() -> None:
    assert set(TABLES) == set(TAKE) == set(RIGHTS)
    for table in TABLES.values():
        names = [name for column in table.columns for name in {column.zh, column.en}]
        assert len(set(names)) == len(names)
        assert set(table.key) <= {column.field for column in table.columns}


REFUSED = [
    ("grids", "code", Cell("371321106201001", "number"), "code-as-number"),
    ("grids", "code", Cell("3.71321E+14"), "code-as-number"),
    ("grids", "division_codes", Cell("371321106201", "number"), "code-as-number"),
    ("grids", "level", Cell("二"), "not-a-number"),
    ("grids", "level", Cell("1.5", "number"), "not-a-number"),
    ("places", "lon", Cell("东经 118"), "not-a-number"),
    ("places", "lat", Cell("1e2"), "not-a-number"),
    ("grids", "effective", Cell("2026-02-30"), "not-a-day"),
    ("grids", "effective", Cell("46000", "number"), "not-a-day"),
    ("grids", "kind", Cell("大网格"), "not-allowed"),
    ("grids", "name", Cell("=A1", "formula"), "cell-formula"),
    ("grids", "name", Cell("#", "error"), "cell-error"),
    ("grids", "name", Cell("2026-01-01", "day"), "cell-form"),
    ("people", "duty_phone", Cell("5393210000", "number"), "phone-as-number"),
    ("people", "roles", Cell("网格员、皇帝"), "not-allowed"),
    ("departments", "active", Cell("也许"), "not-a-flag"),
    ("posts", "steps", Cell("filed 2026-01-01"), "step"),
    ("duties", "words", Cell("字" * 131_073), "cell-too-long"),
]


@pytest.mark.rule("REG-13", "ALL-05")
@pytest.mark.parametrize(("kind", "name", "cell", "code"), REFUSED)
def test_a_cell_that_cannot_be_right_is_refused_with_its_remedy(kind: str, name: str, cell: Cell, code: str) -> None:
    with pytest.raises(CellRefused) as refused:
        value_of(TABLES[kind].column(name), cell)
    assert refused.value.code == code
    assert refused.value.zh
    assert refused.value.en


@pytest.mark.parametrize(
    ("kind", "name", "cell", "value"),
    [
        ("grids", "effective", Cell("2026年1月2日"), "2026-01-02"),
        ("grids", "effective", Cell("2026/1/2"), "2026-01-02"),
        ("grids", "effective", Cell("2026-01-02", "day"), "2026-01-02"),
        ("grids", "level", Cell("3", "number"), 3),
        ("places", "lon", Cell("118.4012"), 118.4012),
        ("places", "lat", Cell("35", "number"), 35.0),
        ("grids", "kind", Cell("work-area"), "work-area"),
        ("grids", "division_codes", Cell("371321106201,371321106202;371321106203"), None),
        ("people", "duty_phone", Cell("13812345678", "number"), "13812345678"),
        ("people", "roles", Cell("网格长、网格员"), ("grid-leader", "grid-member")),
        ("departments", "active", Cell("TRUE", "flag"), True),
        ("departments", "active", Cell(""), None),
    ],
)
def test_cells_are_read_as_clerks_write_them(kind: str, name: str, cell: Cell, value: Any) -> None:
    expected = ("371321106201", "371321106202", "371321106203") if value is None and name != "active" else value
    assert value_of(TABLES[kind].column(name), cell) == expected


def read(kind: str, *lines: list[str], merged: tuple[str, ...] = ()) -> Reading:
    reading = Reading(TABLES[kind], "表")
    reading.read([SheetRow(n, tuple(map(Cell, line))) for n, line in enumerate(lines, 1) if any(line)], merged)
    return reading


def faults(reading: Reading) -> list[tuple[int, str, str]]:
    return [(each.row, each.column, each.code) for each in reading.faults]


HEADER = ["部门编号", "部门名称", "部门级别", "部门类型"]


def test_a_title_stands_above_the_header_and_columns_stand_in_any_order() -> None:
    reading = read(
        "departments", ["沂南县部门表"], [], ["序号", *HEADER[::-1], "备注"], ["1", "局", "县级", "甲局", "a", "好"]
    )
    assert reading.faults == []
    assert reading.rows == [{"id": "a", "name": "甲局", "level": "county", "kind": "bureau"}]
    assert reading.numbers == [4]


def test_english_headers_and_starred_ones_are_known() -> None:
    assert read("departments", ["id*", "name", "level(必填)", "kind"], ["a", "b", "county", "bureau"]).faults == []


@pytest.mark.rule("REG-13", "ALL-05")
@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([["甲", "乙"], ["1", "2"]], [(0, "", "no-header")]),
        ([], [(0, "", "no-header")]),
        ([HEADER], [(0, "", "no-rows")]),
        ([HEADER[:3], ["a", "b", "县级"]], [(1, "", "column-missing")]),
        ([[*HEADER, "部门名称"], ["a"]], [(1, "E", "column-twice")]),
        ([[*HEADER, "部门名子"], ["a"]], [(1, "E", "unknown-column")]),
        ([HEADER, ["a", "", "县级", "局"]], [(2, "B", "cell-empty")]),
        ([HEADER, ["a", "b", "县级", "局", "多余"]], [(2, "E", "no-header-above")]),
        ([HEADER, [], ["a", "b", "省级", "处"]], [(3, "C", "not-allowed"), (3, "D", "not-allowed")]),
    ],
)
def test_every_fault_is_at_its_row_and_column(lines: list[list[str]], expected: list[tuple[int, str, str]]) -> None:
    assert faults(read("departments", *lines)) == expected


def test_merged_cells_are_refused_below_the_header_only() -> None:
    lines = (["部门表"], HEADER, ["a", "b", "县级", "局"])
    assert faults(read("departments", *lines, merged=("A1:D1",))) == []
    assert faults(read("departments", *lines, merged=("C3:C5",))) == [(5, "C", "merged-cells")]


def test_a_fault_of_the_model_is_placed_at_its_cell_and_speaks_of_the_sheets_rows() -> None:
    reading = read("departments", [], HEADER, ["a", "b", "县级", "局"], [], ["a", "c", "县级", "局"])
    placed = reading.placed(
        Fault("rows[1].id", "repeated", "“a”与 rows[0].id 重复", '"a" stands in rows[0].id already')
    )
    assert (placed.row, placed.column, placed.header, placed.value) == (5, "A", "部门编号", "a")
    assert (placed.zh, placed.en) == ("“a”与 第 3 行 重复", '"a" stands in row 3 already')


def test_personal_values_are_masked_in_faults() -> None:
    reading = read("people", ["用户名", "姓名", "个人电话"], ["wang", "王", "13812345678"])
    placed = reading.placed(Fault("rows[0].private_phone", "phone", "电话", "phone"))
    assert placed.value == "138****5678"


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_have_the_letters_of_spreadsheets(index: int, name: str) -> None:
    assert letter(index) == name
