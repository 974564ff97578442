"""Servers for the tests: one PostgreSQL and one RabbitMQ for the whole session, started by the first test that asks.

Both are real, listen on free ports of 127.0.0.1, keep everything in one temporary folder and are stopped by process
id at the end. With pytest-xdist every worker process has its own pair.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from infra.local.ports import free_block
from infra.local.postgres import PostgresServer
from infra.local.process import wait_until
from infra.local.rabbitmq import PORTS, RabbitmqPorts, RabbitmqServer

WORKERS = ("gw0", "gw1", "gw2", "gw3")
_FIRST_PORT, _PORTS_EACH = 20_000, 3_000

if (worker := os.environ.get("PYTEST_XDIST_WORKER")) in WORKERS:
    first = _FIRST_PORT + WORKERS.index(worker) * _PORTS_EACH
    os.environ["WANGGE_FREE_PORTS"] = f"{first}-{first + _PORTS_EACH}"  # so that no two workers take the same


@pytest.fixture(autouse=True)
def same_environment() -> Iterator[None]:
    """What a test or the command that it calls leaves in the environment ends with the test."""
    before = dict(os.environ)
    yield
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


class TestPostgres(PostgresServer):
    """The session's server; tests take databases of their own from it."""

    __test__ = False

    def create_database(self, name: str, password: str = "for-tests") -> str:
        """A database and its role, both called `name`; returns its SQLAlchemy address."""
        return super().create_database(name, password)


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A folder that an unprivileged PostgreSQL can reach too (pytest's own folders are closed to it)."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(server_folder: Path) -> Iterator[TestPostgres]:
    """A running PostgreSQL: `.create_database(name) -> uri`, `.drop_database(name)`, `.connect()`, `.kill()`."""
    server = TestPostgres(
        server_folder / "postgres", free_block(1), secrets.token_hex(8), server_folder / "postgres.log"
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def database(postgres: TestPostgres) -> Iterator[str]:
    """The address of an empty database for one test, dropped after it."""
    name = f"test_{uuid4().hex[:12]}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


class TestRabbitmq(RabbitmqServer):
    """The session's node."""

    __test__ = False

    def until_on_disk(self, queue: str) -> None:
        """Wait until a quorum queue would survive `kill`.

        Its members' directory reaches the disk up to a second after the declaration was answered; killed before
        that, the node comes back with a queue that never elects a leader (rabbitmq-server#15725).
        """
        wait_until(lambda: self.is_on_disk(queue), seconds=15, what=f"{queue} on disk")

    def is_on_disk(self, queue: str) -> bool:
        """Whether a quorum queue would survive `kill` now."""
        directories = self.place / "data" / self.nodename / "quorum" / self.nodename / "names.dets"
        return queue.encode() in directories.read_bytes()


@pytest.fixture(scope="session")
def rabbitmq(server_folder: Path) -> Iterator[TestRabbitmq]:
    """A running node: `.amqp_uri`, `.management_uri`, `.create_vhost(name) -> uri`, `.restart()`, `.kill()`."""
    server = TestRabbitmq(
        place=server_folder / "rabbitmq",
        ports=RabbitmqPorts.block(free_block(len(PORTS))),
        user="platform",
        password=secrets.token_hex(8),
        cookie=secrets.token_hex(16),
        log=server_folder / "rabbitmq.log",
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def vhost(rabbitmq: RabbitmqServer) -> Iterator[str]:
    """The AMQP address of an empty virtual host for one test, deleted with its queues after it."""
    name = f"test-{uuid4().hex[:12]}"
    yield rabbitmq.create_vhost(name)
    rabbitmq.delete_vhost(name)
