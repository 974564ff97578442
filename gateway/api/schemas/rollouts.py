"""Requests about the plan's rollout (REG-15)."""

from gateway.api.declare import Paged
from gateway.api.fields import Code, Day, Id, Many, Request, Text, Whole


class MarkDone(Request):
    deliverable = Text(1, 120, required=True, metadata={"description": "方案中的名称 / its name in the plan"})
    count = Whole(1, 10_000_000, load_default=1, metadata={"description": "完成数量 / how many were done"})
    day = Day(required=True)
    words = Text(0, 500)
    proofs = Many(Id(), 0, 9, metadata={"description": "本人上传的佐证 / ids of one's own uploads"})


class WithdrawMark(Request):
    reason = Text(1, 500, required=True)


class MarksQuery(Paged):
    phase = Code()
