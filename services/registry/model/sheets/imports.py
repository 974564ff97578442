"""An import of a whole table on its way: opened, its rows arriving in parts, carried out or refused (REG-13)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.chassis.personal import mask_phone
from services.registry.model.sheets.cells import shown
from services.registry.model.sheets.columns import Table
from services.registry.model.sheets.reading import Values

MOST_ROWS = 100_000
MOST_PART = 2_000
MOST_FAULTS = 100
MOST_CHANGES = 200
OVER = ("checked", "done", "refused", "cancelled", "failed")
"""The states in which an import stays."""

Outcome = tuple[str, str]
"""The key of what a row wrote, and created, changed or unchanged."""


@dataclass(frozen=True)
class StagedImport:
    """What is known of an import apart from its rows."""

    id: str
    kind: str
    dry_run: bool
    state: str
    format: str
    encoding: str
    sheet: str
    merged: tuple[str, ...]
    digest: str
    total_rows: int

    @property
    def is_over(self) -> bool:
        return self.state in OVER


def key_of(table: Table, values: Mapping[str, Any]) -> str:
    """What tells a row from all others of its kind; empty where a part of it is missing."""
    parts = [str(values.get(name) or "") for name in table.key]
    return "|".join(parts) if all(parts) else ""


def completed(table: Table, row: Values, stored: Mapping[str, Any] | None) -> Values:
    """The row with what its sheet has no column for: as it is stored, else as an empty cell."""
    return {**{column.field: column.empty for column in table.columns}, **(stored or {}), **row}


def changes(
    table: Table,
    numbers: Sequence[int],
    outcomes: Sequence[Outcome],
    before: Mapping[str, Values],
    after: Mapping[str, Values],
) -> list[dict[str, Any]]:
    """What the first rows would write: what is new, and for each changed field what it was and is."""
    told = [(number, *outcome) for number, outcome in zip(numbers, outcomes, strict=True) if outcome[1] != "unchanged"]
    return [
        {"row": number, "id": key, "outcome": outcome, "fields": list(_fields(table, before.get(key), after[key]))}
        for number, key, outcome in told[:MOST_CHANGES]
        if key in after
    ]


def _fields(table: Table, before: Values | None, after: Values) -> Iterator[dict[str, str]]:
    if before is None:
        return
    for column in table.columns:
        was, now = shown(column, before.get(column.field)), shown(column, after.get(column.field))
        if was != now:
            hide = mask_phone if column.personal else str
            yield {"header": column.zh, "before": hide(was), "after": hide(now)}
