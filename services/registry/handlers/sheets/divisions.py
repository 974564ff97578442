"""Rows of a table of divisions (REG-01)."""

from collections.abc import Mapping, Sequence

from services.registry.messages import DivisionRow
from services.registry.model import divisions
from services.registry.model.sheets.imports import MOST_ROWS, Outcome
from services.registry.model.sheets.reading import Values
from services.registry.model.values import refuse_import
from services.registry.ports import Work


def take(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> list[Outcome]:
    """Insert and rename. Raises ImportRefused."""
    given = [DivisionRow(**row) for row in rows]
    known = work.divisions.existing({row.parent_code for row in given})
    refuse_import(divisions.faults(given, known, MOST_ROWS))
    outcomes = work.divisions.put(given)
    return [(row.code, outcomes[row.code]) for row in given]
