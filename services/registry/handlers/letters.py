"""Duty letters (REG-07)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.registry.errors import GridRetired, fault
from services.registry.errors.letters import NoGridAbove, SignerLeft
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages.letters import ChangeLetter, DraftLetter, EndLetter, SignLetter
from services.registry.model.grids import Grid
from services.registry.model.letters import Letter, Party, Terms, choose, holds, terms_faults
from services.registry.model.posts import level_duties, spoken_duties
from services.registry.model.values import check_version, refuse_values
from services.registry.ports import Work

KEEPING = (rights.OPERATOR, *rights.SYSTEM)
"""Who drafts and ends letters for others, an operator within the own areas."""


def draft(message: DraftLetter, work: Work) -> Answer:
    """Between a grid and the one above it; what is left empty comes from the plan and the grid itself."""
    grid = work.grids.get(message.code)
    if not grid.active:
        raise GridRetired(grid=grid.code)
    if grid.parent_code is None:
        raise NoGridAbove(grid=grid.code)
    posts = work.posts.not_over([grid.code, grid.parent_code], work.today)
    upper = choose("upper_person_id", posts, message.upper_person_id, grid.parent_code, work.today)
    lower = choose("lower_person_id", posts, message.lower_person_id, grid.code, work.today)
    if upper.person_id == lower.person_id:
        zh, en = "上级与下级责任人不能是同一人", "nobody signs a letter with themselves"
        refuse_values([fault("lower_person_id", "same-person", zh, en)])
    _check_keeper(work, upper, grid.code, "起草责任状")
    tasks = message.tasks or _tasks(grid, lower.post, work)
    terms = _terms(message.starts, message.ends, tasks, message.rewards or grid.statements.rewards, message.penalties)
    letter = Letter(new_id(), upper, lower, terms, work.caller.person_id, work.now)
    work.letters.add(letter)
    return receipt(letter.id, letter.version)


def change(message: ChangeLetter, work: Work) -> Answer:
    """Only what nobody has signed."""
    letter = work.letters.get(message.letter_id)
    _check_keeper(work, letter.upper, letter.lower.grid, "修改责任状")
    check_version(message.expected_version, letter.version)
    letter.change(_terms(message.starts, message.ends, message.tasks, message.rewards, message.penalties))
    work.letters.save(letter)
    return receipt(letter.id, letter.version)


def sign(message: SignLetter, work: Work) -> Answer:
    """By each of the two, who still holds the post; one that comes into force supersedes the earlier ones."""
    work.letters.alone(message.letter_id)
    letter = work.letters.get(message.letter_id)
    check_version(message.expected_version, letter.version)
    party = letter.party_of(work.caller.person_id)
    if not _still_there(party, work):
        raise SignerLeft(person=work.caller.name, grid=party.grid)
    in_force = letter.sign(work.caller.person_id, work.now)
    work.letters.save(letter)
    if in_force:
        work.letters.supersede_others(letter)
    return receipt(letter.id, letter.version)


def end(message: EndLetter, work: Work) -> Answer:
    letter = work.letters.get(message.letter_id)
    _check_keeper(work, letter.upper, letter.lower.grid, "终止责任状")
    check_version(message.expected_version, letter.version)
    letter.end(work.caller.person_id, message.reason, work.now)
    work.letters.save(letter)
    return receipt(letter.id, letter.version)


def _still_there(party: Party, work: Work) -> bool:
    held = work.posts.of_person(party.person_id)
    return any((post.grid_code, post.post) == (party.grid, party.post) and holds(post, work.today) for post in held)


def _check_keeper(work: Work, upper: Party, grid: str, action: str) -> None:
    """The signer of the upper grid keeps its letters, and whoever administers the lower one."""
    if work.caller.person_id == upper.person_id or work.caller.has(*rights.SYSTEM):
        return
    if not (work.caller.has(*KEEPING) and work.caller.covers(grid)):
        raise Forbidden(action=action)


def _tasks(grid: Grid, post: str, work: Work) -> tuple[str, ...]:
    """The plan's duties of the post and of such a grid, then the grid's own duties and tasks, each once."""
    plan = work.plans.in_force("levels", "posts")
    _, duties = spoken_duties(plan, post, grid.level, grid.kind)
    planned = (*duties, *level_duties(plan, grid.level, grid.kind))
    return tuple(dict.fromkeys((*planned, *grid.statements.duties, *grid.statements.tasks)))


def _terms(starts: str, ends: str, tasks: Sequence[str], rewards: Sequence[str], penalties: Sequence[str]) -> Terms:
    refuse_values(terms_faults(starts, ends, tasks, rewards, penalties))
    lines = (tuple(line.strip() for line in each) for each in (tasks, rewards, penalties))
    return Terms(date.fromisoformat(starts), date.fromisoformat(ends), *lines)


HANDLERS: Mapping[type, Callable[[Any, Work], Answer]] = {
    DraftLetter: draft,
    ChangeLetter: change,
    SignLetter: sign,
    EndLetter: end,
}
