"""Requests about meetings and what they decided (PAT-09)."""

from gateway.api.declare import Paged
from gateway.api.fields import Code, Day, Flag, GridCode, Many, Name, Pattern, Prefix, Request, Text
from gateway.api.schemas.incident import WORDS

STATES = ("planned", "open", "held", "cancelled", "withdrawn")
DECISION_STATES = ("open", "overdue", "done", "cancelled")
KINDS = ("incident", "case", "task")
MINUTES = 20_000


def ClockTime(**options: object) -> Pattern:
    """A time of day: 09:00."""
    return Pattern("([01][0-9]|2[0-3]):[0-5][0-9]", "应为时间,如 09:00", "must be a time such as 09:00", **options)


class MeetingsQuery(Paged):
    mine = Flag(metadata={"description": "只看本人召集或受邀的 / convened by or inviting the caller"})
    states = Many(Text(choices=STATES), 0, len(STATES))
    meeting = Code(metadata={"description": "方案中的会议标识 / the plan's id of the meeting"})
    area = Prefix()
    since = Day()
    until = Day()


class DecisionsQuery(Paged):
    mine = Flag(metadata={"description": "只看交给本人或本部门的 / given to the caller or the department"})
    states = Many(Text(choices=DECISION_STATES), 0, len(DECISION_STATES))
    kinds = Many(Text(choices=KINDS), 0, len(KINDS))
    area = Prefix()


class MeetingArrangement(Request):
    day = Day(metadata={"description": "改期须写明理由 / another day needs a reason"})
    starts = ClockTime(metadata={"description": "开始时间 / when it begins"})
    place = Text(0, 200)
    reason = Text(0, WORDS)


class NewAgendaItem(Request):
    words = Text(0, WORDS, metadata={"description": "议题 / the topic"})
    case_id = Name(metadata={"description": "会议区域内的案件 / a case of the meeting's area"})


class MeetingReason(Request):
    reason = Text(1, WORDS, required=True)


class Present(Request):
    people = Many(Name(), 0, 500, required=True)
    guests = Text(0, WORDS, metadata={"description": "其他到会人员 / who else was there"})


class NewDecision(Request):
    item_id = Name(required=True)
    kind = Text(
        choices=KINDS,
        required=True,
        metadata={"description": "立案、案件处理、任务 / a case, about the case, a task"},
    )
    words = Text(1, WORDS, required=True)
    matter_code = Name(metadata={"description": "立案的事项 / the matter of a new case"})
    grid_code = GridCode()
    person_id = Name()
    department = Code()
    due_on = Day()


class Minutes(Request):
    minutes = Text(1, MINUTES, required=True)


class DecisionResult(Request):
    result = Text(0, WORDS)
