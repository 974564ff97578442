"""Chapter: an enterprise with its safety grade, and a draw that can be drawn again (REG-10, PAT-13)."""

from typing import Any

from infra.demo.chapters.chapter import EVENTS_SECONDS, Chapter
from infra.demo.divisions import P2_TOWN
from infra.demo.rest import Values
from infra.demo.steps import expect
from infra.local.process import wait_until
from services.chassis.ids import new_id

_HAZARD = "safety/enterprise-hazard"


class Places(Chapter):
    def play(self) -> None:
        """Enter an enterprise, assess it, look who answers for it; draw grids, find something, have it put right."""
        self.stage.screen.chapter("19 企业与督查:安全分级、责任人加密、随机抽查可重抽、整改有期限")
        place_id = self._entered()
        self._assessed(place_id)
        self._looked_at(place_id)
        inspection_id = self._begun()
        target = self._drawn(inspection_id)
        self._found(inspection_id, target)
        self._put_right(inspection_id)

    def _entered(self) -> str:
        spot, name = self.stage.county.outfall, f"临河水泥制品厂{new_id()[-4:]}"
        with self.stage.steps.step("place-enter", "") as step:
            person = {"responsible_name": "张建国", "responsible_phone": "13800001234"}
            where = {"lon": spot.lon, "lat": spot.lat, "address": "临河村东首"}
            made = self.stage.caller("leader").post(
                "/places", kind="enterprise", name=name, pollution_source=True, **where, **person
            )
            seen = self.stage.caller("leader").get(f"/places/{made['id']}")
            shown = f"{seen['responsible_name']} {seen['responsible_phone']}"
            step.text = f"网格长登记企业“{name}”,按坐标归入{seen['grid_name']};责任人加密保存,显示为 {shown}"
            expect(seen["masked"] and "13800001234" not in shown, f"责任人应遮盖,实为 {shown}")
        return str(made["id"])

    def _assessed(self, place_id: str) -> None:
        with self.stage.steps.step("place-assess", "安全评估为 D 级,列入重点监管名单;方案按等级定巡查频次") as step:
            given = {"assessed_on": self._today(), "grade": "D", "key": True, "words": "设备老化,安全通道被占"}
            self.stage.caller("leader").post(f"/places/{place_id}/assessments", **given)
            records = self.stage.caller("operator").get(f"/places/{place_id}/records")["items"]
            step.details = [f"{each['on']} {each['what_name']} {each['grade']} {each['words']}" for each in records]
            expect([each["what"] for each in records] == ["assessed", "entered"], f"应有两条记录,实为 {records}")

    def _looked_at(self, place_id: str) -> None:
        with self.stage.steps.step("place-look", "中心因督查需要查看责任人电话:写明用途,留下记录") as step:
            seen = self.stage.caller("operator").get(f"/places/{place_id}", purpose="supervision")
            expect(not seen["masked"] and seen["responsible_phone"] == "13800001234", "写明用途后应能看到电话")
            step.facts["place"] = place_id

    def _begun(self) -> str:
        town = next(each for each in self.stage.county.grids if each.level == 1 and each.division == P2_TOWN)
        with self.stage.steps.step("inspection-begin", "") as step:
            made = self.stage.caller("assessor").post(
                "/patrol/inspections", rule="supervision", grid=town.code, of="grids"
            )
            seen = self.stage.caller("assessor").get(f"/patrol/inspections/{made['id']}")
            share = f"{seen['population']}个网格中抽{seen['targets']}个"
            step.text = f"督考办{self.stage.called('assessor')}按方案随机抽查:平台从{share}"
            expect(0 < seen["targets"] < seen["population"], f"应抽取一部分,实为 {share}")
        return str(made["id"])

    def _drawn(self, inspection_id: str) -> str:
        with self.stage.steps.step("inspection-draw", "谁都可以重抽:同一种子、同一总体,结果相同") as step:
            draw = self.stage.caller("assessor").get(f"/patrol/inspections/{inspection_id}/draw")
            expect(draw["same"], "重抽结果应与原来相同")
            step.details = [f"种子 {draw['seed']}", f"总体摘要 {draw['population_digest'][:16]}…", draw["method"]]
        return str(draw["drawn"][0])

    def _found(self, inspection_id: str, target: str) -> None:
        with self.stage.steps.step("inspection-result", "") as step:
            answers: list[dict[str, Any]] = [{"item": _HAZARD, "answer": "problem", "words": "配电箱未上锁"}]
            path = f"/patrol/inspections/{inspection_id}/targets/{target}"
            self.stage.caller("assessor").post(path, answers=answers, rest="fine")
            wrong = self._correction(inspection_id)
            wait_until(lambda: self._is_case(wrong["case_id"]), seconds=EVENTS_SECONDS, what="督查问题成案")
            number = self.case("operator", wrong["case_id"])["number"]
            step.text = f"查出问题,自动成为案件 {number},并要求 {wrong['due_on']} 前整改:{wrong['title']}"
            expect(wrong["due_on"] > self._today(), f"整改期限应在以后,实为 {wrong['due_on']}")

    def _today(self) -> str:
        return str(self.stage.caller("leader").get("/patrol/day")["day"])

    def _is_case(self, case_id: str) -> bool:
        found = self.stage.caller("operator").get("/cases", limit=20)["items"]
        return any(each["id"] == case_id for each in found)

    def _correction(self, inspection_id: str) -> Values:
        (found,) = self.stage.caller("assessor").get("/patrol/corrections", inspection_id=inspection_id)["items"]
        return dict(found)

    def _put_right(self, inspection_id: str) -> None:
        with self.stage.steps.step("correction-done", "整改完成后登记,督查台账销号") as step:
            wrong = self._correction(inspection_id)
            self.stage.caller("operator").post(f"/patrol/corrections/{wrong['id']}/done", words="已上锁并挂警示牌")
            state = self._correction(inspection_id)["state_name"]
            expect(state == "已整改", f"整改事项应为已整改,实为 {state}")
            step.facts["state"] = state
