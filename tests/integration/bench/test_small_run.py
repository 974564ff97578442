"""A small run of `make bench`: everything that it measures still runs. Limits are held at full size only."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ALONE = ("lists", "open311", "registry", "assessment", "liaison", "patrol", "deadlines", "moves")
"""The parts that need no platform."""


@pytest.mark.timeout(420)
def test_a_small_run_measures_everything() -> None:
    command = [sys.executable, "-m", "tests.bench", "--cases", "2000", "--only", *ALONE]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=400, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = [int(number) for number in re.findall(r"(\d+) questions, \d+ over 100 ms", done.stdout)]
    assert len(found) == 6 and min(found) > 5, "incident, Open311, registry, assessment, liaison, patrol"
    assert re.search(r"\d+ questions, \d+ over 50 ms", done.stdout)
    assert "open deadlines" in done.stdout
    assert "follow its split | 20 |" in done.stdout
    assert "a working day less | 200 |" in done.stdout
