"""What keeps a person from an action that table and relations would allow: the state of the case's calls (INC-09).

One answer for both: the action is not offered, and whoever tries it all the same is told why.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from services.chassis.auth import Principal
from services.chassis.errors import WanggeError
from services.incident import errors
from services.incident.model.calls import named

if TYPE_CHECKING:
    from services.incident.model.case.record import CaseRecord

Hindrance = Callable[["CaseRecord", Principal], WanggeError | None]


def hindrance(case: "CaseRecord", action: str, person: Principal) -> WanggeError | None:
    """The refusal that `person` would get for `action` because of the calls; None where nothing hinders."""
    check = _CHECKS.get(action)
    return check(case, person) if check else None


def _answer(case: "CaseRecord", _person: Principal) -> WanggeError | None:
    missing = [call for call in case.calls if call.open and not call.leading]
    if missing:
        return errors.SignOffsMissing(departments=named(missing))
    lead = case.leading_call
    return errors.NotArrived(department=lead.name) if lead and not lead.arrived else None


def _arrive(case: "CaseRecord", person: Principal) -> WanggeError | None:
    mine = case.call_of(person.department)
    if mine and mine.arrived:
        return errors.AlreadyArrived(department=mine.name, at=mine.arrived.at.isoformat(timespec="seconds"))
    return None


def _sign_off(case: "CaseRecord", person: Principal) -> WanggeError | None:
    mine = case.call_of(person.department)
    if mine is None:
        return None
    if mine.leading:
        return errors.LeadAnswers(department=mine.name)
    if not mine.arrived:
        return errors.NotArrived(department=mine.name)
    if mine.signed_off:
        return errors.AlreadySignedOff(department=mine.name, at=mine.signed_off.at.isoformat(timespec="seconds"))
    return None


def _object(case: "CaseRecord", person: Principal) -> WanggeError | None:
    mine = case.call_of(person.department)
    if mine and mine.objected:
        return errors.AlreadyObjected(department=mine.name)
    return _arrive(case, person)


def _return(case: "CaseRecord", _person: Principal) -> WanggeError | None:
    """Who leads because it was called cannot send the case back; what it may do is object to the call."""
    lead = case.leading_call
    return errors.CalledToLead(department=lead.name) if lead else None


def _insist(case: "CaseRecord", _person: Principal) -> WanggeError | None:
    return None if any(call.disputed for call in case.calls) else errors.NoObjection()


def _withdraw(case: "CaseRecord", _person: Principal) -> WanggeError | None:
    return None if any(case.is_withdrawable(call) for call in case.calls) else errors.NothingToWithdraw()


def _call_again(case: "CaseRecord", _person: Principal) -> WanggeError | None:
    return None if any(case.is_callable_again(call) for call in case.calls) else errors.NobodyToCallAgain()


_CHECKS: Mapping[str, Hindrance] = {
    "answer": _answer,
    "return": _return,
    "contest": _return,
    "arrive": _arrive,
    "sign-off": _sign_off,
    "object": _object,
    "insist": _insist,
    "withdraw-call": _withdraw,
    "call-again": _call_again,
}
