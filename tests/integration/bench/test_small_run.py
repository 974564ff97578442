"""A small run of `make bench`: everything that it measures still runs, and small lists are fast."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_small_run_measures_everything_and_holds() -> None:
    command = [sys.executable, "-m", "tests.bench", "--cases", "2000", "--only", "lists", "deadlines"]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=110, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "0 over 100 ms" in done.stdout
    assert "0 over 50 ms" in done.stdout
    assert "open deadlines" in done.stdout
