"""Reads the ledger's books from a platform, read-only, and waits until they agree."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2

from infra.demo.broker import depth
from infra.local.programs import postgres_server
from infra.local.settings import SERVICES
from infra.local.status import queues
from services.assessment.schemas import FROM_INCIDENT
from services.chassis.clock import read_ahead
from tests.faults.harness.ledger import Books, CaseRow, EventRow, Finding, audit
from tests.faults.harness.load import Load
from tests.faults.harness.site import DEPARTMENT, Site

HEALING_SECONDS = 60.0
_DEPARTMENT_WORD = 3
_COMMAND_OF = {"pass": "verify", "confirm": "evaluate"}
"""What a case's history calls otherwise than the command that did it."""

CASES = "SELECT id::text, split_part(description, ' ', 2), sequence FROM \"case\" WHERE description LIKE %(mark)s"
CHANGES = "SELECT case_id::text, action, count(*) FROM change WHERE case_id = ANY(%(ids)s::uuid[]) GROUP BY 1, 2"
ANSWERS = """SELECT caller, key, reply->>'id', (reply->>'version')::int FROM idempotency
    WHERE reply->>'id' = ANY(%(ids)s) OR key = ANY(%(keys)s)"""
AUDIT = """SELECT actor, lower(action), subject, count(*) FROM audit
    WHERE outcome = 'done' AND subject = ANY(%(ids)s) GROUP BY 1, 2, 3"""
EVENTS = """SELECT event_id::text, e->>'subject', (e->>'sequence')::int, type, published_at IS NOT NULL,
        array_append(bcc, routing_key)
    FROM (SELECT *, convert_from(body, 'UTF8')::jsonb AS e FROM outbox) AS events WHERE e->>'subject' = ANY(%(ids)s)"""
LOGGED = "SELECT id::text, subject, sequence FROM event WHERE subject = ANY(%(ids)s) ORDER BY position"
COUNTED = "SELECT event_id::text FROM inbox WHERE consumer = 'assessment.on.incident'"
FACTS = """SELECT case_id, event_type, count(DISTINCT event_id) FROM fact
    WHERE case_id = ANY(%(ids)s) GROUP BY 1, 2"""
SUMS = """WITH says AS (
        SELECT subject_kind, span, subject_id, counter, says::float FROM tally,
            jsonb_each_text(to_jsonb(tally) - ARRAY['subject_kind', 'span', 'subject_id', 'updated_at'])
                AS each(counter, says)
    ), facts AS (
        SELECT subject_kind, span, subject_id, counter, sum(counted) AS sum FROM fact,
            LATERAL (VALUES (to_char(day, 'YYYY')), (to_char(day, 'YYYY-"Q"Q')), (to_char(day, 'YYYY-MM')),
                (to_char(day, 'YYYY-MM-DD'))) AS lies_in(span)
        GROUP BY 1, 2, 3, 4
    )
    SELECT concat_ws(' ', subject_kind, span, subject_id, counter), coalesce(says, 0), coalesce(sum, 0)
    FROM says FULL JOIN facts USING (subject_kind, span, subject_id, counter)"""
UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
UNSEALED = "SELECT count(*) FROM audit WHERE sealed_no IS NULL"
OVERDUE = """SELECT count(*) FROM deadline WHERE fired_at IS NULL AND cancelled_at IS NULL
    AND not_before < now() + %(ahead)s - interval '10 s'"""
HANGING = """SELECT count(*) FROM pg_stat_activity
    WHERE state LIKE 'idle in transaction%%' AND state_change < now() - interval '5 s'"""


@dataclass(frozen=True)
class Settled:
    """How the books ended: what does not hold, and how many seconds after the healing they were last looked at."""

    seconds: float
    findings: list[Finding]
    books: Books

    def expect_nothing(self) -> None:
        """Raises AssertionError that names everything that does not hold."""
        first = "\n".join(map(str, self.findings[:20]))
        assert not self.findings, f"{len(self.findings)} findings {self.seconds:.0f} s after healing:\n{first}"


