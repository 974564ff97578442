"""A department's program that notes when its callback was called for which event.

    python -m tests.bench.programs.receiving FILE COUNT      (WANGGE_DEPARTMENT_URI)

Writes {subject: seconds of the machine's monotonic clock} to FILE once COUNT events have come.
"""

import json
import sys
import time
from pathlib import Path

from wangge_department import Department, Event

SEEN: dict[str, float] = {}
department = Department.from_environment()


@department.on("*")
def received(event: Event) -> None:
    SEEN[event.subject] = time.monotonic()
    if len(SEEN) == int(sys.argv[2]):
        Path(sys.argv[1]).write_text(json.dumps(SEEN), encoding="utf-8")


if __name__ == "__main__":
    department.run()
