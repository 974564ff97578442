"""Chapter: what a level cannot settle goes up with a reason: 村呼镇应、镇呼县应 (INC-06)."""

from infra.demo.chapters.chapter import Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect

_VILLAGE_MATTER, _TOWN_MATTER = "06010", "X1302"
_COUNTY = "county-ecology"


class Climbing(Chapter):
    def play(self) -> None:
        """A village calls the level above it; a town's department calls the county after a consultation."""
        self.stage.screen.chapter("9 村呼镇应、镇呼县应:解决不了的,说明理由上报")
        self._village()
        self._town()

    def _village(self) -> None:
        case_id = self.report(
            "village-report", "村里协调处置的事项,案号 {number}", "member",
            matter_code=_VILLAGE_MATTER, description="两村交界处垃圾池满溢", grid_code=STORY_GRID, way="coordinated",
        )["id"]  # fmt: skip
        reason = "涉及邻村,本村协调不了"
        text = f"{self.stage.called('leader')}呼叫上级:{reason}"
        self.act("village-calls", text, "leader", case_id, "escalate", "dispatched", reason=reason)
        with self.stage.steps.step("village-answered", "由上一级网格接手") as step:
            case = self.case("operator", case_id)
            expect(case["held_at"] != STORY_GRID, "案件仍在村里")
            step.text = f"由上一级接手:{case['level_name']}"
            step.facts["held_at"] = case["held_at"]

    def _town(self) -> None:
        case_id = self.report(
            "town-report", "企业违法排污,派给镇环保办,案号 {number}", "member",
            matter_code=_TOWN_MATTER, description="厂区雨水口夜间排污", grid_code=STORY_GRID,
        )["id"]  # fmt: skip
        reason = "镇里没有执法权限和监测手段"
        head = self.stage.caller("env-head")
        text = f"{self.stage.called('env-head')}没有会商就上呼县里,被拒绝"
        self.refused("no-consultation", text, "consultation-missing", head, f"/cases/{case_id}/escalate", reason=reason)
        body = {"reason": reason, "consultation": "镇领导小组会商:提请县里查处"}
        text = f"{self.stage.called('env-head')}会商后呼叫县里:{reason}"
        self.act("town-calls", text, "env-head", case_id, "escalate", "dispatched", **body)
        text = f"{self.stage.called('ecology-handler')}接件"
        self.act("county-answers", text, "ecology-handler", case_id, "accept", "handling")
        with self.stage.steps.step("climbs", "案件上写明:从哪一级到哪一级,谁,为什么") as step:
            case = self.case("operator", case_id)
            expect(case["department"] == _COUNTY, f"应由 {_COUNTY} 接手,实为 {case['department']}")
            step.details = [self._line(climb) for climb in case["climbs"]]

    def _line(self, climb: Values) -> str:
        when = self.stage.local(climb["at"], "%H:%M:%S")
        return f"{when} {climb['from_title']} → {climb['to_title']},{climb['by']}:{climb['reason']}"
