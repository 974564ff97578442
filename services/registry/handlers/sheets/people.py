"""Rows of a table of people (REG-14): roles, areas, departments of known people are the security administrator's."""

from collections.abc import Iterator, Mapping, Sequence

from services.chassis.errors import Fault
from services.chassis.personal import mask_phone
from services.registry.errors import fault
from services.registry.handlers import rights
from services.registry.handlers.answers import outcome_of
from services.registry.handlers.people import take_all
from services.registry.handlers.sheets.areas import administrators_only
from services.registry.messages import PersonRow, Secret
from services.registry.model import people
from services.registry.model.sheets.imports import MOST_ROWS, Outcome
from services.registry.model.sheets.reading import Values
from services.registry.model.values import refuse_import
from services.registry.ports import Work


def take(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> list[Outcome]:
    """Create and change people; a masked or empty telephone stays as it is. Raises ImportRefused, OwnRoles."""
    refuse_import(_masked(rows, stored))
    if rights.bound_to_areas(work, "people"):
        refuse_import(_reserved(rows, stored, work))
    given = [_row(row, stored.get(row["username"])) for row in rows]
    refuse_import(people.faults(given, work.departments.ids(), MOST_ROWS))
    return [(person.username, outcome_of(new, changed)) for person, new, changed in take_all(given, work)]


def _row(row: Values, known: Values | None) -> PersonRow:
    phone = "" if known and row["private_phone"] in (known["private_phone"], _mask(known)) else row["private_phone"]
    plain = {**row, "department": row["department"] or None, "language": row["language"] or "zh"}
    return PersonRow(**{**plain, "private_phone": phone}, password=Secret())


def _mask(known: Values) -> str:
    return mask_phone(known["private_phone"])


def _masked(rows: Sequence[Values], stored: Mapping[str, Values]) -> Iterator[Fault]:
    """A masked number is only taken where it is the mask of the stored one."""
    for number, row in enumerate(rows):
        known, phone = stored.get(row["username"]), row["private_phone"]
        if "*" in phone and not (known and phone == _mask(known)):
            zh = "号码带有掩码且与已登记的不符;请填写完整号码,或留空保持不变"
            en = "The number is masked and not the stored one; give it whole, or leave it empty to keep the old one"
            yield fault(f"rows[{number}].private_phone", "phone-masked", zh, en)


def _reserved(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> Iterator[Fault]:
    found = work.people.by_usernames([row["username"] for row in rows])
    seen = work.people.seen([person.id for person in found.values()])
    for number, row in enumerate(rows):
        path, person = f"rows[{number}]", found.get(row["username"])
        if person is not None and person.id not in seen:
            zh = f"用户名 {row['username']} 已被使用,此人不在您的范围之内;请核对,或换一个用户名"
            yield fault(f"{path}.username", "outside-area", zh, "That user name belongs to somebody outside your areas")
            continue
        yield from _kept(path, row, stored.get(row["username"]))


def _kept(path: str, row: Values, known: Values | None) -> Iterator[Fault]:
    before = known or {"roles": (), "areas": ()}
    if set(row["roles"]) != set(before["roles"]):
        yield administrators_only(f"{path}.roles", "角色", "roles")
    if set(row["areas"]) != set(before["areas"]):
        yield administrators_only(f"{path}.areas", "范围", "areas")
    if known and (row["department"] or "") != (known["department"] or ""):
        yield administrators_only(f"{path}.department", "已有人员的部门", "the department of a person who is known")
