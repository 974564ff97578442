"""Devices that hand in patrols while something dies, and remember what they were told (PAT-11).

Each lane walks one task after the other: batches of two items, one of them a problem, and at the end that the walk is
over. A batch that gets no answer is sent again: by some devices with its idempotency key, by others without it, as one
does whose program was stopped. Every entry keeps its client id.
"""

import itertools
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx

from infra.local.process import wait_until
from services.chassis.ids import new_id
from tests.faults.harness.load import ANSWER_SECONDS, PATIENCE, must_repeat
from tests.faults.harness.site import Site
from tests.faults.harness.walked import Handed

Values = dict[str, Any]
WALKER = "member"
BATCH = 2


class Walks:
    """`lanes` devices of one person that walk `tasks`. Use it as a context manager; `handed` is its book."""

    def __init__(self, site: Site, tasks: Sequence[Values], items: Sequence[str], lanes: int = 4) -> None:
        self.site, self.tasks = site, tasks
        self.handed: list[Handed] = []
        self.repeated = 0
        self._items, self._left = items, deque(tasks)
        self._token = site.accounts.sign_in(WALKER, anew=True).token
        self._give_up_at = float("inf")
        self.done_at = 0.0
        self._lanes = [threading.Thread(target=self._run, args=(n,), daemon=True) for n in range(lanes)]

    def __enter__(self) -> "Walks":
        for lane in self._lanes:
            lane.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.finish()

    def finish(self) -> None:
        """Returns when everything is handed in, or a minute's patience is over."""
        self._give_up_at = time.monotonic() + PATIENCE
        for lane in self._lanes:
            lane.join(PATIENCE + 2 * ANSWER_SECONDS)
        self.done_at = self.done_at or time.monotonic()

    def more(self, entries: int) -> None:
        """Wait until so many more entries were answered. Raises NotReady."""
        wanted = len(self.handed) + entries
        wait_until(lambda: len(self.handed) >= wanted, seconds=PATIENCE, what=f"{entries} more entries handed in")

    def _run(self, lane: int) -> None:
        base = f"{self.site.settings.gateway_url}/api/v1"
        with httpx.Client(base_url=base, timeout=ANSWER_SECONDS, trust_env=False) as http:
            while self._left:
                try:
                    task = self._left.popleft()
                except IndexError:
                    return
                for entries in batches(task, self._items):
                    self._hand_in(http, entries, keeps_key=lane % 2 == 0)

    def _hand_in(self, http: httpx.Client, entries: list[Values], keeps_key: bool) -> None:
        key, attempts, reply = new_id(), 0, None
        while reply is None and not (attempts and time.monotonic() > self._give_up_at):
            attempts += 1
            reply = self._once(http, entries, key if keeps_key else new_id())
        self.repeated += attempts > 1
        told = reply.json().get("items", []) if reply is not None else []
        said = {each["client_id"]: each for each in told}
        self.handed += [
            Handed.of(entry, said.get(entry["client_id"]), reply.status_code if reply is not None else 0)
            for entry in entries
        ]

    def _once(self, http: httpx.Client, entries: list[Values], key: str) -> httpx.Response | None:
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        try:
            reply = http.post("/patrol/sync", json={"entries": entries}, headers=headers)
        except httpx.TransportError:
            reply = None
        if reply is None or must_repeat(reply):
            time.sleep(0.3)
            return None
        return reply


def batches(task: Values, items: Sequence[str]) -> Iterator[list[Values]]:
    """What a device kept of one task, part by part."""
    for at in range(0, len(items), BATCH):
        yield [_entry(task, item=item, **_answer(number)) for number, item in enumerate(items[at : at + BATCH])]
    yield [_entry(task, rest="fine")]


def _entry(task: Values, **said: Any) -> Values:
    return {"client_id": new_id(), "task_id": task["id"], "at": datetime.now(UTC).isoformat(), **said}


def _answer(number: int) -> Values:
    return {"answer": "problem", "words": "需要处理"} if number == 0 else {"answer": "fine"}


def appointed(site: Site, count: int) -> tuple[list[Values], list[str]]:
    """Make the walker the member of so many grids; the tasks of today there, and the items of their checklist."""
    admin, walker = site.accounts.sign_in("system-admin", anew=True), site.accounts.sign_in(WALKER, anew=True)
    person = walker.person["person_id"]
    villages = admin.pages("/grids", prefix=site.settings.county, kind="area", level=3)
    codes = {each["code"] for each in itertools.islice(villages, count)}
    held = {each["grid_code"] for each in admin.pages("/posts", person_id=person, post="member")}
    for code in sorted(codes - held):
        admin.post("/posts", person_id=person, grid_code=code, post="member", starts="2026-01-01")
    found: list[Values] = []

    def there() -> bool:
        day = walker.get("/patrol/day")["day"]
        tasks = walker.pages("/patrol/tasks", mine=True, patrol="daily", since=day, until=day)
        found[:] = [each for each in tasks if each["grid"] in codes]
        return len(found) == len(codes)

    wait_until(there, seconds=PATIENCE, what=f"{len(codes)} tasks of today")
    items = [each["key"] for each in walker.get(f"/patrol/tasks/{found[0]['id']}")["items"]]
    return found, items
