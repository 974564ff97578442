"""What is beside a worker process of the probe service: the effects in its database, and the operator."""

import json
from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner, Result

from infra.dead import group
from infra.local.process import wait_until
from services.chassis import tables
from tests.integration.chassis.worker.conftest import Probe


class Effects:
    """The database in which the probe's handler `effect` writes one row for each event, by its inbox."""

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self._engine = sa.create_engine(uri, poolclass=sa.NullPool)
        tables.CHASSIS.create_all(self._engine)
        with self._engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE effect (id text)"))

    def ids(self) -> list[str]:
        """The events that had their effect, as often as they had it."""
        with self._engine.connect() as connection:
            return [row.id for row in connection.execute(sa.text("SELECT id FROM effect ORDER BY id"))]

    def until(self, ids: list[str], seconds: float = 60) -> None:
        """Wait until each of `ids` had its effect exactly once, and nothing else had one."""
        wait_until(lambda: len(self.ids()) >= len(ids), seconds=seconds, what=f"{len(ids)} effects")
        assert self.ids() == sorted(ids)


class Operator:
    """Calls `wangge dead` for the probe's queue."""

    def __init__(self, probe: Probe) -> None:
        self._probe = probe

    def run(self, *arguments: str) -> Result:
        result = CliRunner().invoke(group, [*arguments, "--queue", self._probe.queue])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def done(self, *arguments: str) -> dict[str, Any]:
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def letters(self) -> list[dict[str, Any]]:
        """What lies there now; returns when it can be looked at again."""
        found = self.done("list", "--size", "1000")["items"]
        wait_until(
            lambda: self._probe.depth(self._probe.dead) == len(found), seconds=30, what="letters back in their queue"
        )
        return found
