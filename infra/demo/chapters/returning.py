"""Chapter: sent to the wrong department, returned, ruled on, and the ruling routes the next one (INC-05)."""

from infra.demo.chapters.chapter import Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect
from infra.demo.story import CO_DEPARTMENT, DEPARTMENT

_MATTER = "06030"
_DESCRIPTION = "灌溉渠里有油污"


class Returning(Chapter):
    """The precedent is revoked at the end, so that the chapter can be played again."""

    def play(self) -> None:
        """Return once, dispatch again, return again, rule, report the next one, revoke."""
        self.stage.screen.chapter("8 派错了:退回一次,再退就裁定,裁定成为先例")
        case_id = self._reported("return-report", "网格员上报,按职责表派给环保办,案号 {number}")["id"]
        reason = "灌溉渠由水利站管护"
        text = f"{self.stage.called('env-handler')}退回:{reason}"
        self.act("return", text, "env-handler", case_id, "return", "filed", reason=reason, proposed=CO_DEPARTMENT)
        text = f"{self.stage.called('operator')}改派水利站"
        body = {"department": CO_DEPARTMENT, "reason": "按退回意见改派"}
        self.act("dispatch-again", text, "operator", case_id, "dispatch", "dispatched", **body)
        reason = "油污来自企业排污,应由环保办查处"
        text = f"{self.stage.called('water-handler')}再次退回:{reason}"
        self.act("return-again", text, "water-handler", case_id, "contest", "arbitration", reason=reason)
        ruling = {
            "department": CO_DEPARTMENT,
            "co_departments": [DEPARTMENT],
            "reason": "渠道管护归水利站,环保办协查源头",
        }
        text = f"{self.stage.called('operator')}裁定:水利站牵头,环保办协办"
        self.act("rule", text, "operator", case_id, "rule", "dispatched", **ruling)
        self._next_one()

    def _reported(self, name: str, text: str) -> Values:
        return self.report(name, text, "member", matter_code=_MATTER, description=_DESCRIPTION, grid_code=STORY_GRID)

    def _next_one(self) -> None:
        next_one = self._reported("next-report", "下一件同类事项,案号 {number}")["id"]
        operator = self.stage.caller("operator")
        with self.stage.steps.step("precedent", "按先例派遣,案件上写明") as step:
            case = self.case("operator", next_one)
            expect(case["department"] == CO_DEPARTMENT, f"应按先例派给水利站,实为 {case['department_name']}")
            step.facts["routed_by"] = case["routed_by"]
            (precedent,) = operator.pages("/precedents", matters=[_MATTER], state="active")
            step.text = f"按先例派给{case['department_name']}:{precedent['reason']}"
        with self.stage.steps.step("precedent-revoked", "先例可以撤销"):
            operator.post(f"/precedents/{precedent['id']}/revoke", reason="演示结束,恢复按职责表派遣")
