"""Chapter: reopened by its reporter, urgent and known everywhere, handed over for approval."""

from infra.demo.chapters.chapter import Chapter
from infra.demo.people import STORY_GRID
from infra.demo.steps import expect

URGENT_MATTER, APPROVAL_MATTER = "X1205", "X1504"
LEVELS = ("member", "leader", "operator", "county-leader")
"""Who hears of an urgent matter at once: grid, village, town and county."""


class Afterwards(Chapter):
    def play(self, closed_case: str) -> None:
        """Reopen the closed case of the first chapters, report an urgent matter and one that needs approval."""
        self.stage.screen.chapter("12 重新办理、紧急、审批")
        reason = "下雨后又有黑水流出"
        text = f"{self.stage.called('member')}在方案规定的天数内要求重新办理:{reason}"
        self.act("reopen", text, "member", closed_case, "reopen", "dispatched", reason=reason)
        self._urgent()
        self._approval()

    def _urgent(self) -> None:
        receipt = self.report(
            "urgent", "紧急事项 燃气安全隐患,案号 {number}", "member",
            matter_code=URGENT_MATTER, description="巷口燃气管道泄漏,气味明显", grid_code=STORY_GRID,
        )  # fmt: skip
        with self.stage.steps.step("urgent-told", "村、镇、县各级同时知道") as step:
            deaf = [who for who in LEVELS if not self.told(who, receipt["id"])]
            expect(not deaf, f"没有得到消息:{'、'.join(map(self.stage.called, deaf))}")
            step.details = [f"{self.stage.called(who)}:{self.told(who, receipt['id'])[0]}" for who in LEVELS]

    def _approval(self) -> None:
        receipt = self.report(
            "approval", "需要审批的事项 社会救助申请,案号 {number}", "member",
            matter_code=APPROVAL_MATTER, description="村民张某申请临时救助,材料齐全", grid_code=STORY_GRID,
        )  # fmt: skip
        with self.stage.steps.step("approval-visible", "移交便民服务中心,状态可查") as step:
            case = self.case("member", receipt["id"])
            expect(case["state"] == "handed-over", f"应已移交审批,实为 {case['state_name']}")
            step.text = f"案件 {case['number']}:{case['state_name']},上报人随时可查"
