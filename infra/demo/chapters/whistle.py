"""Chapter: what a town cannot settle: it calls county departments, each with its own clock and sign-off (INC-09)."""

from infra.demo.chapters.chapter import Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect

_MATTER = "X1302"
_LEAD, _OTHER = "county-ecology", "county-water"
_PEOPLE = {_LEAD: "ecology-handler", _OTHER: "county-water-handler"}


class Whistle(Chapter):
    def play(self) -> None:
        """Blow the whistle, come, act, sign off, answer."""
        self.stage.screen.chapter("10 吹哨:召集县级部门,各有时限,各自签退")
        case_id = self.report(
            "whistle-report", "网格员上报企业违法排污,案号 {number}", "member",
            matter_code=_MATTER, description="厂区雨水口夜间排污", grid_code=STORY_GRID,
        )["id"]  # fmt: skip
        body = {"departments": [_LEAD, _OTHER], "lead": _LEAD, "reason": "镇里没有执法权限,请求县里联合执法"}
        text = f"{self.stage.called('operator')}吹哨:{body['reason']}"
        self.act("whistle", text, "operator", case_id, "whistle", "handling", **body)
        for who in _PEOPLE.values():
            self.act(f"arrive-{who}", f"{self.stage.called(who)}报到", who, case_id, "arrive", "handling")
        lead, path = self.stage.caller(_PEOPLE[_LEAD]), f"/cases/{case_id}/answer"
        text = "还有部门没有签退,牵头部门不能答复"
        self.refused("answer-too-early", text, "sign-offs-missing", lead, path, result="已责令停产")
        self._finish(case_id)

    def _finish(self, case_id: str) -> None:
        other, lead = _PEOPLE[_OTHER], _PEOPLE[_LEAD]
        text = f"{self.stage.called(other)}签退:已封堵入河口"
        self.act("sign-off", text, other, case_id, "sign-off", "handling", result="已封堵入河口")
        text = f"{self.stage.called(lead)}答复:已责令停产整改并立案"
        self.act("whistle-answer", text, lead, case_id, "answer", "answered", result="已责令停产整改并立案")
        with self.stage.steps.step("calls", "案件上写明:召集了谁,谁来了,什么时候") as step:
            calls = self.case("operator", case_id)["calls"]
            expect(len(calls) == len(_PEOPLE), f"应有 {len(_PEOPLE)} 个召集,实为 {len(calls)}")
            step.details = [self._line(call) for call in calls]

    def _line(self, call: Values) -> str:
        stamps = {"召集": call["called"], "报到": call["arrived"], "签退": call["signed_off"]}
        said = ",".join(f"{what} {self.stage.local(stamp['at'], '%H:%M:%S')}" for what, stamp in stamps.items())
        return f"{call['department_name']}{'(牵头)' if call['leading'] else ''}:{said}"
