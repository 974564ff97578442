"""The columns of every kind of table: Chinese header first, English accepted too, and how a cell is written.

Forms of cells: `text`, `code` (digits kept as text: a number is refused, since Excel rounds long ones), `codes`
(several), `whole`, `decimal`, `day`, `flag` (是/否), `phone`, `choice` and `choices` (Chinese label or code), `list`
(several), `lines` (one on each line of the cell), `steps` (step=day, several).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.registry.model import departments, divisions, grids, places
from services.registry.model.people import LANGUAGES, ROLES
from services.registry.model.posts import POSTS

Labels = Mapping[str, str]

DIVISION_KINDS: Labels = {"province": "省", "city": "市", "county": "县", "town": "乡镇", "village": "村"}
GRID_KINDS: Labels = {
    "area": "区域网格",
    "work-area": "片区网格",
    "enterprise": "企业网格",
    "special": "专属网格",
    "party": "党建网格",
}
DEPARTMENT_LEVELS: Labels = {"city": "市级", "county": "县级", "town": "乡镇级", "village": "村级"}
DEPARTMENT_KINDS: Labels = {
    "government": "政府",
    "committee": "委员会",
    "centre": "中心",
    "office": "办公室",
    "station": "站所",
    "police": "公安派出所",
    "squad": "执法队",
    "bureau": "局",
    "company": "企业",
    "other": "其他",
}
PLACE_KINDS: Labels = {"enterprise": "企业", "organisation": "社会组织", "place": "场所", "facility": "服务设施"}
LANGUAGE_NAMES: Labels = {"zh": "中文", "en": "英文"}

ALL_LABELS: tuple[tuple[Labels, object], ...] = (
    (DIVISION_KINDS, divisions.KINDS),
    (GRID_KINDS, grids.KINDS),
    (DEPARTMENT_LEVELS, departments.LEVELS),
    (DEPARTMENT_KINDS, departments.KINDS),
    (LANGUAGE_NAMES, LANGUAGES),
    (PLACE_KINDS, places.KINDS),
)
"""Labels beside the values of the model that they name; a test compares them."""


@dataclass(frozen=True)
class Column:
    """One column: the field that it fills, its headers, the form of its cells, and what a clerk should know.

    `personal` values are masked in answers; `default` stands for an empty or missing cell of a new row.
    """

    field: str
    zh: str
    form: str = "text"
    required: bool = False
    labels: Labels | None = None
    note: str = ""
    personal: bool = False
    width: int = 16

    @property
    def en(self) -> str:
        """The English header: the field's own name."""
        return self.field

    @property
    def empty(self) -> object:
        """What an empty cell stands for."""
        if self.form in ("codes", "choices", "list", "lines"):
            return ()
        if self.form == "steps":
            return {}
        return None if self.form in ("whole", "decimal", "day", "flag") else ""


@dataclass(frozen=True)
class Table:
    """One kind of table: its names, its key and its columns."""

    kind: str
    zh: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    note: str = ""

    def column(self, field: str) -> Column:
        """The column of a field. Raises KeyError."""
        return next(each for each in self.columns if each.field == field)


def _c(field: str, zh: str, form: str = "text", note: str = "", **more: object) -> Column:
    return Column(field, zh, form, note=note, **more)  # type: ignore[arg-type]


_CODE_NOTE = "按文本填写;数字格式会丢失末位"

