"""Requests about cases (INC)."""

from gateway.api.declare import Paged
from gateway.api.fields import Code, Flag, GridCode, Many, Name, Number, Prefix, Request, Text, When, Within

CHANNELS = (
    "grid-worker", "grid-leader", "telephone", "hotline-12345", "transfer", "superior", "chat", "public-page",
    "open311", "department", "patrol", "sensor",
)  # fmt: skip
WAYS = ("settled", "coordinated", "dispatched", "urgent", "approval")
CALLS = ("not-arrived", "not-signed-off")
LIGHTS = ("green", "yellow", "red", "paused")
SORTS = ("-reported_at", "reported_at", "due_at")
SATISFACTION = ("satisfied", "rather-satisfied", "dissatisfied")
WORDS = 2000
MAX_ATTACHMENTS = 20


def Attachments() -> Many:
    """Ids of the caller's own uploads."""
    return Many(Name(), 0, MAX_ATTACHMENTS, metadata={"description": "本人上传文件的 id / ids of own uploads"})


class Point(Request):
    """WGS 84, degrees."""

    lon = Number(-180, 180, required=True)
    lat = Number(-90, 90, required=True)


class Reporter(Request):
    name = Text(0, 60)
    phone = Text(0, 30)


class QuestionReply(Request):
    question = Text(1, 100, required=True)
    value = Text(0, WORDS, required=True)


class ReportCase(Request):
    matter_code = Name(required=True)
    description = Text(1, WORDS, required=True)
    point = Within(Point)
    grid_code = GridCode(metadata={"description": "没有坐标时给出 / instead of a point"})
    address = Text(0, 200)
    channel = Text(choices=CHANNELS)
    way = Text(choices=WAYS)
    settled = Flag(metadata={"description": "现场处理完毕,仅登记 / settled on the spot, only registered"})
    result = Text(0, WORDS)
    attachments = Attachments()
    replies = Many(Within(QuestionReply), 0, 50)
    reporter = Within(Reporter, metadata={"description": "代他人上报时的来电人 / who called, when not the caller"})
    original_text = Text(0, 10_000)
    external_reference = Text(0, 100)
    occurred_at = When()


class FileCase(Request):
    matter_code = Name()
    point = Within(Point)
    grid_code = GridCode()
    way = Text(choices=WAYS)
    reason = Text(0, WORDS)


class Reason(Request):
    reason = Text(1, WORDS, required=True)


class DispatchCase(Request):
    department = Code(required=True)
    co_departments = Many(Code(), 0, 20)
    reason = Text(0, WORDS)


class EscalateCase(Request):
    reason = Text(1, WORDS, required=True)
    consultation = Text(0, WORDS, metadata={"description": "会商时间和意见 / when the meeting met, what it decided"})


class ReturnCase(Request):
    reason = Text(1, WORDS, required=True)
    proposed = Code(metadata={"description": "建议的部门 / whose duty it is"})


class RuleCase(Request):
    department = Code(required=True)
    co_departments = Many(Code(), 0, 20)
    reason = Text(1, WORDS, required=True)


class PrecedentsQuery(Paged):
    matters = Many(Name(), 0, 50)
    area = Prefix()
    department = Code()
    state = Text(choices=("active", "replaced", "revoked"))


class AnswerCase(Request):
    result = Text(1, WORDS, required=True)
    attachments = Attachments()


class Note(Request):
    note = Text(1, WORDS, required=True)
    attachments = Attachments()


class AskReporter(Request):
    question = Text(1, WORDS, required=True)


class AskExtension(Request):
    amount = Number(0.01, 10_000, required=True, metadata={"description": "单位与现有时限相同 / in the limit's unit"})
    reason = Text(1, WORDS, required=True)


class WhistleCase(Request):
    departments = Many(Code(), 0, 20, metadata={"description": "召集的部门 / departments that are called"})
    lead = Code(metadata={"description": "牵头部门;首次吹哨必填 / who leads; needed the first time"})
    reason = Text(1, WORDS, required=True)


class ArriveAtCase(Request):
    note = Text(0, WORDS)


class RuleOnCall(Request):
    department = Code(required=True)
    reason = Text(1, WORDS, required=True)


class CallAgain(Request):
    departments = Many(Code(), 1, 20, required=True)
    reason = Text(1, WORDS, required=True)


class VerifyCase(Request):
    passed = Flag(required=True)
    reason = Text(0, WORDS, metadata={"description": "不通过时必填 / required when not passed"})
    attachments = Attachments()


class EvaluateCase(Request):
    contacted = Flag(required=True)
    solved = Flag()
    satisfaction = Text(choices=SATISFACTION)
    words = Text(0, WORDS)


class JudgeMissed(Request):
    confirmed = Flag(required=True, metadata={"description": "true 确认漏报,false 排除 / confirm or dismiss"})
    reason = Text(1, WORDS, required=True)
    harm = Flag(metadata={"description": "是否造成不良影响 / whether harm followed"})
    harm_words = Text(0, WORDS, metadata={"description": "什么影响,harm 为 true 时必填 / which harm"})


class CaseQuery(Request):
    purpose = Text(1, 100, metadata={"description": "查看完整个人信息的目的 / purpose of unmasked personal fields"})


class CasesQuery(Paged):
    states = Many(Code(), 0, 30)
    matters = Many(Name(), 0, 50)
    area = Prefix()
    department = Code()
    light = Text(choices=LIGHTS)
    calls = Text(
        choices=CALLS,
        metadata={"description": "本部门被召集而未报到、未签退的 / those to which one's own department is called"},
    )
    reported_by_me = Flag()
    for_me = Flag(metadata={"description": "我的待办 / those on which the caller may act now"})
    since = When()
    until = When()
    text = Text(1, 100)
    sort = Text(choices=SORTS)


class MessagesQuery(Paged):
    unread = Flag()
