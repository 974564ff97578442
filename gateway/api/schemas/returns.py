"""Requests about returns due from below (PAT-12)."""

from gateway.api.declare import Paged
from gateway.api.fields import Code, Day, Flag, Many, Prefix, Request, Text, Within
from gateway.api.schemas.incident import WORDS

STATES = ("asked", "overdue", "sent-back", "submitted", "accepted", "withdrawn")
ROSTER = 20_000
"""Characters of a summary or a roster written as text."""


class ReturnsQuery(Paged):
    mine = Flag(metadata={"description": "只看本人应报的 / owed by the caller"})
    received = Flag(metadata={"description": "只看本部门接收的 / received by the caller's department"})
    states = Many(Text(choices=STATES), 0, len(STATES))
    form = Code(metadata={"description": "方案中的报表标识 / the plan's id of the return"})
    area = Prefix()
    since = Day(metadata={"description": "截止日期从 / last day from"})
    until = Day(metadata={"description": "截止日期至 / last day to"})


class FieldValue(Request):
    field = Text(1, 120, required=True, metadata={"description": "栏目,用方案中的名称 / in the plan's words"})
    value = Text(0, WORDS, required=True)


class ReturnForm(Request):
    values = Many(Within(FieldValue), 0, 100)
    words = Text(0, ROSTER, metadata={"description": "总结、名册等文字内容 / what is returned in words"})
    nil = Flag(metadata={"description": "零报告 / nothing to report"})


class ReturnReason(Request):
    reason = Text(1, WORDS, required=True)
