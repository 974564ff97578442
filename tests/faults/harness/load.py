"""Clients that work while something dies, and remember what they were told.

Each lane plays the lives of cases one after the other (report and dispatch, accept, answer, verify, evaluate), every
command with an idempotency key of its own. A lane that gets no answer, a 5xx, 429 or `still-running` repeats the same
command with the same key, as docs/api.md says; a refusal ends the life. Nothing is given up while the load runs, and
for `PATIENCE` seconds after it was told to stop: what is unanswered then is `unknown`, which the ledger calls stuck.
"""

import threading
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import httpx

from infra.demo.rest import Refusal
from infra.local.process import wait_until
from services.chassis.ids import new_id
from tests.faults.harness.ledger import Told
from tests.faults.harness.site import Site

PATIENCE = 60.0
ANSWER_SECONDS = 15.0
PEOPLE = ("operator", "env-handler", "verifier")
REPORT = {
    "matter_code": "06026",
    "channel": "grid-worker",
    "replies": [{"question": "water-colour", "value": "黄"}, {"question": "smell", "value": "否"}],
}
LIFE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("env-handler", "accept", {}),
    ("env-handler", "answer", {"result": "已巡查,责令停排"}),
    ("verifier", "verify", {"passed": True}),
    ("operator", "evaluate", {"contacted": True, "solved": True, "satisfaction": "satisfied"}),
)


class Load:
    """`lanes` clients at `rate` commands a second together at most. Use it as a context manager; `told` is its book."""

    def __init__(self, site: Site, lanes: int = 4, rate: float = 12.0) -> None:
        self.site, self.mark = site, new_id()[-12:]
        self.told: list[Told] = []
        self._pause = lanes / rate
        self._stopping = threading.Event()
        self._give_up_at = float("inf")
        self._lanes = [threading.Thread(target=self._run, args=(f"lane-{n}",), daemon=True) for n in range(lanes)]
        self._people: dict[str, tuple[str, str]] = {}
        self._lives = count()

    # Life of the load

    def __enter__(self) -> "Load":
        for name in PEOPLE:
            wait_until(lambda name=name: self._signed_in(name), seconds=PATIENCE, what=f"{name} signed in")
        for lane in self._lanes:
            lane.start()
        return self

    def _signed_in(self, name: str) -> bool:
        """An api that was just exchanged may answer 503 at first; like any client, this one asks again."""
        try:
            caller = self.site.accounts.sign_in(name, anew=True)
        except Refusal as refusal:
            if refusal.status < 500:
                raise
            return False
        self._people[name] = caller.token, caller.person["person_id"]
        return True

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No new command; returns when every command is answered or its patience is over."""
        if not self._stopping.is_set():
            self._give_up_at = time.monotonic() + PATIENCE
            self._stopping.set()
        for lane in self._lanes:
            lane.join(PATIENCE + 2 * ANSWER_SECONDS)

    def more(self, count: int = 15, seconds: float = 60) -> None:
        """Wait until `count` more commands were accepted. Raises NotReady."""
        wanted = self.accepted + count
        wait_until(lambda: self.accepted >= wanted, seconds=seconds, what=f"{count} more commands accepted")

    @property
    def accepted(self) -> int:
        return sum(told.outcome == "accepted" for told in self.told)

    def accepted_between(self, begin: float, end: float) -> int:
        """How many commands were accepted between two moments of `time.monotonic`."""
        return sum(told.outcome == "accepted" and begin <= told.answered_at <= end for told in list(self.told))

    # One lane

    def _run(self, lane: str) -> None:
        base = f"{self.site.settings.gateway_url}/api/v1"
        with httpx.Client(base_url=base, timeout=ANSWER_SECONDS, trust_env=False) as http:
            while not self._stopping.is_set():
                self._live(Client(self, http, lane), next(self._lives))

    def _live(self, client: "Client", number: int) -> None:
        """One case from its report to its end. Each in another grid: a thousand of one grid, matter and day are one
        problem to the assessment, which weighs them all anew with each event."""
        mark, grids = f"{self.mark}/{number}", self.site.grids
        body = {**REPORT, "grid_code": grids[number % len(grids)], "description": f"河水发黄 {mark}"}
        told = client.tell("operator", "report", "/cases", body, mark)
        for person, action, content in LIFE:
            if told.outcome != "accepted" or self._stopping.wait(self._pause):
                return
            assert told.case_id is not None
            told = client.tell(person, action, f"/cases/{told.case_id}/{action}", content, mark, told.case_id)
        self._stopping.wait(self._pause)

    def token(self, person: str) -> str:
        return self._people[person][0]

    def person_id(self, person: str) -> str:
        return self._people[person][1]

    def given_up(self) -> bool:
        return time.monotonic() > self._give_up_at

    def note(self, told: Told) -> Told:
        self.told.append(told)
        return told


class Client:
    """One lane's connection, which repeats until it is answered."""

    def __init__(self, load: Load, http: httpx.Client, lane: str) -> None:
        self._load, self._http, self._lane = load, http, lane

    def tell(
        self, person: str, action: str, path: str, body: dict[str, Any], mark: str, case_id: str | None = None
    ) -> Told:
        """Send one command until it is answered; what the client was told, written down."""
        key = new_id()
        headers = {"Authorization": f"Bearer {self._load.token(person)}", "Idempotency-Key": key}
        attempts, begun, reply = 0, time.monotonic(), None
        while reply is None and not (attempts and self._load.given_up()):
            attempts += 1
            reply = self._once(lambda: self._http.post(path, json=body, headers=headers))
        answer = reply.json() if reply is not None else {}
        accepted = reply is not None and reply.is_success
        return self._load.note(
            Told(
                client=self._lane,
                actor=self._load.person_id(person),
                key=key,
                action=action,
                mark=mark,
                outcome="unknown" if reply is None else "accepted" if accepted else "refused",
                case_id=answer["id"] if accepted else case_id,
                version=answer["version"] if accepted else None,
                said="" if reply is None or accepted else f"{reply.status_code} {answer.get('code')}",
                attempts=attempts,
                begun_at=begun,
                answered_at=time.monotonic(),
            )
        )

    def _once(self, send: Callable[[], httpx.Response]) -> httpx.Response | None:
        """The answer, or None where the same command has to be sent again."""
        try:
            reply = send()
        except httpx.TransportError:
            reply = None
        if reply is None or must_repeat(reply):
            time.sleep(0.3)  # as a client does: Retry-After says 1, the fault is over sooner
            return None
        return reply


def must_repeat(reply: httpx.Response) -> bool:
    """Whether the answer leaves open what has happened."""
    if reply.status_code >= 500 or reply.status_code == 429:
        return True
    return reply.status_code == 409 and reply.json().get("code") == "still-running"
