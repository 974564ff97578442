"""What a file holds as rows of cells, on its way from the reading process to the gateway: one JSON line each."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

Cell = tuple[str, str]
"""Text and form: "" for text, else number, day, flag, error or formula."""
Row = tuple[int, list[Cell]]
"""The number as the spreadsheet program counts, and the cells."""


@dataclass(frozen=True)
class About:
    """What is known of a file apart from its rows; `others` are sheets that were not read."""

    format: str
    encoding: str = ""
    sheet: str = ""
    merged: Sequence[str] = ()
    others: Sequence[str] = ()


def write(target: IO[str], value: object) -> None:
    """One line."""
    target.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


def rows(source: IO[str]) -> Iterator[Row]:
    """The rows that are left in `source`."""
    for line in source:
        number, cells = json.loads(line)
        yield number, [(text, form) for text, form in cells]
