"""What clients were told against what every service and the department ended with: lost 0, doubled 0, stuck 0.

Pure: `Books` is plain data (`truth.py` reads it from a platform), `audit` compares it and names every difference.

    lost        said to have happened, or must have followed from it, and is not there
    doubled     has more effects than acceptances: a case twice, a fact counted twice, one number for two events
    stuck       still under way: unpublished, unread, unacknowledged, unanswered, overdue, dead-lettered
    disordered  the department saw a case's events first in another order than they happened
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["lost", "doubled", "stuck", "disordered"]


@dataclass(frozen=True)
class Told:
    """What one client was told about one command, after however many attempts with the same key."""

    client: str
    actor: str
    key: str
    action: str
    mark: str
    outcome: Literal["accepted", "refused", "unknown"]
    case_id: str | None
    version: int | None
    said: str = ""
    attempts: int = 1
    begun_at: float = 0.0
    answered_at: float = 0.0


@dataclass(frozen=True)
class CaseRow:
    """A case as the incident service has it; `mark` is what its description carries."""

    id: str
    mark: str
    sequence: int


@dataclass(frozen=True)
class EventRow:
    """An event as its producer wrote it. `counts`: the assessment consumes it; `concerns`: the department gets it."""

    id: str
    subject: str
    sequence: int
    type: str
    published: bool
    counts: bool
    concerns: bool


Seen = tuple[str, str, int]
"""An event as somebody else has it: id, subject, sequence."""


@dataclass
class Books:
    """Everything about the cases of one load. Counters count rows, so that a second one is seen."""

    told: list[Told] = field(default_factory=list)
    cases: list[CaseRow] = field(default_factory=list)
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(case, action) in the case's history."""
    answers: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    """(actor, key) to the case and version of the stored answer."""
    audited: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """(actor, action, case) in the audit log, done."""
    events: list[EventRow] = field(default_factory=list)
    logged: list[Seen] = field(default_factory=list)
    """The event log of liaison."""
    counted: set[str] = field(default_factory=set)
    """Events in the assessment's inbox."""
    facts: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(case, event type) to how many events the assessment has facts of."""
    sums: list[tuple[str, float, float]] = field(default_factory=list)
    """Every counter of the assessment: its name, what it says, the sum of its facts."""
    received: list[Seen] = field(default_factory=list)
    """What the department's program received, in its order."""
    waiting: Mapping[str, int] = field(default_factory=dict)
    """Anything that should be zero at rest: what it is, and how many."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold."""

    kind: Kind
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind} in {self.where}: {self.what}"


Check = Callable[[Books], Iterator[Finding]]


def audit(books: Books) -> list[Finding]:
    """Every difference there is; empty when the books agree."""
    return [finding for check in CHECKS for finding in check(books)]


def _accepted(books: Books) -> list[Told]:
    return [told for told in books.told if told.outcome == "accepted"]


def _answered(books: Books) -> Iterator[Finding]:
    for told in books.told:
        if told.outcome == "unknown":
            yield Finding("stuck", "client", f"{told.action} {told.key} has no answer after {told.attempts} attempts")


def _reports(books: Books) -> Iterator[Finding]:
    """Each accepted report is exactly the case whose id was told, each refused one is none."""
    by_mark: dict[str, list[str]] = defaultdict(list)
    for case in books.cases:
        by_mark[case.mark].append(case.id)
    for told in (told for told in books.told if told.action == "report"):
        found = by_mark[told.mark]
        if told.outcome == "accepted" and told.case_id not in found:
            yield Finding("lost", "incident", f"case {told.case_id} was accepted and is not there")
        if len(found) > (0 if told.outcome == "refused" else 1):
            yield Finding("doubled", "incident", f"report {told.mark} ({told.outcome}) has {len(found)} cases")


def _history(books: Books) -> Iterator[Finding]:
    """As many entries of a case's history as commands were accepted; one may stand for an unknown one."""
    accepted = Counter((told.case_id, told.action) for told in _accepted(books))
    open_ones = Counter((told.case_id, told.action) for told in books.told if told.outcome == "unknown")
    acted = {(told.case_id, told.action) for told in books.told if told.case_id}
    for each in acted:
        have, most = books.changes[each], accepted[each] + open_ones[each]  # type: ignore[index]
        if have < accepted[each]:
            yield Finding("lost", "incident history", f"{each}: {accepted[each]} accepted, {have} there")
        if have > most:
            yield Finding("doubled", "incident history", f"{each}: {most} at most, {have} there")


def _versions(books: Books) -> Iterator[Finding]:
    """Two commands on a case were never told the same version, and none a later one than there is."""
    last = {case.id: case.sequence for case in books.cases}
    told = Counter((told.case_id, told.version) for told in _accepted(books))
    for (case_id, version), count in told.items():
        if count > 1:
            yield Finding("doubled", "incident", f"version {version} of case {case_id} was told {count} times")
        if version is not None and version > last.get(str(case_id), 0):
            yield Finding(
                "lost", "incident", f"case {case_id} was told version {version}, has {last.get(str(case_id))}"
            )


