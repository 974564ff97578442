"""People with their roles (REG-14). What they may see besides comes from their posts.

A person's private telephone is sealed before it reaches the aggregate (PRV-02); the duty telephone is public.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import PasswordRefused, RolesIncompatible, fault
from services.registry.messages import PersonChanged, PersonRow
from services.registry.model.accounts import LEAST_PASSWORD, is_strong
from services.registry.model.areas import merged
from services.registry.model.values import among, few, named, not_among, repeated

ROLES = {
    "grid-member": "网格员",
    "governance-member": "社会治理网格员",
    "grid-leader": "网格长",
    "instructor": "网格指导员",
    "centre-operator": "网格中心坐席",
    "verifier": "核查员",
    "department-handler": "部门经办人",
    "department-head": "部门负责人",
    "enforcement-officer": "执法人员",
    "window-clerk": "窗口人员",
    "party-secretary": "党组织书记",
    "trainer": "培训员",
    "assessor": "考核员",
    "county-leader": "县领导",
    "volunteer-informant": "义务信息员",
    "outside-supervisor": "环保监督员",
    "discipline-inspector": "纪检监察员",
    "auditor": "审计员",
    "security-administrator": "安全管理员",
    "system-administrator": "系统管理员",
}
"""Every role with its name. `platform` (the operator's command on the machine) is minted, never given to a person."""

SEPARATED = frozenset({"auditor", "security-administrator", "system-administrator"})
"""Never two of them in one person (REG-14)."""

PURPOSES = {
    "case-handling": "办理案件",
    "emergency": "突发事件联络",
    "account-administration": "账号管理",
    "supervision": "监督检查",
}
"""For what a masked field may be opened; each look is recorded with it (PRV-02, PRV-03)."""

LANGUAGES = ("zh", "en")
MOST_ROWS = 1_000
MOST_PASSWORDS = 100
"""Rows with an initial password in one import: hashing takes time by design."""

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_AREA = re.compile(r"[1-9][0-9]{5}([0-9]{3}){0,3}")
_PHONE = re.compile(r"[0-9+() -]{3,24}")


def check_separation(roles: Iterable[str]) -> None:
    """Raise RolesIncompatible where two of auditor and the two administrators meet in one person (REG-14)."""
    together = SEPARATED.intersection(roles)
    if len(together) > 1:
        raise RolesIncompatible(roles="、".join(sorted(together)))


@dataclass(eq=False)
class Person(Aggregate):
    """One person with an account. `areas` are the explicit prefixes, besides those that posts give."""

    id: str
    username: str
    name: str
    roles: tuple[str, ...] = ()
    department: str | None = None
    areas: tuple[str, ...] = ()
    private_phone: str | None = None
    duty_phone: str = ""
    language: str = "zh"
    active: bool = True
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def take(self, row: PersonRow, sealed_phone: str | None, post_areas: Collection[str], at: datetime) -> bool:
        """Take over what a checked row says; no telephone leaves the old one. Say whether anything changed."""
        check_separation(row.roles)
        before = self._content()
        self.name, self.language = row.name.strip(), row.language or "zh"
        self.roles, self.areas = tuple(sorted(set(row.roles))), merged(row.areas)
        self.department = row.department or None
        self.duty_phone = row.duty_phone
        self.private_phone = sealed_phone or self.private_phone
        if self.version and self._content() == before:
            return False
        self._changed(post_areas, at)
        return True

    def set_roles(
        self,
        roles: Sequence[str],
        department: str | None,
        areas: Sequence[str],
        post_areas: Collection[str],
        at: datetime,
    ) -> None:
        """Replace roles, department and explicit areas. Raises RolesIncompatible."""
        check_separation(roles)
        self.roles, self.department, self.areas = tuple(sorted(set(roles))), department or None, merged(areas)
        self._changed(post_areas, at)

    def set_active(self, active: bool, post_areas: Collection[str], at: datetime) -> None:
        """Close or reopen the account."""
        self.active = active
        self._changed(post_areas, at)

    def follow(self, heirs: Mapping[str, Sequence[str]]) -> None:
        """Give the successors of grids that were given as areas by themselves; the old ones stay, for old cases."""
        added = [code for area in self.areas for code in heirs.get(area, ())]
        self.areas = merged(self.areas, added)

    def posts_changed(self, post_areas: Collection[str], at: datetime) -> None:
        """Tell the others that the areas are now those of `post_areas` and the explicit ones."""
        self._changed(post_areas, at)

    def _content(self) -> tuple[object, ...]:
        public = (self.name, self.roles, self.areas, self.department, self.duty_phone, self.language)
        return (*public, self.private_phone)

    def _changed(self, post_areas: Collection[str], at: datetime) -> None:
        self.version += 1
        self.record(
            PersonChanged(
                subject=self.id,
                at=at,
                person_id=self.id,
                roles=self.roles,
                home_department=self.department,
                areas=merged(self.areas, post_areas),
                active=self.active,
            )
        )


def faults(rows: Sequence[PersonRow], departments: Collection[str], most: int = MOST_ROWS) -> Iterator[Fault]:
    """What is wrong with the rows; `departments` are the ids that exist."""
    yield from few(rows, most)
    yield from repeated((f"rows[{number}].username", row.username) for number, row in enumerate(rows))
    if sum(1 for row in rows if row.password) > MOST_PASSWORDS:
        zh, en = (
            f"一次最多 {MOST_PASSWORDS} 行带初始密码",
            f"At most {MOST_PASSWORDS} rows with an initial password at once",
        )
        yield fault("rows", "too-many-passwords", zh, en)
    for number, row in enumerate(rows):
        yield from _row_faults(f"rows[{number}]", row, departments)


def _row_faults(path: str, row: PersonRow, departments: Collection[str]) -> Iterator[Fault]:
    if not _USERNAME.fullmatch(row.username):
        yield fault(
            f"{path}.username",
            "username",
            f"用户名“{row.username}”有误;应为 2 至 40 个小写字母、数字、点、下划线或连字符",
            f'"{row.username}" is not a user name: 2 to 40 of a-z, 0-9, dot, underscore, hyphen',
        )
    yield from named(f"{path}.name", row.name)
    if row.language:
        yield from among(f"{path}.language", row.language, LANGUAGES)
    yield from role_faults(path, row.roles)
    yield from scope_faults(path, row.department, row.areas, departments)
    if row.password and not is_strong(row.password.reveal(), row.username):
        zh, en = (
            PasswordRefused(least=LEAST_PASSWORD).sentence("zh"),
            PasswordRefused(least=LEAST_PASSWORD).sentence("en"),
        )
        yield fault(f"{path}.password", PasswordRefused.code, zh, en)
    for key, phone in (("private_phone", row.private_phone), ("duty_phone", row.duty_phone)):
        if phone and not _PHONE.fullmatch(phone):
            yield fault(
                f"{path}.{key}", "phone", "电话号码有误;应为 3 至 24 位数字", "A telephone number has 3 to 24 digits"
            )


def role_faults(path: str, roles: Sequence[str]) -> Iterator[Fault]:
    """Unknown roles, and those that are never one person (REG-14)."""
    for number, role in enumerate(roles):
        yield from among(f"{path}.roles[{number}]", role, ROLES)
    together = SEPARATED.intersection(roles)
    if len(together) > 1:
        yield fault(
            f"{path}.roles",
            RolesIncompatible.code,
            RolesIncompatible.zh.format(roles="、".join(sorted(together))),
            RolesIncompatible.en.format(roles=", ".join(sorted(together))),
        )


def scope_faults(
    path: str, department: str | None, areas: Sequence[str], departments: Collection[str]
) -> Iterator[Fault]:
    """A department that does not exist, an area that is no prefix of 6, 9, 12 or 15 digits."""
    if department and department not in departments:
        yield not_among(f"{path}.department", department, departments)
    for number, area in enumerate(areas):
        if not _AREA.fullmatch(area):
            yield fault(
                f"{path}.areas[{number}]",
                "area",
                f"范围“{area}”有误;应为 6、9、12 或 15 位数字的区划或网格代码前缀",
                f'"{area}" is not an area: the first 6, 9, 12 or 15 digits of a division or grid code',
            )
