"""Who stays responsible when grids change (REG-04): the old grid's posts end, its people are appointed in the new ones.

A successor that names nobody takes everybody of before, each with the same post, its end and its dated steps; one that
names people has exactly those. Whoever held the very post before keeps its steps.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from services.chassis.ids import new_id
from services.registry.messages import Appointee
from services.registry.model.posts import FOR_EVER, Post

Required = Callable[[str, str], tuple[str, ...]]
"""(post, grid code) -> the steps that the plan wants first."""

Heirs = Mapping[str, tuple[Appointee, ...] | None]


@dataclass
class PostMoves:
    """Posts ended in the old grids and given in the new ones."""

    ended: list[Post] = field(default_factory=list)
    given: list[Post] = field(default_factory=list)


@dataclass(frozen=True)
class Handover:
    """`olds` are the old grids' posts not over before `day`, `held` those in successors that existed before."""

    olds: Sequence[Post]
    held: Sequence[Post]
    day: date
    required: Required

    def carry_out(self, heirs: Heirs, at: datetime) -> PostMoves:
        """End the old posts with the day before, and give the new ones from the day on."""
        moves = PostMoves()
        for code, named in heirs.items():
            wanted = self._everybody(code) if named is None else [self._named(each, code) for each in named]
            for post in wanted:
                others = [*self.held, *moves.given]
                if not any(post.same_as(other) for other in others):
                    post.appoint((), at)
                    moves.given.append(post)
        for post in self.olds:
            post.leave(self.day - timedelta(days=1), at)
            moves.ended.append(post)
        return moves

    def _everybody(self, code: str) -> list[Post]:
        """Those of before; of two that are one in the new grid, the appointed and longer one stands first."""
        ranked = sorted(self.olds, key=lambda post: (post.state == "proposed", -(post.ends or FOR_EVER).toordinal()))
        return [self._moved(post, code) for post in ranked]

    def _named(self, each: Appointee, code: str) -> Post:
        before = (post for post in self.olds if (post.person_id, post.post) == (each.person_id, each.post))
        known = next(before, None)
        if known is not None:
            return self._moved(known, code)
        required = self.required(each.post, code)
        return Post(new_id(), each.person_id, code, each.post, self.day, required=required)

    def _moved(self, post: Post, code: str) -> Post:
        starts = max(post.starts, self.day)
        return Post(
            new_id(), post.person_id, code, post.post, starts, post.ends, post.required, dict(post.steps), post.ended
        )
