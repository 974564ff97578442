"""Visits: what a device brings from the door, and who need not go (PAT-07, PAT-11)."""

import json
from dataclasses import replace

from services.chassis.errors import WanggeError
from services.chassis.ids import new_id
from services.patrol import messages
from services.patrol.errors import MatterUnknown, NotTheSigner, ResultWrong, VisitNotFound
from services.patrol.handlers.acting import Answer, Handlers, believed, today
from services.patrol.handlers.tasks import EXCUSES
from services.patrol.model.visits import RESULTS, ConflictingRecord, Record, Visit
from services.patrol.ports import Work


def outcome(entry: messages.GivenEntry, visit: Visit | None, work: Work) -> Answer:
    """What became of one entry of a batch about a visit: accepted, known, conflict with both sides, or refused."""
    said: Answer = {"client_id": entry.client_id}
    try:
        if visit is None:
            raise VisitNotFound(id=entry.visit_id)
        new = _take(entry, visit, work)
    except ConflictingRecord as conflict:
        return {**said, "outcome": "conflict", "stored_visit": shown(conflict.stored)}
    except WanggeError as error:
        words = {"code": error.code, "zh": error.sentence("zh"), "en": error.sentence("en")}
        return {**said, "outcome": "refused", **words, "path": error.faults[0].path if error.faults else ""}
    kept = visit.record_
    return {**said, "outcome": "accepted" if new else "known", "case_id": kept.case_id if kept else None}


def _take(entry: messages.GivenEntry, visit: Visit, work: Work) -> bool:
    if entry.result not in RESULTS:
        raise ResultWrong(value=entry.result, possible=", ".join(RESULTS))
    if entry.matter_code and not work.plans.knows(visit.plan, entry.matter_code):
        raise MatterUnknown(value=entry.matter_code)
    record = Record(
        version=entry.version if visit.record_ else 1,
        client_id=entry.client_id,
        person_id=work.caller.person_id,
        at=believed(entry.at, work.now),
        result=entry.result,
        help_given=entry.help_given,
        words=entry.words,
        matter_code=entry.matter_code,
    )
    if entry.matter_code:
        record = replace(record, case_id=new_id())
    if not visit.take(record, today(work), work.now):
        return False
    if record.case_id:
        _tell(visit, record, entry, work)
    return True


def _tell(visit: Visit, record: Record, entry: messages.GivenEntry, work: Work) -> None:
    """A problem that is told at the door becomes a case by itself (PAT-03)."""
    who = {"name": work.caller.name, "roles": sorted(work.caller.roles)}
    sealed = work.seal.close(
        json.dumps({"words": record.words, **who}, ensure_ascii=False), f"patrol.sealed:{record.case_id}"
    )
    place = (entry.point.lon, entry.point.lat) if entry.point else None
    visit.tell_problem(record, sealed, work.now, place, entry.attachments)


def excuse_visit(command: messages.ExcuseVisit, work: Work) -> Answer:
    """The centre, or a leader of the area who is not the one to go, may say that a visit need not be made."""
    visit = work.visits.get(command.visit_id)
    visit.expect(command.expected_version)
    leads = work.caller.has("grid-leader") and work.caller.covers(visit.grid)
    if not (work.caller.has(*EXCUSES) or (leads and visit.person_id != work.caller.person_id)):
        raise NotTheSigner(action="免除走访", post="上级网格长、网格化服务中心")
    visit.excuse(work.caller.person_id, command.reason)
    return {"id": visit.id, "version": visit.version, "state": visit.state}


def care_changed(message: messages.CareChanged, work: Work) -> None:
    """An entry of the list counts, moves or ends: visits are made again soon."""
    work.care.store(message)
    work.visits.needed()


def shown(record: Record) -> Answer:
    """A record as the interface shows it."""
    values = {name: getattr(record, name) for name in _SHOWN}
    return {**values, "at": record.at.isoformat(), "result_name": RESULTS[record.result]}


_SHOWN = ("version", "client_id", "person_id", "result", "help_given", "words", "matter_code", "case_id")

HANDLERS: Handlers = {messages.ExcuseVisit: excuse_visit, messages.CareChanged: care_changed}
