"""The package's rows as divisions, each checked by the rules of REG-01; what does not nest is reported, not loaded.

Only what lies above the villages is kept in memory (45,000 codes), the villages pass through.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from services.chassis.errors import Fault
from services.registry.messages import DivisionRow
from services.registry.model import divisions

LEVELS = (
    ("provinces.csv", "province", None),
    ("cities.csv", "city", "provinceCode"),
    ("areas.csv", "county", "cityCode"),
    ("streets.csv", "town", "areaCode"),
    ("villages.csv", "village", "streetCode"),
)
"""Each file with the kind of its rows and the column of their parent, from above to below."""


@dataclass(frozen=True)
class Rejected:
    """A row that is not loaded: file, line as an editor counts, code, name, and why."""

    file: str
    line: int
    code: str
    name: str
    fault: Fault


@dataclass(frozen=True)
class Placed:
    """A division with the names from the top to itself."""

    row: DivisionRow
    path_name: str


@dataclass
class Country:
    """Reads the five files in `folder`; after `read`, `rejected` and `same` (cities that are counties) are known."""

    folder: Path
    rejected: list[Rejected] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    _paths: dict[str, str] = field(default_factory=dict)

    def read(self) -> Iterator[Placed]:
        """All good rows, parents before children."""
        counties = {divisions.padded(row["code"]) for _, row in self._lines("areas.csv")}
        for file, kind, parent in LEVELS:
            for line, given in self._lines(file):
                code = divisions.padded(given["code"])
                if kind == "city" and code in counties:
                    self._note_same(code, given)
                    continue
                above = divisions.padded(given[parent]) if parent else ""
                row = DivisionRow(
                    code=code, name=given["name"].strip(), parent_code=self._above(code, above), kind=kind
                )
                yield from self._checked(file, line, row)

    def size(self) -> int:
        """The bytes of all files, for progress."""
        return sum((self.folder / file).stat().st_size for file, _, _ in LEVELS)

    def _lines(self, file: str) -> Iterator[tuple[int, dict[str, str]]]:
        with (self.folder / file).open(encoding="utf-8-sig", newline="") as source:
            yield from enumerate(csv.DictReader(source), start=2)

    def _note_same(self, code: str, given: dict[str, str]) -> None:
        """A city without districts stands among the counties too, with the same code: one row, below its province."""
        self.same.append(code)

    def _above(self, code: str, above: str) -> str:
        """The parent; that of a county which is its own city is the province."""
        return divisions.padded(code[: divisions.PROVINCE_DIGITS]) if above == code else above

    def _checked(self, file: str, line: int, row: DivisionRow) -> Iterator[Placed]:
        found = next(divisions.row_faults("row", row, self._paths), None)
        if found is None and row.kind not in ("province", "village") and row.code in self._paths:
            found = Fault("row.code", "repeated", f"{row.code} 重复出现", f"{row.code} stands there twice")
        if found is None and row.kind != "province" and row.parent_code not in self._paths:
            zh, en = f"上级 {row.parent_code} 不存在", f"There is no parent {row.parent_code}"
            found = Fault("row.parent_code", "division-parent-missing", zh, en)
        if found is not None:
            self.rejected.append(Rejected(file, line, row.code, row.name, found))
            return
        path_name = f"{self._paths[row.parent_code]} {row.name}" if row.parent_code else row.name
        if row.kind != "village":
            self._paths[row.code] = path_name
        yield Placed(row, path_name)
