"""The reading process: `python -m gateway.api.sheets.child FILE TARGET SHEET` writes the rows of FILE to TARGET.

Its memory and processor time are bounded; whatever the file does, only this process dies of it. The first line of
TARGET is what is known of the file, or why it is refused.
"""

import resource
import sys
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from . import csv_text, table, xlsx
from .content import MOST_ROWS, FileRefused, format_of

MEMORY = 2 * 1024**3
SECONDS = 120
ABOVE = 10
"""Rows that may stand above the data: titles and the header."""


def main(file: str, target: str, wanted: str) -> None:
    """Read `file` within the bounds."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        about, lines = _read(Path(file), wanted)
    except FileRefused as error:
        refusal = {"code": error.code, "zh": error.zh, "en": error.en}
        Path(target).write_text("")
        with Path(target).open("w", encoding="utf-8") as out:
            table.write(out, {"refused": refusal})
        return
    with Path(target).open("w", encoding="utf-8") as out:
        table.write(out, {"about": asdict(about), "rows": len(lines)})
        for line in lines:
            table.write(out, line)


def _read(path: Path, wanted: str) -> tuple[table.About, list[table.Row]]:
    about, rows = xlsx.read(path, wanted) if format_of(path) == "xlsx" else csv_text.read(path)
    lines = list(islice(rows, MOST_ROWS + ABOVE + 1))
    if len(lines) > MOST_ROWS + ABOVE:
        zh, en = f"一个文件最多 {MOST_ROWS} 行,请分成几个文件", f"At most {MOST_ROWS} rows in one file; split it"
        raise FileRefused("too-many-rows", zh, en)
    return about, lines


if __name__ == "__main__":
    main(*sys.argv[1:])
