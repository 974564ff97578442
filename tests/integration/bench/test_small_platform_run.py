"""A trial of the parts of `make bench` that need a platform: each still builds its baseline, runs and tells ratios."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PARTS = {
    "memory": ("## Memory",),
    "reports": ("## Reporting a case", "## Looking at a case"),
    "workers": ("## Handling events",),
    "relay": ("## Relaying a backlog",),
    "delivery": ("## From a commit to a department",),
    "lives": ("## Flat",),
    "scale": ("## Scale out: apis", "## Scale out: an api that goes and comes", "## Scale out: workers"),
    "slow_disk": ("## Reporting on a slow disk",),
    "sync": ("## Handing in patrols",),
}
"""The part and what it tells of; a part that fails ends the run with another status and its traceback."""


@pytest.mark.needs_platform
@pytest.mark.timeout(420)
def test_a_trial_measures_the_platform_beside_every_baseline() -> None:
    command = [sys.executable, "-m", "tests.bench", "--cases", "2000", "--only", *PARTS]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=400, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    for titles in PARTS.values():
        for title in titles:
            assert title in done.stdout
