"""Chapter 6: the scores of the member, the grid and the department follow the facts, and open down to them (ASM)."""

from dataclasses import dataclass, field

from infra.demo.rest import Caller, Values
from infra.demo.stage import Stage
from infra.demo.steps import Step, expect
from infra.local.process import wait_until

Subject = tuple[str, str]

_SECONDS = 30
_CLOSED = "closed"
_SHOWN = ("reported", "first_reports", "self_handled", "handled_on_time", "reworked", "closed", "solved", "satisfied")
_NAMES = {"member": "网格员", "grid": "网格", "department": "部门"}


@dataclass
class Scoring:
    """What the three subjects of the story have, before and after it, in the month of the run."""

    stage: Stage
    department: str
    before: dict[Subject, Values] = field(default_factory=dict)

    @property
    def period(self) -> str:
        """This month in the county, as `2026-11`."""
        return self.stage.today.strftime("%Y-%m")

    def remember(self) -> None:
        """Read the scores before the story. Raises Refusal."""
        self.before = self._read()

    def play(self, case_id: str) -> None:
        """Chapter 6, once the closing of the case has been counted. Raises StepFailed."""
        self.stage.screen.chapter("6 考评:得分随事实变化,每一分可查到事件")
        with self.stage.steps.step("scores", "三方得分随事实更新") as step:
            self._wait_for_closing(case_id)
            after = self._read()
            step.text = f"网格员、网格、部门 {self.period} 的得分已更新(千分制,首报另加分)"
            step.facts["scores"] = {kind: score["total"] for (kind, _), score in after.items()}
        self._show(after)
        with self.stage.steps.step("score-facts", "一分打开到事件") as step:
            self._open_one_point(case_id, step)
        with self.stage.steps.step("recompute", "由事件日志重新计算") as step:
            self._recompute(step)

    def _readers(self) -> dict[Subject, Caller]:
        """Each subject with somebody who may see it: the member sees member and grid, the head the department."""
        member, head = self.stage.caller("member"), self.stage.caller("env-head")
        grid = self.stage.county.outfall.grid
        return {
            ("member", member.person["person_id"]): member,
            ("grid", grid): member,
            ("department", self.department): head,
        }

    def _read(self) -> dict[Subject, Values]:
        return {
            subject: caller.get(f"/scores/{subject[0]}/{subject[1]}", period=self.period)
            for subject, caller in self._readers().items()
        }

    def _wait_for_closing(self, case_id: str) -> None:
        """Until each subject has the fact that the case was closed. Raises NotReady."""

        def counted_everywhere() -> bool:
            return all(self._closing(subject, caller, case_id) for subject, caller in self._readers().items())

        wait_until(counted_everywhere, seconds=_SECONDS, what="考评收到结案事件")

    def _closing(self, subject: Subject, caller: Caller, case_id: str) -> Values | None:
        """The subject's fact that the case was closed; None while assessment has not heard of it."""
        facts = caller.get(f"/scores/{subject[0]}/{subject[1]}/facts", period=self.period, counter=_CLOSED)["items"]
        return next((fact for fact in facts if fact["case_id"] == case_id), None)

    def _show(self, after: dict[Subject, Values]) -> None:
        rows = [
            (
                _NAMES[subject[0]],
                self._name(subject, score),
                f"{self.before[subject]['total']:.1f}" if self.before[subject]["has_data"] else "-",
                f"{score['total']:.1f}",
                _counted(score),
            )
            for subject, score in after.items()
        ]
        self.stage.screen.table(("对象", "名称", "之前", "之后", "计数"), rows)

    def _name(self, subject: Subject, score: Values) -> str:
        return self.stage.county.person("member").name if subject[0] == "member" else score["subject_name"]

    def _open_one_point(self, case_id: str, step: Step) -> None:
        """From the grid's count of closed cases to the event that moved it."""
        subject, caller = next(each for each in self._readers().items() if each[0][0] == "grid")
        fact = self._closing(subject, caller, case_id) or {}
        event = _event(caller, fact)
        step.text = f"打开网格的“结案”一项:{fact['why']}"
        step.details = [
            f"案件 {fact['case_number']},事件 {event['type']},{self.stage.local(event['time'], '%H:%M:%S')},"
            f"日志第 {event['position']} 条,编号 {event['id']}"
        ]
        step.facts["event"] = event["id"]

    def _recompute(self, step: Step) -> None:
        """Recomputing reads the log while it is written, so the last event may lie on one side only for a moment."""
        leader, found = self.stage.caller("county-leader"), {}

        def same() -> bool:
            found.update(leader.post("/scores/recompute", period=self.period))
            return bool(found["same"])

        wait_until(same, seconds=_SECONDS, what="重新计算与现有得分一致")
        step.text = f"由事件日志 {found['events']} 个事件重算 {found['scores']} 个得分,与现有完全一致"
        step.facts |= {name: found[name] for name in ("events", "scores", "same")}


def _counted(score: Values) -> str:
    counts = {each["name"]: f"{each['title']} {each['count']:g}" for each in score["counters"]}
    return " · ".join(counts[name] for name in _SHOWN if name in counts)


def _event(caller: Caller, fact: Values) -> Values:
    """The logged event behind a fact. Raises Unexpected where the log does not have it."""
    found = caller.get("/events", subject=fact["case_id"], types=fact["event_type"])["items"]
    event = next((each for each in found if each["id"] == fact["event_id"]), None)
    expect(event is not None, f"事件日志中没有 {fact['event_id']}")
    return event or {}
