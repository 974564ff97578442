"""Chapter: the day's patrol, kept without signal and handed in once; a problem becomes a case by itself (PAT)."""

from typing import Any

from infra.demo.chapters.chapter import EVENTS_SECONDS, Chapter
from infra.demo.people import STORY_GRID
from infra.demo.rest import Values
from infra.demo.steps import expect
from infra.local.process import wait_until
from services.chassis.ids import new_id

_WATER = "environment/water"


class Patrol(Chapter):
    def play(self) -> None:
        """Take the day along, hand it in twice, sign, submit, look at the coverage, the diary and the score."""
        self.stage.screen.chapter("16 日巡查:离线也能做,问题自动成案,网格长签字后上报")
        task = self._day()
        entries = self._entries(task)
        case_id = self._handed_in(entries)
        self._again(entries)
        self._became(case_id)
        self._answered_for(task["id"])
        self._covered()
        self._written_down(task["day"], case_id)
        self._counted(task["id"])

    def _day(self) -> Values:
        with self.stage.steps.step("patrol-day", "") as step:
            wait_until(lambda: self._daily() is not None, seconds=EVENTS_SECONDS, what="今天的巡查任务")
            task, day = self._daily(), self.stage.caller("member").get("/patrol/day")
            expect(task is not None, "没有今天的日巡查任务")
            assert task is not None
            items = sum(len(each["items"]) for each in day["checklists"])
            step.text = f"{self.stage.called('member')}打开今天:{task['name']}1项,清单{items}条,可离线使用"
            step.facts |= {"task": task["id"], "items": items}
        return task

    def _daily(self) -> Values | None:
        """Today's: when the chapter is played again on a later day, those in between are overdue."""
        day = self.stage.caller("member").get("/patrol/day")
        mine = (each for each in day["tasks"] if each["patrol"] == "daily" and each["grid"] == STORY_GRID)
        return next((each for each in mine if each["day"] == day["day"]), None)

    def _entries(self, task: Values) -> list[dict[str, Any]]:
        spot, now = self.stage.county.outfall, task["day"] + "T00:30:00Z"
        common = {"task_id": task["id"], "version": 1, "at": now}
        found = {"item": _WATER, "answer": "problem", "words": "排水口下游水面有油污"}
        place = {"point": {"lon": spot.lon, "lat": spot.lat + 0.002}}
        return [
            {**common, **found, **place, "client_id": new_id()},
            {**common, "item": "sanitation/garbage", "answer": "fine", "client_id": new_id()},
            {**common, "rest": "fine", "client_id": new_id()},
        ]

    def _handed_in(self, entries: list[dict[str, Any]]) -> str:
        with self.stage.steps.step("patrol-sync", "有信号后一次提交:1个问题,其余正常") as step:
            items = self.stage.caller("member").post("/patrol/sync", entries=entries)["items"]
            expect([each["outcome"] for each in items] == ["accepted"] * 3, f"应全部收下,实为 {items}")
            step.facts["case"] = items[0]["case_id"]
        return str(items[0]["case_id"])

    def _again(self, entries: list[dict[str, Any]]) -> None:
        with self.stage.steps.step("patrol-again", "手机以为没有发出,又提交一次:平台认得,不重复") as step:
            items = self.stage.caller("member").post("/patrol/sync", entries=entries)["items"]
            expect([each["outcome"] for each in items] == ["known"] * 3, f"应全部认得,实为 {items}")
            step.details = [f"{each['outcome']}" for each in items]

    def _became(self, case_id: str) -> None:
        with self.stage.steps.step("patrol-case", "问题自动成为案件,不用再报一遍") as step:
            found: list[Values] = []

            def there() -> bool:
                cases = self.stage.caller("member").get("/cases", reported_by_me=True, limit=50)["items"]
                found[:] = [each for each in cases if each["id"] == case_id]
                return bool(found)

            wait_until(there, seconds=EVENTS_SECONDS, what="巡查发现的案件")
            case = self.case("member", case_id)
            step.text = f"问题自动成为案件 {case['number']}:{case['description']},{case['state_name']}"
            expect(case["channel"] == "patrol", f"渠道应为巡查,实为 {case['channel']}")

    def _answered_for(self, task_id: str) -> None:
        for who, action, becomes, text in (
            ("leader", "sign", "signed", "网格长签字"),
            ("governance", "submit", "submitted", "社会治理网格员上报中心"),
        ):
            with self.stage.steps.step(f"patrol-{action}", f"{self.stage.called(who)}:{text}") as step:
                state = self.stage.caller(who).post(f"/patrol/tasks/{task_id}/{action}")["state"]
                expect(state == becomes, f"任务应为 {becomes},实为 {state}")
                step.facts["state"] = state

    def _covered(self) -> None:
        with self.stage.steps.step("patrol-coverage", "中心看覆盖情况") as step:
            lines = self.stage.caller("operator").get("/patrol/coverage", area=STORY_GRID)["items"]
            expect(len(lines) == 1 and lines[0]["finished"] >= 1, f"应有已完成的巡查,实为 {lines}")
            line = lines[0]
            step.text = f"中心看覆盖情况:{line['grid_name']}今天应巡{line['asked']}次,已巡{line['finished']}次"

    def _written_down(self, day: str, case_id: str) -> None:
        """The day is in the diary by itself; the worker adds words alone (PAT-08)."""
        with self.stage.steps.step("patrol-diary", "工作日志由当天的记录自动生成,只补一句话") as step:
            member = self.stage.caller("member")
            member.send("PUT", f"/patrol/diary/{day}/words", json={"words": "已提醒沿河商户不要倾倒废油"})
            diary = member.get(f"/patrol/diary/{day}")
            found = {(each["kind"], each["subject"]) for each in diary["records"]}
            expect(("found", case_id) in found, f"日志应有巡查发现的问题,实为 {sorted(found)}")
            step.details = [f"{each['kind_name']}:{each['title']}" for each in diary["records"]]
            step.text = f"工作日志自动生成{len(diary['records'])}条记录,周结时间{self.stage.local(diary['closes_at'])}"

    def _counted(self, task_id: str) -> None:
        """The finished patrol is a fact of the assessment, which opens down to its event (ASM-03, ASM-08)."""
        with self.stage.steps.step("patrol-score", "") as step:
            member = self.stage.caller("member")
            me, period = member.person["person_id"], self.stage.today.strftime("%Y-%m")
            found: list[Values] = []

            def counted() -> bool:
                facts = member.get(f"/scores/member/{me}/facts", period=period, counter="patrols_done")["items"]
                found[:] = [each for each in facts if each["case_id"] == task_id]
                return bool(found)

            wait_until(counted, seconds=EVENTS_SECONDS, what="巡查成为考评事实")
            score = member.get(f"/scores/member/{me}", period=period)
            coverage = next(each for each in score["indicators"] if each["id"] == "coverage")
            step.text = f"巡查覆盖率:应巡{coverage['denominator']:g}次,已巡{coverage['numerator']:g}次,每一次可查到事件"
            step.details = [found[0]["why"]]
