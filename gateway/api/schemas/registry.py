"""Requests about divisions, grids, people, departments and plans (REG)."""

from typing import Any

from gateway.api.declare import Paged
from gateway.api.fields import (
    Code,
    Day,
    Flag,
    Free,
    GridCode,
    Id,
    Many,
    Name,
    Number,
    Pattern,
    Prefix,
    Request,
    Text,
    Whole,
    Within,
)

GRID_KINDS = ("area", "work-area", "enterprise", "special", "party")
DIVISION_KINDS = ("county", "town", "village")
DRAWN_HOW = ("surveyed", "drawn", "tessellated", "imported")
POSTS = ("leader", "member", "instructor", "contact-leader", "service-team", "governance-member")
PURPOSES = ("case-handling", "emergency", "account-administration", "supervision")
DEPARTMENT_LEVELS = ("county", "town", "village")
DEPARTMENT_KINDS = (
    "government", "committee", "centre", "office", "station", "police", "squad", "bureau", "company", "other",
)  # fmt: skip
PLAN_LIMIT = 900_000


def DivisionCode(**options: Any) -> Pattern:
    return Pattern("[0-9]{12}", "应为 12 位区划代码", "must be a division code of 12 digits", **options)


def Username(**options: Any) -> Pattern:
    return Pattern(
        "[a-z0-9._-]{3,40}", "应为 3 至 40 个小写字母、数字、. _ -", "must be 3 to 40 of a-z 0-9 . _ -", **options
    )


def Phone(**options: Any) -> Pattern:
    return Pattern("[0-9+() -]{5,20}|", "应为电话号码", "must be a telephone number", **options)


class SignIn(Request):
    username = Text(1, 100, required=True)
    password = Text(1, 200, required=True, metadata={"format": "password"})


class RefreshToken(Request):
    refresh_token = Text(1, 500, required=True)


class ChangePassword(Request):
    old_password = Text(1, 200, required=True, metadata={"format": "password"})
    new_password = Text(10, 200, required=True, metadata={"format": "password"})


class DivisionRow(Request):
    code = DivisionCode(required=True)
    name = Text(1, 100, required=True)
    parent_code = Pattern("[0-9]{12}|", "应为 12 位区划代码或空", "must be a division code or empty")
    kind = Text(choices=DIVISION_KINDS, required=True)


class ImportDivisions(Request):
    rows = Many(Within(DivisionRow), 1, 2000, required=True)


class DivisionQuery(Paged):
    prefix = Prefix()
    parent_code = DivisionCode()
    kind = Text(choices=DIVISION_KINDS)
    text = Text(1, 100)


class GridRow(Request):
    ref = Text(1, 100, required=True)
    code = GridCode()
    name = Text(1, 100, required=True)
    kind = Text(choices=GRID_KINDS, required=True)
    level = Whole(1, 9, required=True)
    parent_code = GridCode()
    parent_ref = Text(1, 100)
    division_codes = Many(DivisionCode(), 1, 500, required=True)
    boundary = Free(metadata={"description": "GeoJSON Polygon / MultiPolygon, WGS 84"})
    drawn_how = Text(choices=DRAWN_HOW)
    effective = Day(required=True)
    duties = Many(Text(1, 500))
    tasks = Many(Text(1, 500))
    rewards = Many(Text(1, 500))


class ImportGrids(Request):
    rows = Many(Within(GridRow), 1, 1000, required=True)


class GridQuery(Paged):
    prefix = Prefix()
    below = GridCode()
    parent_code = GridCode()
    kind = Text(choices=GRID_KINDS)
    level = Whole(1, 9)
    text = Text(1, 100)
    mine = Flag()
    with_boundary = Flag()


class PointQuery(Request):
    lon = Number(-180, 180, required=True)
    lat = Number(-90, 90, required=True)
    kind = Text(choices=GRID_KINDS)


class Boundary(Request):
    boundary = Free(required=True, metadata={"description": "GeoJSON Polygon / MultiPolygon, WGS 84"})
    drawn_how = Text(choices=DRAWN_HOW, required=True)


class BoundaryQuery(Request):
    prefix = Prefix()
    below = GridCode()
    level = Whole(1, 9)
    kind = Text(choices=GRID_KINDS)


class CoverageQuery(Request):
    parent_code = GridCode(required=True)
    level = Whole(1, 9, required=True)
    kind = Text(choices=GRID_KINDS)
    tolerance_square_metres = Number(0, 1e9)


class Appointee(Request):
    person_id = Name(required=True)
    post = Text(choices=POSTS, required=True)


class GridPart(Request):
    name = Text(1, 100, required=True)
    boundary = Free(required=True, metadata={"description": "GeoJSON Polygon / MultiPolygon, WGS 84"})
    drawn_how = Text(choices=DRAWN_HOW, required=True)
    division_codes = Many(DivisionCode(), 0, 500)
    people = Many(
        Within(Appointee), 0, 100, metadata={"description": "空:原网格全体人员 / none: everybody of the old grid"}
    )
    children = Many(GridCode(), 0, 500, metadata={"description": "归入此份的下级网格 / lower grids of this part"})


