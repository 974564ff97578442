"""Who holds which post in the demo county: every role of REG-14, and people for the grids (REG-06).

In 砖埠镇 by plan P2: two leaders of the town grid, secretary and director and two members for each work area, a
leader and a member for each enterprise, a leader and two members for each natural village, one governance member for
each administrative village (so one person with two or three posts). Elsewhere: a leader for each town grid, a leader
and a member for each village grid. The accounts used in the story have plain usernames (`member`, `leader`, …).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from infra.demo.divisions import P2_TOWN
from infra.demo.grids import Grid
from infra.demo.names import Person, Registrar

ROLES = (
    "grid-member", "governance-member", "grid-leader", "instructor", "centre-operator", "verifier",
    "department-handler", "department-head", "enforcement-officer", "window-clerk", "party-secretary", "trainer",
    "assessor", "county-leader", "volunteer-informant", "outside-supervisor", "discipline-inspector", "auditor",
    "security-administrator", "system-administrator",
)  # fmt: skip
KEPT_APART = frozenset({"auditor", "security-administrator", "system-administrator"})
"""Of these roles nobody may hold more than one (REG-14)."""

STORY_VILLAGE = "371321106245"
"""临河村, on the river: its first natural village's grid is where the story happens."""
STORY_GRID = f"{STORY_VILLAGE}001"

_SINCE = date(2026, 1, 1)
_COUNTY_AREA = "371321"
_TOWN_AREA = P2_TOWN[:9]

_OFFICES: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("operator", "centre-operator", "镇网格化服务中心坐席员", _TOWN_AREA, None),
    ("verifier", "verifier", "镇网格化服务中心核查员", _TOWN_AREA, None),
    ("env-handler", "department-handler", "镇环保办经办人", _TOWN_AREA, "env-office"),
    ("env-head", "department-head", "镇环保办主任", _TOWN_AREA, "env-office"),
    ("water-handler", "department-handler", "镇水利站经办人", _TOWN_AREA, "water-station"),
    ("ecology-handler", "department-handler", "县生态环境分局经办人", _COUNTY_AREA, "county-ecology"),
    ("county-water-handler", "department-handler", "县水利局经办人", _COUNTY_AREA, "county-water"),
    ("officer", "enforcement-officer", "镇综合执法办公室执法员", _TOWN_AREA, None),
    ("clerk", "window-clerk", "镇便民服务中心窗口人员", _TOWN_AREA, None),
    ("secretary", "party-secretary", "临河村党支部书记", STORY_VILLAGE, None),
    ("trainer", "trainer", "县网格化服务中心培训师", _COUNTY_AREA, None),
    ("assessor", "assessor", "镇督考办考核员", _TOWN_AREA, None),
    ("county-leader", "county-leader", "县分管领导", _COUNTY_AREA, None),
    ("informant", "volunteer-informant", "临河村义务信息员", STORY_VILLAGE, None),
    ("supervisor", "outside-supervisor", "砖埠镇环保监督员", _TOWN_AREA, None),
    ("inspector", "discipline-inspector", "县纪检监察员", _COUNTY_AREA, None),
    ("auditor", "auditor", "县审计员", _COUNTY_AREA, None),
    ("security-admin", "security-administrator", "平台安全管理员", _COUNTY_AREA, None),
    ("system-admin", "system-administrator", "平台系统管理员", _COUNTY_AREA, None),
)
"""Account, role, title, area, department (id in plan P2's section `departments`) of who has no grid of their own."""

_BESIDES = {"env-head": ("verifier", "兼镇网格化服务中心核查员")}
"""Second offices: in a small town who leads a department may be a verifier too, though never of its own work."""

_STORY_ACCOUNTS = {"grid-leader": "leader", "grid-member": "member"}


@dataclass(frozen=True)
class Post:
    """A person's post. `areas` are the prefixes of the codes that it lets the person see."""

    username: str
    role: str
    title: str
    areas: tuple[str, ...]
    grid: str | None = None
    department: str | None = None
    since: date = _SINCE

    @property
    def kind(self) -> str | None:
        """What the registry calls the post in the grid (leader, member, …); None for an office without a grid."""
        return self.role.removeprefix("grid-") if self.grid else None


