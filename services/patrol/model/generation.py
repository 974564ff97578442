"""Which tasks a day asks for, and how that meets the tasks that there are (PAT-02).

Generating is making it so: what is asked for and missing is made, what a successor can take is handed over, what
nobody asks for any more and nobody has begun is withdrawn. Doing it twice changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.patrol.model.places import Place, looks
from services.patrol.model.plan import Patrol, Plan
from services.patrol.model.recurrence import Occurrence, Workdays, occurrences


@dataclass(frozen=True)
class Grid:
    """A grid that is there on the day: where it lies is in its code."""

    code: str
    level: int
    kind: str


@dataclass(frozen=True)
class Round:
    """One occurrence of a patrol in one grid, or of one `place` in it; every holder of its post has a task of it."""

    patrol: str
    grid: str
    day: date
    number: int = 1
    place: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a day asks for of one round: by whom. Nobody holds the post: None alone, so that the gap is seen.

    What is led (`one_leads`) is asked of one of the holders, the others may take part (PAT-06).
    """

    occurrence: Occurrence
    holders: tuple[str | None, ...]
    one_leads: bool = False

    def asked_of(self, open_to: set[str | None], done_by: set[str | None]) -> tuple[str | None, ...]:
        """Who is to have a task of it: where one leads, whoever does so now, nobody any more when it was done."""
        if not self.one_leads:
            return self.holders
        leading = [who for who in self.holders if who in open_to] or [*self.holders]
        return () if done_by else tuple(leading[:1])


@dataclass(frozen=True)
class Standing:
    """A task that there is and that is not over; `begun` says that somebody entered something."""

    id: str
    person_id: str | None
    begun: bool


@dataclass(frozen=True)
class Changes:
    """How tasks become what is wanted."""

    made: Sequence[tuple[Round, Occurrence, str | None]]
    handed: Sequence[tuple[str, str | None]]
    withdrawn: Sequence[str]


NO_CHANGES = Changes((), (), ())
Holders = Mapping[tuple[str, str], Sequence[str]]
"""Who holds a post in a grid, by post and grid."""


def wanted(
    plan: Plan,
    day: date,
    grids: Iterable[Grid],
    holders: Holders,
    workdays: Workdays,
    places: Sequence[Place] = (),
) -> dict[Round, Wanted]:
    """All that `plan` asks for which is due on `day`, of grids and of the `places` in them."""
    there = tuple(grids)
    found: dict[Round, Wanted] = {}
    for patrol in plan.patrols.values():
        walked = {grid.code: grid.kind for grid in _of_level(there, patrol)}
        for cadence, looked in looks(patrol, walked, places).items():
            for occurrence in occurrences(cadence, day, day, workdays):
                for grid, place in looked:
                    round_ = Round(patrol.id, grid, occurrence.day, occurrence.number, place)
                    people = tuple(sorted(holders.get((patrol.who.post, grid), ())))
                    found[round_] = Wanted(occurrence, people or (None,), patrol.has_points)
    return found


def _of_level(grids: Iterable[Grid], patrol: Patrol) -> Iterator[Grid]:
    levels = patrol.levels
    yield from (grid for grid in grids if any(level.holds(grid.level, grid.kind) for level in levels))


def changes(
    asked: Mapping[Round, Wanted],
    open_: Mapping[Round, Sequence[Standing]],
    over: Mapping[Round, Iterable[str | None]],
) -> Changes:
    """What to do so that `open_` tasks become those `asked` for; `over` says whose tasks of a round are done with.

    What somebody did who has left the post since counts for a successor: nobody is asked for the same round again.
    """
    made, handed, withdrawn = [], [], []
    finished: dict[Round, set[str | None]] = defaultdict(set, {each: set(who) for each, who in over.items()})
    for round_ in sorted({*asked, *open_}, key=_in_order):
        want = asked.get(round_)
        tasks, done = open_.get(round_, ()), finished.get(round_, set())
        holding = {task.person_id for task in tasks}
        holders = want.asked_of(holding, done) if want else ()
        has = holding | done
        missing = [who for who in holders if who not in has]
        if tasks:
            spare = sorted((task for task in tasks if task.person_id not in holders), key=lambda task: not task.begun)
            handed += [(task.id, who) for task, who in zip(spare, missing, strict=False)]
            withdrawn += [task.id for task in spare[len(missing) :] if not task.begun]
            missing = missing[len(spare) :]
        if want:
            done_for = len(finished.get(round_, set()).difference(holders))
            made += [(round_, want.occurrence, who) for who in missing[done_for:]]
    return Changes(made, handed, withdrawn)


def _in_order(round_: Round) -> tuple[str, str, date, int, str]:
    return round_.patrol, round_.grid, round_.day, round_.number, round_.place
