"""Meetings of the plan: agenda, minutes, decisions and what became of them (PAT-09, INC-10)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.fields import Request
from gateway.api.schemas import meetings as schemas
from wangge.patrol.v1 import meetings_pb2

MEETINGS = methods(meetings_pb2, "Meetings")

routes = Routes("meetings", zh="会议", en="Meetings")
routes.ask(
    "GET", "/patrol/meetings", MEETINGS["ListMeetings"], query=schemas.MeetingsQuery,
    zh="会议列表", en="Meetings of the plan (PAT-09)",
)  # fmt: skip
routes.ask(
    "GET", "/patrol/meetings/decisions", MEETINGS["ListDecisions"], query=schemas.DecisionsQuery,
    zh="会议决定及落实情况", en="What meetings decided, and whether it is done (PAT-09)",
)  # fmt: skip
routes.ask(
    "GET", "/patrol/meetings/{meeting_id}", MEETINGS["GetMeeting"], etag="version",
    zh="会议详情", en="One meeting with agenda, invitations and decisions (PAT-09, REG-16)",
)  # fmt: skip


def action(path: str, name: str, body: type[Request] | None, zh: str, en: str) -> None:
    """Declare one action on a meeting; every one answers a Receipt and understands If-Match."""
    routes.ask(
        "POST", f"/patrol/meetings/{{meeting_id}}/{path}", MEETINGS[name], body=body, versioned=True, zh=zh, en=en
    )


action("arrange", "ArrangeMeeting", schemas.MeetingArrangement, "安排会议", "Say when and where it is held (PAT-09)")
action("items", "AddAgendaItem", schemas.NewAgendaItem, "增加议题", "Put a case or a topic on the agenda (PAT-09)")
action("items/{item_id}/remove", "RemoveAgendaItem", schemas.MeetingReason, "移出议题", "Take an item off (PAT-09)")
action("open", "OpenMeeting", None, "开始会议", "Begin it; the agenda is filled for the last time (PAT-09)")
action("present", "RecordPresent", schemas.Present, "登记到会人员", "Say who was there; nobody signs in (PAT-10)")
action("decide", "Decide", schemas.NewDecision, "作出决定", "Decide: a case, a task, or about a case (INC-10)")
action("close", "CloseMeeting", schemas.Minutes, "结束会议", "End it with minutes (PAT-09)")
action("cancel", "CancelMeeting", schemas.MeetingReason, "取消会议", "Cancel it with a reason (PAT-09)")

routes.ask(
    "POST", "/patrol/meetings/decisions/{decision_id}/finish", MEETINGS["FinishDecision"],
    body=schemas.DecisionResult, versioned=True, zh="办结任务", en="Say that a task is done (PAT-09)",
)  # fmt: skip
routes.ask(
    "POST", "/patrol/meetings/decisions/{decision_id}/cancel", MEETINGS["CancelDecision"],
    body=schemas.MeetingReason, versioned=True, zh="取消任务", en="Say why a task need not be done (PAT-09)",
)  # fmt: skip
