"""A department's program for the ledger: one line of JSON for each delivery, in the order of the callbacks.

`python -I receiving.py FILE`, with the secret in WANGGE_DEPARTMENT_URI and nothing else of the platform. A second
delivery is written down as well: the ledger says whether it may be.
"""

import json
import sys
from pathlib import Path

from wangge_department import Department, Event

department = Department.from_environment(duplicates="show")
book = Path(sys.argv[1]).open("a", encoding="utf-8")  # noqa: SIM115  # until the program ends


@department.on("*")
def received(event: Event) -> None:
    said = {"id": event.id, "subject": event.subject, "sequence": event.sequence, "type": event.type}
    book.write(json.dumps(said) + "\n")
    book.flush()


if __name__ == "__main__":
    department.run()
