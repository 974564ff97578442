"""What the chapters of the whole case share: report, act, read, each as one step that is shown and timed."""

from dataclasses import dataclass
from typing import Any

from infra.demo.rest import Caller, Refusal, Values
from infra.demo.stage import Stage
from infra.demo.steps import Step, expect
from infra.local.process import wait_until

EVENTS_SECONDS = 30
"""How long an event may take to the service that acts on it."""


@dataclass
class Chapter:
    """One chapter on `stage`. Every method raises StepFailed where the platform does not do what the story needs."""

    stage: Stage

    def report(self, name: str, text: str, who: str, **body: Any) -> Values:
        """Have `who` report a case; its receipt. `{number}` in `text` becomes the case's number."""
        with self.stage.steps.step(name, text) as step:
            receipt = self.stage.caller(who).post("/cases", channel=_channel(who), **body)
            step.text = text.format(number=receipt["number"])
            step.facts |= {"case": receipt["id"], "state": receipt["state"]}
        return receipt

    def act(self, name: str, text: str, who: str, case_id: str, action: str, becomes: str, **body: Any) -> None:
        """Have `who` take `action` on the case, after which its state has to be `becomes`."""
        with self.stage.steps.step(name, text) as step:
            state = self.stage.caller(who).post(f"/cases/{case_id}/{action}", **body)["state"]
            expect(state == becomes, f"案件应为 {becomes},实为 {state}")
            step.facts["state"] = state

    def refused(self, name: str, text: str, code: str, caller: Caller, path: str, **body: Any) -> None:
        """Have the platform refuse with `code`, and show its sentence."""
        with self.stage.steps.step(name, text) as step:
            try:
                caller.post(path, **body)
            except Refusal as refusal:
                expect(refusal.code == code, f"应以 {code} 拒绝,实为 {refusal}")
                step.details = [f"{refusal.status} {refusal.code}:{refusal.detail}"]
                return
            expect(False, f"应以 {code} 拒绝,却办成了")

    def case(self, who: str, case_id: str) -> Values:
        """The case as `who` sees it."""
        return self.stage.caller(who).get(f"/cases/{case_id}")

    def until(self, step: Step, who: str, case_id: str, what: str, **wanted: Any) -> Values:
        """Wait until the case shows `wanted`; the case then. Raises NotReady naming `what`."""
        found: list[Values] = []

        def shows() -> bool:
            found[:] = [self.case(who, case_id)]
            return all(found[0][name] == value for name, value in wanted.items())

        wait_until(shows, seconds=EVENTS_SECONDS, what=what)
        step.facts |= wanted
        return found[0]

    def told(self, who: str, case_id: str) -> list[str]:
        """What `who` was told about the case, the earliest first."""
        found = [each["text"] for each in self.stage.caller(who).pages("/messages") if each["case_id"] == case_id]
        return found[::-1]


def _channel(who: str) -> str:
    return "telephone" if who == "operator" else "grid-worker"
