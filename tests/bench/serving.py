"""The incident service's api and the gateway as processes of their own, and the time that they really ran."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from infra.local import process
from infra.local.keys import ensure_field_key, ensure_token_keys
from infra.local.ports import answers, free_block
from infra.local.settings import SERVICES

READY_SECONDS = 60

BACKENDS = sa.text(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


@dataclass(frozen=True)
class Serving:
    """A gateway before one service, and the engine of the service's database."""

    url: str
    pids: tuple[int, ...]
    engine: sa.Engine
    includes_caller = False

    def core_seconds(self) -> float:
        """Time on a core so far: gateway, api and every backend of the database."""
        with self.engine.connect() as connection:
            backends = list(connection.scalars(BACKENDS))
        return sum(map(_core_seconds, (*self.pids, *backends)))


def _core_seconds(pid: int) -> float:
    """Of all threads that a process has; the kernel counts nanoseconds."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def serving(uri: str, engine: sa.Engine, folder: Path) -> Iterator[Serving]:
    """Both run until the end; they are started as `wangge` starts them. `folder` takes keys and logs."""
    first = free_block(2)
    ensure_token_keys(folder / "private.json", folder / "public.json")
    ensure_field_key(folder / "field.key")
    environment = {
        **os.environ,
        "WANGGE_HOME": str(folder),
        "WANGGE_PORT": str(first),
        "WANGGE_TOKEN_PUBLIC_KEYS": str(folder / "public.json"),
        "WANGGE_TOKEN_PRIVATE_KEY": str(folder / "private.json"),
        "WANGGE_FIELD_KEY": str(folder / "field.key"),
        "WANGGE_INCIDENT_DATABASE_URI": uri,
        "WANGGE_OPEN311_PER_ADDRESS": "100000/minute",
        **{f"WANGGE_{name.upper()}_GRPC_ADDRESS": f"127.0.0.1:{first + 1}" for name in SERVICES},
    }
    with ExitStack() as stack:
        pids = []
        for port, role in ((first + 1, ["api", "incident"]), (first, ["gateway"])):
            log = folder / f"{role[0]}.log"
            started = process.spawn([sys.executable, "-m", "infra.cli", *role], log=log, env=environment)
            stack.callback(process.stop, started)
            process.wait_ready(
                started, lambda port=port: answers(port), seconds=READY_SECONDS, what=" ".join(role), log=log
            )
            pids.append(started.pid)
        yield Serving(f"http://127.0.0.1:{first}", tuple(pids), engine)
