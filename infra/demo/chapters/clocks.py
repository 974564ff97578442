"""Chapter: a question stops the clock, an extension moves it, and what nobody touches is warned of (INC-07, INC-08)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from infra.demo.chapters.chapter import EVENTS_SECONDS, Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import Step, expect
from infra.local import moving
from infra.local.process import wait_until

_MATTER = "06026"
_WARNED = ("env-handler", "env-head", "county-leader")
"""Whom plan P2 has warned: the handler at first, then the head, then the county leader."""
_LATE = timedelta(days=14)
"""Past the red notice, one working day after the limit, whatever holidays lie between."""
_REPLIES = [{"question": "water-colour", "value": "黄"}, {"question": "smell", "value": "否"}]


class Clocks(Chapter):
    def play(self) -> None:
        """Ask and extend on one case, ask in vain on another, leave a third alone; put the demo's clock forward."""
        self.stage.screen.chapter("21 时限:询问时停表,延期要批准,没人管就督办")
        handled = self._reported("clock-report", "网格员上报,案号 {number}")
        untouched = self._reported("untouched-report", "又上报一件,案号 {number},没有人管")
        silent = self._reported("silent-report", "再上报一件,案号 {number},之后联系不上反映人")
        self._ask(handled["id"])
        self._extend(handled["id"])
        self._ask_in_vain(silent["id"])
        if self.stage.settings.profile != "demo":
            self.stage.screen.detail("平台不是由 wangge demo 建立的,时钟不能拨动:略去黄牌、红牌督办")
            return
        self._leave_alone(untouched["id"])
        self._goes_on(silent["id"])

    def _reported(self, name: str, text: str) -> Values:
        return self.report(
            name, text, "member", matter_code=_MATTER, description="河水发黄", grid_code=STORY_GRID, replies=_REPLIES
        )

    def _ask(self, case_id: str) -> None:
        self.act("clock-accept", "环保办接件", "env-handler", case_id, "accept", "handling")
        question = "发黄的河段在桥的上游还是下游?"
        text = f"{self.stage.called('env-handler')}询问反映人:{question}"
        self.act("ask", text, "env-handler", case_id, "ask", "handling", question=question)
        with self.stage.steps.step("paused", "等反映人回答时停表") as step:
            light = _running(self.case("member", case_id))["light"]
            expect(light == "paused", f"应已停表,实为 {light}")
            step.facts["light"] = light
        text = f"{self.stage.called('member')}补充说明,时限接着走"
        self.act("reply", text, "member", case_id, "reply", "handling", note="桥的上游,大约一百米")

    def _ask_in_vain(self, case_id: str) -> None:
        self.act("silent-accept", "环保办接件", "env-handler", case_id, "accept", "handling")
        text, question = f"{self.stage.called('env-handler')}询问反映人,无人答复", "是哪一段河道?"
        self.act("silent-ask", text, "env-handler", case_id, "ask", "handling", question=question)

    def _goes_on(self, case_id: str) -> None:
        with self.stage.steps.step("goes-on", "逾期无人答复:平台自动恢复计时") as step:
            self._until(lambda light: light != "paused", case_id, step, "恢复计时")
            shown = self.case("county-leader", case_id)["history"]
            expect(any(each["action"] == "go-on" for each in shown), "经过里没有自动恢复计时")

    def _extend(self, case_id: str) -> None:
        before = _due(self.case("env-head", case_id))
        body = {"amount": 2, "reason": "需要县里化验水样"}
        text = f"{self.stage.called('env-handler')}申请延期 2 个工作日:{body['reason']}"
        self.act("ask-extension", text, "env-handler", case_id, "ask-extension", "handling", **body)
        text = f"{self.stage.called('env-head')}同意延期"
        self.act("grant-extension", text, "env-head", case_id, "grant-extension", "handling")
        with self.stage.steps.step("extended", "期限顺延") as step:
            after = _due(self.case("env-head", case_id))
            expect(after > before, "期限没有顺延")
            step.text = f"期限由 {self.stage.local(before.isoformat())} 顺延到 {self.stage.local(after.isoformat())}"

    def _leave_alone(self, case_id: str) -> None:
        due = _due(self.case("county-leader", case_id))
        with self.stage.steps.step("yellow", "拨钟到期限之后:黄牌督办") as step:
            self._forward(due - self.stage.now + timedelta(minutes=1), step)
            self._until_light("yellow", case_id, step)
        with self.stage.steps.step("red", "再拨钟:红牌督办,直到县领导") as step:
            self._forward(_LATE, step)
            self._until_light("red", case_id, step)
            deaf = [who for who in _WARNED if not self.told(who, case_id)]
            expect(not deaf, f"没有得到消息:{'、'.join(deaf)}")
            step.details += [f"{self.stage.called(who)}:{self.told(who, case_id)[-1]}" for who in _WARNED]

    def _until_light(self, light: str, case_id: str, step: Step) -> None:
        self._until(lambda shown: shown == light, case_id, step, f"{light} notice")

    def _until(self, wanted: Callable[[str], bool], case_id: str, step: Step, what: str) -> None:
        """Wait until the light of the case's running limit is as wanted."""

        def shows() -> bool:
            step.facts["light"] = str(_running(self.case("county-leader", case_id))["light"])
            return wanted(step.facts["light"])

        wait_until(shows, seconds=EVENTS_SECONDS, what=what)

    def _forward(self, by: timedelta, step: Step) -> None:
        shown = moving.forward(self.stage.settings, by)
        step.details.append(f"平台时间 {self.stage.local(shown.now.isoformat())}")


def _running(case: Values) -> Values:
    """The limit that runs now."""
    return next(limit for limit in reversed(case["limits"]) if not limit.get("done_at"))


def _due(case: Values) -> datetime:
    return datetime.fromisoformat(_running(case)["due_at"])
