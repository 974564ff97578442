"""Rows of a table of grids (REG-02)."""

from collections.abc import Iterator, Mapping, Sequence

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.handlers import rights
from services.registry.handlers.answers import outcome_of
from services.registry.handlers.changing import refuse_pending
from services.registry.handlers.sheets.areas import outside
from services.registry.messages import GridRow
from services.registry.model.grid_import import GridImport
from services.registry.model.sheets.imports import MOST_ROWS, Outcome
from services.registry.model.sheets.reading import Values
from services.registry.model.values import refuse_import
from services.registry.ports import Work


def take(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> list[Outcome]:
    """Create and change grids; boundaries stay. Raises ImportRefused, CodesExhausted, GridChangePending."""
    given = [_row(row) for row in rows]
    if rights.bound_to_areas(work, "grids"):
        refuse_import(_outside(given, work))
    work.grids.number_lock()
    refuse_import(_named_already(given, work))
    named = {code for row in given for code in (row.code, row.parent_code) if code}
    divisions = work.divisions.existing({code for row in given for code in row.division_codes})
    batch = GridImport(given, work.grids.many(named), divisions, MOST_ROWS)
    refuse_import(batch.faults())
    batch.carry_out(work.grids.highest_number, work.now, work.today)
    refuse_pending([grid.code for grid in batch.changed], work)
    work.grids.add_all(batch.created)
    work.grids.save_all(batch.changed)
    return [(grid.code, outcome_of(*how)) for _, grid, how in batch.outcomes]


def _row(row: Values) -> GridRow:
    optional = {name: row[name] or None for name in ("code", "parent_code", "parent_ref")}
    return GridRow(**{**row, **optional})


def _outside(rows: Sequence[GridRow], work: Work) -> Iterator[Fault]:
    for number, row in enumerate(rows):
        if row.code:
            yield from outside(f"rows[{number}].code", row.code, work)
        for code in row.division_codes:
            yield from outside(f"rows[{number}].division_codes", code, work)


def _named_already(rows: Sequence[GridRow], work: Work) -> Iterator[Fault]:
    """A file without codes that is imported twice must not make every grid twice."""
    known = work.sheet_rows.grids_named({row.name for row in rows if not row.code})
    for number, row in enumerate(rows):
        code = known.get((row.name, row.parent_code or "")) if not row.code and not row.parent_ref else None
        code = code or (_below_new(row, rows, known) if not row.code and row.parent_ref else None)
        if code:
            zh = f"该上级下已有同名网格,编码 {code};修改它请填写编码,另建请改名"
            en = f"There is a grid of that name there already, {code}; give its code to change it, or another name"
            yield fault(f"rows[{number}].code", "grid-named-already", zh, en)


def _below_new(row: GridRow, rows: Sequence[GridRow], known: Mapping[tuple[str, str], str]) -> str | None:
    """The grid of that name below the stored grid that the row's parent is, by its code."""
    parent = next((each for each in rows if each.ref == row.parent_ref), None)
    return known.get((row.name, parent.code)) if parent and parent.code else None
