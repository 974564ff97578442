"""Files that are not what they say: photos, polyglots, pictures and tables made to burst (ALL-05, REG-13).

File by file, without a platform: tests/unit/gateway/test_uploads.py, test_sheets.py. Here the gateway's memory is
measured while they come, and nothing of what is refused stays on its disk.
"""

import io
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.badinput.answers import expect
from tests.badinput.town import Town

pytestmark = pytest.mark.rule("ALL-05")
MOST_GROWTH = 150.0
"""MB that the gateway with its children may grow by while one file is handled: a picture of 50 megapixels decodes to
150 MB. The reader of tables is a process of its own and has ended afterwards."""
MOST_WHILE_READING = 700.0
"""MB for a moment, with the process that reads a table."""


def _png(width: int, height: int) -> bytes:
    """A black picture of one bit a pixel, compressed a thousand times: 30,000² are 110 kB."""
    packer = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    rows = b"".join([packer.compress(row) for _ in range(height)]) + packer.flush()
    size = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", size) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _photo(form: str = "JPEG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(target, form)
    return target.getvalue()


def _xlsx_bomb() -> bytes:
    """1.2 GB of zeros as the first sheet, 1.2 MB on the wire."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/workbook.xml", "<workbook/>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(1200):
                sheet.write(b"0" * 1024 * 1024)
    return target.getvalue()


def _upload(town: Town, content: bytes, name: str = "photo.jpg") -> httpx.Response:
    return town.ask("member", "POST", "/uploads", files={"file": (name, content, "image/jpeg")})


def _kept(town: Town) -> set[str]:
    folder = town.settings.home / "blobs"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@contextmanager
def bounded(town: Town, while_it_runs: float = MOST_GROWTH) -> Iterator[None]:
    """The gateway and its children grow by less than `while_it_runs` at any moment, and by MOST_GROWTH afterwards."""
    before, most, over = town.megabytes("gateway"), 0.0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not over.wait(0.05):
            most = max(most, town.megabytes("gateway"))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
    assert most - before < while_it_runs, (before, most)
    assert town.megabytes("gateway") - before < MOST_GROWTH


NO_PICTURE = "不是 JPEG、PNG 或 WebP 图片"
NOT_ONE: dict[str, tuple[Any, str]] = {
    "words": (b"this is a photo", NO_PICTURE),
    "html": (b"<html><script>alert(1)</script>", NO_PICTURE),
    "empty": (b"", NO_PICTURE),
    "gif": (b"GIF89a" + b"\0" * 60, NO_PICTURE),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', NO_PICTURE),
    "only-the-beginning": (_photo()[:200], "图片已损坏"),
    "program": (b"\x7fELF" + b"\0" * 60, NO_PICTURE),
}


@pytest.mark.parametrize("name", NOT_ONE)
def test_a_photo_that_is_not_one_is_refused_whatever_its_name_says(town: Town, name: str) -> None:
    content, why = NOT_ONE[name]
    before = _kept(town)
    expect(_upload(town, content), 422, "not-an-upload", f"文件不能接收:{why}", file=why)
    assert _kept(town) == before


@pytest.mark.parametrize("tail", [b"<?php system('id'); ?>", b"PK\x03\x04 zip", b"<script>alert(1)</script>"])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_a_polyglot_carries_besides_its_picture_is_gone(town: Town, form: str, tail: bytes) -> None:
    sent = _upload(town, _photo(form) + tail, "photo.php")
    assert sent.status_code == 201
    got = town.ask("member", "GET", f"/uploads/{sent.json()['id']}")
    assert got.status_code == 200 and tail not in got.content
    assert (got.headers["content-type"], got.headers["x-content-type-options"]) == ("image/jpeg", "nosniff")
    assert "sandbox" in got.headers["content-security-policy"] and ".php" not in got.headers["content-disposition"]


def test_a_picture_of_thirty_thousand_pixels_each_way_is_refused_before_it_is_decoded(town: Town) -> None:
    why, before = "图片像素过多:最多 50 百万像素,单边 20000", _kept(town)
    with bounded(town):
        for _ in range(3):
            expect(_upload(town, _png(30_000, 30_000)), 422, "not-an-upload", f"文件不能接收:{why}", file=why)
    assert _kept(town) == before


def test_a_file_over_the_limit_is_refused_while_it_arrives(town: Town) -> None:
    with bounded(town):
        expect(_upload(town, b"\xff\xd8\xff" + b"x" * (21 * 1024 * 1024)), 413, "too-large", "内容过大:最多 20 MiB")


def test_a_form_without_the_file_and_a_body_that_is_no_form_say_what_is_wanted(town: Town) -> None:
    without = town.ask("member", "POST", "/uploads", files={"picture": ("a.jpg", _photo())})
    expect(without, 422, "invalid", "提交的内容有误,请按提示修改", file="必填:名为 file 的文件")
    answer = town.ask("member", "POST", "/uploads", json={})
    expect(answer, 415, "unsupported-media-type", "不支持的内容类型 application/json;请使用 multipart/form-data")


# ---- tables


def _import(town: Town, content: bytes, kind: str = "grids", who: str = "system-admin", **query: str) -> httpx.Response:
    files = {"file": ("table.xlsx", content)}
    return town.ask(who, "POST", f"/imports/{kind}", files=files, params=query)


TABLES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "文件是空的"),
    "damaged": (b"PK\x03\x04nothing", "xlsx 文件已损坏;请重新保存"),
    "bytes": (b"\x00\x01\x02", "文件既不是 xlsx 也不是 CSV;请另存为其中之一"),
    "picture": (_photo(), "文件既不是 xlsx 也不是 CSV;请另存为其中之一"),
}


@pytest.mark.rule("REG-13")
@pytest.mark.parametrize("name", TABLES)
def test_a_file_that_is_no_table_is_refused_and_no_import_is_opened(town: Town, name: str) -> None:
    content, why = TABLES[name]
    town.caller("system-admin")
    before = town.rows("registry")
    answer = _import(town, content)
    expect(answer, 422, "sheet-not-read", f"文件无法导入:{why}", file=why)
    assert town.rows("registry") == before


@pytest.mark.rule("REG-13")
def test_a_zip_bomb_as_a_table_is_refused_and_the_memory_stays_bounded(town: Town) -> None:
    why = "文件解压后超过 256 MiB;请删去无关的工作表、图片,或分成几个文件"
    before = town.rows("registry")
    with bounded(town, MOST_WHILE_READING):
        expect(_import(town, _xlsx_bomb()), 422, "sheet-not-read", f"文件无法导入:{why}", file=why)
    assert town.rows("registry") == before


@pytest.mark.rule("REG-13")
def test_a_wrong_cell_is_named_by_row_and_column_and_no_row_is_kept(town: Town) -> None:
    template = town.ask("system-admin", "GET", "/exports/departments.csv").content.decode("utf-8-sig")
    head, *rows = template.splitlines()
    wrong = [
        rows[0],
        rows[1].replace("乡镇级", "省级").replace("县级", "省级"),
        "a-new-one," + rows[2].partition(",")[2],
    ]
    before = town.rows("registry")
    answer = _import(town, "\r\n".join([head, *wrong]).encode(), "departments")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["error_count"]) == (422, "table-refused", 1), answer.text
    assert problem["detail"] == "表格有 1 处错误,未导入任何一行;请按行、列提示修改后重新导入"
    said = "“省级”不在可选值之内;可选:市级、县级、乡镇级、村级"
    place = {"sheet": "", "row": 3, "column": "C", "header": "部门级别", "value": "省级"}
    assert problem["errors"] == [{"pointer": "/3/C", "code": "not-allowed", "detail": said, **place}]
    after = town.rows("registry")
    changed = {name for name in after if after[name] != before[name]}
    assert changed <= {"registry.table_import", "registry.audit", "registry.idempotency"}, changed


@pytest.mark.rule("REG-13", "REG-14")
def test_who_may_not_import_and_a_kind_that_is_none(town: Town) -> None:
    said = "您的岗位不能执行此操作:导入表格(xlsx、CSV)"
    expect(_import(town, _photo(), who="member"), 403, "forbidden", said)
    answer = _import(town, b"a,b\n", kind="cases")
    problem = answer.json()
    assert (answer.status_code, problem["errors"][0]["pointer"]) == (422, "/kind")
    assert "departments" in problem["errors"][0]["detail"] and "cases" in problem["errors"][0]["detail"]
