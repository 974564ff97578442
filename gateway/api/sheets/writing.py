"""Tables as xlsx or CSV files, and empty templates with notes and lists to choose from (REG-13).

Every cell is written as text, so that codes keep all their digits; the registry has neutralised what a spreadsheet
program would run.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

MOST_CELL = 32_767
TEXT = "@"
VALIDATED_ROWS = 5_000
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\ufffe\uffff]")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"


class CellTooLong(Exception):
    """A text that no cell of a spreadsheet program holds."""


def held(text: str) -> str:
    """`text` as Office Open XML keeps it: control characters and look-alikes of their escapes escaped."""
    return _CONTROL.sub(lambda found: f"_x{ord(found.group()):04X}_", _ESCAPE.sub("_x005F_", text))


class XlsxFile:
    """An xlsx file that is written row by row."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet(table.name)
        for index, column in enumerate(table.columns, start=1):
            dimension = self._sheet.column_dimensions[get_column_letter(index)]
            dimension.width, dimension.number_format = column.width, TEXT
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._cell(each.header, Font(bold=True)) for each in table.columns])

    def append(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows of texts."""
        for row in rows:
            self._sheet.append([self._cell(text) if text else None for text in row])

    def save(self, path: Path) -> None:
        """Finish the file."""
        self._book.save(path)

    def with_choices(self) -> "XlsxFile":
        """Lists to choose from on a sheet of their own, and notes: for a template."""
        columns = list(self.table.columns)
        listed = [column for column in columns if column.choices]
        for place, column in enumerate(listed, start=1):
            source = f"选项!${get_column_letter(place)}$2:${get_column_letter(place)}${len(column.choices) + 1}"
            rule = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=column.form == "choice")
            letter = get_column_letter(columns.index(column) + 1)
            rule.add(f"{letter}2:{letter}{VALIDATED_ROWS}")
            self._sheet.data_validations.append(rule)
        self._notes()
        self._options(listed)
        return self

    def _notes(self) -> None:
        sheet = self._book.create_sheet("说明")
        for index, width in enumerate((18, 18, 8, 60), start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        sheet.append([self.table.note or f"{self.table.name}表"])
        sheet.append(["不要改动表头;列的顺序可以调整。先试导入(dry run),没有错误再正式导入。"])
        sheet.append(["列", "英文列名", "必填", "填写方法"])
        for column in self.table.columns:
            sheet.append([column.header, column.field, "是" if column.required else "", column.note])

    def _options(self, listed: Sequence[Any]) -> None:
        sheet = self._book.create_sheet("选项")
        sheet.append([column.header for column in listed] or ["(本表没有可选项)"])
        for place in range(max((len(column.choices) for column in listed), default=0)):
            sheet.append([column.choices[place] if place < len(column.choices) else None for column in listed])

    def _cell(self, text: str, font: Font | None = None) -> Any:
        if len(text) > MOST_CELL:
            raise CellTooLong
        cell = WriteOnlyCell(self._sheet)
        cell.value = held(text)
        cell.data_type, cell.number_format = "s", TEXT
        if font:
            cell.font = font
        return cell


class CsvFile:
    """A CSV file, UTF-8 with BOM so that Excel reads it as such."""

    def __init__(self, table: Any, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow([each.header for each in table.columns])

    def append(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows of texts."""
        self._writer.writerows(rows)

    def save(self, _: Path) -> None:
        """Finish the file."""
        self._file.close()
