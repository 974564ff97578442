"""The meetings of a plan document: when, where, who convenes, who comes, what is on the agenda (PAT-09, REG-16)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from services.patrol.model.recurrence import Cadence

if TYPE_CHECKING:
    from services.patrol.model.plan import Level, Office

UNRESOLVED, FINDINGS = "unresolved-cases", "patrol-findings"
HEADINGS: Mapping[str, str] = {
    "village-affairs": "村级重大事务",
    "situation": "民情分析",
    "disputes": "矛盾纠纷",
    "environment": "环境问题",
    "decisions": "上次会议决定的落实情况",
    "progress": "工作进展",
}
"""What of the plan's agenda is a heading that people fill; the other two fill themselves."""
COVERS: Mapping[str, tuple[str, ...]] = {
    "town": ("town",),
    "village": ("village", "community", "natural-village"),
}
"""Which grids lie at the level of a town's or village's department; the county's has none."""


@dataclass(frozen=True)
class Unit:
    """A department as the plan sees it: the roles of the plan's posts in it belong to it, like its own people."""

    id: str
    name: str
    roles: frozenset[str] = frozenset()

    def holds(self, department: str | None, roles: frozenset[str]) -> bool:
        """Whether somebody of `department` with `roles` is in it."""
        return department == self.id or not self.roles.isdisjoint(roles)


@dataclass(frozen=True)
class Invited:
    """One line of the invitation: the plan's word, and the post or department that it means, where it is one."""

    title: str
    office: "Office | None" = None
    unit: Unit | None = None


@dataclass(frozen=True)
class MeetingRule:
    """One meeting of the plan. It is held in each grid of `levels`; in the county, where there are none.

    `office` or the people of `unit` convene it; where the plan names neither, the centre does.
    """

    id: str
    name: str
    cadence: Cadence
    levels: "tuple[Level, ...]" = ()
    office: "Office | None" = None
    unit: Unit | None = None
    agenda: tuple[str, ...] = ()
    invited: tuple[Invited, ...] = ()
    record: str = "会议记录"


@dataclass(frozen=True)
class Words:
    """What finds the posts and departments that a plan's entries and words mean."""

    levels: "Mapping[str, Level]"
    covers: Mapping[str, str]
    offices: "Mapping[str, Office]"
    posts: Mapping[str, Mapping[str, Any]]
    departments: Mapping[str, Mapping[str, Any]]

    def unit(self, department: str | None) -> Unit | None:
        if department is None or department not in self.departments:
            return None
        roles = frozenset(post["role"] for post in self.posts.values() if post.get("department") == department)
        return Unit(department, self.departments[department]["name"], roles)

    def where(self, department: str) -> "tuple[Level, ...]":
        """The grids at the department's level; none for the county's."""
        wanted = COVERS.get(self.departments[department].get("level", ""), ())
        return tuple(level for id_, level in self.levels.items() if self.covers.get(id_) in wanted)

    def meant(self, word: str) -> "Office | None":
        """The post that is called so or held by who is called so."""
        for id_, post in self.posts.items():
            called = (post["title"], *post.get("held_by", ()))
            if any(_plain(word).endswith(_plain(each)) for each in called):
                return self.offices[id_]
        return None

    def invited(self, entry: Mapping[str, Any], body: Mapping[str, Any] | None) -> Iterator[Invited]:
        body = body or {}
        said = (body.get("chair"), *body.get("deputies", ()), *body.get("members", ()), *entry.get("with", ()))
        for word in dict.fromkeys(each for each in said if each):
            yield Invited(word, self.meant(word))
        for department in dict.fromkeys((*body.get("departments", ()), body.get("office"))):
            if (unit := self.unit(department)) is not None:
                yield Invited(unit.name, unit=unit)


def meetings_of(section: Mapping[str, Any], words: Words, effective: date) -> dict[str, MeetingRule]:
    """The meetings of a plan's section by their ids."""
    bodies = {body["id"]: body for body in section.get("bodies", ())}
    rules = (_meeting(each, bodies.get(each.get("body", "")), words, effective) for each in section.get("meetings", ()))
    return {rule.id: rule for rule in rules}


def _meeting(entry: Mapping[str, Any], body: Mapping[str, Any] | None, words: Words, effective: date) -> MeetingRule:
    office = words.offices.get(entry.get("lead_post", ""))
    lead = entry.get("lead_department") or (body or {}).get("office")
    unit = None if office else words.unit(lead)
    levels = office.levels if office else words.where(unit.id) if unit else ()
    return MeetingRule(
        id=entry["id"],
        name=entry["name"],
        cadence=Cadence(begins=effective, rule=entry["rule"], shift=entry.get("shift", "none")),
        levels=levels,
        office=office,
        unit=unit,
        agenda=tuple(entry.get("agenda", ())),
        invited=tuple(words.invited(entry, body)),
        record=entry.get("record") or "会议记录",
    )


def _plain(word: str) -> str:
    """Without the quotation marks that plans put round some titles."""
    return word.translate({ord(mark): None for mark in "“”\"'「」 "})
