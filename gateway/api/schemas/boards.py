"""Requests about notice boards, contact cards and sizes of grids (REG-05, REG-11)."""

from gateway.api.declare import Paged
from gateway.api.fields import Day, Flag, GridCode, Id, Many, Prefix, Request, Text, Whole, Within

MOST_COUNTED = 10_000_000
VERDICTS = ("outside", "within", "unknown")


class SetBadge(Request):
    photo = Id(metadata={"description": "本人上传的照片,缺省为无 / one's own upload; none when absent"})
    consent = Flag(required=True, metadata={"description": "同意公开照片 / the photo may be shown in public"})


class RecordCards(Request):
    day = Day(required=True)
    households = Whole(
        1, MOST_COUNTED, required=True, metadata={"description": "发放户数 / households that received it"}
    )
    words = Text(0, 500)


class WithdrawCards(Request):
    reason = Text(1, 500, required=True)


class AreaQuery(Paged):
    area = Prefix()


class SizeRow(Request):
    grid_code = GridCode(required=True)
    day = Day(required=True, metadata={"description": "数据截止日 / the day of the figures"})
    households = Whole(0, MOST_COUNTED, required=True)
    persons = Whole(0, MOST_COUNTED, required=True)
    enterprises = Whole(0, MOST_COUNTED)
    source = Text(1, 500, required=True, metadata={"description": "数据来源 / where the figures come from"})


class EnterSizes(Request):
    rows = Many(Within(SizeRow), 1, 1000, required=True)


class SizesQuery(AreaQuery):
    verdict = Text(choices=VERDICTS, metadata={"description": "超出、符合、缺数据 / against the plan's range"})
