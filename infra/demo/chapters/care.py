"""Chapter: a household is proposed for visits, confirmed by the village, visited, without telling why (PAT-07)."""

from typing import Any

from infra.demo.chapters.chapter import EVENTS_SECONDS, Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect
from infra.local.process import wait_until
from services.chassis.ids import new_id

_VISIT, _HELP = "elderly-alone", "送药"
_TELLING = (_VISIT, "独居", "空巢", "关爱探访")


class Care(Chapter):
    def play(self) -> None:
        """Record, propose, confirm, take along, visit, look at the coverage."""
        self.stage.screen.chapter("17 走访:村里核定名单,网格员只知走访谁、办什么,不知为何列入")
        household = self._recorded()
        self._confirmed(self._proposed(household))
        visit = self._day(household)
        self._visited(visit)
        self._looks(household)
        self._covered()

    def _recorded(self) -> str:
        text = f"{self.stage.called('member')}登记一户:姓名、住址加密保存,写明用途、依据和期限"
        with self.stage.steps.step("household", text) as step:
            until = f"{self.stage.now.year + 1}-12-31"
            basis = {"purpose": "上门服务", "legal_basis": "网格化服务管理办法", "needed_until": until}
            personal = {"address": "临河村二组14号", "contact": "刘翠花", "phone": "13900001234"}
            body: dict[str, Any] = {"grid_code": STORY_GRID, "persons": 1, **personal, **basis}
            household = str(self.stage.caller("member").post("/households", **body)["id"])
            shown = self.stage.caller("member").get(f"/households/{household}")
            expect(shown["masked"] and shown["phone"] == "139****1234", f"应脱敏显示,实为 {shown}")
            step.details = [f"不写用途查看:{shown['contact']} {shown['phone']}"]
        return household

    def _proposed(self, household: str) -> str:
        with self.stage.steps.step("care-proposed", "网格员提出走访名单,等待核定") as step:
            body = {"household_id": household, "visit": _VISIT, "help": _HELP}
            entry = self.stage.caller("member").post("/care", **body)
            step.facts["entry"] = entry["id"]
        return str(entry["id"])

    def _confirmed(self, entry: str) -> None:
        with self.stage.steps.step("care-confirmed", "") as step:
            secretary = self.stage.caller("secretary")
            waiting = {each["id"]: each for each in secretary.pages("/care", states="proposed")}
            secretary.post(f"/care/{entry}/confirm")
            why = waiting[entry]
            who = self.stage.called("secretary")
            step.text = f"{who}核定:{why['category_name']},依据{why['legal_basis']}"

    def _day(self, household: str) -> Values:
        with self.stage.steps.step("visit-day", "") as step:
            found: list[Values] = []

            def there() -> bool:
                owed = self.stage.caller("member").get("/patrol/day")["visits"]
                found[:] = [each for each in owed if each["household_id"] == household]
                return bool(found)

            wait_until(there, seconds=EVENTS_SECONDS, what="走访任务")
            visit = found[0]
            expect(not [word for word in _TELLING if word in str(visit)], f"走访人不应知道原因,实为 {visit}")
            where = visit["household"]["address"]
            step.text = (
                f"网格员打开今天:{visit['until']}前走访{where},时段{visit['hours']},应办:{visit['help']};不显示列入原因"
            )
        return visit

    def _visited(self, visit: Values) -> None:
        with self.stage.steps.step("visit-done", "走访后和巡查结果一起提交") as step:
            entry = {"client_id": new_id(), "visit_id": visit["id"], "version": 1, "at": visit["day"] + "T03:00:00Z"}
            told = {"result": "met", "help_given": True, "words": "药已送到,老人身体不错"}
            items = self.stage.caller("member").post("/patrol/sync", entries=[{**entry, **told}])["items"]
            expect(items[0]["outcome"] == "accepted", f"应收下,实为 {items}")
            step.details = [items[0]["outcome"]]

    def _looks(self, household: str) -> None:
        with self.stage.steps.step("household-looks", "") as step:
            looks = list(self.stage.caller("auditor").pages(f"/households/{household}/looks"))
            purposes = sorted({each["purpose_name"] for each in looks if each["purpose"]})
            expect(purposes == ["走访"], f"应有走访的查询记录,实为 {looks}")
            step.text = f"每次查看都留痕,住户可以索取:{len(looks)}次,用途:{'、'.join(purposes)}"

    def _covered(self) -> None:
        with self.stage.steps.step("visit-coverage", "") as step:
            lines = self.stage.caller("operator").get("/patrol/visits/coverage", area=STORY_GRID)["items"]
            expect(len(lines) == 1 and lines[0]["made"] >= 1, f"应有已走访的,实为 {lines}")
            step.text = f"中心只看数字:{lines[0]['grid_name']}本轮应走访{lines[0]['owed']}户,已走访{lines[0]['made']}户"
