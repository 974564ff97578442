"""Warns of a care visit for which nobody can be listed, since the plan does not say on what ground (PRV-01)."""

from collections.abc import Iterator, Mapping
from typing import Any

NEEDED = ("category", "legal_basis", "purpose", "expires")
"""What a visit says before the registry takes households on its list (`model/care.py: visit_of`)."""


def unlistable(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str | int, ...], Mapping[str, Any]]]:
    """A warning for each visit that says some of it and not all: one that says nothing of it concerns everybody."""
    visits = document.get("visits")
    for position, visit in enumerate(visits if isinstance(visits, list) else ()):
        if not isinstance(visit, dict):
            continue
        missing = [name for name in NEEDED if not visit.get(name)]
        if missing and len(missing) < len(NEEDED):
            yield "visit-without-basis", ("visits", position), {"missing": ", ".join(missing)}
