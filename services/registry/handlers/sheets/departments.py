"""Rows of tables of departments and of duties (REG-08)."""

from collections.abc import Iterator, Mapping, Sequence

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.handlers import rights
from services.registry.handlers.answers import outcome_of
from services.registry.handlers.departments import take_duties
from services.registry.handlers.sheets.areas import covers_county, outside
from services.registry.messages import DepartmentRow, DutyRow
from services.registry.model.departments import Department, department_faults, duty_faults
from services.registry.model.sheets.imports import MOST_ROWS, Outcome
from services.registry.model.sheets.reading import Values
from services.registry.model.values import refuse_import
from services.registry.ports import Work


def take(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> list[Outcome]:
    """Enter and change departments. Raises ImportRefused."""
    given = [DepartmentRow(**row) for row in rows]
    if rights.bound_to_areas(work, "departments"):
        refuse_import(_outside(given, stored, work))
    refuse_import(department_faults(given, MOST_ROWS))
    known = work.departments.many([row.id for row in given])
    taken = [(found := known.get(row.id) or Department(row.id), found.take(row, work.now)) for row in given]
    work.departments.add_all([each for each, _ in taken if each.id not in known])
    work.departments.save_all([each for each, changed in taken if changed and each.id in known])
    return [(each.id, outcome_of(each.id not in known, changed)) for each, changed in taken]


def take_duty_rows(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> list[Outcome]:
    """Enter and change duties. Raises ImportRefused."""
    given = [DutyRow(**row) for row in rows]
    refuse_import(duty_faults(given, work.departments.ids(), MOST_ROWS))
    known = work.duties.many([row.key for row in given])
    taken = take_duties(given, known, work)
    work.duties.add_all([each for each, _ in taken if each.key not in known])
    work.duties.save_all([each for each, changed in taken if changed and each.key in known])
    return [(each.key, outcome_of(each.key not in known, changed)) for each, changed in taken]


def _outside(rows: Sequence[DepartmentRow], stored: Mapping[str, Values], work: Work) -> Iterator[Fault]:
    """Departments without a division are the county's: only who has a whole county enters those."""
    for number, row in enumerate(rows):
        path = f"rows[{number}].division_code"
        before = stored[row.id]["division_code"] if row.id in stored else row.division_code
        for code in dict.fromkeys((row.division_code, before)):
            if code:
                yield from outside(path, code, work)
            elif not covers_county(work):
                zh = "县级部门(未填所属区划)不在您的范围之内;请填写本乡镇或村的区划代码"
                yield fault(path, "outside-area", zh, "A county's department lies outside your areas; name a division")
