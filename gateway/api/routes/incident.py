"""Cases from report to evaluation (INC), the matters, and what people were told."""

from typing import Any

from google.protobuf.descriptor import MethodDescriptor

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.fields import Request
from gateway.api.schemas import incident as schemas
from gateway.api.schemas.registry import MatterQuery
from services.chassis.errors import NotFound
from wangge.incident.v1 import incident_pb2

from .uploads import FILES, file_response

INCIDENT = methods(incident_pb2, "Incident")
Receipt = incident_pb2.Receipt.DESCRIPTOR

cases = Routes("cases", zh="案件", en="Cases")


async def with_own_uploads(call: Call, method: MethodDescriptor) -> Any:
    """Ask `method`, after making sure that every attachment is an upload of the caller."""
    ids = call.body.get("attachments", [])
    if ids:
        await call.in_thread(call.state.blobs.require_own, ids, call.person.person_id, "attachments")
    return await call.ask(method, {**call.body, **call.path})


@cases.add(
    "POST", "/cases", body=schemas.ReportCase, reply=Receipt, status=201, etag="version",
    zh="上报", en="Report a problem (INC-01)",
)  # fmt: skip
async def report_case(call: Call) -> Any:
    return await with_own_uploads(call, INCIDENT["Report"])


cases.ask("GET", "/cases", INCIDENT["ListCases"], query=schemas.CasesQuery, zh="案件列表", en="Cases")
cases.ask(
    "GET", "/cases/workflow", INCIDENT["DescribeWorkflow"],
    zh="状态与操作表", en="States, actions and who may do them (INC-02)",
)  # fmt: skip
cases.ask(
    "GET", "/cases/{case_id}", INCIDENT["GetCase"], query=schemas.CaseQuery, etag="version",
    zh="案件详情与全部经过", en="One case with its whole history, by id or number",
)  # fmt: skip


def action(path: str, name: str, body: type[Request] | None, zh: str, en: str) -> None:
    """Declare one action on a case; every one answers a Receipt and understands If-Match."""
    options: dict[str, Any] = {"body": body, "name": f"{name}Case", "versioned": True}
    if body is None or "attachments" not in body().fields:
        cases.ask("POST", f"/cases/{{case_id}}/{path}", INCIDENT[name], zh=zh, en=en, **options)
        return

    async def endpoint(call: Call) -> Any:
        return await with_own_uploads(call, INCIDENT[name])

    options = {**options, "reply": Receipt, "etag": "version"}
    cases.add("POST", f"/cases/{{case_id}}/{path}", zh=zh, en=en, **options)(endpoint)


