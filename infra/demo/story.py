"""Chapters 1 to 5: black water at an outfall is reported, dispatched, handled, verified, evaluated and closed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.demo import photos
from infra.demo.broker import refused_guest, refused_reading
from infra.demo.department import DepartmentProgram
from infra.demo.rest import Caller, Refusal, Values
from infra.demo.stage import Stage, titles
from infra.demo.steps import Step, Unexpected, expect

MATTER, GENERAL_MATTER = "06026", "06010"
DEPARTMENT, CO_DEPARTMENT = "env-office", "water-station"
DISPATCHED = "incident.dispatched.v1"
WITHIN_SECONDS = 1.0
"""How soon the department's program must have the event after the report was answered."""

_PATIENCE_SECONDS = 20.0
_LIMITS = {"file": "立案", "dispatch": "派遣", "handle": "处置", "verify": "核查", "evaluate": "回访"}
_UNITS = {
    "urgent-hours": "紧急小时",
    "working-hours": "工作小时",
    "working-days": "工作日",
    "calendar-days": "自然日",
}
_OFF_LIMITS = "incident.on.registry"


@dataclass
class Story:
    """The case on its way. `trace_id` is that of the report's request."""

    stage: Stage
    program: DepartmentProgram
    connection: Values
    case_id: str = ""
    trace_id: str = ""
    answered_at: datetime | None = None

    def play(self) -> None:
        """Chapters 1 to 5. Raises StepFailed."""
        self.chapter_report()
        self.chapter_department()
        self.chapter_handling()
        self.chapter_evaluation()
        self.chapter_settled()

    # ---- 1

    def chapter_report(self) -> None:
        self.stage.screen.chapter("1 上报:网格员发现排污口黑水")
        with self.stage.steps.step("sign-in", "网格员登录") as step:
            member = self.stage.accounts.sign_in("member", anew=True)
            step.text = f"网格员{self.stage.called('member')}用账号 member 登录"
        with self.stage.steps.step("photo", "上传现场照片") as step:
            photo = member.upload("outfall.jpg", photos.outfall(dark=True))
            step.facts["upload"] = photo
        with self.stage.steps.step("report", "上报事项 06026 河道污染") as step:
            self._report(member, photo, step)
        with self.stage.steps.step("dispatch", "平台自动立案、派遣") as step:
            self._show_dispatch(member.get(f"/cases/{self.case_id}"), step)

    def _report(self, member: Caller, photo: str, step: Step) -> None:
        spot = self.stage.county.outfall
        body = {
            "matter_code": MATTER,
            "description": f"{spot.river}边{spot.name}有黑水流出,气味刺鼻,岸边有死鱼",
            "point": {"lon": spot.lon, "lat": spot.lat},
            "channel": "grid-worker",
            "attachments": [photo],
            "replies": _replies({"water-colour": "黑", "smell": "是", "outfall": "是", "extent": "200"}),
        }
        reply = member.send("POST", "/cases", json=body)
        self.answered_at, self.trace_id = datetime.now(UTC), reply.headers["Trace-Id"]
        receipt = reply.json()
        self.case_id = receipt["id"]
        step.text = f"上报事项 06026 河道污染,坐标 {spot.lon}, {spot.lat},得到案号 {receipt['number']}"
        step.facts |= {"case": self.case_id, "number": receipt["number"], "state": receipt["state"]}

    def _show_dispatch(self, case: Values, step: Step) -> None:
        outcome = case["state"], case["grid_code"], case["department"], case["co_departments"]
        wanted = "dispatched", self.stage.county.outfall.grid, DEPARTMENT, [CO_DEPARTMENT]
        expect(outcome == wanted, f"派遣结果应为 {wanted},实为 {outcome}")
        step.text = f"平台由坐标找到{case['grid_name']},按方案 {case['plan']} 立案并派遣"
        step.details = [
            f"牵头 {case['department_name']}({DEPARTMENT}),协办 {self._department_names(case['co_departments'])}",
            f"时限 {self._limits(case)}",
        ]
        step.facts |= {"grid": case["grid_code"], "department": case["department"], "plan": case["plan"]}

    def _department_names(self, ids: list[str]) -> str:
        names = {each["id"]: each["name"] for each in self.stage.caller("member").pages("/departments")}
        return "、".join(f"{names[each]}({each})" for each in ids)

    def _limits(self, case: Values) -> str:
        return ",".join(map(self._limit, case["limits"]))

    def _limit(self, limit: Values) -> str:
        """One limit as 立案 2 工作小时(已办) or 处置 2 工作日(至 11-25 08:30)."""
        until = "已办" if limit.get("done_at") else f"至 {self.stage.local(limit['due_at'])}"
        return f"{_LIMITS[limit['step']]} {limit['amount']} {_UNITS[limit['unit']]}({until})"

    # ---- 2

    def chapter_department(self) -> None:
        self.stage.screen.chapter("2 部门:环保办自己的程序收到派遣")
        with self.stage.steps.step("department-event", "环保办的程序收到事件") as step:
            self._show_receipt(step)
        with self.stage.steps.step("department-isolation", "环保办的凭证读不了别的队列") as step:
            step.details = [f"读 {_OFF_LIMITS}:{refused_reading(self.connection['uri'], _OFF_LIMITS)}"]
        with self.stage.steps.step("guest-refused", "默认账号 guest 不能登录消息服务") as step:
            step.details = [refused_guest(self.stage.settings.environment()["WANGGE_AMQP_URI"])]

    def _show_receipt(self, step: Step) -> None:
        receipt = self.program.receipt(DISPATCHED, self.case_id, _PATIENCE_SECONDS)
        if receipt is None or self.answered_at is None:
            raise Unexpected(f"{_PATIENCE_SECONDS:.0f} 秒内没有收到 {DISPATCHED}")
        late = (receipt.received - self.answered_at).total_seconds()
        expect(late <= WITHIN_SECONDS, f"收到时距上报应答 {late:.2f} 秒,应在 {WITHIN_SECONDS:.0f} 秒内")
        when = f"应答后 {late * 1000:.0f} 毫秒" if late > 0 else f"应答前 {-late * 1000:.0f} 毫秒"
        step.text = f"环保办的程序(进程 {self.program.pid})收到 {DISPATCHED}:上报{when}"
        step.details = [f"程序的全部环境变量:{', '.join(self.program.variables)}"]
        step.facts["after_answer_ms"] = round(late * 1000, 1)

    # ---- 3

    def chapter_handling(self) -> None:
        self.stage.screen.chapter("3 处理与核查:第一次不通过,返工一次")
        handler, verifier = self.stage.caller("env-handler"), self.stage.caller("verifier")
        self._act("accept", f"{self.stage.called('env-handler')}接件", handler, "accept", "handling")
        self._answer("answer", handler, "已到现场,要求责任人清理", dark=True)
        self._own_work_is_refused()
        refusal = "照片上的水仍是黑的,排污口未见封堵"
        text = f"{self.stage.called('verifier')}核查不通过:{refusal}"
        self._act("refuse", text, verifier, "verify", "handling", passed=False, reason=refusal)
        self._answer("answer-again", handler, "已封堵排污口并清淤,责令排污单位停排整改", dark=False)
        text = f"{self.stage.called('verifier')}再次核查,通过"
        self._act("pass", text, verifier, "verify", "verified", passed=True, reason="现场水体已变清")
        self._rework_is_counted(verifier)

    def _answer(self, name: str, handler: Caller, result: str, *, dark: bool) -> None:
        with self.stage.steps.step(name, f"{self.stage.called('env-handler')}附照片反馈:{result}") as step:
            photo = handler.upload("answer.jpg", photos.outfall(dark=dark))
            self._send(step, handler, "answer", "answered", {"result": result, "attachments": [photo]})

    def _own_work_is_refused(self) -> None:
        who = self.stage.called("env-head")
        with self.stage.steps.step("own-work-refused", f"{who}想自己核查,被拒绝") as step:
            try:
                self.stage.caller("env-head").post(f"/cases/{self.case_id}/verify", passed=True)
            except Refusal as refusal:
                expect(refusal.code == "own-work", f"应以 own-work 拒绝,实为 {refusal}")
                step.details = [f"{refusal.status} {refusal.code}:{refusal.detail}"]
                return
            expect(False, "牵头部门核查了自己的案件")

    def _rework_is_counted(self, verifier: Caller) -> None:
        with self.stage.steps.step("rework", "返工计数") as step:
            reworks = verifier.get(f"/cases/{self.case_id}")["reworks"]
            expect(reworks == 1, f"返工应为 1 次,实为 {reworks} 次")
            step.text, step.facts["reworks"] = "案件记返工 1 次", reworks

    def _act(self, name: str, text: str, caller: Caller, action: str, becomes: str, **body: Any) -> None:
        with self.stage.steps.step(name, text) as step:
            self._send(step, caller, action, becomes, body)

    def _send(self, step: Step, caller: Caller, action: str, becomes: str, body: Values) -> None:
        state = caller.post(f"/cases/{self.case_id}/{action}", **body)["state"]
        expect(state == becomes, f"案件应为 {becomes},实为 {state}")
        step.facts["state"] = state

    # ---- 4

    def chapter_evaluation(self) -> None:
        self.stage.screen.chapter("4 告知、评价、结案:全部经过可查")
        member = self.stage.caller("member")
        with self.stage.steps.step("reporter-told", "上报人得知结果") as step:
            told = [each for each in member.pages("/messages") if each["case_id"] == self.case_id]
            expect({"answer", "pass"} <= {each["kind"] for each in told}, "上报人没有收到处理和核查的消息")
            step.text, step.details = f"上报人收到 {len(told)} 条消息", [each["text"] for each in reversed(told)]
        word = {"contacted": True, "solved": True, "satisfaction": "satisfied", "words": "水清了,满意"}
        text = f"{self.stage.called('member')}评价:已解决,满意"
        self._act("evaluate", text, member, "evaluate", "closed", **word)
        with self.stage.steps.step("history", "案件的全部经过") as step:
            case = member.get(f"/cases/{self.case_id}")
            expect(case["state"] == "closed", f"案件应已结案,实为 {case['state_name']}")
            expect(len(case["history"]) >= 9, f"经过只有 {len(case['history'])} 条")
            step.text, step.facts["changes"] = f"案件 {case['number']} 的全部经过", len(case["history"])
        self._show_history(case, titles(member.get("/cases/workflow")))

    def _show_history(self, case: Values, title: dict[str, str]) -> None:
        rows = [
            (
                self.stage.local(each["at"], "%H:%M:%S"),
                each["actor_name"],
                each["action_name"],
                title.get(each["from_state"], "-"),
                title.get(each["to_state"], "-"),
                each["reason"] or "-",
            )
            for each in case["history"]
        ]
        self.stage.screen.table(("时间", "谁", "做了什么", "从", "到", "为什么"), rows)

    # ---- 5

    def chapter_settled(self) -> None:
        self.stage.screen.chapter("5 一般事项:当场处置,只登记")
        member = self.stage.caller("member")
        with self.stage.steps.step("settled", "当场处置的暴露垃圾") as step:
            receipt = member.post(
                "/cases",
                matter_code=GENERAL_MATTER,
                description="村口垃圾桶旁有散落垃圾",
                grid_code=self.stage.county.outfall.grid,
                channel="grid-worker",
                settled=True,
                result="已当场清扫干净",
            )
            drawn = receipt["state"] == "spot-check"
            expect(drawn or receipt["state"] == "registered", f"应只登记,实为 {receipt['state']}")
            ending = "按比例被抽中,待核查员抽查" if drawn else "已登记,不派遣"
            step.text = f"事项 {GENERAL_MATTER} 当场清扫,案号 {receipt['number']}:{ending}"
            step.facts |= {"number": receipt["number"], "state": receipt["state"], "drawn": drawn}


def _replies(values: dict[str, str]) -> list[Values]:
    return [{"question": question, "value": value} for question, value in values.items()]
