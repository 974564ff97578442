"""What holds of the model holds in a worker's process as well, where eventlet has taken the place of threads.

Deadlines and events of others move cases there; what a library wants of threads beyond eventlet fails only there.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
GREEN = "import eventlet; eventlet.monkey_patch(); import sys, pytest; sys.exit(pytest.main(sys.argv[1:]))"
PLAIN = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-o", "timeout=0")


def test_the_models_laws_hold_in_a_green_process() -> None:
    laws = [str(HERE / f"test_{name}.py") for name in ("workflow", "climbing", "returning", "whistle", "following")]
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", GREEN, *PLAIN, *laws],
        cwd=HERE.parents[2], capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
