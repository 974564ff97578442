"""Writes gateway/api/assets/problems.json: what the error codes of all services mean, for the pages /problems/<code>.

A build step (`python -m gateway.collect_problems`), not part of the running gateway, which imports no service. The file
is committed, and a test says when it is out of date.
"""

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.chassis.errors import WanggeError, status_of

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "gateway" / "api" / "assets" / "problems.json"
BESIDE = (
    "services.chassis.errors",
    "services.chassis.auth",
    "services.chassis.geography",
    "services.chassis.working_calendar",
    "services.registry.plan",
)
"""Modules that define errors of their own beside a service's `errors`."""


def collect() -> dict[str, dict[str, Any]]:
    """All codes of the services with HTTP status and both sentences, placeholders and all."""
    services = sorted(f"services.{path.parent.name}.errors" for path in (ROOT / "services").glob("*/bootstrap.py"))
    for name in (*BESIDE, *services):
        importlib.import_module(name)
    ours = [error for error in tree(WanggeError) if error.__module__.startswith("services.")]
    found = {error.code: error for error in sorted(ours, key=lambda error: error.__module__)}
    return {code: _row(found[code]) for code in sorted(found)}


def tree(root: type[WanggeError]) -> Iterator[type[WanggeError]]:
    """The classes below `root` that have a code of their own."""
    for child in root.__subclasses__():
        if "code" in child.__dict__:
            yield child
        yield from tree(child)


def _row(error: type[WanggeError]) -> dict[str, Any]:
    return {"status": status_of(error).http, "zh": error.zh, "en": error.en}


def text() -> str:
    """The file's content."""
    return json.dumps(collect(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
