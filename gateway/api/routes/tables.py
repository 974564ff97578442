"""Imports and exports of whole tables as xlsx and CSV files (REG-13, ALL-02).

The file is recognised by its content and read in a process of its own; its rows go to the registry in parts, which
carries out all of them in one transaction or none.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from urllib.parse import quote

from google.protobuf.descriptor import MethodDescriptor
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, JSONResponse, Response

from gateway.api import problems, protojson
from gateway.api.body import limited, media_type
from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.errors import Refused
from gateway.api.routes.uploads import MULTIPART, form_file
from gateway.api.schemas import tables as schemas
from gateway.api.sheets import reading, writing
from gateway.api.sheets.reading import Sheet
from services.chassis.errors import Fault, Invalid
from services.chassis.telemetry import current_trace_id
from wangge.registry.v1 import registry_pb2

REGISTRY = methods(registry_pb2, "Registry")
LIMIT = 20 * 1024 * 1024
SECONDS = 30.0
OVER = ("checked", "done", "refused", "cancelled", "failed")
READERS = 1
"""Files read at the same time: each may need 2 GiB."""
PAGE = 1_000
TABLE_IMPORT = registry_pb2.TableImport.DESCRIPTOR
IMPORTERS = ("system-administrator", "security-administrator", "centre-operator", "platform")

_reading = asyncio.Semaphore(READERS)

routes = Routes("tables", zh="表格导入与导出", en="Tables in and out")


@routes.add(
    "POST", "/imports/{which}", query=schemas.ImportQuery, upload=True, reply=TABLE_IMPORT, roles=IMPORTERS,
    seconds=SECONDS, later=True, zh="导入表格(xlsx、CSV)",
    en="Import a table, all or nothing; which: its kind (REG-13)",
)  # fmt: skip
async def import_table(call: Call) -> Any:
    """Read the file, give its rows to the registry, wait a while for the end. Raises SheetNotRead, TooLarge."""
    async with received(call) as (path, digest):
        async with _reading, _opened(call, path) as sheet:
            found = await _handed_over(call, sheet, digest)
    return await _answered(call, found)


@asynccontextmanager
async def received(call: Call) -> AsyncIterator[tuple[Path, str]]:
    """The file of the form, or the body itself, on disk, and its digest; removed at the end."""
    with TemporaryDirectory(prefix="wangge-import-") as folder:
        path = Path(folder) / "file"
        if media_type(call.request) == MULTIPART:
            file = await form_file(call, LIMIT)
            digest = await call.in_thread(_copied, file.file, path)
            await file.close()
        else:
            digest = await _streamed(call, path)
        yield path, digest


def _copied(source: IO[bytes], path: Path) -> str:
    hashed = sha256()
    with path.open("wb") as target:
        while chunk := source.read(1024 * 1024):
            hashed.update(chunk)
            target.write(chunk)
    return hashed.hexdigest()


async def _streamed(call: Call, path: Path) -> str:
    hashed = sha256()
    with path.open("wb") as target:
        async for chunk in limited(call.request, LIMIT):
            hashed.update(chunk)
            target.write(chunk)
    return hashed.hexdigest()


@asynccontextmanager
async def _opened(call: Call, path: Path) -> AsyncIterator[Sheet]:
    table = await _table(call)
    context = reading.opened(path, call.query.get("sheet") or table.name)
    sheet = await call.in_thread(context.__enter__)
    try:
        yield sheet
    finally:
        await call.in_thread(context.__exit__, None, None, None)


async def _table(call: Call) -> Any:
    return await _ask(call, "DescribeTable", registry_pb2.DescribeTableRequest(kind=call.path["which"]))


async def _ask(call: Call, name: str, request: Any, key: bool = False) -> Any:
    """Ask the registry; only what opens an import carries the idempotency key, since one key is one command."""
    method: MethodDescriptor = REGISTRY[name]
    metadata = [pair for pair in call.metadata() if key or pair[0] != "idempotency-key"]
    return await call.clients.ask(method, request, metadata, call.declaration.seconds or None)


async def _handed_over(call: Call, sheet: Sheet, digest: str) -> Any:
    """The import, opened, with all its rows, queued; one that the same key opened before is left as it is."""
    about = sheet.about
    request = registry_pb2.OpenImportRequest(
        kind=call.path["which"], dry_run=call.query["dry_run"], format=about.format, encoding=about.encoding,
        sheet=about.sheet, merged=about.merged, digest=digest, total_rows=sheet.total_rows,
    )  # fmt: skip
    found = await _ask(call, "OpenImport", request, key=True)
    if found.state == "open":
        for number, part in enumerate(sheet.parts()):
            rows = [_row(row) for row in part]
            await _ask(call, "AddImportRows", registry_pb2.AddImportRowsRequest(id=found.id, part=number, rows=rows))
    if found.state in OVER:
        return found
    return await _ask(call, "RunImport", registry_pb2.RunImportRequest(id=found.id))


def _row(row: tuple[int, list[tuple[str, str]]]) -> Any:
    cells = [registry_pb2.TableCell(text=text, form=form) for text, form in row[1]]
    return registry_pb2.TableRow(number=row[0], cells=cells)


async def _answered(call: Call, found: Any) -> Response:
    """The import once it is over, or as it is (202) when that takes longer than the caller waits."""
    until = time.monotonic() + call.query["wait"]
    pause = 0.05
    while found.state not in OVER and time.monotonic() < until:
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, 1.0)
        found = await _ask(call, "GetImport", registry_pb2.GetImportRequest(id=found.id))
    headers = {"Location": f"/api/v1/imports/{found.id}", "Idempotency-Key": call.key or ""}
    if found.state in ("refused", "failed", "cancelled") and not found.dry_run:
        return _problem(call, found, headers)
    return JSONResponse(protojson.to_json(found), 200 if found.state in OVER else 202, headers)


def _problem(call: Call, found: Any, headers: dict[str, str]) -> Response:
    """The refusal as a problem document: each error says sheet, row, column, header, value and what would be right."""
    status = {"cancelled": 409, "failed": 500}.get(found.state, 422)
    error = Refused(http=status, code=found.error_code, zh=found.error_zh, en=found.error_en)
    document = problems.problem(error, call.language, quote(call.request.scope["path"]), current_trace_id())
    faults = [fault_of(each, call.language) for each in found.faults]
    document |= {"errors": faults, "error_count": found.fault_count, "import_id": found.id}
    return JSONResponse(document, status, {**headers, "Content-Language": call.language}, problems.MEDIA_TYPE)


def fault_of(fault: Any, language: str) -> dict[str, Any]:
    """One fault of a table, as the problem document and a clerk want it."""
    place = {name: getattr(fault, name) for name in ("sheet", "row", "column", "header", "value")}
    detail = fault.en if language == "en" else fault.zh
    pointer = f"/{fault.row}/{fault.column}" if fault.column else f"/{fault.row}"
    return {"pointer": pointer, "code": fault.code, "detail": detail, **place}


@routes.add(
    "GET",
    "/imports/{which}",
    reply=TABLE_IMPORT,
    zh="导入进度与结果",
    en="Progress and outcome; which: the import's id",
)
async def get_import(call: Call) -> Any:
    """State, rows done, counts, faults, changes."""
    return await call.ask(REGISTRY["GetImport"], {"id": call.path["which"]})


@routes.add(
    "POST", "/imports/{which}/cancel", reply=TABLE_IMPORT, roles=IMPORTERS,
    zh="取消导入", en="Stop an import; which: its id. What was not committed leaves nothing",
)  # fmt: skip
async def cancel_import(call: Call) -> Any:
    """Ask a running import to stop."""
    return await call.ask(REGISTRY["CancelImport"], {"id": call.path["which"]})


@routes.add(
    "GET", "/imports/{which}/template.xlsx", media=(writing.XLSX,), seconds=SECONDS,
    zh="下载空白模板", en="An empty template with notes and lists to choose from; which: the kind",
)  # fmt: skip
async def import_template(call: Call) -> Any:
    """The header, lists to choose from, a sheet of notes."""
    table = await _table(call)
    return await _file(call, lambda path: writing.XlsxFile(table).with_choices().save(path), f"{table.kind}-template")


@routes.add(
    "GET", "/exports/{kind}.xlsx", query=schemas.ExportQuery, media=(writing.XLSX,), seconds=SECONDS,
    zh="导出为 xlsx", en="Export a table within one's scope, as an import takes it (REG-13)",
)  # fmt: skip
async def export_xlsx(call: Call) -> Any:
    """All rows in the caller's scope."""
    return await _exported(call, "xlsx")