def _keys(books: Books) -> Iterator[Finding]:
    """The stored answer of each accepted key is what was told; a refused key has none."""
    for told in books.told:
        stored = books.answers.get((told.actor, told.key))
        if told.outcome == "accepted" and stored != (told.case_id, told.version):
            yield Finding("lost", "idempotency", f"key {told.key}: told {told.case_id, told.version}, stored {stored}")
        if told.outcome == "refused" and stored is not None:
            yield Finding("doubled", "idempotency", f"key {told.key} was refused ({told.said}), stored {stored}")


def _audit_log(books: Books) -> Iterator[Finding]:
    accepted = Counter((told.actor, told.action, told.case_id) for told in _accepted(books))
    unknown = any(told.outcome == "unknown" for told in books.told)
    for each in {*accepted, *(() if unknown else books.audited)}:
        have = books.audited[each]  # type: ignore[index]
        if have != accepted[each]:  # type: ignore[index]
            kind: Kind = "lost" if have < accepted[each] else "doubled"  # type: ignore[index]
            yield Finding(kind, "audit", f"{each}: {accepted[each]} accepted, {have} entries")  # type: ignore[index]


def _numbering(books: Books) -> Iterator[Finding]:
    """The events of a case are numbered from 1 to the case's own number, each number once."""
    numbers: dict[str, list[int]] = defaultdict(list)
    for event in books.events:
        numbers[event.subject].append(event.sequence)
    for case in books.cases:
        have, wanted = Counter(numbers[case.id]), range(1, case.sequence + 1)
        yield from _unequal("outbox", f"case {case.id}", have, wanted)


def _unequal(where: str, whose: str, have: Counter[int], wanted: Iterable[int]) -> Iterator[Finding]:
    expected = set(wanted)
    if missing := sorted(expected - set(have)):
        yield Finding("lost", where, f"{whose}: no event {missing}")
    if twice := sorted(number for number, count in have.items() if count > 1 or number not in expected):
        yield Finding("doubled", where, f"{whose}: events {twice} too often")


def _published(books: Books) -> Iterator[Finding]:
    for event in books.events:
        if not event.published:
            yield Finding("stuck", "outbox", f"{event.type} {event.id} is not published")


def _log(books: Books) -> Iterator[Finding]:
    yield from _same_events("liaison log", [_seen(event) for event in books.events], books.logged)


def _department(books: Books) -> Iterator[Finding]:
    """The program received every event that concerns it; a second delivery has the same id."""
    concerns = [_seen(event) for event in books.events if event.concerns]
    yield from _same_events("department", concerns, list(dict.fromkeys(books.received)))


def _same_events(where: str, wanted: Sequence[Seen], have: Sequence[Seen]) -> Iterator[Finding]:
    known, found = Counter(wanted), Counter(have)
    for each in known:
        if not found[each]:
            yield Finding("lost", where, f"event {each}")
    numbered = Counter((subject, sequence) for _, subject, sequence in have)
    for (subject, sequence), count in numbered.items():
        if count > 1:
            yield Finding("doubled", where, f"number {sequence} of case {subject} is there {count} times")
    for each in found:
        if each not in known:
            yield Finding("doubled", where, f"event {each} was never written")


def _order(books: Books) -> Iterator[Finding]:
    """What the department saw for the first time came in the order of the numbers."""
    last: dict[str, int] = {}
    for _, subject, sequence in dict.fromkeys(books.received):
        if sequence < last.get(subject, 0):
            yield Finding("disordered", "department", f"case {subject}: {sequence} after {last[subject]}")
        last[subject] = max(sequence, last.get(subject, 0))


def _assessment(books: Books) -> Iterator[Finding]:
    """Every event that counts was handled, every accepted report is a fact, each counter is the sum of its facts."""
    for event in books.events:
        if event.counts and event.id not in books.counted:
            yield Finding("lost", "assessment", f"{event.type} {event.id} was not handled")
    for told in _accepted(books):
        have = books.facts[(str(told.case_id), "incident.reported.v1")]
        if told.action == "report" and have != 1:
            kind: Kind = "doubled" if have else "lost"
            yield Finding(kind, "assessment", f"the report of case {told.case_id} is a fact {have} times")
    for name, says, facts in books.sums:
        if abs(says - facts) > 1e-6:
            kind = "doubled" if says > facts else "lost"
            yield Finding(kind, "assessment", f"counter {name} says {says}, its facts {facts}")


def _rest(books: Books) -> Iterator[Finding]:
    for what, count in books.waiting.items():
        if count:
            yield Finding("stuck", what, f"{count}")


def _seen(event: EventRow) -> Seen:
    return event.id, event.subject, event.sequence


CHECKS: tuple[Check, ...] = (
    _answered, _reports, _history, _versions, _keys, _audit_log,
    _numbering, _published, _log, _assessment, _department, _order, _rest,
)  # fmt: skip
