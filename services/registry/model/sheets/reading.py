"""A sheet's rows into values, with every fault at its sheet, row, column and cell (REG-13, ALL-05)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from services.chassis.errors import Fault
from services.chassis.personal import mask_phone
from services.registry.model.sheets.cells import Cell, CellRefused, value_of
from services.registry.model.sheets.columns import Column, Table

Values = dict[str, Any]
HEADER_WITHIN = 10
"""A title may stand above the header, which is looked for in so many of the first rows."""
IGNORED = frozenset({"序号", "备注", "no", "remark", "remarks"})
"""Columns that clerks add for themselves."""
MOST_SHOWN = 60

_ROW = re.compile(r"rows\[(\d+)\](\.\w+)?(\[\d+\])?")


@dataclass(frozen=True)
class SheetRow:
    """One row as it stands in the file; `number` is the one that the spreadsheet program shows."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class SheetFault:
    """One thing that is wrong: where (row 0: the sheet as a whole), the header and value there, and both sentences."""

    sheet: str
    row: int
    column: str
    header: str
    value: str
    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def letter(index: int) -> str:
    """The name of the column at `index`, counted from 0: A, B … Z, AA …"""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass
class Reading:
    """What one sheet says: for each row its values by field, its number, and all that is wrong."""

    table: Table
    sheet: str = ""
    rows: list[Values] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    shown: list[dict[str, str]] = field(default_factory=list)
    faults: list[SheetFault] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    under: set[int] = field(default_factory=set)

    def read(
        self, rows: Iterable[SheetRow], merged: Sequence[str] = (), tell: Callable[[int], None] | None = None
    ) -> None:
        """Take in all rows; `tell` hears now and then how many."""
        given = iter(rows)
        first = [row for _, row in zip(range(HEADER_WITHIN), given, strict=False)]
        at = self._header_at(first)
        if at is None:
            self._note_whole("no-header", *_no_header(self.table))
            return
        self._take_header(first[at])
        if self.faults:
            return
        self._note_merged(merged, first[at].number)
        for count, row in enumerate(_chained(first[at + 1 :], given), start=1):
            self._take(row)
            if tell and count % 500 == 0:
                tell(count)
        if not self.rows and not self.faults:
            self._note_whole("no-rows", "表头下面没有数据行", "There are no rows below the header")

    def placed(self, fault: Fault) -> SheetFault:
        """A fault of the model, whose path names `rows[3].code`, at its cell."""
        found = _ROW.match(fault.path)
        if found is None:
            return self._fault(0, None, fault.code, self._said(fault.zh, "第 {} 行"), self._said(fault.en, "row {}"))
        index, name = int(found.group(1)), (found.group(2) or ".").lstrip(".")
        zh, en = self._said(fault.zh, "第 {} 行"), self._said(fault.en, "row {}")
        column = next((each for each in self.table.columns if each.field == name), None)
        value = self.shown[index].get(name, "")
        return self._fault(self.numbers[index], column, fault.code, zh, en, value)

    def _said(self, sentence: str, row: str) -> str:
        return _ROW.sub(lambda found: row.format(self.numbers[int(found.group(1))]), sentence)

    def _fault(self, row: int, column: Column | None, code: str, zh: str, en: str, value: str = "") -> SheetFault:
        place = self.places.get(column.field) if column else None
        shown = mask_phone(value) if column and column.personal else value
        name = "" if place is None else letter(place)
        return SheetFault(self.sheet, row, name, column.zh if column else "", shown[:MOST_SHOWN], code, zh, en)

    def _note_whole(self, code: str, zh: str, en: str) -> None:
        self.faults.append(self._fault(0, None, code, zh, en))

    def _header_at(self, rows: Sequence[SheetRow]) -> int | None:
        known = {name for column in self.table.columns for name in (column.zh, column.en)}
        hits = [sum(1 for cell in row.cells if header(cell.text) in known) for row in rows]
        best = max(hits, default=0)
        return hits.index(best) if best else None

    def _take_header(self, row: SheetRow) -> None:
        by_name = {name: column for column in self.table.columns for name in (column.zh, column.en)}
        for index, cell in enumerate(row.cells):
            name = header(cell.text)
            if name:
                self.under.add(index)
            if not name or name.lower() in IGNORED:
                continue
            column = by_name.get(name)
            if column is None:
                self._note_header(row, index, cell, "unknown-column", *_unknown(name, self.table))
            elif column.field in self.places:
                zh, en = f"“{name}”一列出现了两次;请删去一列", f"The column {name} stands twice; remove one"
                self._note_header(row, index, cell, "column-twice", zh, en)
            else:
                self.places[column.field] = index
        for column in self.table.columns:
            if column.required and column.field not in self.places:
                zh, en = f"缺少“{column.zh}”一列", f"The column {column.zh} ({column.en}) is missing"
                self.faults.append(self._fault(row.number, None, "column-missing", zh, en, column.zh))

    def _note_header(self, row: SheetRow, index: int, cell: Cell, code: str, zh: str, en: str) -> None:
        text = cell.text[:MOST_SHOWN]
        self.faults.append(SheetFault(self.sheet, row.number, letter(index), text, text, code, zh, en))

    def _note_merged(self, merged: Sequence[str], header_row: int) -> None:
        for name in merged:
            last = max(int(digits) for digits in re.findall(r"\d+", name))
            if last >= header_row:
                zh, en = f"单元格 {name} 是合并的;请取消合并,逐行填写", f"The cells {name} are merged; unmerge them"
                place = re.match(r"[A-Z]+", name)
                column = place.group() if place else ""
                self.faults.append(SheetFault(self.sheet, last, column, "", name, "merged-cells", zh, en))

    def _take(self, row: SheetRow) -> None:
        values: Values = {}
        shown: dict[str, str] = {}
        for column in self.table.columns:
            place = self.places.get(column.field)
            if place is None:
                continue
            cell = row.cells[place] if place < len(row.cells) else Cell("")
            shown[column.field] = cell.text
            try:
                values[column.field] = value_of(column, cell)
            except CellRefused as error:
                self.faults.append(self._fault(row.number, column, error.code, error.zh, error.en, cell.text))
                continue
            self._note_empty(row.number, column, values)
        self._note_beyond(row)
        self.rows.append(values)
        self.numbers.append(row.number)
        self.shown.append(shown)

    def _note_empty(self, number: int, column: Column, values: Mapping[str, Any]) -> None:
        if column.required and values[column.field] == column.empty:
            zh, en = f"“{column.zh}”不能为空", f"{column.zh} ({column.en}) may not be empty"
            self.faults.append(self._fault(number, column, "cell-empty", zh, en))

    def _note_beyond(self, row: SheetRow) -> None:
        for index, cell in enumerate(row.cells):
            if cell.text.strip() and index not in self.under:
                zh, en = (
                    "这一列没有表头;请补上表头或删去内容",
                    "There is no header above; add one or remove the content",
                )
                place = (self.sheet, row.number, letter(index), "", cell.text[:MOST_SHOWN])
                self.faults.append(SheetFault(*place, "no-header-above", zh, en))


def header(text: str) -> str:
    """A header without what clerks and our own template add to it: blanks, stars, (必填)."""
    return re.sub(r"\s|[*\uff0a]|[(\uff08]必填[)\uff09]", "", text)


def _chained(first: Iterable[SheetRow], rest: Iterable[SheetRow]) -> Iterator[SheetRow]:
    yield from first
    yield from rest


def _no_header(table: Table) -> tuple[str, str]:
    names = "、".join(column.zh for column in table.columns)
    english = ", ".join(column.en for column in table.columns)
    zh = f"前 {HEADER_WITHIN} 行没有找到表头;{table.zh}表应有:{names}"
    return zh, f"No header in the first {HEADER_WITHIN} rows; its columns are: {english}"


def _unknown(name: str, table: Table) -> tuple[str, str]:
    names = "、".join(column.zh for column in table.columns)
    zh = f"没有“{name[:MOST_SHOWN]}”这一列;请改正或删去。可用:{names}"
    return zh, f'"{name[:MOST_SHOWN]}" is no column here; correct or remove it. Possible: {names}'