action("file", "File", schemas.FileCase, "立案", "File a reported case by hand")
action("decline", "Decline", schemas.Reason, "不予受理", "Decline a report with a reason")
action("dispatch", "Dispatch", schemas.DispatchCase, "派遣", "Dispatch to a department by hand")
action("return", "Return", schemas.ReturnCase, "退回", "Return a case that is another department's duty (INC-05)")
action("escalate", "Escalate", schemas.EscalateCase, "呼叫上级", "Call the level above (INC-06)")
action("send-down", "SendDown", schemas.Reason, "退回下级", "Send it back to the level that called (INC-06)")
action("ask-consultation", "AskConsultation", schemas.Reason, "提请会商", "Put it on a meeting's agenda (INC-10)")
action("contest", "Contest", schemas.ReturnCase, "再次退回", "Return it a second time; it goes to arbitration (INC-05)")
action("rule", "Rule", schemas.RuleCase, "裁定", "Rule who leads a case returned twice; becomes a precedent (INC-05)")
action("accept", "Accept", None, "接件", "Accept a dispatched case")
action("answer", "Answer", schemas.AnswerCase, "处理反馈", "Answer with result and evidence (INC-13)")
action("contribute", "Contribute", schemas.Note, "协办意见", "Add what a co-department did or found")
action("whistle", "Whistle", schemas.WhistleCase, "吹哨", "Call departments together, one of them leading (INC-09)")
action("arrive", "Arrive", schemas.ArriveAtCase, "报到", "Say that one's called department has come (INC-09)")
action("sign-off", "SignOff", schemas.AnswerCase, "签退", "Say what one's called department did (INC-09)")
action("object", "Object", schemas.Reason, "对召集提出异议", "Object to the call, once, before arrival (INC-09)")
action("insist", "Insist", schemas.RuleOnCall, "维持召集", "Rule on an objection: the department has to come (INC-09)")
action("withdraw-call", "WithdrawCall", schemas.RuleOnCall, "撤回召集", "Withdraw a call before arrival (INC-09)")
action("call-again", "CallAgain", schemas.CallAgain, "再次召集", "Call those again who had signed off (INC-09)")
action("follow-up", "FollowUp", schemas.Note, "跟进", "Follow up an urgent case")
action("ask", "Ask", schemas.AskReporter, "询问反映人", "Ask the reporter; the clock stands still (INC-07)")
action("reply", "Reply", schemas.Note, "补充说明", "What the reporter says to a question (INC-07)")
action("ask-extension", "AskExtension", schemas.AskExtension, "申请延期", "Ask for a longer limit (INC-07)")
action("grant-extension", "GrantExtension", None, "同意延期", "Grant a longer limit (INC-07)")
action("refuse-extension", "RefuseExtension", schemas.Reason, "不同意延期", "Refuse a longer limit (INC-07)")
action("verify", "Verify", schemas.VerifyCase, "核查", "Verify, by somebody who neither handled nor led it (INC-14)")
action("evaluate", "Evaluate", schemas.EvaluateCase, "回访评价", "The reporter's word (INC-15)")
action("reopen", "Reopen", schemas.Reason, "重新办理", "Reopen within the plan's days (INC-15)")
action("judge-missed", "JudgeMissed", schemas.JudgeMissed, "漏报认定", "Judge a possible missed report (INC-20)")
action("excuse", "Excuse", schemas.Reason, "容错", "Excuse a late answer that was made good (INC-19)")


@cases.add(
    "GET", "/cases/{case_id}/attachments/{attachment_id}", media=FILES,
    zh="案件附件", en="A file that the case refers to",
)  # fmt: skip
async def case_attachment(call: Call) -> Any:
    """The file, for who may see the case. Raises NotFound where the case does not refer to it."""
    case = await call.ask_message(INCIDENT["GetCase"], {"case_id": call.path["case_id"]})
    wanted = call.path["attachment_id"]
    if wanted not in referred(case):
        raise NotFound(kind="附件" if call.language == "zh" else "attachment", id=wanted)
    return await file_response(call, wanted)


def referred(case: Any) -> set[str]:
    """The ids of all files that `case`, its history and what was merged into it refer to."""
    parts = (case, *case.history, *case.merged)
    return {upload for part in parts for upload in part.attachments}


messages = Routes("messages", zh="消息", en="Messages")
messages.ask(
    "GET", "/messages", INCIDENT["ListMessages"], query=schemas.MessagesQuery, zh="我的消息", en="What one was told"
)
messages.ask("POST", "/messages/{message_id}/read", INCIDENT["ReadMessage"], zh="标为已读", en="Mark as read")

matters = Routes("matters", zh="事项目录", en="Matters")
matters.ask(
    "GET", "/matters", INCIDENT["ListMatters"], query=MatterQuery, zh="事项目录", en="Categories of the plan (INC-04)"
)

precedents = Routes("precedents", zh="先例", en="Precedents")
precedents.ask(
    "GET", "/precedents", INCIDENT["ListPrecedents"], query=schemas.PrecedentsQuery,
    zh="先例列表", en="Rulings that route the next such case (INC-05)",
)  # fmt: skip
precedents.ask(
    "POST", "/precedents/{precedent_id}/revoke", INCIDENT["RevokePrecedent"], body=schemas.Reason,
    zh="撤销先例", en="End a precedent with a reason",
)  # fmt: skip

PARTS = (cases, messages, matters, precedents)
