"""Grids and their boundaries (REG-02, REG-03)."""

from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, imported, outcome_of, receipt
from services.registry.handlers.changing import refuse_pending
from services.registry.messages import GridRow, ImportGrids, SetBoundary
from services.registry.model import boundaries
from services.registry.model.grid_import import GridImport
from services.registry.model.grids import Grid
from services.registry.model.values import check_version, refuse_import, refuse_values
from services.registry.ports import Work


def import_grids(message: ImportGrids, work: Work) -> Answer:
    """All rows or none: codes are allocated, parents found among the rows or the stored grids, boundaries checked."""
    rights.system(work, "导入网格")
    work.grids.number_lock()
    batch = GridImport(
        message.rows,
        _stored(message.rows, work),
        work.divisions.existing({code for row in message.rows for code in row.division_codes}),
    )
    refuse_import(batch.faults())
    batch.carry_out(work.grids.highest_number, work.now, work.today)
    refuse_pending([grid.code for grid in batch.changed], work)
    work.grids.add_all(batch.created)
    work.grids.save_all(batch.changed)
    return imported([(grid.code, row.ref, grid.version, outcome_of(*how)) for row, grid, how in batch.outcomes])


def set_boundary(message: SetBoundary, work: Work) -> Answer:
    """Replace one grid's boundary. Raises BoundaryInvalid, StaleVersion, GridRetired, GridChangePending."""
    rights.system(work, "设置网格边界")
    refuse_values(boundaries.drawn_faults("drawn_how", message.drawn_how))
    boundary = boundaries.read(message.boundary or {}, message.drawn_how)
    grid = work.grids.get(message.code)
    check_version(message.expected_version, grid.version)
    refuse_pending([grid.code], work)
    grid.set_boundary(boundary, work.now, work.today)
    work.grids.save_all([grid])
    return receipt(grid.code, grid.version)


def _stored(rows: tuple[GridRow, ...], work: Work) -> dict[str, Grid]:
    named = {code for row in rows for code in (row.code, row.parent_code) if code}
    return work.grids.many(named)
