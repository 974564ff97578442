"""What devices were told of patrols against what there is: each entry once, each problem one case, each event once.

Pure: `Walked` is plain data, which `read` in `walking_truth.py` takes from a platform; `audit` names every difference.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.harness.ledger import Finding

TAKEN = ("accepted", "known")


@dataclass(frozen=True)
class Handed:
    """One entry and what its device was told of it; without an item it ends the walk. No answer: no `outcome`."""

    client_id: str
    task_id: str
    item: str
    problem: bool
    outcome: str = ""
    case_id: str | None = None
    said: str = ""

    @classmethod
    def of(cls, entry: Mapping[str, Any], told: Mapping[str, Any] | None, status: int) -> "Handed":
        """What is told of `entry` in an answer with this status; 0 where none came."""
        item, problem = entry.get("item", ""), entry.get("answer") == "problem"
        told = told or {"outcome": "refused" if status else "", "code": str(status)}
        case, said = told.get("case_id"), told.get("code") or ""
        return cls(entry["client_id"], entry["task_id"], item, problem, told["outcome"], case, said)


@dataclass(frozen=True)
class Event:
    """An event of the patrol service about a task."""

    id: str
    task_id: str
    sequence: int
    type: str
    published: bool
    case_id: str | None = None


@dataclass
class Walked:
    """Everything about the tasks of one load."""

    handed: list[Handed] = field(default_factory=list)
    stored: list[tuple[str, str, str, str | None]] = field(default_factory=list)
    """(client id, task, item, case) of each finding."""
    finished: set[str] = field(default_factory=set)
    cases: list[tuple[str, str]] = field(default_factory=list)
    """(case, "patrol:task#item") of the incident service."""
    events: list[Event] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)
    """Ids in liaison's event log."""
    waiting: Mapping[str, int] = field(default_factory=dict)


def audit(books: Walked) -> list[Finding]:
    """Every difference there is; empty when the books agree."""
    return [finding for check in (_answers, _findings, _cases, _events, _log, _rest) for finding in check(books)]


def _answers(books: Walked) -> Iterator[Finding]:
    for each in books.handed:
        if not each.outcome:
            yield Finding("stuck", "device", f"{each.client_id} has no answer")
        elif each.outcome not in TAKEN:
            yield Finding("lost", "device", f"{each.client_id} ({each.item}) was {each.outcome}: {each.said}")


def _findings(books: Walked) -> Iterator[Finding]:
    stored = {client: (task, item) for client, task, item, _ in books.stored}
    told = {each.client_id: each for each in books.handed}
    for each in books.handed:
        if each.item and each.outcome in TAKEN and stored.get(each.client_id) != (each.task_id, each.item):
            yield Finding("lost", "patrol", f"{each.client_id} was taken and is not there")
        if not each.item and each.outcome in TAKEN and each.task_id not in books.finished:
            yield Finding("lost", "patrol", f"task {each.task_id} was finished and is not")
    for client in stored:
        if client not in told:
            yield Finding("doubled", "patrol", f"{client} is there and was never handed in")


def _cases(books: Walked) -> Iterator[Finding]:
    """Each problem that was taken is the one case that its device was told."""
    by_place: dict[str, list[str]] = defaultdict(list)
    for case, reference in books.cases:
        by_place[reference].append(case)
    for each in (each for each in books.handed if each.problem and each.outcome in TAKEN):
        found = by_place[f"patrol:{each.task_id}#{each.item}"]
        if each.case_id not in found:
            yield Finding("lost", "incident", f"{each.item} of {each.task_id} was told case {each.case_id}, is {found}")
        if len(found) > 1:
            yield Finding("doubled", "incident", f"{each.item} of {each.task_id} has cases {found}")


def _events(books: Walked) -> Iterator[Finding]:
    """One event for each problem and each walk that is over, numbered without a gap."""
    told = Counter(each.case_id for each in books.handed if each.problem and each.outcome in TAKEN)
    found = Counter(event.case_id for event in books.events if event.type == "patrol.problem-found.v1")
    yield from _once("problem-found", set(told), found)
    over = {each.task_id for each in books.handed if not each.item and each.outcome in TAKEN}
    yield from _once("finished", over, Counter(e.task_id for e in books.events if e.type == "patrol.finished.v1"))
    numbers: dict[str, list[int]] = defaultdict(list)
    for event in books.events:
        numbers[event.task_id].append(event.sequence)
        if not event.published:
            yield Finding("stuck", "outbox", f"{event.type} {event.id} is not published")
    for task, have in numbers.items():
        if sorted(have) != list(range(1, len(have) + 1)):
            yield Finding("disordered", "outbox", f"events of task {task} are numbered {sorted(have)}")


def _once(what: str, wanted: set[str | None], found: "Counter[Any]") -> Iterator[Finding]:
    for each in wanted - set(found):
        yield Finding("lost", "outbox", f"no {what} of {each}")
    for each, count in found.items():
        if count > 1 or each not in wanted:
            yield Finding("doubled", "outbox", f"{what} of {each} is there {count} times")


def _log(books: Walked) -> Iterator[Finding]:
    have = Counter(books.logged)
    for event in books.events:
        if have[event.id] != 1:
            kind = "doubled" if have[event.id] else "lost"
            yield Finding(kind, "liaison log", f"{event.type} {event.id} is there {have[event.id]} times")


def _rest(books: Walked) -> Iterator[Finding]:
    for what, count in books.waiting.items():
        if count:
            yield Finding("stuck", what, f"{count}")
