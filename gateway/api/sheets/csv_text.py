"""A CSV file as rows of cells: UTF-8 with or without BOM, or GB18030 as Chinese Excel writes it; said which it was."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from .content import MOST_COLUMNS, FileRefused
from .table import About, Row

ENCODINGS = (("utf-8", "utf-8"), ("gb18030", "gb18030"))
MOST_CELL = 131_072


def read(path: Path) -> tuple[About, Iterator[Row]]:
    """All rows; empty ones are left out. Raises FileRefused."""
    encoding, text = _decoded(path.read_bytes())
    if "\0" in text:
        raise FileRefused("file-format", "文件不是文本(含有 NUL 字符)", "The file is no text: it holds NUL characters")
    return About("csv", encoding=encoding), _rows(text)


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith(codecs.BOM_UTF8):
        try:
            return "utf-8-bom", content[len(codecs.BOM_UTF8) :].decode("utf-8")
        except UnicodeDecodeError as error:
            raise _undecodable() from error
    for name, codec in ENCODINGS:
        try:
            return name, content.decode(codec)
        except UnicodeDecodeError:
            continue
    raise _undecodable()


def _undecodable() -> FileRefused:
    zh = "文字编码既不是 UTF-8 也不是 GB18030;请另存为“CSV UTF-8”或 xlsx"
    return FileRefused("file-encoding", zh, "The text is neither UTF-8 nor GB18030; save it as CSV UTF-8 or xlsx")


def _rows(text: str) -> Iterator[Row]:
    csv.field_size_limit(MOST_CELL)
    first = text.partition("\n")[0]
    separator = "\t" if "\t" in first and "," not in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, fields in enumerate(reader, start=1):
            if len(fields) > MOST_COLUMNS:
                zh, en = f"第 {number} 行超过 {MOST_COLUMNS} 列", f"Row {number} has more than {MOST_COLUMNS} columns"
                raise FileRefused("too-many-columns", zh, en)
            if any(fields):
                yield number, [(field, "") for field in fields]
    except csv.Error as error:
        zh = f"第 {number + 1} 行的引号不成对或单元格过长;请用表格软件重新保存"
        en = f"Row {number + 1}: quotes do not match, or a cell is too long; save the file again"
        raise FileRefused("file-damaged", zh, en) from error
