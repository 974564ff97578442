"""Who somebody is today: account, roles, areas, posts; the content of a token (REG-14)."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.auth import Principal
from services.chassis.ids import is_id
from services.registry.errors import PersonNotFound
from services.registry.model.areas import merged
from services.registry.queries.posts import posts_of
from services.registry.tables import account, department, person
from services.registry.visibility import areas_of

Answer = dict[str, Any]


def account_of(connection: sa.Connection, person_id: str, today: date) -> Answer:
    """The account of an active person, with the areas of today's posts. Raises NotFound."""
    statement = (
        sa.select(
            person.c.id.label("person_id"),
            *(person.c[name] for name in ("username", "name", "roles", "department", "language", "version", "areas")),
            sa.func.coalesce(department.c.name, "").label("department_name"),
            sa.func.coalesce(account.c.must_change, False).label("must_change_password"),
        )
        .outerjoin(department, department.c.id == person.c.department)
        .outerjoin(account, account.c.person_id == person.c.id)
        .where(person.c.active, person.c.id == person_id if is_id(person_id) else sa.false())
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise PersonNotFound(id=person_id)
    of_posts = areas_of(connection, [person_id], today).get(person_id, ())
    posts = posts_of(connection, person_id, today, only_current=True)
    return {**row._mapping, "areas": list(merged(row.areas, of_posts)), "posts": posts}


def principal_of(found: Answer) -> Principal:
    """The principal of an account."""
    return Principal(
        person_id=found["person_id"],
        name=found["name"],
        roles=frozenset(found["roles"]),
        department=found["department"],
        areas=tuple(found["areas"]),
        language=found["language"],
    )


def account_of_principal(caller: Principal) -> Answer:
    """The account of a principal who is no stored person: the operator's command on the machine."""
    return {
        "person_id": caller.person_id,
        "name": caller.name,
        "roles": sorted(caller.roles),
        "department": caller.department,
        "areas": list(caller.areas),
        "language": caller.language,
    }
