"""Posts and areas of people follow when grids change, so that no grid is without a responsible person (REG-04)."""

from collections.abc import Mapping, Sequence

from services.registry.model.grids import Grid, Origin
from services.registry.model.post_moves import Handover
from services.registry.model.posts import required_steps
from services.registry.model.successions import Outcome
from services.registry.ports import Work


def hand_over(outcome: Outcome, origin: Origin, work: Work) -> None:
    """End the posts of the old grids, give those of the new ones, and tell whose areas changed."""
    touched = {*_move_posts(outcome, origin, work), *_around(outcome, work)}
    heirs = {old: outcome.event.successors for old in outcome.event.predecessors if outcome.heirs}
    explicit = {person.id: person for person in work.people.with_areas(list(heirs))}
    people = {**explicit, **work.people.many(sorted(touched - set(explicit)))}
    areas = work.posts.areas_of(list(people))
    for person in people.values():
        person.follow(heirs)
        person.posts_changed(areas.get(person.id, ()), origin.at)
    work.people.save_all(list(people.values()))


def _move_posts(outcome: Outcome, origin: Origin, work: Work) -> set[str]:
    if not outcome.heirs:
        return set()
    olds = work.posts.not_over(outcome.event.predecessors, origin.day)
    held = work.posts.not_over(list(outcome.heirs), origin.day)
    grids = _grids(outcome, work)
    wanted = work.plans.in_force("levels", "posts")
    required = _Required(wanted, grids)
    moves = Handover(olds, held, origin.day, required).carry_out(outcome.heirs, origin.at)
    for post in moves.ended:
        work.posts.save(post)
    for post in moves.given:
        work.posts.add(post)
    return {post.person_id for post in (*moves.ended, *moves.given)}


class _Required:
    """The plan's steps before a post in one of the successor grids."""

    def __init__(self, document: Mapping[str, object] | None, grids: Mapping[str, Grid]) -> None:
        self._document, self._grids = document, grids

    def __call__(self, post: str, code: str) -> tuple[str, ...]:
        grid = self._grids[code]
        return required_steps(self._document, post, grid.level, grid.kind)


def _grids(outcome: Outcome, work: Work) -> Mapping[str, Grid]:
    known: Sequence[Grid] = [*outcome.created, *outcome.changed]
    found = {grid.code: grid for grid in known if grid.code in outcome.heirs}
    missing = [code for code in outcome.heirs if code not in found]
    return {**work.grids.many(missing), **found}


def _around(outcome: Outcome, work: Work) -> set[str]:
    """Who holds posts in grids of before and now and in all above and below: their areas have other codes now."""
    grids = (*outcome.created, *outcome.changed)
    return work.posts.holders({*outcome.above, *(code for grid in grids for code in (grid.code, *grid.path))})
