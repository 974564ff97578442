"""A department's whole program: it prints one line for each event from the department's own queue.

It needs the library `wangge-department` and the secret in WANGGE_DEPARTMENT_URI, nothing else of the platform.
"""

import json
from datetime import UTC, datetime

from wangge_department import Department, Event

department = Department.from_environment()


@department.on("*")
def received(event: Event) -> None:
    now = datetime.now(UTC).isoformat()
    said = {"received": now, "type": event.type, "subject": event.subject, "number": event.data.get("number")}
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    department.run()