@routes.add(
    "GET", "/exports/{kind}.csv", query=schemas.ExportQuery, media=(writing.CSV,), seconds=SECONDS,
    zh="导出为 CSV(UTF-8)", en="Export a table within one's scope as CSV, UTF-8 with BOM (REG-13)",
)  # fmt: skip
async def export_csv(call: Call) -> Any:
    """All rows in the caller's scope."""
    return await _exported(call, "csv")


async def _exported(call: Call, form: str) -> Response:
    kind = call.path["kind"]
    table = await _ask(call, "DescribeTable", registry_pb2.DescribeTableRequest(kind=kind))
    folder = TemporaryDirectory(prefix="wangge-export-")
    path = Path(folder.name) / kind
    try:
        target = writing.XlsxFile(table) if form == "xlsx" else writing.CsvFile(table, path)
        async for rows in _pages(call, kind):
            await call.in_thread(target.append, rows)
        await call.in_thread(target.save, path)
    except writing.CellTooLong as error:
        folder.cleanup()
        zh, en = "有单元格超过 32767 字,xlsx 放不下;请导出 CSV", "A cell exceeds 32,767 characters; export as CSV"
        raise Invalid(faults=[Fault("path.kind", "cell-too-long", zh, en)]) from error
    except BaseException:
        folder.cleanup()
        raise
    return _download(path, f"{kind}.{form}", writing.XLSX if form == "xlsx" else writing.CSV, folder)


async def _pages(call: Call, kind: str) -> AsyncIterator[list[list[str]]]:
    cursor = ""
    while True:
        asked = registry_pb2.ExportRowsRequest(kind=kind, purpose=call.query.get("purpose") or "", limit=PAGE)
        asked.cursor, asked.prefix = cursor, call.query.get("prefix") or ""
        page = await _ask(call, "ExportRows", asked)
        yield [list(row.cells) for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return


async def _file(call: Call, write: Any, name: str) -> Response:
    folder = TemporaryDirectory(prefix="wangge-export-")
    path = Path(folder.name) / "file"
    await call.in_thread(write, path)
    return _download(path, f"{name}.xlsx", writing.XLSX, folder)


def _download(path: Path, name: str, media: str, folder: TemporaryDirectory[str]) -> FileResponse:
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return FileResponse(
        path, headers=headers, media_type=media, filename=name, background=BackgroundTask(folder.cleanup)
    )