@dataclass(frozen=True)
class Staff:
    """People and their posts, in the order in which they were appointed."""

    people: tuple[Person, ...]
    posts: tuple[Post, ...]


def appoint(grids: Sequence[Grid]) -> Staff:
    """Fill every office and every grid's posts. Raises ValueError where REG-14 would not be kept."""
    registrar = Registrar()
    appointed = list(_all_appointments(grids, registrar))
    people = tuple(person for person, _ in appointed)
    posts = tuple(post for _, held in appointed for post in held)
    if breaches := separation_breaches(posts):
        raise ValueError(f"one person holds roles that must be kept apart (REG-14): {', '.join(breaches)}")
    return Staff(people, posts)


def separation_breaches(posts: Iterable[Post]) -> list[str]:
    """Usernames that hold more than one of KEPT_APART."""
    held: dict[str, set[str]] = {}
    for post in posts:
        held.setdefault(post.username, set()).update({post.role} & KEPT_APART)
    return sorted(username for username, roles in held.items() if len(roles) > 1)


_Appointment = tuple[Person, list[Post]]


def _all_appointments(grids: Sequence[Grid], registrar: Registrar) -> Iterator[_Appointment]:
    yield from _offices(registrar)
    yield from _governance(grids, registrar)
    for grid in grids:
        for role, title in _posts_of(grid):
            person = registrar.invent(_STORY_ACCOUNTS.get(role, "") if _is_story_post(grid, title) else "")
            yield person, [Post(person.username, role, title, areas_of(grid), grid.code)]


def _offices(registrar: Registrar) -> Iterator[_Appointment]:
    for username, role, title, area, department in _OFFICES:
        person = registrar.invent(username)
        posts = [Post(person.username, role, title, (area,), department=department)]
        if username in _BESIDES:
            posts.append(Post(person.username, *_BESIDES[username], (area,)))
        yield person, posts


def _governance(grids: Sequence[Grid], registrar: Registrar) -> Iterator[_Appointment]:
    """One governance member for each administrative village of 砖埠镇, with a post in each of its natural villages."""
    hamlets = [grid for grid in grids if grid.division.startswith(_TOWN_AREA) and grid.level == 3]
    for village, members in groupby(hamlets, key=lambda grid: grid.division):
        person = registrar.invent("governance" if village == STORY_VILLAGE else "")
        yield (
            person,
            [
                Post(person.username, "governance-member", "社会治理网格员", areas_of(grid), grid.code)
                for grid in members
            ],
        )


def areas_of(grid: Grid) -> tuple[str, ...]:
    """The code prefixes that a post in `grid` sees: the whole town, the villages of a work area, or the grid alone."""
    if grid.leaf:
        return (grid.code,)
    return (grid.division[:9],) if grid.level == 1 else grid.villages


def _is_story_post(grid: Grid, title: str) -> bool:
    return grid.code == STORY_GRID and title != "三大员"


def _posts_of(grid: Grid) -> list[tuple[str, str]]:
    """(role, title) of each post in the grid, leaders first; the titles in 砖埠镇 are plan P2's words."""
    if not grid.division.startswith(_TOWN_AREA):
        return _posts_elsewhere(grid)
    if grid.level == 1:
        return [("grid-leader", "镇党委书记"), ("grid-leader", "镇长"), ("instructor", "网格指导员")]
    if grid.kind == "work-area":
        leaders = [("grid-leader", "工作区书记"), ("grid-leader", "工作区主任")]
        return [*leaders, ("grid-member", "工作区网格员"), ("grid-member", "工作区网格员")]
    if grid.kind == "enterprise":
        return [("grid-leader", "帮包企业领导"), ("grid-member", "企业网格员")]
    first = grid.code.endswith("001")
    return [
        ("grid-leader", "村书记" if first else "村民大组负责人"),
        ("grid-member", "“两委”成员"),
        ("grid-member", "三大员"),
    ]


def _posts_elsewhere(grid: Grid) -> list[tuple[str, str]]:
    if grid.level == 1:
        return [("grid-leader", "一级网格长")]
    return [("grid-leader", "村书记"), ("grid-member", "村级网格员")]
