"""A running platform for bad input: one town's people, sign-ins, and what the platform keeps.

The real processes (gateway, apis, relay, worker, PostgreSQL, RabbitMQ) on ports of their own, with the demo county's
divisions and grids, and of its people only those who can sign in, so that loading takes seconds.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg2
import pytest

from infra.demo.accounts import STORY, Accounts
from infra.demo.arrival import wait_for_copies
from infra.demo.county import County, load_county
from infra.demo.divisions import P2_TOWN
from infra.demo.loading import Loading
from infra.demo.people import STORY_GRID
from infra.demo.rest import Caller, Rest
from infra.local.operator import operator_token
from infra.local.platform import Platform
from infra.local.ports import free_block
from infra.local.settings import PORTS_PER_PLATFORM, SERVICES, Settings
from services.chassis.auth import Issuer, Principal
from services.chassis.ids import new_id

SECONDS = 60.0
PATIENCE = "30"
"""Seconds that the gateway waits for a service: a busy machine is no bad input."""
Counts = dict[str, int]


@dataclass
class Town:
    """The platform and its door. `http` asks the gateway; `caller(name)` is somebody who is signed in."""

    settings: Settings
    county: County
    accounts: Accounts
    http: httpx.Client
    stranger: str
    """The username of a grid leader of another town."""

    def caller(self, username: str) -> Caller:
        return self.accounts.sign_in(username)

    def ask(self, username: str | None, method: str, path: str, **request: Any) -> httpx.Response:
        """One request below /api/v1, signed in as `username`; a write gets a key of its own unless it says one."""
        headers = {"Idempotency-Key": new_id(), **request.pop("headers", {})}
        if username is not None:
            headers = {"Authorization": f"Bearer {self.caller(username).token}", **headers}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **request)

    def report(self, username: str = "member", **changed: Any) -> httpx.Response:
        """Report a plain case in the story's grid, with `changed` fields; None takes a field out."""
        plain = {"matter_code": "06010", "description": "暴露垃圾", "grid_code": STORY_GRID, "channel": "grid-worker"}
        body = {name: value for name, value in {**plain, **changed}.items() if value is not None}
        return self.ask(username, "POST", "/cases", json=body)

    @cached_property
    def issuer(self) -> Issuer:
        """Signs as the registry does, with the platform's own key."""
        return Issuer.from_file(self.settings.keys / "private.json")

    def token(self, *roles: str, person: str = "", lifetime: timedelta = timedelta(hours=2), **said: Any) -> str:
        """A token of the platform for somebody with `roles` in the whole county."""
        person = person or self.caller("member").person["person_id"]
        principal = Principal(person, "某人", frozenset(roles), **{"areas": (self.settings.county,), **said})
        return self.issuer.issue(principal, lifetime)[0]

    # ---- what the platform keeps

    def rows(self, *services: str) -> Counts:
        """Rows of every table of the databases of `services`, or of all, by service.table."""
        return {
            f"{service}.{table}": count
            for service in services or SERVICES
            for table, count in self._rows_of(service).items()
        }

    def _rows_of(self, service: str) -> Counts:
        with self.database(service) as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            names = [name for (name,) in cursor.fetchall()]
            counts = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
            cursor.execute(counts)
            return dict(cursor.fetchall())

    def settled_rows(self) -> Counts:
        """`rows` of all once what was written before has reached every service: outboxes and queues are empty."""
        wait_for_copies(self.settings, self.caller("county-leader"))
        return self.rows()

    @contextmanager
    def database(self, service: str) -> Iterator[Any]:
        """A cursor on the database of `service`."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.settings.port_of("postgres"), dbname=service, user=service,
            password=self.settings.database_password(service),
        )  # fmt: skip
        try:
            yield connection.cursor()
        finally:
            connection.close()

    def megabytes(self, role: str) -> float:
        """Resident memory of the process `role` (gateway, api, relay, worker) and its children."""
        process = psutil.Process(Platform(self.settings).supervisor.processes()[role].pid)
        return sum(each.memory_info().rss for each in (process, *process.children(recursive=True))) / 1024**2

    def log(self, name: str) -> list[dict[str, Any]]:
        """The lines of a process's log, each of which is one JSON object. Raises ValueError for one that is not."""
        return [json.loads(line) for line in (self.settings.logs / f"{name}.log").read_bytes().splitlines()]


@contextmanager
def running_town() -> Iterator[Town]:
    """A fresh platform with its county; stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-badinput-"))
    folder.chmod(0o711)
    settings = Settings(folder / "home", free_block(PORTS_PER_PLATFORM), "371321", "Asia/Shanghai", None)
    platform = Platform(settings)
    try:
        with ExitStack() as stack:
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv("WANGGE_GATEWAY_DEADLINE_SECONDS", PATIENCE)
                stack.enter_context(platform.running(lambda _: None))
            rest = stack.enter_context(Rest(settings.gateway_url))
            http = httpx.Client(base_url=settings.gateway_url, timeout=SECONDS, trust_env=False)
            yield _loaded(settings, rest, stack.enter_context(http))
    finally:
        for place in (*platform.data_folders(), folder):
            shutil.rmtree(place, ignore_errors=True)


def _loaded(settings: Settings, rest: Rest, http: httpx.Client) -> Town:
    county, stranger = _small_county()
    accounts = Accounts.of(settings.home, rest)
    loading = Loading(accounts, county, rest.with_token(operator_token(settings)), lambda *_: None)
    loading.run()
    wait_for_copies(settings, accounts.sign_in("county-leader"))
    security = accounts.sign_in("security-admin")
    accounts.replace(stranger, security.post(f"/people/{loading.ids[stranger]}/password")["password"])
    return Town(settings, county, accounts, http, stranger)


def _small_county() -> tuple[County, str]:
    """The demo county with the people of the story, and one leader of another town's grid."""
    whole = load_county()
    town = next(each.prefix for each in whole.divisions if each.kind == "town" and each.code != P2_TOWN)
    stranger = next(post.username for post in whole.posts if (post.grid or "").startswith(f"{town}000"))
    wanted = {*STORY, stranger}
    people = tuple(person for person in whole.people if person.username in wanted)
    posts = tuple(post for post in whole.posts if post.username in wanted)
    return replace(whole, people=people, posts=posts), stranger
