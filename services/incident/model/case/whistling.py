"""The whistle (吹哨): departments are called to a case, come, and sign off, each by itself (INC-09).

The department that leads holds the case. Its answer is its sign-off, possible when everybody else has signed off or
was withdrawn. A result that is refused comes back to the lead alone, which calls again whom it needs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.chassis.auth import Principal
from services.incident import errors
from services.incident import messages as events
from services.incident.model.calls import ACT, ARRIVE, Call, Stamp, named
from services.incident.model.case.record import CaseRecord, kept
from services.incident.model.limits import LimitRules, Notice

TOGETHER = ("dispatched", "handling")
"""The states in which called departments are at work."""


@dataclass(frozen=True)
class Summons:
    """Who is called: department ids with their names, and which one leads (None: as before)."""

    names: Mapping[str, str]
    lead: str | None = None


class Whistling(CaseRecord):
    """Whistle, arrive, sign off, object, insist, withdraw, call again."""

    def whistle(self, by: Principal, at: datetime, rules: LimitRules, summons: Summons, why: str) -> None:
        """Call departments, one of them leading.

        Raises NobodyCalled, AlreadyCalled, LeadMissing, LeadNotCalled.
        """
        new_lead = summons.lead not in (None, self.department)
        self._move(
            "whistle",
            by,
            at,
            rules,
            why,
            change=lambda: self._call(by, at, rules, summons, why),
            about=tuple(summons.names),
        )
        limit = rules.start(ARRIVE, 1, at)
        due = limit.due_at if limit else None
        called = tuple(summons.names)
        self._tell(events.CaseWhistled, at, departments=called, lead=self.department, new_lead=new_lead, due_at=due)

    def _call(self, by: Principal, at: datetime, rules: LimitRules, summons: Summons, why: str) -> None:
        self._check(summons)
        for department, name in summons.names.items():
            joined = department not in (self.department, *self.co_departments)
            call = Call(len(self.calls) + 1, department, name, Stamp(at, by.person_id, by.name, why), joined=joined)
            call.begin(ARRIVE, at, rules)
            self.calls.append(call)
        if summons.lead:
            self._led_by_call(summons.lead, at, rules)
        self._help_with(*summons.names)

    def _check(self, summons: Summons) -> None:
        there = [call for call in self.calls if call.department in summons.names and call.valid]
        if there:
            raise errors.AlreadyCalled(departments=named(there))
        if not summons.names and summons.lead in (None, self.department):
            raise errors.NobodyCalled
        possible = {call.department: call.name for call in self.calls if call.valid} | dict(summons.names)
        if summons.lead is None and self.leading_call is None:
            raise errors.LeadMissing(possible="、".join(possible.values()))
        if summons.lead is not None and summons.lead not in possible:
            raise errors.LeadNotCalled(value=summons.lead, possible="、".join(possible.values()))

    def _led_by_call(self, lead: str, at: datetime, rules: LimitRules) -> None:
        """The called department `lead` holds the case; who held it before helps."""
        before, self.department = self.department, lead
        # The departments that were called are the level above: the case neither stays with a grid nor climbs (INC-06).
        self.standing = replace(self.standing, grid=None, up="", automatic=False)
        if before is not None:
            self._help_with(before)
        self._help_with()
        for call in self.calls:
            call.leading = call.valid and call.department == lead
            if call.leading and call.signed_off:
                self._back_to_work(call, at, rules)

    def _help_with(self, *departments: str) -> None:
        everyone = dict.fromkeys((*self.co_departments, *departments))
        self.co_departments = tuple(each for each in everyone if each != self.department)

    def _back_to_work(self, call: Call, at: datetime, rules: LimitRules) -> None:
        call.signed_off = None
        call.begin(ACT, at, rules)

    def arrive(self, by: Principal, at: datetime, rules: LimitRules, note: str = "") -> None:
        """Say that one's department has come (报到). Raises AlreadyArrived."""
        self._move("arrive", by, at, rules, note, handles=True, about=_own(by))
        call = self._named(by.department or "")
        on_time = kept(call.running, at)
        call.arrived = Stamp(at, by.person_id, by.name, note)
        call.begin(ACT, at, rules)
        self._tell(events.DepartmentArrived, at, called=call.department, call=call.number, on_time=on_time)

    def sign_off(
        self, by: Principal, at: datetime, rules: LimitRules, result: str, attachments: Sequence[str] = ()
    ) -> None:
        """Say what one's department did (签退). Raises NotArrived, AlreadySignedOff, LeadAnswers."""
        self._move("sign-off", by, at, rules, result, attachments, handles=True, about=_own(by))
        self._finish(self._named(by.department or ""), Stamp(at, by.person_id, by.name, result, tuple(attachments)))

    def _finish(self, call: Call, stamp: Stamp) -> None:
        on_time = kept(call.running, stamp.at)
        call.signed_off = stamp
        call.end(stamp.at)
        missing = tuple(each.department for each in self.calls if each.open and not each.leading)
        self._tell(
            events.DepartmentSignedOff,
            stamp.at,
            called=call.department,
            call=call.number,
            round=call.round,
            on_time=on_time,
            missing=missing,
        )

    def object(self, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """Object to the call, once and before arrival; its clock runs on. Raises AlreadyObjected, AlreadyArrived."""
        self._move("object", by, at, rules, why, about=_own(by))
        call = self._named(by.department or "")
        call.objected = Stamp(at, by.person_id, by.name, why)
        self._tell(events.CallObjected, at, called=call.department, call=call.number)

    def insist(self, by: Principal, at: datetime, rules: LimitRules, department: str, why: str) -> None:
        """Rule on an objection: the department has to come. Raises NotCalled, NoObjection."""

        def check() -> None:
            if not self._named(department).disputed:
                raise errors.NoObjection

        self._move("insist", by, at, rules, why, change=check, about=(department,))
        call = self._named(department)
        call.insisted = Stamp(at, by.person_id, by.name, why)
        self._tell(events.CallInsisted, at, called=department, call=call.number)

    def withdraw_call(self, by: Principal, at: datetime, rules: LimitRules, department: str, why: str) -> None:
        """Take a call back before the department came. Raises NotCalled, AlreadyArrived, LeadStays."""

        def check() -> None:
            call = self._named(department)
            if call.arrived:
                raise errors.AlreadyArrived(department=call.name, at=call.arrived.at.isoformat(timespec="seconds"))
            if call.leading:
                raise errors.LeadStays(department=call.name)

        self._move("withdraw-call", by, at, rules, why, change=check, about=(department,))
        self._withdraw(self._named(department), Stamp(at, by.person_id, by.name, why))

    def _withdraw(self, call: Call, stamp: Stamp) -> None:
        call.withdrawn, call.leading = stamp, False
        call.end(stamp.at)
        self._tell(events.CallWithdrawn, stamp.at, called=call.department, call=call.number)
        if call.joined and not call.arrived:
            self.co_departments = tuple(each for each in self.co_departments if each != call.department)

    def call_again(self, by: Principal, at: datetime, rules: LimitRules, departments: Sequence[str], why: str) -> None:
        """Put departments that had signed off to work again, for another round. Raises NotCalled, NotSignedOff."""
        wanted = tuple(dict.fromkeys(departments))

        def check() -> None:
            if working := [call for call in map(self._named, wanted) if not self.is_callable_again(call)]:
                raise errors.NotSignedOff(departments=named(working))

        self._move("call-again", by, at, rules, why, change=check, about=wanted)
        for department in wanted:
            self._back_to_work(self._named(department), at, rules)
        self._tell(events.DepartmentsCalledAgain, at, departments=wanted)

    def _named(self, department: str) -> Call:
        call = self.call_of(department)
        if call is None:
            valid = [each for each in self.calls if each.valid]
            raise errors.NotCalled(value=department, possible=named(valid))
        return call

    def warn_call(self, number: int, round: int, step: str, notice: Notice, at: datetime) -> Call | None:
        """Send `notice` about the clock of a call; None when that clock stopped or the notice went out (INC-08)."""
        call = next((each for each in self.calls if each.number == number), None)
        limit = call.running if call else None
        if call is None or limit is None or (limit.step, limit.round) != (step, round) or not limit.notify(notice):
            return None
        self._tell(
            events.CallWarned,
            at,
            called=call.department,
            call=number,
            step=step,
            round=round,
            colour=notice.colour,
            due_at=limit.due_at,
            to=notice.to,
        )
        return call

    def _entail(self, action: str, by: Principal, at: datetime, rules: LimitRules, why: str) -> None:
        """The lead's answer is its sign-off, what is sent back is the lead's again, and a case that goes elsewhere
        leaves nobody called."""
        lead = self.leading_call
        if self.state in TOGETHER:
            if lead and lead.signed_off:
                self._back_to_work(lead, at, rules)
        elif action == "answer" and lead:
            self._finish(lead, Stamp(at, by.person_id, by.name, why))
        else:
            for call in self.calls:
                if call.open:
                    self._withdraw(call, Stamp(at, by.person_id, by.name, why))


def _own(by: Principal) -> tuple[str, ...]:
    return (by.department,) if by.department else ()
