"""People as their colleagues may see them, and who looked at whom (PRV-02, PRV-03, REG-14)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.chassis.personal import Seal, mask_phone
from services.registry.errors import PersonNotFound
from services.registry.model.people import PURPOSES
from services.registry.queries.paging import containing, fetch, starting
from services.registry.queries.posts import posts_of
from services.registry.tables import department, look, person, post
from services.registry.visibility import sees_person

Answer = dict[str, Any]

MOST_NAMES = 200
_INTERNAL = ("language", "sequence")


@dataclass(frozen=True)
class PhoneBook:
    """Opens sealed private telephones, masked unless told otherwise."""

    seal: Seal

    def shown(self, row: sa.Row[Any], unmasked: bool) -> str:
        """The private telephone of a row of `person`."""
        if row.private_phone is None:
            return ""
        number = self.seal.open(row.private_phone, f"person.private_phone:{row.id}")
        return number if unmasked else mask_phone(number)


def list_people(connection: sa.Connection, request: Any, caller: Principal, phones: PhoneBook) -> Answer:
    """The people whom the caller may see, by username; telephones masked."""
    statement = _people().where(sees_person(caller))
    if request.text:
        named = containing(person.c.name, request.text)
        statement = statement.where(sa.or_(named, containing(person.c.username, request.text)))
    if request.role:
        statement = statement.where(person.c.roles.contains([request.role]))
    if request.department:
        statement = statement.where(person.c.department == request.department)
    if request.HasField("active"):
        statement = statement.where(person.c.active == request.active)
    if request.area or request.post:
        statement = statement.where(_has_post(request))
    page = fetch(connection, statement, [person.c.username], request.limit, request.cursor)
    return {"items": [_person(row, phones) for row in page.rows], "next_cursor": page.next_cursor}


def _people() -> sa.Select[Any]:
    joined = sa.select(person, sa.func.coalesce(department.c.name, "").label("department_name"))
    return joined.outerjoin(department, department.c.id == person.c.department)


def _has_post(request: Any) -> sa.ColumnElement[bool]:
    its = [post.c.person_id == person.c.id]
    if request.area:
        its.append(starting(post.c.grid_code, request.area))
    if request.post:
        its.append(post.c.post == request.post)
    return sa.exists().where(*its)


def _person(row: sa.Row[Any], phones: PhoneBook, unmasked: bool = False) -> Answer:
    values = {name: value for name, value in row._mapping.items() if name not in _INTERNAL}
    return {**values, "private_phone": phones.shown(row, unmasked), "masked": not unmasked}


def get_person(
    connection: sa.Connection, person_id: str, caller: Principal, purpose: str, phones: PhoneBook, today: date
) -> Answer:
    """One person, masked unless a purpose is named or it is the caller. Raises NotFound.

    The look was recorded by the command LookAtPerson before this is read.
    """
    its = person.c.id == person_id if is_id(person_id) else sa.false()
    row = connection.execute(_people().where(its, sees_person(caller))).one_or_none()
    if row is None:
        raise PersonNotFound(id=person_id)
    unmasked = purpose in PURPOSES or caller.person_id == person_id
    return {**_person(row, phones, unmasked), "posts": posts_of(connection, person_id, today)}


def names(connection: sa.Connection, ids: Sequence[str]) -> Answer:
    """Names for display; unknown ids are left out."""
    known = [each for each in dict.fromkeys(ids) if is_id(each)][:MOST_NAMES]
    statement = sa.select(person.c.id, person.c.name, person.c.department).where(person.c.id.in_(known))
    return {"items": [dict(row._mapping) for row in connection.execute(statement)]}


def list_looks(connection: sa.Connection, request: Any, caller: Principal) -> Answer:
    """Who looked at the caller's data, newest first; an auditor may ask for somebody else. Raises Forbidden."""
    person_id = request.person_id or caller.person_id
    if person_id != caller.person_id:
        caller.require("auditor", action="查看他人的信息查询记录")
    its = look.c.person_id == person_id if is_id(person_id) else sa.false()
    page = fetch(connection, sa.select(look).where(its), [look.c.id], request.limit, request.cursor, descending=True)
    by = names_of(connection, [row.by_id for row in page.rows])
    return {"items": [_look(row, by) for row in page.rows], "next_cursor": page.next_cursor}


def names_of(connection: sa.Connection, ids: Sequence[str]) -> Mapping[str, str]:
    """The names of those of `ids`, a page's, that are people."""
    return {each["id"]: each["name"] for each in names(connection, ids)["items"]}


def _look(row: sa.Row[Any], by: Mapping[str, str]) -> Answer:
    return {
        "at": row.at,
        "by_id": row.by_id,
        "by_name": by.get(row.by_id, ""),
        "purpose": row.purpose,
        "purpose_name": PURPOSES.get(row.purpose, ""),
        "fields": row.fields,
    }
