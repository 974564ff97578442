"""Chapter: a centre operator exports the grids as xlsx, edits the file, and imports it again (REG-13)."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from infra.demo.chapters.chapter import Chapter
from infra.demo.rest import Refusal, Values
from infra.demo.steps import Unexpected, expect

_KIND = "grids"
_NAME_COLUMN = "网格名称"


class Tables(Chapter):
    def play(self) -> None:
        """Export, import unchanged, see a mistake named by row and column."""
        self.stage.screen.chapter("14 表格:导出、预检、导入,错误到行到列")
        with self.stage.steps.step("export", "中心坐席导出网格表 xlsx") as step:
            workbook = self.stage.caller("operator").send("GET", f"/exports/{_KIND}.xlsx").content
            rows = _sheet(workbook).max_row - 1
            step.text, step.facts["rows"] = f"中心坐席导出本镇网格表 xlsx,{rows} 行", rows
        with self.stage.steps.step("import-unchanged", "原样预检:没有变化") as step:
            found = self._import(workbook, dry_run=True)
            expect(found["unchanged"] == rows, f"应有 {rows} 行不变,答为 {found}")
        with self.stage.steps.step("import-refused", "改坏一格再导入:整表不写入,指出行列") as step:
            step.details = [self._refused(_spoiled(workbook))]

    def _import(self, content: bytes, *, dry_run: bool) -> Values:
        reply = self.stage.caller("operator").send(
            "POST", f"/imports/{_KIND}", params={"dry_run": dry_run}, files={"file": ("网格.xlsx", content)}
        )
        found: Values = reply.json()
        return found

    def _refused(self, content: bytes) -> str:
        try:
            self._import(content, dry_run=False)
        except Refusal as refusal:
            first: dict[str, Any] = refusal.errors[0]
            return f"第 {first['row']} 行 {first['column']} 列({first['header']}):{first['detail']}"
        raise Unexpected("坏的表格被导入了")


def _sheet(workbook: bytes) -> Worksheet:
    sheet = load_workbook(BytesIO(workbook)).active
    if not isinstance(sheet, Worksheet):
        raise Unexpected("导出的文件没有工作表")
    return sheet


def _spoiled(workbook: bytes) -> bytes:
    """The same table with the first grid's name missing."""
    book = load_workbook(BytesIO(workbook))
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    header = [cell.value for cell in sheet[1]]
    sheet.cell(2, header.index(_NAME_COLUMN) + 1).value = None
    spoiled = BytesIO()
    book.save(spoiled)
    return spoiled.getvalue()
