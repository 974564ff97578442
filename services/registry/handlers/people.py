"""People, their roles, and looks at their data (REG-14, PRV-02, PRV-03)."""

from collections.abc import Mapping, Sequence

from services.chassis.ids import new_id
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, Line, imported, outcome_of, receipt
from services.registry.messages import ImportPeople, LookAtPerson, PersonRow, SetActive, SetRoles
from services.registry.model import people
from services.registry.model.accounts import Account
from services.registry.model.people import PURPOSES, Person, check_separation
from services.registry.model.values import among, check_version, refuse_import, refuse_values
from services.registry.ports import Work


def import_people(message: ImportPeople, work: Work) -> Answer:
    """All rows or none; a username that exists is changed, except for its password."""
    rights.security(work, "导入人员")
    refuse_import(people.faults(message.rows, work.departments.ids()))
    return imported([_line(person, new, changed) for person, new, changed in take_all(message.rows, work)])


def take_all(rows: Sequence[PersonRow], work: Work) -> list[tuple[Person, bool, bool]]:
    """Write what checked rows say; for each the person, whether it is new, whether it changed. Raises OwnRoles."""
    known = work.people.by_usernames([row.username for row in rows])
    areas = work.posts.areas_of([person.id for person in known.values()])
    taken = [_take(row, known, areas, work) for row in rows]
    new = [(person, row) for (person, _), row in zip(taken, rows, strict=True) if row.username not in known]
    work.people.add_all([person for person, _ in new])
    work.people.save_all([person for person, changed in taken if changed and person.username in known])
    work.accounts.put([_new_account(person, row, work) for person, row in new])
    return [(person, person.username not in known, changed) for person, changed in taken]


def _line(person: Person, new: bool, changed: bool) -> Line:
    return person.id, person.username, person.version, outcome_of(new, changed)


def look_at_person(message: LookAtPerson, work: Work) -> Answer:
    """Record the look; what was seen unmasked depends on whether a purpose was named."""
    if message.purpose:
        refuse_values(among("purpose", message.purpose, PURPOSES))
    person = work.people.visible(message.person_id)
    if person.id != work.caller.person_id:
        fields = ["name", "duty_phone", *(["private_phone"] if message.purpose else [])]
        work.people.note_look(person.id, message.purpose, fields)
    return receipt(person.id, person.version)


def set_roles(message: SetRoles, work: Work) -> Answer:
    """Replace roles, department and explicit areas of somebody else. Raises RolesIncompatible, OwnRoles."""
    rights.security(work, "设置角色")
    rights.of_others(work, message.person_id)
    check_separation(message.roles)
    refuse_values(people.role_faults("", message.roles))
    refuse_values(people.scope_faults("", message.department, message.areas, work.departments.ids()))
    person = work.people.get(message.person_id)
    check_version(message.expected_version, person.version)
    person.set_roles(message.roles, message.department, message.areas, _areas(person, work), work.now)
    work.people.save_all([person])
    return receipt(person.id, person.version)


def set_active(message: SetActive, work: Work) -> Answer:
    """Close an account and end its sessions, or reopen it; as it is already, nothing changes."""
    rights.security(work, "停用或启用账号")
    rights.of_others(work, message.person_id)
    person = work.people.get(message.person_id)
    if person.active != message.active:
        person.set_active(message.active, _areas(person, work), work.now)
        work.people.save_all([person])
    if not message.active:
        work.accounts.end_sessions(person.id, "account-closed")
    return receipt(person.id, person.version)


def _take(
    row: PersonRow, known: Mapping[str, Person], areas: Mapping[str, tuple[str, ...]], work: Work
) -> tuple[Person, bool]:
    person = known.get(row.username) or Person(id=new_id(), username=row.username, name=row.name)
    before = person.roles
    changed = person.take(row, _newly_sealed(person, row, work), areas.get(person.id, ()), work.now)
    if person.roles != before:
        rights.of_others(work, person.id)
    return person, changed


def _newly_sealed(person: Person, row: PersonRow, work: Work) -> str | None:
    bound_to = f"person.private_phone:{person.id}"
    if not row.private_phone:
        return None
    if person.private_phone and work.seal.open(person.private_phone, bound_to) == row.private_phone:
        return None
    return work.seal.close(row.private_phone, bound_to)


def _new_account(person: Person, row: PersonRow, work: Work) -> Account:
    account = Account(person.id)
    if row.password:
        account.set_password(work.passwords.hash(row.password.reveal()), must_change=True)
    return account


def _areas(person: Person, work: Work) -> tuple[str, ...]:
    return work.posts.areas_of([person.id]).get(person.id, ())