_DIVISIONS = Table(
    "divisions",
    "区划",
    ("code",),
    (
        _c("code", "区划代码", "code", f"12 位国家统计区划代码;{_CODE_NOTE}", required=True),
        _c("name", "区划名称", required=True, width=28),
        _c("parent_code", "上级区划代码", "code", "12 位;最高一级留空"),
        _c("kind", "级别", "choice", required=True, labels=DIVISION_KINDS),
    ),
    "区划代码已存在的行只修改名称。",
)
_GRIDS = Table(
    "grids",
    "网格",
    ("code",),
    (
        _c("code", "网格编码", "code", f"15 位;留空由平台编号,填写已有编码则修改该网格;{_CODE_NOTE}", width=20),
        _c("ref", "本表编号", note="只在本表内使用,供下级网格在“上级本表编号”中引用"),
        _c("name", "网格名称", required=True, width=28),
        _c("kind", "网格类型", "choice", required=True, labels=GRID_KINDS),
        _c("level", "级别", "whole", "0 至 9,按方案的级别,下级大于上级", required=True, width=8),
        _c("parent_code", "上级网格编码", "code", "15 位;最高一级留空;已有网格的上级不能在此调整", width=20),
        _c("parent_ref", "上级本表编号", note="上级网格也在本表且尚无编码时,填写它的“本表编号”"),
        _c("division_codes", "所在区划代码", "codes", "12 位,多个用顿号分隔", required=True, width=28),
        _c("effective", "生效日期", "day", "例如 2026-11-22", required=True),
        _c("duties", "职责", "lines", "一行一条(单元格内换行)", width=28),
        _c("tasks", "任务", "lines", "一行一条", width=28),
        _c("rewards", "奖惩", "lines", "一行一条", width=28),
    ),
    "边界不在表格内,用 GeoJSON 接口设置;导入不改变已有边界。",
)
_POSTS = Table(
    "posts",
    "岗位",
    ("username", "grid_code", "post", "starts"),
    (
        _c("username", "用户名", required=True),
        _c("name", "姓名", note="用于核对;填写时必须与该用户名的姓名一致"),
        _c("grid_code", "网格编码", "code", f"15 位;{_CODE_NOTE}", required=True, width=20),
        _c("post", "岗位", "choice", required=True, labels=POSTS),
        _c("starts", "开始日期", "day", "例如 2026-11-22", required=True),
        _c("ends", "结束日期", "day", "最后一天;仍在任留空"),
        _c("steps", "任职程序", "steps", "方案要求时填写:步骤=日期,多个用顿号分隔", width=28),
    ),
    "用户名、网格、岗位、开始日期都相同的行视为同一任职。",
)
_PEOPLE = Table(
    "people",
    "人员",
    ("username",),
    (
        _c("username", "用户名", note="2 至 40 个小写字母、数字、点、下划线、连字符", required=True),
        _c("name", "姓名", required=True),
        _c("roles", "角色", "choices", "多个用顿号分隔;只有安全管理员可以填写或修改", labels=ROLES, width=28),
        _c("department", "部门编号", note="部门表中的编号;已有人员的部门只有安全管理员可以修改"),
        _c("private_phone", "个人电话", "phone", "加密保存;留空或保持导出时的掩码则不变", personal=True),
        _c("duty_phone", "值班电话", "phone", "对外公开"),
        _c("areas", "另有范围", "codes", "区划或网格代码前缀,多个用顿号分隔;只有安全管理员可以填写", width=28),
        _c("language", "语言", "choice", "空为中文", labels=LANGUAGE_NAMES, width=8),
    ),
    "密码不在表格内:由安全管理员逐人设置初始密码。",
)
_DEPARTMENTS = Table(
    "departments",
    "部门",
    ("id",),
    (
        _c("id", "部门编号", note="小写字母、数字、连字符,例如 env-office", required=True, width=20),
        _c("name", "部门名称", required=True, width=28),
        _c("level", "部门级别", "choice", required=True, labels=DEPARTMENT_LEVELS),
        _c("kind", "部门类型", "choice", required=True, labels=DEPARTMENT_KINDS),
        _c("division_code", "所属区划代码", "code", "12 位;县级部门留空"),
        _c("active", "启用", "flag", "是或否;空为是", width=8),
    ),
)
_DUTIES = Table(
    "duties",
    "职责表",
    ("key",),
    (
        _c("key", "职责编号", note="小写字母、数字、连字符", required=True, width=20),
        _c("name", "职责名称", required=True, width=28),
        _c("lead", "牵头部门", note="部门编号", required=True),
        _c("co", "协办部门", "list", "部门编号,多个用顿号分隔", width=28),
        _c("grid_part", "网格分工", "choice", required=True, labels=departments.GRID_PARTS),
        _c("words", "方案原文", width=40),
    ),
)

_PLACES = Table(
    "places",
    "企业与场所",
    ("grid_code", "name"),
    (
        _c("grid_code", "网格编码", "code", f"15 位;坐标须在该网格之内;{_CODE_NOTE}", required=True, width=20),
        _c("name", "名称", note="同一网格内不重名", required=True, width=28),
        _c("kind", "类型", "choice", required=True, labels=PLACE_KINDS),
        _c("lon", "经度", "decimal", "WGS 84,例如 118.4012", required=True),
        _c("lat", "纬度", "decimal", "WGS 84,例如 35.5021", required=True),
        _c("address", "地址", width=28),
        _c("pollution_source", "污染源", "flag", "是或否;空为否", width=8),
        _c("responsible_name", "责任人", note="加密保存,不导出;留空则不变", personal=True),
        _c("responsible_phone", "责任人电话", "phone", "加密保存,不导出;留空则不变", personal=True),
        _c("grade", "安全等级", note="与评估日期同时填写,登记为一次安全评估"),
        _c("assessed_on", "评估日期", "day", "今天或更早"),
        _c("key", "重点监管", "flag", "是或否;空为否", width=8),
    ),
    "网格编码和名称都相同的行视为同一处。",
)

TABLES: Mapping[str, Table] = {
    each.kind: each for each in (_DIVISIONS, _GRIDS, _POSTS, _PEOPLE, _DEPARTMENTS, _DUTIES, _PLACES)
}
"""Every kind of table by its name in addresses."""
