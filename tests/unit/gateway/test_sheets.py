"""xlsx and CSV at the edge: what is taken, what is refused before it can do harm, and that texts come back whole."""

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.api.sheets import content, csv_text, reading, writing, xlsx
from gateway.api.sheets.reading import SheetNotRead

TABLE = SimpleNamespace(
    kind="things",
    name="物",
    note="",
    columns=[
        SimpleNamespace(
            field=f"f{n}", header=f"列{n}", form="choice", required=True, choices=["甲", "乙"], note="记", width=9
        )
        for n in range(3)
    ],
)


def book(*lines: list[Any], change: Any = None, name: str = "Sheet1") -> bytes:
    made = openpyxl.Workbook()
    made.active.title = name
    for line in lines:
        made.active.append(line)
    if change:
        change(made)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def kept(tmp_path: Path, raw: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(raw)
    return path


def refusal(tmp_path: Path, raw: bytes) -> str:
    """Why the whole reading refuses a file, in the process of its own."""
    with pytest.raises(SheetNotRead) as refused, reading.opened(kept(tmp_path, raw), ""):
        pass
    (fault,) = refused.value.faults
    assert fault.zh
    assert fault.en
    return fault.code


def repacked(raw: bytes, **extra: bytes) -> bytes:
    """The archive `raw` with further entries, or other ones of the same name."""
    target = io.BytesIO()
    given = {name.replace("__", "/"): data for name, data in extra.items()}
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry not in given:
                new.writestr(entry, old.read(entry))
        for entry, data in given.items():
            new.writestr(entry, data)
    return target.getvalue()


def lying_bomb() -> bytes:
    """An archive whose directory claims ten bytes for an entry of 300 MiB."""
    raw = repacked(book(["a"]), xl__media__bomb=b"\0" * (300 * 1024 * 1024))
    at = raw.rindex(b"xl/media/bomb") - 46
    assert raw[at : at + 4] == b"PK\x01\x02"
    return raw[: at + 24] + struct.pack("<I", 10) + raw[at + 28 :]


def far_away() -> bytes:
    """A sheet of two cells at its opposite ends: as a dense table it has 17 billion."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        "</sheetData></worksheet>"
    )
    return repacked(book(["a"]), **{"xl__worksheets__sheet1.xml": sheet.encode()})


@pytest.mark.rule("REG-13")
@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "file-empty"),
        (lambda: content.OLE + b"\0" * 600 + content.ENCRYPTED, "file-encrypted"),
        (lambda: content.OLE + b"\0" * 600, "file-xls"),
        (lambda: b"PK\x03\x04 nonsense", "file-damaged"),
        (lambda: repacked(book(["a"]))[:-200], "file-damaged"),
        (lambda: b"%PDF\0\0\0\0", "file-format"),
        (lambda: "代码,名称\n".encode("utf-16"), "file-encoding"),
        (lambda: b"a,b\n123456789,\0\n", "file-format"),
        (lambda: b'a,b\n"open,1\n', "file-damaged"),
        (lambda: b"\xef\xbb\xbf\xff\xff", "file-encoding"),
        (lambda: b"a\n" + b"1\n" * 100_011, "too-many-rows"),
        (lambda: ",".join(["a"] * 101).encode(), "too-many-columns"),
        (lambda: book(["a"] * 101), "too-many-columns"),
        (lambda: repacked(book(["a"]), xl__media__bomb=b"\0" * (300 * 1024 * 1024)), "file-too-large"),
        (lying_bomb, "file-too-large"),
        (far_away, "file-too-large"),
        (lambda: repacked(book(["a"]), **{"xl__workbook.xml": b"<broken"}), "file-damaged"),
        (lambda: book(["a"], name="说明"), "no-sheet"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_content(tmp_path: Path, make: Any, code: str) -> None:
    assert refusal(tmp_path, make()) == code


def test_a_word_document_is_no_table(tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w/>")
    assert refusal(tmp_path, target.getvalue()) == "file-format"


@pytest.mark.rule("REG-13")
@pytest.mark.parametrize(("codec", "said"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-bom"), ("gb18030", "gb18030")])
def test_csv_is_read_as_chinese_excel_writes_it_and_the_encoding_is_told(tmp_path: Path, codec: str, said: str) -> None:
    raw = '区划代码,名称\r\n371321106201,"东,村𠮷"\r\n\r\n"a\nb",c\r\n'.encode(codec)
    about, rows = csv_text.read(kept(tmp_path, raw))
    assert (about.format, about.encoding) == ("csv", said)
    assert [(number, [text for text, _ in cells]) for number, cells in rows] == [
        (1, ["区划代码", "名称"]),
        (2, ["371321106201", "东,村𠮷"]),
        (4, ["a\nb", "c"]),
    ]


def test_cells_keep_how_the_file_kept_them(tmp_path: Path) -> None:
    def change(made: openpyxl.Workbook) -> None:
        made.active["B5"] = "=1+1"
        made.active["C5"].value, made.active["C5"].data_type = "#REF!", "e"
        made.active.merge_cells("A7:B8")
        made.create_sheet("别的").append(["x"])

    lines = [
        ["码", 371321106201, 1.5, True, date(2026, 1, 2), datetime.fromisoformat("2026-01-02T03:04")],
        [],
        [None, "下"],
    ]
    about, rows = xlsx.read(kept(tmp_path, book(*lines, change=change)), "")
    assert (about.sheet, about.others, about.merged) == ("Sheet1", ["别的"], ["A7:B8"])
    found = dict(rows)
    assert found[1] == [
        ("码", ""), ("371321106201", "number"), ("1.5", "number"), ("是", "flag"),
        ("2026-01-02", "day"), ("2026-01-02 03:04:00", "day"),
    ]  # fmt: skip
    assert found[3][:2] == [("", ""), ("下", "")]
    assert [form for _, form in found[5][1:3]] == ["formula", "error"]
    assert 2 not in found


def test_the_sheet_of_the_kinds_name_is_taken_first(tmp_path: Path) -> None:
    raw = book(["a"], change=lambda made: made.create_sheet("网格").append(["b"]))
    about, rows = xlsx.read(kept(tmp_path, raw), "网格")
    assert (about.sheet, [cells[0][0] for _, cells in rows]) == ("网格", ["b"])


WRITABLE = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=40).filter(
    lambda text: not text or text.strip()
)
"""A cell of blanks alone is an empty one."""


@pytest.mark.rule("REG-13")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.tuples(WRITABLE, WRITABLE, WRITABLE).filter(any), max_size=4))
def test_texts_that_are_written_come_back_whole_from_xlsx(tmp_path: Path, lines: list[tuple[str, ...]]) -> None:
    file = writing.XlsxFile(TABLE)
    file.append(lines)
    file.save(tmp_path / "out")
    about, rows = xlsx.read(tmp_path / "out", TABLE.name)
    back = [tuple(text for text, _ in [*cells, ("", ""), ("", "")][:3]) for _, cells in rows]
    assert about.sheet == "物"
    assert back == [("列0", "列1", "列2"), *lines]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lines=st.lists(st.tuples(WRITABLE, WRITABLE, WRITABLE).filter(any), max_size=4))
def test_texts_that_are_written_come_back_whole_from_csv(tmp_path: Path, lines: list[tuple[str, ...]]) -> None:
    file = writing.CsvFile(TABLE, tmp_path / "out")
    file.append(lines)
    file.save(tmp_path / "out")
    about, rows = csv_text.read(tmp_path / "out")
    assert about.encoding == "utf-8-bom"
    assert [tuple(text for text, _ in cells) for _, cells in rows] == [("列0", "列1", "列2"), *lines]


def test_a_template_has_notes_lists_to_choose_from_and_columns_of_text(tmp_path: Path) -> None:
    writing.XlsxFile(TABLE).with_choices().save(tmp_path / "out.xlsx")
    made = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert made.sheetnames == ["物", "说明", "选项"]
    assert [cell.value for cell in made["物"][1]] == ["列0", "列1", "列2"]
    (rule, *_) = made["物"].data_validations.dataValidation
    assert (rule.type, rule.formula1) == ("list", "选项!$A$2:$A$3")
    assert made["物"].column_dimensions["A"].number_format == "@"
    assert [cell.value for cell in made["选项"]["A"]] == ["列0", "甲", "乙"]


def test_parts_stay_under_the_limit_of_a_call(tmp_path: Path) -> None:
    raw = "\n".join([*("短" for _ in range(4_500)), *("长" * 100_000 for _ in range(13))]).encode()
    with reading.opened(kept(tmp_path, raw), "") as sheet:
        parts = list(sheet.parts())
    assert sum(map(len, parts)) == sheet.total_rows == 4_513
    assert max(map(len, parts)) <= reading.MOST_PART_ROWS
    assert all(sum(len(text) for _, cells in part for text, _ in cells) <= 700_000 for part in parts)


def test_a_hundred_thousand_rows_are_read(tmp_path: Path) -> None:
    with reading.opened(kept(tmp_path, b"a\n" + b"1\n" * 100_000), "") as sheet:
        assert sheet.total_rows == 100_001
