"""Reads the books of patrols from a platform, read-only, and waits until they agree."""

import time

import psycopg2

from tests.faults.harness import walked
from tests.faults.harness.site import Site
from tests.faults.harness.truth import HEALING_SECONDS, asking, waiting
from tests.faults.harness.walked import Event, Walked
from tests.faults.harness.walks import Walks

STORED = "SELECT client_id, task_id::text, item, case_id FROM finding WHERE task_id = ANY(%(ids)s::uuid[])"
FINISHED = "SELECT id::text FROM task WHERE id = ANY(%(ids)s::uuid[]) AND state = 'finished'"
EVENTS = """SELECT event_id::text, e->>'subject', (e->>'sequence')::int, type, published_at IS NOT NULL,
        e->'data'->>'case_id'
    FROM (SELECT *, convert_from(body, 'UTF8')::jsonb AS e FROM outbox) AS events WHERE e->>'subject' = ANY(%(ids)s)"""
CASES = """SELECT id::text, external_reference FROM "case"
    WHERE split_part(split_part(external_reference, '#', 1), ':', 2) = ANY(%(ids)s)"""
LOGGED = "SELECT id::text FROM event WHERE subject = ANY(%(ids)s)"
NOT_SUMMED = """
    WITH says AS (
        SELECT grid, sum(asked) AS asked, sum(finished) AS finished, sum(problems) AS problems
        FROM (SELECT * FROM coverage_month UNION ALL SELECT {columns} FROM coverage_change) AS sums GROUP BY grid
    ), counted AS (
        SELECT grid, count(*) AS asked, sum(problems) AS problems,
            count(*) FILTER (WHERE state IN ('finished', 'signed', 'submitted')) AS finished
        FROM task WHERE state <> 'withdrawn' GROUP BY grid
    )
    SELECT count(*) FROM says FULL JOIN counted USING (grid)
    WHERE (coalesce(says.asked, 0), coalesce(says.finished, 0), coalesce(says.problems, 0))
        IS DISTINCT FROM (coalesce(counted.asked, 0), coalesce(counted.finished, 0), coalesce(counted.problems, 0))
""".format(columns="grid, month, patrol, person_id, asked, finished, late, overdue, excused, vacant, problems")


def settle(site: Site, walks: Walks, healed_at: float) -> Walked:
    """Let the devices hand in everything, then look until all agrees. Raises AssertionError naming what does not."""
    walks.finish()
    while True:
        books = read(site, walks)
        findings = walked.audit(books)
        now = time.monotonic()
        if not findings or now > max(healed_at, walks.done_at) + HEALING_SECONDS:
            first = "\n".join(map(str, findings[:20]))
            assert not findings, f"{len(findings)} findings {now - healed_at:.0f} s after healing:\n{first}"
            return books
        time.sleep(0.5)


def read(site: Site, walks: Walks) -> Walked:
    """The books of the tasks as they are now; what does not answer is waited for by whoever asks again."""
    try:
        return _read(site, walks)
    except (psycopg2.OperationalError, psycopg2.InterfaceError, OSError) as error:
        return Walked(handed=list(walks.handed), waiting={f"no answer: {error!r}": 1})


def _read(site: Site, walks: Walks) -> Walked:
    ids = [task["id"] for task in walks.tasks]
    books = Walked(handed=list(walks.handed))
    with asking(site, "patrol") as ask:
        books.stored = [tuple(row) for row in ask(STORED, ids=ids)]  # type: ignore[misc]
        books.finished = {row[0] for row in ask(FINISHED, ids=ids)}
        books.events = [Event(*row) for row in ask(EVENTS, ids=ids)]
        summed = ask(NOT_SUMMED)[0][0]
    with asking(site, "incident") as ask:
        books.cases = [tuple(row) for row in ask(CASES, ids=ids)]  # type: ignore[misc]
    with asking(site, "liaison") as ask:
        books.logged = [row[0] for row in ask(LOGGED, ids=ids)]
    books.waiting = {**dict(waiting(site)), "grids whose coverage is not what counting gives": summed}
    return books
