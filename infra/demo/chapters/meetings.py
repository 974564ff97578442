"""Chapter: the week's meeting settles what nobody could settle alone; what it decides is followed (PAT-09, INC-10)."""

from infra.demo.chapters.chapter import EVENTS_SECONDS, Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect
from infra.local.process import wait_until

_MATTER = "X1302"


class Meetings(Chapter):
    def play(self) -> None:
        """A case is put on the agenda, the meeting is held today, decides, and the decision is on the case."""
        self.stage.screen.chapter("18 会议:解决不了的案件自动列入议程,决定记入案件、跟踪落实")
        case_id = self._asked()
        meeting = self._on_the_agenda(case_id)
        self._held_today(meeting, case_id)
        self._on_the_case(case_id)
        self._followed()

    def _asked(self) -> str:
        case_id = self.report(
            "meeting-report", "厂界噪声扰民,几家单位都说不归自己管,案号 {number}", "member",
            matter_code=_MATTER, description="厂界噪声扰民", grid_code=STORY_GRID,
        )["id"]  # fmt: skip
        text = f"{self.stage.called('env-head')}提请会商"
        reason = "涉及环保、城管、村委会,需会商"
        self.act("meeting-asked", text, "env-head", str(case_id), "ask-consultation", "dispatched", reason=reason)
        return str(case_id)

    def _on_the_agenda(self, case_id: str) -> Values:
        operator = self.stage.caller("operator")
        with self.stage.steps.step("meeting-agenda", "案件自动列入本周会商议程") as step:
            found: list[Values] = []

            def there() -> bool:
                coming = operator.get("/patrol/meetings", meeting="consultation", states="planned", limit=50)["items"]
                if coming:
                    first = min(coming, key=lambda each: str(each["day"]))
                    found[:] = [operator.get(f"/patrol/meetings/{first['id']}")]
                return bool(found) and any(item.get("case_id") == case_id for item in found[0]["agenda"])

            wait_until(there, seconds=EVENTS_SECONDS, what="会商议程上的案件")
            meeting = found[0]
            step.text = f"{meeting['day']} {meeting['grid_name']}{meeting['name']}:案件自动列入议程"
            step.details = [f"{item['title']}({'、'.join(item['why_names'])})" for item in meeting["agenda"]]
            step.facts |= {"meeting": meeting["id"], "items": len(meeting["agenda"])}
        return meeting

    def _held_today(self, meeting: Values, case_id: str) -> None:
        operator, path = self.stage.caller("operator"), f"/patrol/meetings/{meeting['id']}"
        with self.stage.steps.step("meeting-held", "提前到今天召开,作出两项决定,写成记录") as step:
            today = str(operator.get("/patrol/day")["day"])
            if today != meeting["day"]:
                operator.post(f"{path}/arrange", day=today, starts="15:00", place="镇会议室", reason="群众反映强烈")
            operator.post(f"{path}/open")
            item = next(each["id"] for each in operator.get(path)["agenda"] if each.get("case_id") == case_id)
            operator.post(f"{path}/present", people=meeting["conveners"], guests="村民代表两名")
            operator.post(f"{path}/decide", item_id=item, kind="case", words="镇环保办牵头,夜间停产整改")
            task = {"kind": "task", "words": "一周内复测噪声", "department": "env-office", "due_on": today}
            operator.post(f"{path}/decide", item_id=item, **task)
            state = operator.post(f"{path}/close", minutes="各单位发言要点略;形成两项决定")["state"]
            expect(state == "held", f"会议应已召开,实为 {state}")
            step.facts["state"] = state

    def _on_the_case(self, case_id: str) -> None:
        with self.stage.steps.step("meeting-on-case", "决定记入案件") as step:
            found: list[Values] = []

            def there() -> bool:
                found[:] = [self.case("env-head", case_id)]
                return any(each["kind"] == "decided" for each in found[0]["consultations"])

            wait_until(there, seconds=EVENTS_SECONDS, what="案件上的会商决定")
            line = found[0]["history"][-1]
            expect(line["action"] == "consult", f"最后一条应为会商决定,实为 {line['action']}")
            step.details = [str(line["reason"])]

    def _followed(self) -> None:
        with self.stage.steps.step("meeting-followed", "任务跟踪到完成") as step:
            env = self.stage.caller("env-head")
            (task,) = env.get("/patrol/meetings/decisions", mine=True, states="open", limit=50)["items"]
            state = env.post(f"/patrol/meetings/decisions/{task['id']}/finish", result="复测达标")["state"]
            expect(state == "done", f"任务应已完成,实为 {state}")
            step.text = f"{self.stage.called('env-head')}报告:{task['words']},已完成"
