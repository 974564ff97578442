"""Departments and duties, and the approval of what the grid does of them (REG-08, REG-17)."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.registry.errors import DutyNotFound
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, imported, outcome_of, receipt
from services.registry.messages import DutyRow, ImportDepartments, ImportDuties
from services.registry.messages.duties import ApproveDuty
from services.registry.model.departments import (
    Approval,
    Department,
    Duty,
    approval_faults,
    department_faults,
    duty_faults,
)
from services.registry.model.values import check_version, refuse_import, refuse_values
from services.registry.ports import Work


def import_departments(message: ImportDepartments, work: Work) -> Answer:
    """All rows or none; an id that exists is changed."""
    rights.system(work, "导入部门")
    refuse_import(department_faults(message.rows))
    known = work.departments.many([row.id for row in message.rows])
    taken = [(found := known.get(row.id) or Department(row.id), found.take(row, work.now)) for row in message.rows]
    work.departments.add_all([each for each, _ in taken if each.id not in known])
    work.departments.save_all([each for each, changed in taken if changed and each.id in known])
    return imported([(each.id, "", each.version, outcome_of(each.id not in known, new)) for each, new in taken])


def import_duties(message: ImportDuties, work: Work) -> Answer:
    """All rows or none; a key that exists is changed."""
    rights.system(work, "导入职责")
    refuse_import(duty_faults(message.rows, work.departments.ids()))
    known = work.duties.many([row.key for row in message.rows])
    taken = take_duties(message.rows, known, work)
    work.duties.add_all([each for each, _ in taken if each.key not in known])
    work.duties.save_all([each for each, changed in taken if changed and each.key in known])
    return imported([(each.key, "", each.version, outcome_of(each.key not in known, new)) for each, new in taken])


def take_duties(rows: Sequence[DutyRow], known: Mapping[str, Duty], work: Work) -> list[tuple[Duty, bool]]:
    """The duties of checked rows, changed or new, and whether each changed; what the plan in force says is approved."""
    planned = _parts(work.plans.in_force("duties"))
    taken = []
    for row in rows:
        duty = known.get(row.key) or Duty(row.key)
        changed = duty.take(row, work.now)
        taken.append((duty, duty.follow_plan(planned.get(duty.key, "none"), work.now) or changed))
    return taken


def approve_duty(message: ApproveDuty, work: Work) -> Answer:
    """Record the approval by which the duty joins the grid's list (REG-17)."""
    rights.plan(work, "登记职责批准")
    duty = work.duties.many([message.duty]).get(message.duty)
    if duty is None:
        raise DutyNotFound(id=message.duty)
    check_version(message.expected_version, duty.version)
    refuse_values(approval_faults(message.document, message.day, message.body, message.files, work.today))
    record = {"recorded_by": work.caller.person_id, "recorded_at": work.now.isoformat()}
    given = {"document": message.document.strip(), "day": message.day, "body": message.body.strip()}
    duty.approve(Approval(duty.grid_part, "document", files=message.files, **given, **record), work.now)
    work.duties.save_all([duty])
    return receipt(duty.key, duty.version)


def follow_plan(document: Mapping[str, Any], work: Work) -> None:
    """A plan that is activated approves the parts of the grid that it gives itself."""
    planned = _parts(document)
    known = work.duties.many(list(planned))
    work.duties.save_all([each for each in known.values() if each.follow_plan(planned[each.key], work.now)])


def _parts(document: Mapping[str, Any] | None) -> dict[str, str]:
    """The grid's part by the duty's key, as a plan's expanded document has it."""
    return {each["id"]: each["grid"] for each in (document or {}).get("duties", ())}
