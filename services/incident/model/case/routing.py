"""A case that went to the wrong department: returned, returned again, ruled on (INC-05)."""

from collections.abc import Sequence
from datetime import datetime

from services.chassis.auth import Principal
from services.incident import messages as events
from services.incident.errors import NotReturnedYet, ReturnedBefore, RulingBinds
from services.incident.model.case.paths import Returned, Routing, Standing
from services.incident.model.case.record import CaseRecord, kept
from services.incident.model.limits import LimitRules
from services.incident.model.rights import leads


class Rerouting(CaseRecord):
    """Return, contest, rule. The time that a wrong dispatch took counts against nobody who comes after it."""

    def send_back(
        self, by: Principal, at: datetime, rules: LimitRules, why: str, proposed: str | None, arbiters: Sequence[str]
    ) -> None:
        """Return the case (退回) to the centre, once. Raises ReturnedBefore, RulingBinds."""
        if self._is_to_lead(by) and self.returns:
            raise RulingBinds if self.ruled else ReturnedBefore
        self._go_back("return", by, at, rules, why, proposed, ())

    def contest(
        self, by: Principal, at: datetime, rules: LimitRules, why: str, proposed: str | None, arbiters: Sequence[str]
    ) -> None:
        """Return it again (再次退回): `arbiters`, roles of the plan, rule. Raises NotReturnedYet, RulingBinds."""
        if self._is_to_lead(by) and (self.ruled or not self.returns):
            raise RulingBinds if self.ruled else NotReturnedYet
        self._go_back("contest", by, at, rules, why, proposed, arbiters)

    def _is_to_lead(self, by: Principal) -> bool:
        return self.state == "dispatched" and leads(self, by)

    def _go_back(
        self,
        action: str,
        by: Principal,
        at: datetime,
        rules: LimitRules,
        why: str,
        proposed: str | None,
        arbiters: Sequence[str],
    ) -> None:
        department, helpers = self.department, self.co_departments
        back = Returned(department or "", at, by.name, why, proposed or "")
        self._move(action, by, at, rules, why, change=lambda: self._take_back(back, arbiters))
        self._tell(
            events.CaseReturned,
            at,
            department=department,
            concerned=helpers,
            times=len(self.returns),
            proposed=proposed,
            arbitration=self.state == "arbitration",
        )

    def _take_back(self, back: Returned, arbiters: Sequence[str]) -> None:
        self.arbiters = tuple(arbiters)
        self.returns += (back,)
        self._lead_by(None, (), None)

    def rule(
        self,
        by: Principal,
        at: datetime,
        rules: LimitRules,
        lead: str,
        co_departments: Sequence[str],
        why: str,
        standing: Standing | None = None,
    ) -> None:
        """Rule (裁定) who leads. What is ruled is obeyed: the case cannot be returned any more."""
        before = self.running
        routing = Routing("ruling", at, by.name, why, number=self.number, ruled_at=at)
        self._move("rule", by, at, rules, why, change=lambda: self._obey(lead, co_departments, routing, standing))
        self._tell(events.CaseRuled, at, upheld=any(each.department == lead for each in self.returns))
        self._tell_of_dispatch(at, automatic=False, on_time=kept(before, at))

    def _obey(self, lead: str, co_departments: Sequence[str], routing: Routing, standing: Standing | None) -> None:
        self.ruled, self.arbiters = True, ()
        self._lead_by(lead, co_departments, routing, standing)
