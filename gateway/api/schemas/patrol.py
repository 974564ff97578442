"""Requests about patrols (PAT)."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, validates_schema

from gateway.api.declare import Paged
from gateway.api.fields import (
    REQUIRED,
    Code,
    Day,
    Flag,
    Many,
    Name,
    Number,
    Prefix,
    Request,
    Text,
    When,
    Whole,
    Within,
    say,
)
from gateway.api.schemas.incident import WORDS, Attachments, Point

STATES = ("due", "overdue", "sent-back", "finished", "signed", "submitted", "excused", "withdrawn")
BOTH = say("both", "task_id 与 visit_id 只填其一", "give task_id or visit_id, not both")
RESTS = ("", "fine", "not-applicable")
VISIT_STATES = ("due", "overdue", "done", "excused", "withdrawn")
VISIT_RESULTS = ("met", "nobody-home", "declined")
MOST_ENTRIES = 500


class TasksQuery(Paged):
    mine = Flag(metadata={"description": "只看本人的任务 / one's own alone"})
    states = Many(Text(choices=STATES), 0, len(STATES))
    patrol = Code(metadata={"description": "方案中的巡查标识 / the plan's id of the patrol"})
    area = Prefix()
    since = Day()
    until = Day()
    place = Name(metadata={"description": "只看某一场所的任务 / those of one place"})


class DayQuery(Request):
    day = Day(metadata={"description": "缺省为今天 / today when absent"})


class CoverageQuery(Paged):
    since = Day(metadata={"description": "缺省为今天 / today when absent"})
    until = Day()
    area = Prefix()
    patrol = Code()


class CoverageMapQuery(Request):
    since = Day(metadata={"description": "缺省为今天 / today when absent"})
    until = Day()
    area = Prefix(metadata={"description": "行政区划或网格编码前缀 / prefix of division or grid codes"})
    patrol = Code()
    level = Whole(1, 9, metadata={"description": "网格层级 / level of the grids drawn"})


class MatterReply(Request):
    question = Name(required=True)
    value = Text(0, WORDS, required=True)


class Entry(Request):
    """What a device kept: a finding at a checklist item or, without an item, that the task is finished."""

    client_id = Name(required=True, metadata={"description": "设备上的标识 / what the device calls it"})
    task_id = Name()
    visit_id = Name(metadata={"description": "走访任务,与 task_id 二选一 / what was found at a door, in its place"})
    result = Text(choices=("", *VISIT_RESULTS))
    help_given = Flag(metadata={"description": "应办的帮扶已办 / whether the help due was given"})
    version = Whole(1, 1_000_000, load_default=1)
    at = When(required=True, metadata={"description": "设备时间 / the device's time"})
    item = Text(0, 200, metadata={"description": "清单条目,空为任务完成 / class/item; empty: the task is finished"})
    answer = Text(0, 30)
    number = Number(-1e9, 1e9)
    words = Text(0, WORDS)
    matter_code = Name()
    point = Within(Point)
    attachments = Attachments()
    spot = Name(metadata={"description": "联查点位(网格编码或场所标识) / the point of a joint inspection (PAT-06)"})
    present = Many(Name(), 0, 200, metadata={"description": "联查参加人员 / who took part, when it is finished"})
    replies = Many(
        Within(MatterReply), 0, 30, metadata={"description": "事项所提问题的回答 / answers to the matter's questions"}
    )
    rest = Text(choices=RESTS, metadata={"description": "其余条目 / what the other items are, when it is finished"})

    @validates_schema(skip_on_field_errors=False)
    def is_about_one(self, data: Mapping[str, Any], **_: Any) -> None:
        """Either a task or a visit."""
        if not data.get("task_id") and not data.get("visit_id"):
            raise ValidationError({"task_id": [REQUIRED["required"]]})
        if data.get("task_id") and data.get("visit_id"):
            raise ValidationError({"visit_id": [BOTH]})


class VisitsQuery(Paged):
    mine = Flag(metadata={"description": "只看本人可办的走访 / those that one may make alone"})
    states = Many(Text(choices=VISIT_STATES), 0, len(VISIT_STATES))
    area = Prefix()
    since = Day()
    until = Day()


class VisitCoverageQuery(Paged):
    since = Day(metadata={"description": "缺省为今天 / today when absent"})
    until = Day()
    area = Prefix()


class VisitReason(Request):
    reason = Text(1, WORDS, required=True)


class Sync(Request):
    entries = Many(Within(Entry), 1, MOST_ENTRIES, required=True)


class TaskReason(Request):
    reason = Text(1, WORDS, required=True)
