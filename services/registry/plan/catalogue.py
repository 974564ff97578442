"""The standard catalogues of matters that a plan builds on; `standard_ref` says where each code comes from."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent.parent / "plans" / "data"


@dataclass(frozen=True)
class CatalogueMatter:
    """One matter (小类) of a catalogue, with its class (大类) and the standard it comes from."""

    code: str
    name: str
    class_name: str
    standard_ref: str


_CATALOGUES: Mapping[str, tuple[str, str]] = {"gbt47678": ("matters-gbt47678.csv", "GB/T 47678.5-2026")}


@cache
def catalogue(name: str) -> tuple[CatalogueMatter, ...]:
    """The matters of a catalogue in the order of their codes; none for a name that is not known."""
    if name not in _CATALOGUES:
        return ()
    file, standard = _CATALOGUES[name]
    with (_DATA / file).open(encoding="utf-8", newline="") as rows:
        return tuple(CatalogueMatter(row["code"], row["name"], row["class"], standard) for row in csv.DictReader(rows))


def catalogue_matters(names: Sequence[str]) -> list[CatalogueMatter]:
    """The matters of several catalogues, one after the other."""
    return [matter for name in names for matter in catalogue(name)]
