"""Posts (岗位): who is what in which grid, from when to when (REG-06).

One grid has several people, one person several posts. Where the plan wants dated steps before an appointment takes
effect (P16: recommended, decided, filed, published), the post is `proposed` until every step has its day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import PostEnded, PostOverlaps, fault
from services.registry.messages import PostChanged
from services.registry.model.values import not_among, refuse_values

POSTS = {
    "leader": "网格长",
    "member": "网格员",
    "instructor": "网格指导员",
    "contact-leader": "包联领导",
    "service-team": "服务团队",
    "governance-member": "社会治理网格员",
}
POST_OF_ROLE = {
    "grid-leader": "leader",
    "grid-member": "member",
    "instructor": "instructor",
    "governance-member": "governance-member",
}
"""How the posts of these roles are called in a grid, where the plan does not say it by `grid_post`."""

FOR_EVER = date.max

Document = Mapping[str, Any]
"""A plan's expanded document, or a part of it."""


@dataclass(eq=False)
class Post(Aggregate):
    """One person's post in one grid. `ends` is the last day; `required` are the ids of the plan's steps."""

    id: str
    person_id: str
    grid_code: str
    post: str
    starts: date
    ends: date | None = None
    required: tuple[str, ...] = ()
    steps: dict[str, date] = field(default_factory=dict)
    ended: bool = False
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    @property
    def missing(self) -> tuple[str, ...]:
        """The steps that the plan wants and that have no day yet, in the plan's order."""
        return tuple(step for step in self.required if step not in self.steps)

    @property
    def state(self) -> str:
        """proposed (steps missing), appointed, or ended (given an end by decision)."""
        if self.ended:
            return "ended"
        return "proposed" if self.missing else "appointed"

    def appoint(self, others: Iterable["Post"], at: datetime) -> None:
        """Make the appointment. Raises ValueRefused, or PostOverlaps with one of the person's `others`."""
        refuse_values(self._faults())
        for other in others:
            if self.same_as(other):
                raise PostOverlaps(grid=self.grid_code, since=other.starts, until=other.ends or "…")
        self._changed(at)

    def record_step(self, step: str, day: date, at: datetime) -> None:
        """Note the day of one of the required steps. Raises PostEnded, ValueRefused."""
        self._check_open()
        if step not in self.required:
            refuse_values([not_among("step", step, self.required)])
        self.steps = {**self.steps, step: day}
        self._changed(at)

    def end(self, day: date, at: datetime) -> None:
        """Make `day` the last one; repeating it changes nothing. Raises PostEnded, ValueRefused."""
        if self.ended and self.ends == day:
            return
        self._check_open()
        self.ends, self.ended = day, True
        refuse_values(self._faults())
        self._changed(at)

    def leave(self, last: date, at: datetime) -> None:
        """End with `last` because the grid is no more; one that would have begun later is never held (REG-04)."""
        self.ends, self.ended = last, True
        self._changed(at)

    def same_as(self, other: "Post") -> bool:
        """Whether it is the same person's same post in the same grid at the same time as `other`."""
        same = (self.person_id, self.grid_code, self.post) == (other.person_id, other.grid_code, other.post)
        return same and self._overlaps(other)

    def _faults(self) -> Iterable[Fault]:
        if self.post not in POSTS:
            yield not_among("post", self.post, POSTS)
        if self.ends is not None and self.ends < self.starts:
            yield fault(
                "ends",
                "ends-before-start",
                f"结束日期 {self.ends} 早于开始日期 {self.starts}",
                f"The last day {self.ends} is before the first day {self.starts}",
            )

    def _check_open(self) -> None:
        if self.ended:
            raise PostEnded(until=self.ends)

    def _overlaps(self, other: "Post") -> bool:
        return self.starts <= (other.ends or FOR_EVER) and other.starts <= (self.ends or FOR_EVER)

    def _changed(self, at: datetime) -> None:
        self.version += 1
        self.record(
            PostChanged(
                subject=self.id,
                at=at,
                grid=self.grid_code,
                person_id=self.person_id,
                post=self.post,
                starts=self.starts,
                ends=self.ends,
                state=self.state,
            )
        )


def required_steps(document: Document | None, post: str, level: int, kind: str) -> tuple[str, ...]:
    """The ids of the steps that the plan's `document` wants before `post` takes effect in a grid of `level`, `kind`."""
    steps = (step for entry in _speaking(document, post, level, kind) for step in _list(entry, "appointment"))
    return tuple(dict.fromkeys(str(step["id"]) for step in steps))


def most_leaders(document: Document | None, level: int, kind: str) -> int | None:
    """How many leaders a grid of `level` and `kind` has at most by the plan's `document`; None where it is silent."""
    wanted = (entry.get("per_grid") for entry in _speaking(document, "leader", level, kind))
    return next((int(each["to"]) for each in wanted if each), None)


def spoken_duties(document: Document | None, post: str, level: int, kind: str) -> tuple[str, list[str]]:
    """What the plan's `document` calls a `post` in a grid of `level` and `kind`, and its duties; both may be empty."""
    entries = list(_speaking(document, post, level, kind))
    title = entries[0]["title"] if entries else ""
    return str(title), [str(duty) for entry in entries for duty in entry.get("duties", ())]


def level_duties(document: Document | None, level: int, kind: str) -> list[str]:
    """The duties that the plan's `document` gives to grids of `level` and `kind`."""
    levels = (each for each in _list(document or {}, "levels") if (each["level"], each["kind"]) == (level, kind))
    return [str(duty) for each in levels for duty in each.get("duties", ())]


def _speaking(document: Document | None, post: str, level: int, kind: str) -> Iterator[Document]:
    """The plan's entries about a post in such grids; an entry without levels speaks about all."""
    plan = document or {}
    ids = {each["id"] for each in _list(plan, "levels") if (each["level"], each["kind"]) == (level, kind)}
    for entry in _list(plan, "posts"):
        if _grid_post(entry) == post and (not entry["levels"] or ids.intersection(entry["levels"])):
            yield entry


def _grid_post(entry: Document) -> str | None:
    """What the registry calls a post of the plan: what the plan says, else what its role is called in a grid."""
    said: str | None = entry.get("grid_post")
    return said or POST_OF_ROLE.get(entry.get("role", ""))


def _list(mapping: Document, key: str) -> Sequence[Document]:
    return mapping.get(key, ())