def settle(site: Site, load: Load, healed_at: float, most: float = HEALING_SECONDS) -> Settled:
    """Stop the load, then look until everything agrees or `most` seconds after `healed_at` (monotonic) have passed."""
    load.stop()
    while True:
        books = read(site, load)
        findings = audit(books)
        now = time.monotonic()
        if not findings or now > healed_at + most:
            return Settled(now - healed_at, findings, books)
        time.sleep(0.5)


def read(site: Site, load: Load) -> Books:
    """The books of the load's cases as they are now; what does not answer is waited for by whoever asks again."""
    try:
        return _read(site, load)
    except (psycopg2.OperationalError, psycopg2.InterfaceError, OSError) as error:
        return Books(told=list(load.told), waiting={f"no answer: {error!r}": 1})


def _read(site: Site, load: Load) -> Books:
    told = list(load.told)
    books = Books(told=told)
    with asking(site, "incident") as ask:
        books.cases = [CaseRow(*row) for row in ask(CASES, mark=f"% {load.mark}/%")]
        ids = sorted({case.id for case in books.cases} | {each.case_id for each in told if each.case_id})
        books.changes = Counter(
            {(case, _COMMAND_OF.get(action, action)): count for case, action, count in ask(CHANGES, ids=ids)}
        )
        keys = [each.key for each in told]
        books.answers = {(row[0], row[1]): (row[2], row[3]) for row in ask(ANSWERS, ids=ids, keys=keys)}
        books.audited = Counter({tuple(row[:3]): row[3] for row in ask(AUDIT, ids=ids)})
        books.events = [_event(row) for row in ask(EVENTS, ids=ids)]
    with asking(site, "liaison") as ask:
        books.logged = [tuple(row) for row in ask(LOGGED, ids=ids)]  # type: ignore[misc]
    with asking(site, "assessment") as ask:
        books.counted = {row[0] for row in ask(COUNTED)}
        books.facts = Counter({(case, type_): count for case, type_, count in ask(FACTS, ids=ids)})
        books.sums = [(name, float(says), float(facts)) for name, says, facts in ask(SUMS)]
    ours = set(ids)
    received = [(each["id"], each["subject"], each["sequence"]) for each in site.receipts()]
    books.received = [each for each in received if each[1] in ours]  # type: ignore[misc]
    books.waiting = dict(waiting(site))
    return books


def _event(row: Sequence[Any]) -> EventRow:
    concerns = any(key.split(".")[_DEPARTMENT_WORD] == DEPARTMENT for key in row[5])
    return EventRow(*row[:5], counts=row[3] in FROM_INCIDENT, concerns=concerns)


def waiting(site: Site) -> Iterator[tuple[str, int]]:
    for service in SERVICES:
        with asking(site, service) as ask:
            yield f"outbox of {service}", ask(UNPUBLISHED)[0][0]
            yield f"unsealed audit of {service}", ask(UNSEALED)[0][0]
            yield f"overdue deadlines of {service}", ask(OVERDUE, ahead=read_ahead(site.settings.demo_clock))[0][0]
    with closing(postgres_server(site.settings).connect()) as connection, connection.cursor() as cursor:
        cursor.execute(HANGING, {})
        yield "transactions left open", cursor.fetchone()[0]
    yield from _queues(site)


def _queues(site: Site) -> Iterator[tuple[str, int]]:
    """Ready messages as the broker has them now; unacknowledged ones as its statistics last saw them."""
    found = queues(site.settings)
    if found is None:
        yield "no answer of the broker", 1
    for queue in found or []:
        if queue["unacknowledged"]:
            yield f"unacknowledged in {queue['name']}", queue["unacknowledged"]
        if ".on." in queue["name"] or ".retry." in queue["name"] or queue["name"].startswith("department."):
            yield f"queue {queue['name']}", depth(site.amqp_uri, queue["name"]).ready


@contextmanager
def asking(site: Site, service: str) -> Iterator[Any]:
    """A function that answers one read-only statement of `service`'s database."""
    uri = site.database_uri(service).replace("postgresql+psycopg2://", "postgresql://")
    with closing(psycopg2.connect(uri, connect_timeout=5)) as connection, connection.cursor() as cursor:
        connection.set_session(readonly=True)

        def ask(statement: str, **values: Any) -> list[Any]:
            cursor.execute(statement, values)
            return cursor.fetchall()

        yield ask
