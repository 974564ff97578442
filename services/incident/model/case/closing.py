"""The reporter's word and what follows."""

from datetime import datetime

from services.chassis.auth import Principal
from services.incident import messages as events
from services.incident.errors import NothingToExcuse, ReopenTooLate
from services.incident.model.case.facts import Evaluation
from services.incident.model.case.record import CaseRecord
from services.incident.model.limits import LimitRules


class Closing(CaseRecord):
    """Evaluate, lapse, reopen, excuse (INC-15, INC-19)."""

    def evaluate(self, by: Principal, at: datetime, rules: LimitRules, word: Evaluation) -> None:
        """Keep the reporter's word: solved closes the case, not solved sends it back to work (INC-15)."""
        solved = word.solved or not word.contacted
        if solved:
            self._move("confirm", by, at, rules, word.words)
        else:
            self._move("dispute", by, at, rules, word.words or "未解决", change=self._send_back)
        self.evaluation = word
        self._tell(
            events.CaseEvaluated, at, contacted=word.contacted, solved=word.solved, satisfaction=word.satisfaction
        )
        if solved:
            self._close(at)
        else:
            self._tell(events.CaseDisputed, at, round=self.reworks)

    def lapse(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Close a verified case whose reporter said nothing within the plan's time."""
        self._move("lapse", by, at, rules, "")
        self._close(at)

    def _close(self, at: datetime) -> None:
        self.closed_at = at
        since = self.routing.at if self.routing else self.reported_at
        handled = [limit for limit in self.limits if limit.step == "handle" and limit.started_at >= since]
        kept = all(limit.on_time(limit.done_at or at) for limit in handled)
        self._tell(
            events.CaseClosed, at, reworks=self.reworks, on_time=kept or self.excused, climbed=len(self.standing.below)
        )

    def reopen(self, by: Principal, at: datetime, rules: LimitRules, why: str, until: datetime) -> None:
        """Reopen a closed case not later than `until`. Raises ReopenTooLate."""
        if self.state == "closed" and at > until:
            raise ReopenTooLate(until=until.isoformat())
        self._move("reopen", by, at, rules, why, change=self._send_back)
        self._tell(events.CaseReopened, at, round=self.reworks)

    def excuse(self, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """Excuse a late answer that was made good (容错, INC-19). Raises NothingToExcuse."""
        late = any(limit.step == "handle" and not limit.on_time(limit.done_at or at) for limit in self.limits)
        if self.excused or not late:
            raise NothingToExcuse
        self._move("excuse", by, at, rules, why)
        self.excused = True
        self._tell(events.LatenessExcused, at)
