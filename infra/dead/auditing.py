"""Each letter sent again or given up is an entry in the audit log of the service whose queue it was (PRV-03)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import sqlalchemy as sa

from infra.dead.letters import Letter
from infra.dead.showing import printable
from infra.local.settings import SERVICES
from services.chassis import audit
from services.chassis.clock import SystemClock

ACTOR = "operator"
MOST = 200
"""Characters of what a message says of itself."""
OTHERS = "liaison"
"""Audits what is no service's own queue: departments take part through it."""


def auditor(queue: str) -> str:
    """The service in whose log the fate of a letter for `queue` (`<consumer>.on.<producer>`, `department.…`) stands."""
    consumer = queue.partition(".on.")[0]
    return consumer if consumer in SERVICES else OTHERS


class Auditing:
    """Writes entries; one engine for each service. Raises click.ClickException where its database does not answer."""

    def __init__(self) -> None:
        self._engines: dict[str, sa.Engine] = {}

    @contextmanager
    def entry(self, action: str, letter: Letter, **detail: Any) -> Iterator[None]:
        """Write the entry, run the block, commit: an entry stands for what was done, and nothing is done without."""
        subject = printable(letter.id)[:MOST]
        try:
            with self._engine(letter.queue).begin() as connection:
                entry = audit.Entry(SystemClock().now(), ACTOR, action, subject, "done", {**_facts(letter), **detail})
                audit.write(connection, entry)
                yield
        except sa.exc.DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(
                f"审计日志写不进去,未处理任何死信:{reason}\nThe audit log cannot be written, the letter stays: {reason}"
            ) from error

    def close(self) -> None:
        for engine in self._engines.values():
            engine.dispose()

    def _engine(self, queue: str) -> sa.Engine:
        service = auditor(queue)
        if service not in self._engines:
            uri = os.environ[f"WANGGE_{service.upper()}_DATABASE_URI"]
            self._engines[service] = sa.create_engine(uri, connect_args={"connect_timeout": 5})
        return self._engines[service]


def _facts(letter: Letter) -> dict[str, Any]:
    said = {name: printable(getattr(letter, name) or "")[:MOST] or None for name in ("type", "case")}
    return {"queue": letter.queue, "attempts": letter.attempts, "sha256": letter.sha256, "size": letter.size, **said}
