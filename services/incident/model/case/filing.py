"""From report to dispatch."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.auth import Principal
from services.incident import messages as events
from services.incident.errors import DispatchedBefore
from services.incident.model.case.facts import Matter, Place
from services.incident.model.case.paths import Routing, Standing
from services.incident.model.case.record import CaseRecord, kept
from services.incident.model.limits import LimitRules


class Filing(CaseRecord):
    """Open, file, decline, dispatch, hand over, register (INC-01 to INC-05)."""

    def open(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Note the report itself: the first line of the history and the first event."""
        if self.settled:
            self.handlers |= {by.person_id}
        self._note("report", by, at, "", self.state, "", self.attachments)
        self._start_limit(at, rules)
        self._tell(events.CaseReported, at, channel=self.channel, first_report=self.first_report, settled=self.settled)

    def file(
        self, by: Principal, at: datetime, rules: LimitRules, matter: Matter, place: Place, way: str, why: str = ""
    ) -> None:
        """File the case (立案) with the matter, place and way that hold from now on."""
        limit = self.running
        self._move("file", by, at, rules, why, change=lambda: self._settle_facts(matter, place, way))
        self._tell(events.CaseFiled, at, on_time=kept(limit, at))

    def _settle_facts(self, matter: Matter, place: Place, way: str) -> None:
        self.matter, self.place, self.way = matter, place, way

    def decline(self, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """Decline (不予受理) what is nobody's duty here."""
        self._move("decline", by, at, rules, why)
        self.closed_at = at
        self._tell(events.CaseDeclined, at)

    def dispatch(
        self,
        by: Principal,
        at: datetime,
        rules: LimitRules,
        lead: str | None,
        co_departments: Sequence[str],
        why: str = "",
        routing: Routing | None = None,
        standing: Standing | None = None,
    ) -> None:
        """Dispatch (派遣) to the lead department, or to the grid itself where `lead` is None (INC-03 coordinated).

        Without a `routing` it is the decision of who dispatches. Raises DispatchedBefore where the department returned
        the case and no reason says why it gets it again.
        """
        before = self.running
        self._allow("dispatch", by, why)
        if not why.strip() and any(each.department == lead for each in self.returns):
            raise DispatchedBefore(value=lead)
        routing = routing or Routing("operator" if lead else "grid", at, by.name, why)
        self._move(
            "dispatch", by, at, rules, why, change=lambda: self._lead_by(lead, co_departments, routing, standing)
        )
        self._tell_of_dispatch(at, by.has("platform"), kept(before, at))

    def hand_over(self, by: Principal, at: datetime, rules: LimitRules) -> None:
        """Hand a matter that needs approval to the convenience service centre (INC-03)."""
        self._move("hand-over", by, at, rules, "")
        self._tell(events.CaseHandedOver, at, matter_name=self.matter.name)

    def register(self, by: Principal, at: datetime, rules: LimitRules, drawn: bool) -> None:
        """Register a matter settled on the spot; `drawn` ones are verified by sampling (INC-14)."""
        self._move("draw" if drawn else "register", by, at, rules, "")
        self.closed_at = None if drawn else at
        self._tell(events.CaseRegistered, at, drawn=drawn)
