"""What devices kept comes in: 300 of them, 40 results each, in one batch of `POST /patrol/sync` (PAT-11).

Through gateway, gRPC and database, with relay and worker at work: each batch holds a problem, which becomes a case.
"""

import itertools
import json
import statistics
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg2.extras import execute_values

from services.chassis.auth import Issuer, Principal
from services.chassis.ids import new_id
from tests.bench.client import load, request
from tests.bench.county_platform import CountyPlatform
from tests.bench.ratios import HEAD, ROUNDS, Series
from tests.bench.report import Report

DEVICES, RESULTS = 300, 40
MOST = 10.0
"""Times the median, the 99th percentile of a batch may take."""
SECONDS = 300.0
_PLAN = "SELECT name FROM plan ORDER BY activated_at DESC LIMIT 1"
_ITEMS = """
    SELECT class->>'id' || '/' || (item->>'id')
    FROM plan, jsonb_array_elements(section->'patrols') AS patrol, jsonb_array_elements(section->'checklists') AS list,
        jsonb_array_elements(list->'classes') AS class, jsonb_array_elements(class->'items') AS item
    WHERE name = %s AND patrol->>'id' = 'daily' AND list->>'id' = patrol->>'checklist'
"""
_TASK = "INSERT INTO task (id, patrol, name, grid, person_id, day, until, number, plan, state) VALUES %s"
_STORED = "SELECT count(*) FROM finding WHERE task_id = ANY(%s::uuid[])"
_FINISHED = "SELECT count(*) FROM task WHERE id = ANY(%s::uuid[]) AND finished_at IS NOT NULL"


class Devices:
    """So many people with some overdue patrols each, and what they kept of them."""

    def __init__(self, stage: CountyPlatform, count: int) -> None:
        self._stage = stage
        self._issuer = Issuer.from_file(stage.settings.keys / "private.json")
        with closing(stage.postgres.connect("patrol")) as connection, connection.cursor() as cursor:
            cursor.execute(_PLAN)
            plan = cursor.fetchone()[0]
            cursor.execute(_ITEMS, (plan,))
            self._items = [name for (name,) in cursor.fetchall()]
            self.outcomes: Counter[str] = Counter()
            each = -(-RESULTS // len(self._items))
            self._people = [(new_id(), [new_id() for _ in range(each)]) for _ in range(count)]
            execute_values(cursor, _TASK, list(self._rows(plan)))

    def _rows(self, plan: str) -> Iterator[tuple[Any, ...]]:
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        places = itertools.cycle(self._stage.places)
        for (person, tasks), (grid, _, _) in zip(self._people, places, strict=False):
            for back, task in enumerate(tasks):
                day = yesterday - timedelta(days=back)
                yield task, "daily", "日巡查", grid, person, day, day, 1, plan, "overdue"

    def batches(self) -> Iterator[bytes]:
        """One request of each device."""
        url = f"{self._stage.settings.gateway_url}/api/v1/patrol/sync"
        for person, tasks in self._people:
            principal = Principal(person, "网格员", frozenset({"grid-member"}), areas=(self._stage.settings.county,))
            token = self._issuer.issue(principal, timedelta(hours=1))[0]
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_id()}
            yield request("POST", url, headers, {"entries": list(self._entries(tasks))})

    def _entries(self, tasks: list[str]) -> Iterator[dict[str, Any]]:
        """RESULTS of them, the last of which ends the first walk."""
        places = itertools.islice(itertools.product(tasks, self._items), RESULTS - 1)
        for number, (task, item) in enumerate(places):
            found = {"answer": "problem", "words": "路边堆放垃圾"} if number == 0 else {"answer": "fine"}
            yield self._entry(task, item=item, **found)
        yield self._entry(tasks[0], rest="fine")

    def _entry(self, task: str, **said: Any) -> dict[str, Any]:
        return {"client_id": new_id(), "task_id": task, "at": datetime.now(UTC).isoformat(), **said}

    def note(self, body: bytes) -> None:
        self.outcomes.update(each["outcome"] for each in json.loads(body)["items"])

    def lost(self) -> int:
        """How many results were taken and are not there, or were not taken."""
        ids = [task for _, tasks in self._people for task in tasks]
        with closing(self._stage.postgres.connect("patrol")) as connection, connection.cursor() as cursor:
            cursor.execute(_STORED, (ids,))
            stored = cursor.fetchone()[0]
            cursor.execute(_FINISHED, (ids,))
            stored += cursor.fetchone()[0]
        wanted = len(self._people) * RESULTS
        return abs(wanted - stored) + abs(wanted - self.outcomes["accepted"])


def of_sync(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """Batches of all devices, as fast as they are answered; in each round other devices."""
    series, lost, count = Series("batches"), 0, DEVICES if whole else 10
    for _ in range(ROUNDS if whole else 1):
        devices = Devices(stage, count)
        series.take(load(stage.settings.port, devices.batches(), SECONDS, body=devices.note))
        lost += devices.lost()
        stage.settle()
    times = statistics.median(series.most) / statistics.median(series.half)
    said = f"{count} devices, {RESULTS} results in a batch, one a problem; 16 connections, relay and worker at work."
    asked = f"p99 at most {MOST:.0f} times the median is asked; reached: {times:.1f}. Results lost: {lost}."
    rate = f"{series.rate * RESULTS:,.0f} results a second."
    report.add("Handing in patrols", said, "", HEAD, series.row(series), "", f"{asked} {rate}")
    if lost or (whole and times > MOST):
        report.failures.append(f"handing in patrols: {asked}")
