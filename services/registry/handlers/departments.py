"""Departments and duties (REG-08)."""

from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, imported, outcome_of
from services.registry.messages import ImportDepartments, ImportDuties
from services.registry.model.departments import Department, Duty, department_faults, duty_faults
from services.registry.model.values import refuse_import
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
    taken = [(found := known.get(row.key) or Duty(row.key), found.take(row, work.now)) for row in message.rows]
    work.duties.add_all([each for each, _ in taken if each.key not in known])
    work.duties.save_all([each for each, changed in taken if changed and each.key in known])
    return imported([(each.key, "", each.version, outcome_of(each.key not in known, new)) for each, new in taken])
