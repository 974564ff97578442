"""Divisions (REG-01)."""

from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, imported
from services.registry.messages import ImportDivisions
from services.registry.model import divisions
from services.registry.model.values import refuse_import
from services.registry.ports import Work


def import_divisions(message: ImportDivisions, work: Work) -> Answer:
    """All rows or none; each row must nest under its parent."""
    rights.system(work, "导入行政区划")
    refuse_import(divisions.faults(message.rows, work.divisions.existing({row.parent_code for row in message.rows})))
    outcomes = work.divisions.put(message.rows)
    return imported([(row.code, "", 1, outcomes[row.code]) for row in message.rows])
