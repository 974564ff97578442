"""Whole tables in and out (REG-13): open, add rows, run in one transaction, cancel; export page by page.

A dry run does everything that the import would do and takes it back, so that both find the same.
"""

from collections.abc import Callable, Mapping, Sequence

from services.chassis.errors import Fault
from services.chassis.ids import new_id
from services.chassis.personal import mask_phone
from services.registry.errors import ImportIncomplete, ImportOver, ImportRefused, TableRefused, ValueRefused, fault
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer
from services.registry.handlers.sheets import departments, divisions, grids, people, places, posts
from services.registry.messages import (
    AddImportRows,
    CancelImport,
    ExportRows,
    OpenImport,
    RunImport,
    TableRow,
)
from services.registry.model.people import PURPOSES
from services.registry.model.sheets.cells import Cell, neutral, shown
from services.registry.model.sheets.columns import TABLES, Table
from services.registry.model.sheets.imports import (
    MOST_CHANGES,
    MOST_PART,
    MOST_ROWS,
    Outcome,
    StagedImport,
    changes,
    completed,
    key_of,
)
from services.registry.model.sheets.reading import HEADER_WITHIN, Reading, SheetRow, Values
from services.registry.model.values import among, refuse_values
from services.registry.ports import Work

Take = Callable[[Sequence[Values], Mapping[str, Values], Work], list[Outcome]]
TAKE: Mapping[str, Take] = {
    "divisions": divisions.take,
    "grids": grids.take,
    "posts": posts.take,
    "people": people.take,
    "departments": departments.take,
    "duties": departments.take_duty_rows,
    "places": places.take,
}
"""Carries out the rows of each kind; faults name `rows[3].field`."""

WITH_PREFIX = ("divisions", "grids", "posts", "places")
MOST_PAGE = 1_000
MOST_PAGE_CHARACTERS = 700_000
"""A page stays under gRPC's 4 MiB whatever its cells hold (UTF-8: at most 4 bytes a character)."""


def table_of(kind: str) -> Table:
    """Raises ValueRefused."""
    refuse_values(among("kind", kind, TABLES))
    return TABLES[kind]


def open_import(message: OpenImport, work: Work) -> Answer:
    """Begin an import. Raises Forbidden, ValueRefused."""
    table = table_of(message.kind)
    rights.table(work, table.kind, table.zh)
    if message.total_rows > MOST_ROWS + HEADER_WITHIN:
        raise ValueRefused(faults=[_too_many()])
    about = (message.format, message.encoding, message.sheet, message.merged, message.digest, message.total_rows)
    staged = StagedImport(new_id(), table.kind, message.dry_run, "open", *about)
    work.imports.open(staged)
    return {"id": staged.id}


def _too_many() -> Fault:
    zh, en = f"一个文件最多 {MOST_ROWS} 行,请分成几个文件", f"At most {MOST_ROWS} rows in one file; split it"
    return fault("total_rows", "too-many-rows", zh, en)


def add_import_rows(message: AddImportRows, work: Work) -> Answer:
    """Keep one part of the rows. Raises ImportNotFound, ImportOver, ValueRefused."""
    staged = work.imports.get(message.id)
    if staged.state != "open":
        raise ImportOver(state=staged.state)
    if len(message.rows) > MOST_PART or not 0 <= message.part <= MOST_ROWS:
        zh, en = f"一次最多 {MOST_PART} 行", f"At most {MOST_PART} rows at once"
        raise ValueRefused(faults=[fault("rows", "too-many-rows", zh, en)])
    work.imports.add_part(staged.id, message.part, [_sheet_row(row) for row in message.rows])
    return {"id": staged.id}


def _sheet_row(row: TableRow) -> SheetRow:
    return SheetRow(row.number, tuple(Cell(cell.text, cell.form or "text") for cell in row.cells))


def run_import(message: RunImport, work: Work) -> Answer:
    """Check and carry out all rows, or none. Raises TableRefused, ImportCancelled, StillRunning, ImportIncomplete."""
    staged = work.imports.get(message.id)
    table = TABLES[staged.kind]
    rights.table(work, table.kind, table.zh)
    work.imports.claim(staged)
    if work.imports.get(staged.id).is_over:
        return {"id": staged.id}
    reading = _read(staged, table, work)
    if staged.dry_run:
        work.imports.begin_trial()
    counts, told = _carry_out(reading, work)
    if staged.dry_run:
        work.imports.end_trial()
    work.imports.finish(staged.id, "checked" if staged.dry_run else "done", counts, told)
    return {"id": staged.id}


