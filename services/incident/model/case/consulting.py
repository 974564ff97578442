"""A case that nobody could settle alone: put on the agenda, decided by a meeting (INC-10)."""

from datetime import datetime

from services.chassis.auth import PLATFORM, Principal
from services.incident import messages as events
from services.incident.model.case.paths import Consultation
from services.incident.model.case.record import CaseRecord
from services.incident.model.limits import LimitRules
from services.incident.model.workflow import STATE_BY_NAME


class Consulting(CaseRecord):
    """Ask for a consultation, and keep what it decided. Neither changes state or limits."""

    def ask_consultation(self, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """Put the case on the agenda (提请会商). Raises OnTheAgenda where it is on it already."""
        asked = Consultation("asked", at, by.name, why)
        self._move("ask-consultation", by, at, rules, why, change=lambda: self._keep(asked))
        self._tell(events.ConsultationAsked, at)

    def consult(self, at: datetime, rules: LimitRules, decided: Consultation) -> None:
        """Keep what a meeting decided; the same decision a second time changes nothing.

        A case that has ended meanwhile keeps it too: it is part of its history.
        """
        if any(each.decision_id == decided.decision_id for each in self.consultations):
            return
        about = (decided.meeting_id,)
        if STATE_BY_NAME[self.state].final:
            self._keep(decided)
            self._note("consult", PLATFORM, at, self.state, self.state, decided.said, (), about)
        else:
            keep = self._keep
            self._move("consult", PLATFORM, at, rules, decided.said, change=lambda: keep(decided), about=about)
        self._tell(events.CaseConsulted, at, title=decided.meeting, decision_id=decided.decision_id)

    def _keep(self, consultation: Consultation) -> None:
        self.consultations += (consultation,)
