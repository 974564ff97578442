"""Who is meant by a post or a department of the plan: conveners and guests of meetings (PAT-09, REG-16)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.patrol import tables
from services.patrol.model.meeting_plan import MeetingRule, Unit
from services.patrol.model.plan import Office
from services.patrol.repository.copies import in_force


class People:
    """Who can be meant by a post or a department, sorted once for thousands of meetings."""

    def __init__(self, posts: Iterable[Any], officers: Iterable[Any]) -> None:
        self._posts: dict[str, list[Any]] = defaultdict(list)
        self._there: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in posts:
            self._posts[row.post].append(row)
            self._there[row.post, row.grid].add(row.person_id)
        self._with: dict[str, list[Any]] = defaultdict(list)
        for row in officers:
            for key in (*(f"role:{role}" for role in row.roles), f"department:{row.department}"):
                self._with[key].append(row)
        self._below: dict[Office, Mapping[str, set[str]]] = {}

    def of_office(self, office: Office, grid: str) -> set[str]:
        """Who holds `office` in `grid` or below it, and who has it as a role there."""
        if office not in self._below:
            found: dict[str, set[str]] = defaultdict(set)
            for row in self._posts.get(office.post, ()):
                if office.is_in(row.level, row.kind):
                    for each in (row.grid, *row.ancestors):
                        found[each].add(row.person_id)
            self._below[office] = found
        return self._below[office].get(grid, set()) | self._covering(f"role:{office.post}", grid)

    def of_unit(self, unit: Unit, grid: str) -> set[str]:
        """Who is in the department and sees `grid`."""
        keys = (f"department:{unit.id}", *(f"role:{role}" for role in unit.roles))
        return set().union(*(self._covering(key, grid) for key in keys))

    def holding(self, office: Office, grid: str) -> set[str]:
        """Who holds `office` in `grid` itself."""
        return self._there.get((office.post, grid), set())

    def _covering(self, key: str, grid: str) -> set[str]:
        return {row.id for row in self._with.get(key, ()) if _covers(row.areas, grid)}


def _covers(areas: Iterable[str], grid: str) -> bool:
    return any(grid.startswith(area) for area in areas)


def people_of(connection: sa.Connection, today: date) -> People:
    """Everybody in office on the day."""
    posts, grids = tables.posts.c, tables.grids.c
    columns = (posts.post, posts.grid, posts.person_id, grids.level, grids.kind, grids.ancestors)
    held = sa.select(*columns).join(tables.grids, grids.code == posts.grid).where(in_force(today))
    officers = sa.select(tables.officers).where(tables.officers.c.active)
    return People(list(connection.execute(held)), list(connection.execute(officers)))


def staff(rule: MeetingRule, grid: str, people: People) -> dict[str, list[str]]:
    """Who convenes a meeting in `grid`, who is meant by its invitation, and which departments are."""
    conveners: set[str] = set()
    if rule.office is not None:
        conveners = people.holding(rule.office, grid) or people.of_office(rule.office, grid)
    elif rule.unit is not None:
        conveners = people.of_unit(rule.unit, grid)
    invited = set().union(*(called(each.office, each.unit, grid, people) for each in rule.invited))
    units = {each.unit.id for each in rule.invited if each.unit} | ({rule.unit.id} if rule.unit else set())
    return {"conveners": sorted(conveners), "people": sorted(conveners | invited), "departments": sorted(units)}


def called(office: Office | None, unit: Unit | None, grid: str, people: People) -> set[str]:
    """Who is meant by one line of an invitation."""
    of_office = people.of_office(office, grid) if office else set()
    return of_office | (people.of_unit(unit, grid) if unit else set())