def _read(staged: StagedImport, table: Table, work: Work) -> Reading:
    reading = Reading(table, staged.sheet)
    rows = list(work.imports.rows(staged.id))
    if len(rows) != staged.total_rows:
        raise ImportIncomplete(total=staged.total_rows, arrived=len(rows))
    work.imports.progress(staged.id, 0)
    reading.read(rows, staged.merged, lambda done: work.imports.progress(staged.id, done))
    if reading.faults:
        raise TableRefused(reading.faults)
    if len(reading.rows) > MOST_ROWS:
        raise TableRefused([reading.placed(_too_many())])
    return reading


def _carry_out(reading: Reading, work: Work) -> tuple[dict[str, int], list[Values]]:
    table = reading.table
    keys = [key_of(table, row) for row in reading.rows]
    before = work.sheet_rows.many(table.kind, {key for key in keys if key})
    rows = [completed(table, row, before.get(key)) for row, key in zip(reading.rows, keys, strict=True)]
    try:
        outcomes = TAKE[table.kind](rows, before, work)
    except ImportRefused as error:
        raise TableRefused([reading.placed(each) for each in error.faults]) from error
    written = [key for key, outcome in outcomes if outcome != "unchanged"][:MOST_CHANGES]
    after = work.sheet_rows.many(table.kind, written)
    said = [outcome for _, outcome in outcomes]
    counts = {name: said.count(name) for name in ("created", "changed", "unchanged")}
    return counts, changes(table, reading.numbers, outcomes, before, after)


def cancel_import(message: CancelImport, work: Work) -> Answer:
    """Stop an import; stopped already, nothing changes. Raises ImportNotFound, ImportOver."""
    staged = work.imports.get(message.id)
    if staged.state == "cancelled":
        return {"id": staged.id}
    if staged.is_over:
        raise ImportOver(state=staged.state)
    work.imports.cancel(staged.id)
    return {"id": staged.id}


def export_rows(message: ExportRows, work: Work) -> Answer:
    """One page of a table in the caller's scope; with a purpose telephones are whole and each look is recorded."""
    table = table_of(message.kind)
    if message.purpose:
        refuse_values(among("purpose", message.purpose, PURPOSES))
    limit = min(message.limit, MOST_PAGE) if message.limit > 0 else MOST_PAGE
    if message.prefix and table.kind not in WITH_PREFIX:
        raise ValueRefused(faults=[_no_prefix(table)])
    values, cursor = work.sheet_rows.page(table.kind, limit, message.cursor, message.prefix)
    rows: list[Answer] = []
    size = 0
    for row in values:
        cells = _cells(table, row, unmasked=bool(message.purpose))
        size += sum(map(len, cells))
        if rows and size > MOST_PAGE_CHARACTERS:
            cursor = key_of(table, values[len(rows) - 1])
            break
        rows.append({"cells": cells})
    if message.purpose and table.kind == "people":
        _note_looks(values[: len(rows)], message.purpose, work)
    return {"rows": rows, "next_cursor": cursor}


def _no_prefix(table: Table) -> Fault:
    zh = f"{table.zh}表没有区划或网格编码,不能按前缀导出;请去掉 prefix"
    return fault("prefix", "not-allowed", zh, "This table has no code of a division or grid; leave the prefix out")


def _cells(table: Table, row: Values, unmasked: bool) -> list[str]:
    texts = [(column, shown(column, row[column.field])) for column in table.columns]
    return [neutral(mask_phone(text) if column.personal and not unmasked else text) for column, text in texts]


def _note_looks(rows: Sequence[Values], purpose: str, work: Work) -> None:
    found = work.people.by_usernames([row["username"] for row in rows])
    for person in found.values():
        if person.id != work.caller.person_id:
            work.people.note_look(person.id, purpose, ["name", "duty_phone", "private_phone"])