class _GridChange(Request):
    effective = Day(required=True, metadata={"description": "生效日期,可早于或晚于今天 / past or to come"})
    reason = Text(1, 500, required=True)


class SplitGrid(_GridChange):
    parts = Many(Within(GridPart), 2, 50, required=True)


class MergeGrids(_GridChange):
    others = Many(GridCode(), 1, 49, required=True)
    name = Text(1, 100, required=True)
    people = Many(Within(Appointee), 0, 100)


class ReparentGrid(_GridChange):
    parent_code = GridCode(required=True)


class RetireGrid(_GridChange):
    successor_code = GridCode(required=True)
    people = Many(Within(Appointee), 0, 100)


class GridChangeQuery(Paged):
    state = Text(choices=("pending", "effective", "cancelled", "failed"))
    kind = Text(choices=("split", "merge", "reparent", "retire"))
    grid_code = GridCode()


class ResponsibleQuery(Request):
    lon = Number(-180, 180)
    lat = Number(-90, 90)
    grid_code = GridCode(metadata={"description": "代替坐标 / instead of a point"})
    on = Day(metadata={"description": "日期,不晚于今天;缺省为今天 / a day up to today"})
    kind = Text(choices=GRID_KINDS)


class PersonRow(Request):
    username = Username(required=True)
    name = Text(1, 60, required=True)
    roles = Many(Code(), 0, 30)
    department = Code()
    private_phone = Phone()
    duty_phone = Phone()
    areas = Many(Prefix(), 0, 100)
    language = Text(choices=("zh", "en"))
    password = Text(10, 200, metadata={"format": "password"})


class ImportPeople(Request):
    rows = Many(Within(PersonRow), 1, 1000, required=True)


class PeopleQuery(Paged):
    text = Text(1, 100)
    role = Code()
    department = Code()
    area = Prefix()
    post = Text(choices=POSTS)
    active = Flag()


class NamesQuery(Request):
    ids = Many(Name(), 1, 200, required=True)


class PersonQuery(Request):
    purpose = Text(choices=PURPOSES)


class LooksQuery(Paged):
    person_id = Name()


class Step(Request):
    id = Code(required=True)
    date = Day(required=True)


class Appoint(Request):
    person_id = Name(required=True)
    grid_code = GridCode(required=True)
    post = Text(choices=POSTS, required=True)
    starts = Day(required=True)
    ends = Day(metadata={"description": "最后一天 / the last day"})
    steps = Many(Within(Step), 0, 20)


class RecordStep(Request):
    step = Code(required=True)
    date = Day(required=True)


class EndPost(Request):
    ends = Day(required=True, metadata={"description": "最后一天 / the last day"})


class PostQuery(Paged):
    area = Prefix()
    grid_code = GridCode()
    person_id = Name()
    post = Text(choices=POSTS)
    on = Day()


class PrefixQuery(Request):
    prefix = Prefix()


class Roles(Request):
    roles = Many(Code(), 0, 30, required=True)
    department = Code(allow_none=True)
    areas = Many(Prefix(), 0, 100)


class Active(Request):
    active = Flag(required=True)


class DepartmentRow(Request):
    id = Code(required=True)
    name = Text(1, 100, required=True)
    level = Text(choices=DEPARTMENT_LEVELS, required=True)
    kind = Text(choices=DEPARTMENT_KINDS, required=True)
    division_code = Pattern("[0-9]{12}|", "应为 12 位区划代码或空", "must be a division code or empty")
    active = Flag()


class ImportDepartments(Request):
    rows = Many(Within(DepartmentRow), 1, 1000, required=True)


class DepartmentQuery(Paged):
    level = Text(choices=DEPARTMENT_LEVELS)
    text = Text(1, 100)
    active = Flag()


class DutyRow(Request):
    key = Code(required=True)
    name = Text(1, 200, required=True)
    lead = Code(required=True)
    co = Many(Code(), 0, 30)
    grid_part = Text(choices=("undertakes", "assists", "none"), required=True)
    words = Text(0, 2000)


class ApproveDuty(Request):
    document = Text(1, 120, required=True, metadata={"description": "文号 / number of the document"})
    day = Day(required=True)
    body = Text(1, 120, required=True, metadata={"description": "批准机关 / who approved"})
    files = Many(Id(), 0, 9, metadata={"description": "本人上传的附件 / ids of one's own uploads"})


class ImportDuties(Request):
    rows = Many(Within(DutyRow), 1, 1000, required=True)


class DutyQuery(Paged):
    department = Code()
    text = Text(1, 100)


class PlanText(Request):
    text = Text(1, PLAN_LIMIT, required=True, metadata={"description": "YAML"})


class ActivatePlan(Request):
    effective = Day(metadata={"description": "缺省为方案自己的生效日 / absent: the plan's own day"})


class PlanQuery(Paged):
    plan_id = Name()
    state = Text(choices=("draft", "activated", "in-force"))


class CompareQuery(Request):
    other_id = Name()
    other_version = Whole(0, required=True)


MatterQuery = Request.from_dict({"text": Text(1, 100), "class": Text(1, 100)}, name="MatterQuery")
