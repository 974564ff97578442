"""A report by others about what the grid's own people should have reported (漏报, INC-20)."""

from dataclasses import replace
from datetime import datetime

from services.chassis.auth import PLATFORM, Principal
from services.incident import messages as events
from services.incident.errors import HarmWithoutMissed, HarmWordsMissing
from services.incident.model.case.record import CaseRecord
from services.incident.model.limits import LimitRules
from services.incident.model.missed import FOUND_BY, SWEEP, Finding, Missed, MissedRule, Walk


class Missing(CaseRecord):
    """Mark by rule, judge by a named person, judge anew where that was wrong."""

    def suspect(self, at: datetime, rules: LimitRules, walk: Walk | None = None) -> None:
        """Mark the case as possibly missed by its grid; the platform does so by the plan's rule. `walk` is the patrol
        that had called it fine."""
        self._move("suspect", PLATFORM, at, rules, "", change=lambda: self._mark(walk))
        self._tell_missed(at)

    def _mark(self, walk: Walk | None) -> None:
        marked = Missed("possible", FOUND_BY.get(self.channel, SWEEP))
        if walk is not None:
            day = walk.day.isoformat() if walk.day else ""
            marked = replace(marked, walk_task=walk.task_id, walk_title=walk.title, walk_day=day)
        self.missed = marked

    def judge_missed(
        self, by: Principal, at: datetime, rules: LimitRules, finding: Finding, rule: MissedRule | None
    ) -> None:
        """Confirm or dismiss, with a reason; a later finding takes the place of the one before, the history keeps both.

        Raises HarmWithoutMissed and HarmWordsMissing.
        """
        self._allow("judge-missed", by, finding.reason)
        if finding.harm and not finding.confirmed:
            raise HarmWithoutMissed
        if finding.harm and not finding.harm_words.strip():
            raise HarmWordsMissing
        self._move("judge-missed", by, at, rules, finding.reason, change=lambda: self._find(by, finding, rule))
        self._tell_missed(at)

    def _find(self, by: Principal, finding: Finding, rule: MissedRule | None) -> None:
        if self.missed is None:
            return
        harm_required = rule is None or rule.harm_required
        self.missed = replace(
            self.missed,
            status="confirmed" if finding.confirmed else "dismissed",
            harm=finding.harm,
            harm_words=finding.harm_words if finding.harm else "",
            reason=finding.reason,
            judged_by=by.person_id,
            judged_by_name=by.name,
            counts=finding.confirmed and (finding.harm or not harm_required),
        )

    def _tell_missed(self, at: datetime) -> None:
        if (missed := self.missed) is not None:
            self._tell(
                events.MissedReport,
                at,
                status=missed.status,
                found_by=missed.found_by,
                harm=missed.harm,
                counts=missed.counts,
                called_fine=bool(missed.walk_task),
            )
