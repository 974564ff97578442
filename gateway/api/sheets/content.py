"""What a file is, by its content and never by its name; what cannot be read is refused with its remedy.

A zip archive is measured by decompressing it, not by what its directory claims. Raises FileRefused.
"""

import zipfile
from collections.abc import Iterator
from copy import copy
from pathlib import Path

MOST_UNPACKED = 256 * 1024 * 1024
MOST_ENTRIES = 1_000
MOST_ROWS = 100_000
MOST_COLUMNS = 100
HEAD = 8
CHUNK = 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class FileRefused(Exception):
    """A file that is not taken: a code, and what is wrong and would be right in both languages."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(code)
        self.code, self.zh, self.en = code, zh, en


def format_of(path: Path) -> str:
    """xlsx or csv. Raises FileRefused for everything else."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise FileRefused("file-empty", "文件是空的", "The file is empty")
    if head == OLE:
        raise _ole(path)
    if head.startswith(b"PK"):
        _check_archive(path)
        return "xlsx"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        zh = "文件是 UTF-16 编码的文本;请另存为“CSV UTF-8”或 xlsx"
        raise FileRefused("file-encoding", zh, "The file is UTF-16 text; save it as CSV UTF-8 or xlsx")
    if b"\0" in head:
        raise _neither()
    return "csv"


def _neither() -> FileRefused:
    zh, en = "文件既不是 xlsx 也不是 CSV;请另存为其中之一", "The file is neither xlsx nor CSV; save it as one of them"
    return FileRefused("file-format", zh, en)


def _ole(path: Path) -> FileRefused:
    if ENCRYPTED in path.read_bytes():
        zh = "文件设有打开密码;请取消密码后重新保存"
        return FileRefused("file-encrypted", zh, "The file is encrypted; save it without a password")
    zh = "文件是旧的 xls 格式;请另存为 xlsx"
    return FileRefused("file-xls", zh, "The file has the old xls format; save it as xlsx")


def _check_archive(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
                raise _neither()
            if len(names) > MOST_ENTRIES or sum(_sizes(archive)) > MOST_UNPACKED:
                raise _too_large()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        zh, en = "xlsx 文件已损坏;请重新保存", "The xlsx file is damaged; save it again"
        raise FileRefused("file-damaged", zh, en) from error


def _too_large() -> FileRefused:
    limit = MOST_UNPACKED // (1024 * 1024)
    zh = f"文件解压后超过 {limit} MiB;请删去无关的工作表、图片,或分成几个文件"
    return FileRefused("file-too-large", zh, f"Unpacked the file exceeds {limit} MiB; remove other sheets, or split it")


def _sizes(archive: zipfile.ZipFile) -> Iterator[int]:
    """The true sizes of the entries, counted while they are unpacked; stops counting where it is too much."""
    left = MOST_UNPACKED
    for info in archive.infolist():
        if left < 0:
            return
        size = _measured(archive, info, left)
        left -= size
        yield size


def _measured(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> int:
    """zipfile stops at the size that the directory claims; with a larger claim and no checksum it goes to the end."""
    unbounded = copy(info)
    unbounded.file_size = MOST_UNPACKED * 2
    del unbounded.CRC
    size = 0
    with archive.open(unbounded) as entry:
        while size <= most and (chunk := entry.read(CHUNK)):
            size += len(chunk)
    return size
