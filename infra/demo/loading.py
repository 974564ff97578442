"""The demo county into a platform, through the public REST interface alone. Loading again changes nothing.

Order: two administrators and the county leader by the operator's token, everything else by them; the plan as a draft,
since departments and duties are read from it; people, grids with boundaries, posts. The plan is activated last, so that
a service that knows of the activation has all the rest before it in its queue.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from typing import Any

from infra.demo.accounts import ADMINISTRATORS, PLANNER, STORY, Accounts, create
from infra.demo.county import County
from infra.demo.divisions import P2_TOWN
from infra.demo.grids import Grid
from infra.demo.people import Post
from infra.demo.rest import Caller, Values

PLAN, PLAN_VERSION = "p02", 1
Say = Callable[[str, int, float], None]
"""Is told what was loaded, how many of it, and how many milliseconds that took."""

_PEOPLE_AT_ONCE = 200
_AT_ONCE = 4


def is_loaded(accounts: Accounts) -> bool:
    """Whether the whole county is there: the plan, which is activated last, is in force. Raises Refusal."""
    return accounts.knows(PLANNER) and _in_force(accounts.sign_in(PLANNER))


def _in_force(planner: Caller) -> bool:
    found = planner.get("/plans", plan_id=PLAN, state="in-force")["items"]
    return PLAN_VERSION in [each["version"] for each in found]


@dataclass
class Loading:
    """One loading of `county`; `ids` are the people's ids by username once it is done."""

    accounts: Accounts
    county: County
    operator: Caller
    say: Say
    ids: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Load everything. Raises Refusal."""
        self._timed("首批账号", self._first_accounts)
        self._timed("区划", self._divisions)
        document = self._document()
        self._timed("部门", self._departments, document)
        self._timed("职责", self._duties, document)
        self._timed("人员与账号", self._people)
        self._timed("网格及边界", self._grids)
        self._timed("岗位", self._posts)
        self._timed("事项(启用方案二)", self._activate, document)

    def _timed(self, what: str, load: Callable[..., int], *given: Any) -> None:
        begun = time.perf_counter()
        count = load(*given)
        self.say(what, count, (time.perf_counter() - begun) * 1000)

    @property
    def _system(self) -> Caller:
        return self.accounts.sign_in("system-admin")

    @property
    def _security(self) -> Caller:
        return self.accounts.sign_in("security-admin")

    def _first_accounts(self) -> int:
        first = [*ADMINISTRATORS, PLANNER]
        create(self.accounts, self.county, self.operator, first)
        return len(first)

    def _divisions(self) -> int:
        rows = [
            {"code": each.code, "name": each.name, "parent_code": each.parent or "", "kind": each.kind}
            for each in self.county.divisions
        ]
        self._system.post("/divisions/import", rows=rows)
        return len(rows)

    def _document(self) -> Values:
        """The plan's expanded document, stored before where it was not."""
        planner = self.accounts.sign_in(PLANNER)
        planner.post("/plans", text=(files("services.registry") / "plans" / f"{PLAN}.yaml").read_text("utf-8"))
        document: Values = planner.get(f"/plans/{PLAN}/{PLAN_VERSION}")["document"]
        return document

    def _departments(self, document: Values) -> int:
        rows = [_department(each) for each in document["departments"]]
        self._system.post("/departments/import", rows=rows)
        return len(rows)

    def _duties(self, document: Values) -> int:
        rows = [_duty(each) for each in document["duties"]]
        self._system.post("/duties/import", rows=rows)
        return len(rows)

    def _people(self) -> int:
        """The story's accounts, whose passwords take long to hash, beside all others in parts."""
        usernames = [person.username for person in self.county.people]
        story, others = [name for name in usernames if name in STORY], [name for name in usernames if name not in STORY]
        parts = [others[start : start + _PEOPLE_AT_ONCE] for start in range(0, len(others), _PEOPLE_AT_ONCE)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for ids in pool.map(partial(create, self.accounts, self.county, self._security), [story, *parts]):
                self.ids |= ids
        return len(self.ids)

    def _grids(self) -> int:
        rows = [_grid(each) for each in self.county.grids]
        self._system.post("/grids/import", rows=rows)
        return len(rows)

    def _posts(self) -> int:
        """Appoint whoever does not hold the post yet, a few at a time."""
        held = {(each["person_id"], each["grid_code"], each["post"]) for each in self._system.pages("/posts")}
        system, wanted = self._system, [row for row in self._appointments() if _key(row) not in held]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda row: system.post("/posts", **row), wanted))
        return len(self.county.posts)

    def _appointments(self) -> Iterator[Values]:
        for post in self.county.posts:
            if post.grid:
                yield _appointment(post, self.ids[post.username])

    def _activate(self, document: Values) -> int:
        planner = self.accounts.sign_in(PLANNER)
        if not _in_force(planner):
            planner.post(f"/plans/{PLAN}/{PLAN_VERSION}/activate")
        return len(document["matters"])


def _department(entry: Values) -> Values:
    row = {name: entry[name] for name in ("id", "name", "level", "kind")}
    return {**row, "division_code": "" if entry["level"] == "county" else P2_TOWN}


def _duty(entry: Values) -> Values:
    return {
        "key": entry["id"],
        "name": entry["name"],
        "lead": entry["lead"],
        "co": entry.get("with", []),
        "grid_part": entry.get("grid", "assists"),
        "words": entry.get("words", ""),
    }


def _grid(grid: Grid) -> Values:
    row = {
        "ref": grid.code,
        "code": grid.code,
        "name": grid.name,
        "kind": grid.kind,
        "level": grid.level,
        "division_codes": list(grid.villages),
        "boundary": dict(grid.boundary),
        "drawn_how": grid.drawn_how,
        "effective": "2026-01-01",
    }
    return row if grid.parent is None else {**row, "parent_code": grid.parent}


def _appointment(post: Post, person_id: str) -> Values:
    return {
        "person_id": person_id,
        "grid_code": post.grid,
        "post": post.kind,
        "starts": post.since.isoformat(),
    }


def _key(row: Values) -> tuple[str, str, str]:
    return row["person_id"], row["grid_code"], row["post"]
