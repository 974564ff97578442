"""Starts the reading process and gives its rows in parts that fit into one call to the registry."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from json import JSONDecodeError, loads
from pathlib import Path
from tempfile import TemporaryDirectory

from services.chassis.errors import Fault, Invalid

from . import table
from .table import About, Row

SECONDS = 180
MOST_PART_ROWS = 2_000
MOST_PART_CHARACTERS = 600_000
"""A part stays under gRPC's 4 MiB (UTF-8: at most 4 bytes a character, and what protobuf adds)."""


class SheetNotRead(Invalid):
    """The file as a whole cannot be read; `code` and sentences are the file's own."""

    code = "sheet-not-read"
    zh = "文件无法导入:{why_zh}"
    en = "The file cannot be imported: {why}"


def refused(code: str, zh: str, en: str) -> SheetNotRead:
    """The refusal of a file, with its reason as a fault of the field `file`."""
    return SheetNotRead(faults=[Fault("file", code, zh, en)], why=en, why_zh=zh)


@dataclass(frozen=True)
class Sheet:
    """A file that was read: what is known of it, how many rows, and the file with its rows."""

    about: About
    total_rows: int
    lines: Path

    def parts(self) -> Iterator[list[Row]]:
        """The rows in parts."""
        with self.lines.open(encoding="utf-8") as source:
            source.readline()
            part: list[Row] = []
            size = 0
            for row in table.rows(source):
                length = sum(len(text) + 8 for text, _ in row[1])
                if part and (len(part) >= MOST_PART_ROWS or size + length > MOST_PART_CHARACTERS):
                    yield part
                    part, size = [], 0
                part.append(row)
                size += length
            if part:
                yield part


@contextmanager
def opened(file: Path, wanted: str) -> Iterator[Sheet]:
    """Read `file` in a process of its own; its rows are removed afterwards. Raises SheetNotRead."""
    with TemporaryDirectory(prefix="wangge-sheet-") as folder:
        target = Path(folder) / "rows"
        command = [sys.executable, "-m", "gateway.api.sheets.child", str(file), str(target), wanted]
        try:
            subprocess.run(command, timeout=SECONDS, check=True, capture_output=True)
            with target.open(encoding="utf-8") as source:
                first = loads(source.readline())
        except (subprocess.SubprocessError, OSError, JSONDecodeError) as error:
            zh = "文件过大或结构异常,在限定的内存和时间内读不完;请只保留一张工作表、删去空行空列后重试"
            en = "The file is too large or strange to be read within bounds; keep one sheet without empty rows"
            raise refused("file-too-large", zh, en) from error
        if "refused" in first:
            raise refused(**first["refused"])
        yield Sheet(About(**first["about"]), first["rows"], target)
