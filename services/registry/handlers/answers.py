"""The two shapes of answers: a receipt for one thing, a line for each row of an import."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

Answer = dict[str, Any]
Line = tuple[str, str, int, str]
"""Id, the row's own name, version, outcome."""


def receipt(id: str, version: int) -> Answer:
    return {"id": id, "version": version}


def imported(lines: Sequence[Line]) -> Answer:
    """The answer to an import, in the order of its rows."""
    counts = Counter(outcome for *_, outcome in lines)
    rows = [{"id": id, "ref": ref, "version": version, "outcome": outcome} for id, ref, version, outcome in lines]
    outcomes = ("created", "changed", "unchanged")
    return {**{outcome: counts[outcome] for outcome in outcomes}, "rows": rows}


def outcome_of(new: bool, changed: bool) -> str:
    """created, changed or unchanged."""
    if new:
        return "created"
    return "changed" if changed else "unchanged"
