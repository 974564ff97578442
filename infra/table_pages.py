"""docs/tables.md: the columns of every table that counties exchange as xlsx or CSV, from the registry's own."""

from services.registry.handlers.rights import TABLES as RIGHTS
from services.registry.model.sheets.columns import TABLES, Column, Table

PREFACE = """# 表格的列 / Columns of tables

<!-- Written by `make generate` from services/registry/model/sheets/columns.py; change that. -->

导入、导出和空白模板用的是同一张列表。表头用中文或英文列名都可以,列的顺序随意,表头上方可以有标题行。
The import, the export and the template share these columns. Headers may be Chinese or English, in any order.

没有的列:已登记的行保持原值。空单元格:清空该项(电话除外,留空即不变)。
A column that is not there leaves what is stored; an empty cell empties it (telephones: leaves them).
"""


def page() -> str:
    """The text of docs/tables.md."""
    return "\n".join([PREFACE, *(_table(each) for each in TABLES.values())])


def _table(table: Table) -> str:
    rights = "、".join(f"`{role}`" for role in RIGHTS[table.kind] if role != "platform")
    rows = [_row(column) for column in table.columns]
    head = ["| 列 | column | 必填 | 单元格 | 填写方法 |", "|---|---|---|---|---|"]
    key = "、".join(table.column(name).zh for name in table.key)
    about = f"区分行的列 / key: {key}。可导入 / who imports: {rights}。{table.note}"
    return "\n".join([f"## {table.zh} `{table.kind}`", "", about, "", *head, *rows, ""])


def _row(column: Column) -> str:
    choices = "、".join(f"{zh}(`{code}`)" for code, zh in (column.labels or {}).items())
    note = "。".join(each for each in (column.note, choices) if each)
    return f"| {column.zh} | `{column.en}` | {'是' if column.required else ''} | {column.form} | {note} |"
