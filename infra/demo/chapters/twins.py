"""Chapter: two reports of one thing, suggested as one, merged, handled once; a wrong merge is undone (INC-16)."""

from infra.demo.chapters.chapter import Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect

_MATTER = "06026"
_REPLIES = [{"question": "water-colour", "value": "白"}, {"question": "smell", "value": "是"}]
_FAR = 0.004
"""Degrees, some 400 metres: far enough not to be the same thing."""


class Twins(Chapter):
    def play(self) -> None:
        """Report twice, merge, merge one too many, undo, handle once, tell both."""
        self.stage.screen.chapter("11 重复上报:并案,只办一次,两人都得到答复;并错了可以撤销")
        first = self._reported("first", "member", "桥下河水发白,有泡沫", 0.0)
        second = self._reported("second", "leader", "桥下的水发白起泡", 0.0001)
        other = self._reported("other", "governance", "上游河汊有油花", _FAR)
        self._suggested(first["id"], second["id"])
        body = {"duplicates": [second["id"], other["id"]], "reason": "同一处污染"}
        text = f"{self.stage.called('operator')}把后两件并入第一件"
        self.act("merge", text, "operator", first["id"], "merge", "dispatched", **body)
        text = f"{self.stage.called('operator')}发现第三件并错,撤销并案"
        reason = "不是同一处"
        self.act("unmerge", text, "operator", other["id"], "unmerge", "dispatched", reason=reason)
        self._handled_once(first["id"], second["id"])

    def _reported(self, name: str, who: str, description: str, beside: float) -> Values:
        spot = self.stage.county.outfall
        return self.report(
            f"twin-{name}", f"{self.stage.called(who)}上报:{description}" + ",案号 {number}", who,
            matter_code=_MATTER, description=description, grid_code=STORY_GRID, replies=_REPLIES,
            point={"lon": spot.lon + beside, "lat": spot.lat},
        )  # fmt: skip

    def _suggested(self, case_id: str, twin: str) -> None:
        with self.stage.steps.step("similar", "平台提示可能是同一件") as step:
            found = self.case("operator", case_id)["similar"]
            best = next((each for each in found if each["id"] == twin), None)
            expect(best is not None, "没有提示第二件")
            assert best is not None
            step.details = [f"{best['number']}:{best['why']}"]

    def _handled_once(self, case_id: str, twin: str) -> None:
        with self.stage.steps.step("merged", "环保办手里只有一件") as step:
            case = self.case("operator", twin)
            expect(case["state"] == "merged", f"第二件应已并案,实为 {case['state_name']}")
            step.text = f"环保办手里只有一件;第二件{case['state_name']},主案 {case['main']['number']}"
        result = "查明为豆制品作坊排水,已接入污水管"
        self.act("twin-accept", "环保办接件", "env-handler", case_id, "accept", "handling")
        self.act("twin-answer", f"环保办答复:{result}", "env-handler", case_id, "answer", "answered", result=result)
        self.act("twin-pass", "核查通过", "verifier", case_id, "verify", "verified", passed=True)
        with self.stage.steps.step("both-told", "两位上报人都得到答复") as step:
            told = {who: [*self.told(who, case_id), *self.told(who, twin)] for who in ("member", "leader")}
            deaf = [who for who, texts in told.items() if not any(result in text for text in texts)]
            expect(not deaf, f"没有得到答复:{'、'.join(deaf)}")
            step.details = [f"{self.stage.called(who)}:{texts[-1]}" for who, texts in told.items()]
