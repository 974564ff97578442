"""One sheet of an xlsx file as rows of cells, by calamine; formulas and error values are found in the sheet's own XML.

calamine gives a formula's last value and cannot tell it from a typed one, and gives error values as nothing. A value
that nobody recalculated must not become a county's record: such cells are marked, and the registry refuses them.
"""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from .content import MOST_COLUMNS, FileRefused
from .table import About, Cell, Row

NOTES = ("说明", "填写说明", "选项", "notes")
"""Sheets that are never read: our own template has them."""

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/?)>(?:\s*(<(?:\w+:)?f\b))?")
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read(path: Path, wanted: str) -> tuple[About, Iterator[Row]]:
    """The sheet named `wanted`, else the first visible one that is not a note. Raises FileRefused."""
    try:
        book = CalamineWorkbook.from_path(path)
        name, others = _chosen(book, wanted)
        sheet = book.get_sheet_by_name(name)
    except (CalamineError, OSError, ValueError) as error:
        zh, en = "xlsx 文件无法读取;请重新保存", "The xlsx file cannot be read; save it again"
        raise FileRefused("file-damaged", zh, en) from error
    merged = [_range(first, last) for first, last in sheet.merged_cell_ranges or []]
    return About("xlsx", sheet=name, merged=merged, others=others), _rows(sheet, _marked(path, name))


def _chosen(book: CalamineWorkbook, wanted: str) -> tuple[str, list[str]]:
    visible = [each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible]
    names = [name for name in visible if name.strip().lower() not in NOTES]
    if not names:
        raise FileRefused("no-sheet", "文件里没有可读的工作表", "The file has no sheet that can be read")
    name = wanted if wanted in names else names[0]
    return name, [other for other in names if other != name]


def _range(first: tuple[int, int], last: tuple[int, int]) -> str:
    return f"{letters(first[1])}{first[0] + 1}:{letters(last[1])}{last[0] + 1}"


def letters(index: int) -> str:
    """The name of the column at `index`, counted from 0."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def _rows(sheet: Any, marked: dict[tuple[int, int], Cell]) -> Iterator[Row]:
    if sheet.start is None and not marked:
        return
    top, left = sheet.start or (0, 0)
    if (sheet.end or (0, 0))[1] - left >= MOST_COLUMNS:
        zh, en = f"工作表超过 {MOST_COLUMNS} 列;请删去多余的列", f"The sheet has more than {MOST_COLUMNS} columns"
        raise FileRefused("too-many-columns", zh, en)
    lines = enumerate(sheet.to_python(skip_empty_area=True) if sheet.start else [], start=top + 1)
    rows = {number: [("", "")] * left + [_cell(value) for value in values] for number, values in lines}
    for (number, column), cell in marked.items():
        if column < MOST_COLUMNS:
            cells = rows.setdefault(number, [])
            cells.extend([("", "")] * (column + 1 - len(cells)))
            cells[column] = cell
    yield from ((number, rows[number]) for number in sorted(rows) if any(text for text, _ in rows[number]))


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return ("是" if value else "否", "flag")
    if isinstance(value, float | int):
        return (str(int(value)) if float(value).is_integer() else repr(value), "number")
    if isinstance(value, datetime):
        return (value.date().isoformat() if value.time() == time() else value.isoformat(" "), "day")
    if isinstance(value, date | time):
        return (value.isoformat(), "day")
    if isinstance(value, timedelta):
        return (str(value), "day")
    return (str(value), "")


def _marked(path: Path, name: str) -> dict[tuple[int, int], Cell]:
    """Cells with a formula or an error value, by row and column."""
    with zipfile.ZipFile(path) as archive:
        content = archive.read(_entry(archive, name))
    found: dict[tuple[int, int], Cell] = {}
    for match in _CELL.finditer(content):
        attributes, empty, formula = match.groups()
        is_error = b't="e"' in attributes
        reference = _REFERENCE.search(attributes)
        if reference and (is_error or (formula and not empty)):
            column, row = reference.groups()
            cell = ("#", "error") if is_error and not formula else ("=", "formula")
            found[(int(row), _index(column.decode()))] = cell
    return found


def _index(column: str) -> int:
    number = 0
    for character in column:
        number = number * 26 + ord(character) - 64
    return number - 1


def _entry(archive: zipfile.ZipFile, name: str) -> str:
    """The archive's entry that holds the sheet `name`."""
    book = _xml(archive, "xl/workbook.xml")
    relation = next(each.get(_ID) for each in book.iter(_SHEET) if each.get("name") == name)
    links = _xml(archive, "xl/_rels/workbook.xml.rels")
    target = next(each.get("Target") or "" for each in links if each.get("Id") == relation)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _xml(archive: zipfile.ZipFile, entry: str) -> ElementTree.Element:
    """Expat bounds what entities expand to, and this process its own memory."""
    return ElementTree.fromstring(archive.read(entry))  # noqa: S314
