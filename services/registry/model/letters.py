"""Duty letters (责任状): what a lower grid answers for to the one above it, signed by both (REG-07, P13).

A letter is drafted, then signed by each of the two whom it names; with both signatures it is in force, and an earlier
one between the same grids about the same post is superseded. What has been signed is never changed. Whoever no longer
holds the post has left a letter that is superseded from that day on: it is told from the posts, so that no way of
leaving one can be forgotten.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.errors.letters import LetterOver, LetterSigned, NotASigner
from services.registry.model.boards import wording
from services.registry.model.posts import Post
from services.registry.model.values import bad_day, is_day, refuse_values

DRAFTED, SIGNED, IN_FORCE, SUPERSEDED, ENDED = "drafted", "signed", "in-force", "superseded", "ended"
NAMES = {DRAFTED: "待签字", SIGNED: "一方已签", IN_FORCE: "生效", SUPERSEDED: "已替换", ENDED: "已终止"}
MOST_LINES = 40


@dataclass(frozen=True)
class Terms:
    """What a letter says: from its first to its last day, line by line."""

    starts: date
    ends: date
    tasks: tuple[str, ...]
    rewards: tuple[str, ...]
    penalties: tuple[str, ...]


@dataclass(frozen=True)
class Party:
    """Who signs for which grid, by holding which post there."""

    grid: str
    person_id: str
    post: str


@dataclass
class Letter:
    """One letter; `terms` hold for both."""

    id: str
    upper: Party
    lower: Party
    terms: Terms
    drafted_by: str
    drafted_at: datetime
    upper_signed_at: datetime | None = None
    lower_signed_at: datetime | None = None
    superseded_by: str | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    reason: str = ""
    version: int = 1

    @property
    def state(self) -> str:
        """What it is by its own record; whether both still hold their posts is asked of the posts."""
        if self.ended_at is not None:
            return ENDED
        if self.superseded_by is not None:
            return SUPERSEDED
        signatures = sum(each is not None for each in (self.upper_signed_at, self.lower_signed_at))
        return (DRAFTED, SIGNED, IN_FORCE)[signatures]

    def change(self, terms: Terms) -> None:
        """Raises LetterOver, LetterSigned."""
        self._check_open()
        if self.state != DRAFTED:
            raise LetterSigned
        self.terms = terms
        self.version += 1

    def sign(self, person_id: str, at: datetime) -> bool:
        """Sign for the grid of that person; say whether it is in force by that. Again changes nothing.

        Raises LetterOver, NotASigner.
        """
        self._check_open()
        if person_id not in (self.upper.person_id, self.lower.person_id):
            raise NotASigner
        before = self.state
        if person_id == self.upper.person_id:
            signed, self.upper_signed_at = self.upper_signed_at, self.upper_signed_at or at
        else:
            signed, self.lower_signed_at = self.lower_signed_at, self.lower_signed_at or at
        self.version += signed is None
        return before != IN_FORCE and self.state == IN_FORCE

    def end(self, by: str, reason: str, at: datetime) -> None:
        """End it for good. Raises LetterOver, ValueRefused."""
        self._check_open()
        refuse_values(wording("reason", reason, needed=True))
        self.ended_by, self.ended_at, self.reason = by, at, reason.strip()
        self.version += 1

    def party_of(self, person_id: str) -> Party:
        """The side for which the person signs. Raises NotASigner."""
        found = [each for each in (self.upper, self.lower) if each.person_id == person_id]
        if not found:
            raise NotASigner
        return found[0]

    def _check_open(self) -> None:
        if self.state in (SUPERSEDED, ENDED):
            raise LetterOver(state=NAMES[self.state])


def holds(post: Post, on: date) -> bool:
    """Whether the post is in effect on that day."""
    return post.state != "proposed" and post.starts <= on and (post.ends is None or post.ends >= on)


def choose(path: str, posts: Iterable[Post], person_id: str, grid: str, on: date) -> Party:
    """Who signs for `grid`: the named person, else its one leader. Raises ValueRefused naming `path`."""
    held = [post for post in posts if post.grid_code == grid and holds(post, on)]
    if person_id:
        found = [post for post in held if post.person_id == person_id]
        zh, en = f"此人今天不在网格 {grid} 任职", f"holds no post in grid {grid} today"
    else:
        found = [post for post in held if post.post == "leader"]
        zh = f"网格 {grid} 今天有 {len(found)} 名网格长;请指明由谁签字"
        en = f"grid {grid} has {len(found)} leaders today; say who signs"
        found = found if len({post.person_id for post in found}) == 1 else []
    if not found:
        refuse_values([fault(path, "no-signer", zh, en)])
    first = min(found, key=lambda post: (post.post != "leader", post.id))
    return Party(grid, first.person_id, first.post)


def terms_faults(
    starts: str, ends: str, tasks: Sequence[str], rewards: Sequence[str], penalties: Sequence[str]
) -> Iterator[Fault]:
    """What is wrong with the words of a letter."""
    days = {"starts": starts, "ends": ends}
    yield from (bad_day(path, text) for path, text in days.items() if not is_day(text))
    if is_day(starts) and is_day(ends) and date.fromisoformat(ends) < date.fromisoformat(starts):
        yield fault("ends", "ends-before-start", f"结束日期 {ends} 早于开始日期 {starts}", f"{ends} is before {starts}")
    if not tasks:
        yield fault("tasks", "required", "至少写明一项任务", "name at least one task")
    for path, lines in {"tasks": tasks, "rewards": rewards, "penalties": penalties}.items():
        if len(lines) > MOST_LINES:
            yield fault(path, "too-many", f"最多 {MOST_LINES} 条", f"at most {MOST_LINES} lines")
        for at, line in enumerate(lines):
            yield from wording(f"{path}[{at}]", line, needed=True)
