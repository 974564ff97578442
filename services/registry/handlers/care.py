"""Who is on the list of households to be visited: proposed by the grid or the village, confirmed by the department that
the plan names or by the village, erased when it is over (REG-09, PAT-07, PRV-01).

The village is whoever leads a grid above the household's, or the secretary of the party organisation there.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property

from services.chassis.ids import new_id
from services.chassis.messages import DeadlinePassed
from services.chassis.working_calendar import WorkingCalendar, is_published
from services.registry.errors import CareListed, CareNotFound, NoPlanInForce, OwnProposal
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages import ConfirmCare, DeclineCare, ProposeCare, WithdrawCare
from services.registry.messages.care import CareCommand
from services.registry.model.care import (
    ACTIVE,
    LIVE,
    PROPOSED,
    STATES,
    CareEntry,
    Erasure,
    Reasons,
    Visit,
    help_faults,
    visit_of,
)
from services.registry.model.households import Household
from services.registry.model.values import check_version, not_among, refuse_values
from services.registry.ports import Work

SUBJECT, ERASE = "care", "erase-care"
BATCH = 200
"""Entries and households of one transaction of the nightly erasure."""
_ALL_DAY = ((time(0), time(23, 59)),)


def propose_care(message: ProposeCare, work: Work) -> Answer:
    """Propose a household for one of the plan's visits. Raises HouseholdNotFound, VisitIncomplete, CareListed."""
    household = work.households.visible(message.household_id)
    rights.households(work, household.grid_code, "提出走访名单")
    household.require_active()
    visit = _visit(message.visit, work)
    refuse_values(help_faults(message.help))
    mark = work.seal.look_up(f"care:{household.id}:{visit.id}")
    if there := work.care.live_of_mark(mark):
        raise CareListed(state=STATES[there.state])
    entry = CareEntry(
        id=new_id(),
        household_id=household.id,
        grid_code=household.grid_code,
        mark=mark,
        confirmer=visit.confirmer,
        proposed_by=work.caller.person_id,
        proposed_at=work.now,
    )
    _keep(entry, Reasons(visit.id, visit.category, visit.legal_basis, visit.purpose, message.help.strip()), work)
    work.care.add(entry)
    return receipt(entry.id, entry.version)


def confirm_care(message: ConfirmCare, work: Work) -> Answer:
    """It counts from today until the plan's term is over; confirmed again, the term begins anew."""
    entry = _load(message, work)
    reasons = _reasons(entry, work)
    visit = _visit(reasons.visit, work)
    if message.help is not None:
        refuse_values(help_faults(message.help))
        reasons = Reasons(visit.id, visit.category, visit.legal_basis, visit.purpose, message.help.strip())
    until = visit.last_day(work.today, _CountyDays(work))
    entry.confirm(work.caller.person_id, until, _told(entry, reasons, work), work.now)
    _keep(entry, reasons, work)
    work.care.save(entry)
    keep_watch(work)
    return receipt(entry.id, entry.version)


def decline_care(message: DeclineCare, work: Work) -> Answer:
    """The household is not listed. Raises CareStateWrong."""
    entry = _load(message, work)
    entry.decline(work.caller.person_id, work.now)
    return _ended(entry, message.reason, work)


def withdraw_care(message: WithdrawCare, work: Work) -> Answer:
    """It no longer counts; who proposed it may take it back before it is confirmed. Raises CareStateWrong."""
    entry = _load(message, work, own=True)
    entry.withdraw(work.caller.person_id, work.now)
    return _ended(entry, message.reason, work)


def _ended(entry: CareEntry, reason: str, work: Work) -> Answer:
    _keep(entry, _reasons(entry, work).because(reason), work)
    work.care.save(entry)
    keep_watch(work)
    return receipt(entry.id, entry.version)


# ---- what ends by itself


def keep_watch(work: Work) -> None:
    """See to it that what is over is erased in the coming night."""
    if ERASE not in work.deadlines.kinds(SUBJECT):
        work.deadlines.set(SUBJECT, ERASE, _next_night(work))


