"""Golden messages: one whole CloudEvent for each event type in proto/events/, the contract between services.

`python -m tests.contract.golden` writes those that are missing and touches none that exist: a change of an existing
one is a change of the contract and is made by hand, with a new version of the type.
"""

import importlib
import json
from pathlib import Path
from typing import Any

from marshmallow import Schema

from services.chassis import outbox
from services.chassis.messages import Event

FOLDER = Path(__file__).parents[2] / "proto" / "events"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EVENT_ID = "01936f2a-7c00-7000-8000-0000000000ff"
SERVICES = ("registry", "incident", "patrol")


def encode(service: str, event: Event, schema: Schema) -> dict[str, Any]:
    """What the service puts on the wire for `event`, with the event id fixed."""
    row = outbox.wire(event, schema, f"/wangge/371321/{service}", TRACEPARENT)
    return {**json.loads(row["body"]), "id": EVENT_ID}


def path(event_type: str) -> Path:
    return FOLDER / f"{event_type}.json"


def read(event_type: str) -> dict[str, Any]:
    return json.loads(path(event_type).read_text("utf-8"))


def write_missing() -> None:
    for service in SERVICES:
        examples = importlib.import_module(f"tests.contract.{service}.examples").EXAMPLES
        for event_type, (event, schema) in examples.items():
            if not path(event_type).exists():
                body = json.dumps(encode(service, event, schema), ensure_ascii=False, indent=2)
                path(event_type).write_text(body + "\n", "utf-8")


if __name__ == "__main__":
    write_missing()
