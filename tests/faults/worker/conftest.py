"""A worker process of the probe service on a broker and a database of its own, and the operator beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.chassis import migrate
from tests.faults.worker.probing import Effects, Operator
from tests.integration.chassis.worker.conftest import Probe


@pytest.fixture
def probe(vhost: str, tmp_path: Path) -> Iterator[Probe]:
    """The probe service, to be started by the test; what still runs is killed after it."""
    made = Probe(vhost, tmp_path)
    yield made
    for process in made.processes:
        if process.poll() is None:
            process.kill()
            process.wait()
    print(made.log()[-6000:] if made.processes else "")


@pytest.fixture
def effects(database: str) -> Effects:
    return Effects(database)


@pytest.fixture
def operator(probe: Probe, vhost: str, rabbitmq: Any, postgres: Any, monkeypatch: Any) -> Iterator[Operator]:
    """The operator of the probe's broker; the audit log is the liaison service's, as for every queue of no service."""
    name = f"liaison_{uuid4().hex[:10]}"
    uri = postgres.create_database(name)
    migrate.upgrade("liaison", uri)
    monkeypatch.setenv("WANGGE_HOME", str(probe.folder / "none"))
    monkeypatch.setenv("WANGGE_AMQP_URI", vhost)
    monkeypatch.setenv("WANGGE_AMQP_MANAGEMENT_URI", rabbitmq.management_uri)
    monkeypatch.setenv("WANGGE_LIAISON_DATABASE_URI", uri)
    yield Operator(probe)
    postgres.drop_database(name)