def erase_care(message: DeadlinePassed, work: Work) -> Answer:
    """Entries whose last day is over expire; what nobody needs any more is erased, leaving proof (PRV-01)."""
    past = work.care.past(work.today, BATCH)
    for entry in past:
        entry.expire(work.now)
        work.care.save(entry)
    over = work.care.over(BATCH)
    for entry in over:
        erase_entry(entry, entry.state, work)
    unneeded = work.households.unneeded(work.today, BATCH)
    for household in unneeded:
        prove("household", household.id, household.grid_code, household.erase(), "unneeded", work)
        work.households.save(household)
    more = max(len(past), len(over), len(unneeded)) >= BATCH
    work.deadlines.set(SUBJECT, ERASE, work.now if more else _next_night(work))
    return {}


def erase_entry(entry: CareEntry, why: str, work: Work) -> None:
    """Drop why the household was listed; one that still counts is withdrawn first."""
    if entry.state in LIVE:
        entry.withdraw(work.caller.person_id, work.now)
    entry.erase()
    work.care.save(entry)
    prove("care-entry", entry.id, entry.grid_code, ("visit", "category", "legal_basis", "purpose", "help"), why, work)


def prove(kind: str, subject: str, grid_code: str, fields: Sequence[str], why: str, work: Work) -> None:
    """Leave proof of an erasure, in its own table and in the audit log."""
    about = {"kind": kind, "subject": subject, "grid_code": grid_code, "why": why}
    work.care.prove(Erasure(id=new_id(), at=work.now, fields=tuple(fields), **about))
    work.note("Erased", subject, kind=kind, fields=list(fields), why=why)


def move_entries(households: Sequence[Household], work: Work) -> None:
    """The entries of households that are in another grid now go there."""
    grids = {household.id: household.grid_code for household in households}
    for entry in work.care.of_households(list(grids)) if grids else ():
        told = _told(entry, _reasons(entry, work), work) if entry.state == ACTIVE else None
        entry.move(grids[entry.household_id], told, work.now)
        work.care.save(entry)


def _next_night(work: Work) -> datetime:
    return work.midnight(work.today + timedelta(days=1))


# ---- who decides, and by which words


def _load(message: CareCommand, work: Work, own: bool = False) -> CareEntry:
    """The entry, where the caller decides on it. Raises CareNotFound, OwnProposal, StaleVersion."""
    entry = work.care.get(message.entry_id)
    mine = entry.proposed_by == work.caller.person_id
    if not (own and mine and entry.state == PROPOSED):
        if mine and not own:
            raise OwnProposal
        if not _decides(entry, work):
            raise CareNotFound(id=message.entry_id)
    check_version(message.expected_version, entry.version)
    return entry


def _decides(entry: CareEntry, work: Work) -> bool:
    caller = work.caller
    if caller.has("platform"):
        return True
    if entry.confirmer and caller.department == entry.confirmer and caller.has(*rights.CONFIRMERS):
        return True
    if caller.has("party-secretary") and caller.covers(entry.grid_code):
        return True
    grid = work.grids.get(entry.grid_code)
    return bool(grid.path) and work.care.leads(grid.path)


def _visit(visit: str, work: Work) -> Visit:
    document = work.plans.in_force("visits")
    if document is None:
        raise NoPlanInForce
    entries = document.get("visits") or ()
    found = visit_of(entries, visit)
    if found is None:
        refuse_values([not_among("visit", visit, [entry["id"] for entry in entries])])
        raise AssertionError
    return found


class _CountyDays:
    """The county's working days, looked up where the plan counts a term in them."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def is_workday(self, day: date) -> bool:
        return self._calendar.is_workday(day)

    @cached_property
    def _calendar(self) -> WorkingCalendar:
        first = self._work.today.year
        years = [self._work.calendars.get(year) for year in (first, first + 1)]
        own = {date.fromisoformat(day.day): day.worked for year in years for day in year.days}
        complete = frozenset(year.year for year in years if year.version and not is_published(year.year))
        return WorkingCalendar(self._work.zone.key, _ALL_DAY, own, complete, assume_weekends=True)


def _reasons(entry: CareEntry, work: Work) -> Reasons:
    """Raises CareNotFound where it was erased."""
    if entry.sealed is None:
        raise CareNotFound(id=entry.id)
    return Reasons.read(work.seal.open(entry.sealed, f"care.entry:{entry.id}"))


def _keep(entry: CareEntry, reasons: Reasons, work: Work) -> None:
    entry.sealed = work.seal.close(reasons.written(), f"care.entry:{entry.id}")


def _told(entry: CareEntry, reasons: Reasons, work: Work) -> str:
    return work.seal.close(reasons.told(), f"care.sealed:{entry.id}")
