"""Requests about the duty roster (REG-18)."""

from gateway.api.declare import Paged
from gateway.api.fields import Code, Day, Flag, Id, Many, Pattern, Prefix, Request, Text


def Area(**options: object) -> Pattern:
    return Pattern(
        "[1-9][0-9]{5,14}", "应为 6 至 15 位区划或网格代码", "must be 6 to 15 digits of an area code", **options
    )


class EnterShifts(Request):
    area = Area(required=True, metadata={"description": "值守范围 / for which they are on duty"})
    role = Code(required=True, metadata={"description": "值守的角色,如 centre-operator / whose desk they man"})
    department = Code()
    roster = Code(metadata={"description": "方案中的值班制度 / the plan's roster, for hours and rule"})
    person_ids = Many(Id(), 1, 100, required=True, metadata={"description": "按顺序轮值 / taking turns"})
    first_day = Day(required=True)
    last_day = Day(required=True)
    hours = Pattern(
        "[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]", "应为 08:30-17:30 这样的时段", "must be such as 08:30-17:30",
        metadata={"description": "可跨午夜;缺省按方案 / past midnight where the end is not after the start"},
    )  # fmt: skip
    rule = Text(1, 200, metadata={"description": "重复规则,缺省按方案或每天 / FREQ=WEEKLY;BYDAY=MO …"})


class WithdrawShift(Request):
    reason = Text(1, 500, required=True)


class OfferSwap(Request):
    to_person_id = Id(required=True)
    return_shift_id = Id(metadata={"description": "换回的班次 / a shift of theirs in return"})


class AnswerSwap(Request):
    consent = Flag(required=True)


class ShiftsQuery(Paged):
    area = Prefix()
    role = Code()
    since = Day()
    until = Day()
    mine = Flag()


class OnDutyQuery(Request):
    area = Prefix()
    role = Code()
