"""From dispatch to verification."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.auth import Principal
from services.incident import messages as events
from services.incident.model.case.record import CaseRecord, kept
from services.incident.model.limits import LimitRules, Notice


class Handling(CaseRecord):
    """Accept, answer, contribute, follow up, verify, warn (INC-08, INC-13, INC-14)."""

    def accept(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Accept (接件): the holder begins to handle."""
        self._move("accept", by, at, rules, "", handles=True)
        self._tell(events.CaseAccepted, at)

    def answer(self, by: Principal, at: datetime, rules: LimitRules, result: str, attachments: Sequence[str]) -> None:
        """Answer with result and evidence (INC-13)."""
        limit, mine = self.running, by.person_id == self.reporter_id
        self._move("answer", by, at, rules, result, attachments, handles=True)
        self.result = result
        # Counted as the notices count: a wrong dispatch had a round of its own.
        round = limit.round if limit else self.reworks + 1
        self._tell(
            events.CaseAnswered,
            at,
            round=round,
            on_time=kept(limit, at),
            by_reporter=mine,
            extended=limit is not None and limit.granted > 0,
        )

    def contribute(self, by: Principal, at: datetime, rules: LimitRules, note: str, attachments: Sequence[str]) -> None:
        """Add what a co-department did or found."""
        self._move("contribute", by, at, rules, note, attachments, handles=True)
        self._tell(events.CaseContributed, at, contributor=by.department)

    def follow_up(self, by: Principal, at: datetime, rules: LimitRules, note: str, attachments: Sequence[str]) -> None:
        """Follow an urgent case to its end (INC-03)."""
        self._move("follow-up", by, at, rules, note, attachments)
        self._tell(events.CaseFollowed, at)

    def verify(
        self, by: Principal, at: datetime, rules: LimitRules, passed: bool, why: str, attachments: Sequence[str]
    ) -> None:
        """Verify: pass, or refuse with a reason, which counts as rework (INC-14). Raises OwnWork for who took part."""
        if passed:
            self._pass(by, at, rules, why, attachments)
        else:
            self._move("refuse", by, at, rules, why, attachments, change=self._send_back)
            self._tell(events.VerificationRefused, at, round=self.reworks)

    def _pass(self, by: Principal, at: datetime, rules: LimitRules, why: str, attachments: Sequence[str]) -> None:
        spot_check, limit = self.state == "spot-check", self.running
        self._move("pass", by, at, rules, why, attachments)
        self.closed_at = at if spot_check else None
        self._tell(events.CaseVerified, at, rounds=self.reworks + 1, spot_check=spot_check, on_time=kept(limit, at))

    def warn(self, step: str, notice: Notice, at: datetime) -> bool:
        """Send `notice` about the running `step`; False when the step is over or it went out before (INC-08)."""
        limit = self.running
        if limit is None or limit.step != step or limit.paused_at is not None or not limit.notify(notice):
            return False
        self._tell(
            events.LimitWarned,
            at,
            step=step,
            round=limit.round,
            colour=notice.colour,
            due_at=limit.due_at,
            to=notice.to,
        )
        return True
