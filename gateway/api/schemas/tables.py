"""Queries of imports and exports of whole tables (REG-13)."""

from gateway.api import fields
from gateway.api.fields import Request

PURPOSES = ("case-handling", "emergency", "account-administration", "supervision")


class ImportQuery(Request):
    dry_run = fields.Flag(
        load_default=False, metadata={"description": "只检查不写入,并预览变更 / only check, and show what would change"}
    )
    sheet = fields.Text(1, 31, metadata={"description": "工作表名;缺省为第一张 / the sheet's name; else the first"})
    wait = fields.Whole(
        0, 25, load_default=20, metadata={"description": "最多等待秒数,未完成则 202 / seconds to wait before a 202"}
    )


class ExportQuery(Request):
    prefix = fields.Prefix(
        metadata={"description": "区划或网格编码的前几位;仅区划、网格、岗位、场所 / of divisions, grids, posts, places"}
    )
    purpose = fields.Text(
        choices=PURPOSES,
        metadata={"description": "用途;填写则个人电话不掩码并逐人留痕 / unmasks telephones, recorded for each person"},
    )
