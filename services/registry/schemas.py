"""The registry's events on the wire. A new optional field keeps the version; anything else is a new version.

`proto/events/registry.*.v1.json` holds a golden message of each.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Range

from services.chassis.messages import Event
from services.registry import messages
from services.registry.messages.rosters import DutyRosterChanged
from services.registry.model import departments, grids
from services.registry.model.grid_changes import KINDS
from services.registry.model.places import KINDS as PLACE_KINDS


def _text(words: str, *allowed: str, absent: bool = False) -> fields.String:
    validate = OneOf(allowed) if allowed else None
    return fields.String(required=True, allow_none=absent, validate=validate, metadata={"description": words})


def _texts(words: str) -> fields.Field[Any]:
    return fields.List(fields.String(), required=True, metadata={"description": words})


def _number(words: str, least: int) -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=Range(least), metadata={"description": words})


def _day(words: str, key: str | None = None, absent: bool = False) -> fields.Date:
    return fields.Date(required=True, allow_none=absent, data_key=key, metadata={"description": words})


def _flag(words: str) -> fields.Boolean:
    return fields.Boolean(required=True, metadata={"description": words})


def _degrees(words: str) -> fields.Float:
    return fields.Float(required=True, metadata={"description": words})


class GridChangedV1(Schema):
    """网格已新建或变更。"""

    code = _text("网格编码,15 位")
    name = _text("名称")
    kind = _text("类型", *grids.KINDS)
    level = _number("级别,数字越大越基层", 0)
    parent = _text("上级网格编码", absent=True)
    division = _text("所在的最低一级共同区划,12 位")
    divisions = _texts("覆盖或所在的区划")
    ancestors = _texts("各级上级网格编码,自顶向下")
    boundary = fields.Dict(required=True, allow_none=True, metadata={"description": "边界,GeoJSON,WGS 84"})
    effective = _day("生效日期")
    state = _text("状态", "active", "retired")
    active = _flag("是否在用")


class GridSucceededV1(Schema):
    """网格已拆分、合并、调整隶属或撤销;未办结事项转由后继网格承接。"""

    change_id = _text("变更编号")
    kind = _text("变更类型", *KINDS)
    predecessors = _texts("原网格编码")
    successors = _texts("后继网格编码;拆分后的边界见各自的 registry.grid-changed.v1")
    effective = _day("生效日期(县所在时区)")


class PostChangedV1(Schema):
    """已任命、登记任职程序或结束任职。"""

    person_id = _text("人员标识")
    grid = _text("网格编码")
    post = _text("岗位")
    starts = _day("首日", key="from")
    ends = _day("末日", key="to", absent=True)
    state = _text("状态", "proposed", "appointed", "ended")


class PersonChangedV1(Schema):
    """人员的角色、部门、范围或账号状态已变更(不含个人信息)。"""

    person_id = _text("人员标识")
    roles = _texts("角色")
    home_department = fields.String(
        required=True, allow_none=True, data_key="department", metadata={"description": "所属部门"}
    )
    areas = _texts("可见范围:区划或网格编码前缀")
    active = _flag("账号是否启用")


class PlaceChangedV1(Schema):
    """企业、组织、场所、设施已登记、变更、评估或注销(不含责任人信息);信封中的 grid 是其所在网格。"""

    kind = _text("类型", *PLACE_KINDS)
    name = _text("名称")
    grade = _text("最近一次安全评估的等级,未评估为空")
    key = _flag("是否列入重点监管名单")
    pollution_source = _flag("是否污染源")
    lon = _degrees("经度(WGS 84)")
    lat = _degrees("纬度(WGS 84)")
    active = _flag("是否在册")


class DepartmentChangedV1(Schema):
    """部门已登记、更名、启用或停用。"""

    id = _text("部门编号")
    name = _text("名称")
    level = _text("层级", *departments.LEVELS)
    kind = _text("类别", *departments.KINDS)
    active = _flag("是否启用")


class DutyChangedV1(Schema):
    """职责分工已变更:牵头部门、协办部门、网格承办或协办。"""

    key = _text("职责编号")
    name = _text("名称")
    lead = _text("牵头部门")
    co_departments = _texts("协办部门")
    grid_part = _text("网格的作用", *departments.GRID_PARTS)


class CalendarDayV1(Schema):
    """本县自定的一天。"""

    day = _day("日期")
    worked = _flag("是否上班")


class CalendarChangedV1(Schema):
    """某一年的工作日历已变更:本县自定的全部日期,其余按国务院放假安排或周一至周五。"""

    year = _number("年份", 1)
    days = fields.List(fields.Nested(CalendarDayV1), required=True, metadata={"description": "本县自定的日期"})


class PlanActivatedV1(Schema):
    """方案已启用,自生效日期起执行。"""

    plan_id = _text("方案编号")
    version = _number("版本", 1)
    effective = _day("生效日期")
    digest = _text("展开文档的 SHA-256")
    title = _text("标题")
    document = fields.Dict(required=True, metadata={"description": "展开的完整方案"})


class HouseholdChangedV1(Schema):
    """住户已登记、转入其他网格或注销(不含个人信息)。"""

    active = _flag("是否在册")


class CareChangedV1(Schema):
    """走访名单条目已列入、续期、撤出或到期(列入原因加密)。"""

    household_id = _text("住户标识")
    active = _flag("是否在名单中")
    expires = _day("末日", absent=True)
    sealed = _text("方案中的走访与应办的帮扶(加密,只有平台服务能解开)", absent=True)


class DutyRosterChangedV1(Schema):
    """值班班次已编排、换人或撤销。"""

    shift_id = _text("班次编号")
    area = _text("值守范围:区划或网格编码前缀")
    role = _text("值守的岗位角色")
    person_id = _text("值班人员标识")
    starts = fields.AwareDateTime(required=True, format="iso", metadata={"description": "开始时间"})
    ends = fields.AwareDateTime(required=True, format="iso", metadata={"description": "结束时间"})
    active = _flag("是否有效;撤销后为 false")


EVENTS: Mapping[type[Event], Schema] = {
    messages.GridChanged: GridChangedV1(),
    messages.GridSucceeded: GridSucceededV1(),
    messages.PostChanged: PostChangedV1(),
    messages.PersonChanged: PersonChangedV1(),
    messages.PlaceChanged: PlaceChangedV1(),
    messages.DepartmentChanged: DepartmentChangedV1(),
    messages.DutyChanged: DutyChangedV1(),
    DutyRosterChanged: DutyRosterChangedV1(),
    messages.CalendarChanged: CalendarChangedV1(),
    messages.PlanActivated: PlanActivatedV1(),
    messages.HouseholdChanged: HouseholdChangedV1(),
    messages.CareChanged: CareChangedV1(),
}
