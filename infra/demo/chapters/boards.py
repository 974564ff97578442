"""Chapter: what hangs in the village, who answers for it in writing, who is on duty (REG-07, 11, 15, 18)."""

import httpx

from infra.demo.chapters.chapter import EVENTS_SECONDS, Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect
from infra.local.process import wait_until

_ROLE = "centre-operator"


class Boards(Chapter):
    def play(self) -> None:
        """Read the board without an account, print the card, count households, sign a letter, go on duty."""
        self.stage.screen.chapter("20 公示牌与联系卡:扫码看公示牌,户户有联系卡,责任状本人签字,新案件先找值班员")
        self._board()
        self._card()
        self._handed_out()
        self._letter()
        self._on_duty()
        self._lights()

    def _board(self) -> None:
        with self.stage.steps.step("board-page", "") as step:
            page = self._public(f"/board/{STORY_GRID}")
            leader = self.stage.caller("leader").person["name"]
            expect(page.status_code == 200 and leader in page.text, f"公示牌应有网格长 {leader}")
            expect("<svg" in page.text and "12345" in page.text, "公示牌应有区域图和投诉电话")
            step.text = f"村民不用登录,扫码打开公示牌:网格长{leader},值班电话,区域图,投诉电话"
            step.facts["bytes"] = len(page.content)

    def _card(self) -> None:
        with self.stage.steps.step("card-pdf", "打印联系卡(PDF,中文,带二维码)") as step:
            card = self._public(f"/board/{STORY_GRID}/card.pdf")
            expect(card.content.startswith(b"%PDF"), f"应为 PDF,实为 {card.status_code}")
            step.facts["bytes"] = len(card.content)

    def _public(self, path: str) -> httpx.Response:
        """A page of the gateway as anybody reads it."""
        home = str(self.stage.caller("member").http.base_url).partition("/api/")[0]
        return httpx.get(f"{home}{path}", timeout=30, trust_env=False)

    def _handed_out(self) -> None:
        with self.stage.steps.step("cards-handed-out", "") as step:
            before = self._reached()
            body = {"day": self.stage.today.isoformat(), "households": 60, "words": "逐户发放"}
            self.stage.caller("member").post(f"/grids/{STORY_GRID}/cards", **body)
            expect(self._reached() == before + 60, "应多出 60 户")
            step.text = f"{self.stage.called('member')}登记发放60户,本网格已有{before + 60}户领到联系卡"

    def _reached(self) -> int:
        lines = self.stage.caller("operator").get("/cards/reached", area=STORY_GRID)["items"]
        return int(lines[0]["households_reached"])

    def _letter(self) -> None:
        with self.stage.steps.step("letter-signed", "") as step:
            operator, leader = self.stage.caller("operator"), self.stage.caller("leader")
            above = operator.get(f"/grids/{STORY_GRID}")["grid"]["parent_code"]
            upper = operator.get("/posts", grid_code=above, post="leader")["items"][0]
            year = self.stage.today.year + 1
            term = {"starts": f"{year}-01-01", "ends": f"{year}-12-31", "penalties": ["漏报一次扣 2 分"]}
            people = {"upper_person_id": upper["person_id"], "lower_person_id": self._id("leader")}
            made = operator.post(f"/grids/{STORY_GRID}/duty-letters", **people, **term)
            leader.post(f"/duty-letters/{made['id']}/sign")
            letter = leader.get(f"/duty-letters/{made['id']}")
            expect(letter["state"] == "signed", f"责任状应一方已签,实为 {letter['state']}")
            parties = f"{letter['upper_grid_name']}与{letter['lower_grid_name']}"
            step.text = f"{parties}的责任状:任务{len(letter['tasks'])}条,网格长本人已签,待上级签字"

    def _id(self, username: str) -> str:
        return str(self.stage.caller(username).person["person_id"])

    def _on_duty(self) -> None:
        with self.stage.steps.step("on-duty", "") as step:
            shift, operator = self._shift(), self.stage.caller("operator")
            expect(shift["person_id"] == self._id("operator"), f"应为坐席员值班,实为 {shift['person_name']}")
            wait_until(self._hears_of_new_cases, seconds=EVENTS_SECONDS, what="值班表传到案件服务")
            newest = next(each for each in operator.pages("/messages") if each["kind"] == "report")
            operator.post(f"/duty-shifts/{shift['id']}/withdraw", reason="演示结束")
            step.text = f"{self.stage.called('operator')}值班,新案件先通知值班员:{newest['text']}"

    def _shift(self) -> Values:
        """The operator's shift of this moment, entered where there is none."""
        operator = self.stage.caller("operator")
        if not (running := operator.get("/duty-shifts/on-duty", role=_ROLE)["shifts"]):
            day = self.stage.today.isoformat()
            whole = {"first_day": day, "last_day": day, "hours": "00:00-00:00"}
            area = self.stage.county.posts_of("operator")[0].areas[0]
            operator.post("/duty-shifts", area=area, role=_ROLE, person_ids=[self._id("operator")], **whole)
            running = operator.get("/duty-shifts/on-duty", role=_ROLE)["shifts"]
        shift: Values = running[0]
        return shift

    def _hears_of_new_cases(self) -> bool:
        """Report a case, and see whether the operator is told of it."""
        case_id = self.stage.caller("member").post(
            "/cases", matter_code="06010", description="路边堆放垃圾", grid_code=STORY_GRID, channel="grid-worker"
        )["id"]
        told = self.stage.caller("operator").get("/messages", limit=50)["items"]
        return any(each["case_id"] == case_id and each["kind"] == "report" for each in told)

    def _lights(self) -> None:
        with self.stage.steps.step("rollout-lights", "") as step:
            phases = self.stage.caller("county-leader").get("/rollout")["phases"]
            expect(bool(phases), "方案二应有批次")
            step.text = "县领导看方案推进:" + ",".join(f"{each['name']}{_LIGHTS[each['light']]}" for each in phases)


_LIGHTS = {"green": "绿灯", "yellow": "黄灯", "red": "红灯"}
