"""Worker processes that sweep at the same time fire no deadline twice; one that is killed loses none (INC-08)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from infra.local.process import wait_until
from tests.integration.chassis.things import SOMEBODY, Things

ROOT = Path(__file__).parents[2]
WANTED = [f"{number:04}" for number in range(200)]

pytestmark = pytest.mark.rule("INC-08")


@pytest.fixture
def service(database: str) -> Iterator[Things]:
    """A service whose deadlines have all passed."""
    made = Things(sa.create_engine(database), database)
    with made.work(SOMEBODY, made.clock.now()) as work:
        for subject in WANTED:
            work.deadlines.set(subject, "fade", made.clock.now())
        work.commit()
    yield made
    made.close()


def sweeper(service: Things) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.faults.sweeper", service.uri]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def fired_by(process: "subprocess.Popen[str]") -> int:
    said, _ = process.communicate(timeout=90)
    assert process.returncode == 0
    return int(said)


def each_had_its_effect_once(service: Things) -> bool:
    words = [row.word for row in service.rows("SELECT word FROM thing ORDER BY word")]
    events = service.count("outbox")
    open_ones = service.rows("SELECT 1 FROM deadline WHERE fired_at IS NULL AND cancelled_at IS NULL")
    return (words, events, open_ones) == (WANTED, len(WANTED), [])


def test_two_processes_fire_none_twice(service: Things) -> None:
    processes = [sweeper(service), sweeper(service)]
    assert sum(map(fired_by, processes)) == len(WANTED)
    assert each_had_its_effect_once(service)


def test_a_process_killed_in_the_middle_loses_none_and_repeats_none(service: Things) -> None:
    for least in (20, 60):
        process = sweeper(service)
        wait_until(lambda least=least: service.count("thing") >= least, seconds=60, what=f"{least} fired")
        process.kill()
        process.wait(30)
    left = service.rows("SELECT 1 FROM deadline WHERE fired_at IS NULL AND cancelled_at IS NULL")
    assert 0 < len(left) == len(WANTED) - service.count("thing")
    assert sum(map(fired_by, [sweeper(service), sweeper(service)])) == len(left)
    assert each_had_its_effect_once(service)
