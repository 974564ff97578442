"""`python -m infra.generate [--check]`: what is written down twice, from the one place where it is decided.

- the table of the workflow in services/incident/README.md, from its model
- docs/tables.md: the columns of the tables that are imported and exported
- docs/events.md: every event of every service, from its schemas, with the golden message as example
- a JSON Schema (2020-12) of every event's data for the department developer's library

`--check` writes nothing and exits 1, naming the files, when what is committed is not what would be generated.
"""

import importlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema

from infra import table_pages

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "services" / "incident" / "README.md"
EVENTS = ROOT / "docs" / "events.md"
TABLES = ROOT / "docs" / "tables.md"
GOLDEN = ROOT / "proto" / "events"
SCHEMAS = ROOT / "services" / "liaison" / "client" / "wangge_department" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

Property = Mapping[str, Any]


# --- events ---------------------------------------------------------------------------------------------------------


def services() -> list[str]:
    """The services by name."""
    return sorted(path.parent.name for path in (ROOT / "services").glob("*/bootstrap.py"))


def events(service: str) -> dict[str, Schema]:
    """Event type to the schema of its data, for the events that `service` sends."""
    module = importlib.import_module(f"services.{service}.schemas")
    found = {event.TYPE: schema for event, schema in getattr(module, "EVENTS", {}).items()}
    return dict(sorted(found.items()))


def json_schema(event_type: str, schema: Schema) -> dict[str, Any]:
    """The JSON Schema of an event's data. Fields that it does not name are allowed: newer senders may add some."""
    spec = APISpec("", "", "3.1.0")
    converter: Any = OpenAPIConverter("3.1.0", schema_name_resolver=lambda _: None, spec=spec)
    described = converter.schema2jsonschema(schema)
    described.pop("additionalProperties", None)
    return {"$schema": DIALECT, "title": event_type, "description": _meaning(schema), **described}


def _meaning(schema: Schema) -> str:
    return " ".join((type(schema).__doc__ or "").split())


def schema_files() -> dict[Path, str]:
    """Path to content of every event's JSON Schema."""
    return {
        SCHEMAS / f"{event_type}.json": json.dumps(json_schema(event_type, schema), ensure_ascii=False, indent=2) + "\n"
        for service in services()
        for event_type, schema in events(service).items()
    }


# --- docs/events.md ---------------------------------------------------------------------------------------------------

PREFACE = """# Events

<!-- Written by `make generate` from the services' schemas and proto/events/; change those. -->

What the platform's services tell one another and the departments: facts, in the past tense, without personal data.
Envelope, routing keys and queues are described in [conventions.md](conventions.md), how a department receives events in
[department-developer.md](department-developer.md). Here is what stands in `data`, with one example of each whole event.
A new optional field keeps the version; anything else is a new version, sent beside the old one until consumers have
moved.
"""


def events_page() -> str:
    """The text of docs/events.md."""
    parts = [PREFACE, _contents()]
    for service in services():
        if found := events(service):
            parts.append(f"## {service}\n")
            parts += [_event(event_type, schema) for event_type, schema in found.items()]
    return "\n".join(parts)


def _contents() -> str:
    rows = [
        f"| [`{event_type}`](#{event_type.replace('.', '')}) | {_meaning(schema)} |"
        for service in services()
        for event_type, schema in events(service).items()
    ]
    return "\n".join(["| type | 含义 |", "|---|---|", *rows, ""])


def _event(event_type: str, schema: Schema) -> str:
    described = json_schema(event_type, schema)
    required = set(described.get("required", ()))
    rows = [
        f"| `{name}` | {_kind(each)}{'' if name in required else ', optional'} | {each.get('description', '')} |"
        for name, each in described["properties"].items()
    ]
    table = ["| field | type | 含义 |", "|---|---|---|", *rows]
    return "\n".join([f"### {event_type}", "", _meaning(schema), "", *table, "", *_example(event_type)])


def _example(event_type: str) -> list[str]:
    path = GOLDEN / f"{event_type}.json"
    if not path.exists():
        return []
    example = json.loads(path.read_text("utf-8"))
    return ["```json", json.dumps(_shortened(example), ensure_ascii=False, indent=2), "```", ""]


def _shortened(value: Any, depth: int = 0) -> Any:
    """The example without what would fill pages: a whole plan, a boundary's points."""
    if depth > 3 and isinstance(value, (dict, list)) and len(json.dumps(value)) > 200:
        return "…"
    if isinstance(value, dict):
        return {key: _shortened(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_shortened(each, depth + 1) for each in value]
    return value


def _kind(each: Property) -> str:
    """The type of a field in words: `string, null`, `one of a, b`, `array of string`."""
    if allowed := each.get("enum"):
        return ", ".join(f"`{json.dumps(value, ensure_ascii=False)}`" for value in allowed)
    kinds = each.get("type", "any")
    words = ", ".join(kinds) if isinstance(kinds, list) else kinds
    if "format" in each:
        words = f"{words} ({each['format']})"
    return f"{words} of {_kind(each['items'])}" if "items" in each else words


# --- the workflow in the incident service's README --------------------------------------------------------------------


def workflow_table() -> str:
    """The states and actions of a case as Markdown."""
    workflow = importlib.import_module("services.incident.model.workflow")
    states = [
        f"| `{state.name}` | {state.title} | {workflow.STAGES[state.stage]} | {'是' if state.final else ''} |"
        for state in workflow.STATES
    ]
    actions = [
        f"| `{action.name}` {action.title} | {_moves(action.moves)} | {', '.join(action.who)} |"
        f" {'理由' if action.reason else ''} | {action.note} |"
        for action in workflow.ACTIONS
    ]
    head = ["| action | from → to | who may | needs | |", "|---|---|---|---|---|"]
    return "\n".join(["| state | 名称 | 阶段 | 终态 |", "|---|---|---|---|", *states, "", *head, *actions])


def _moves(moves: Iterable[tuple[str, str]]) -> str:
    return "<br>".join(f"`{source}` → `{target}`" for source, target in moves)


def readme() -> str:
    """The incident service's README with its generated part renewed. Raises LookupError where the marks are gone."""
    text = README.read_text("utf-8")
    pattern = re.compile(r"(<!-- generated from [^>]*: workflow -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise LookupError(f"{README.name} has no marks around the workflow")
    return pattern.sub(lambda found: f"{found[1]}\n{workflow_table()}\n\n{found[2]}", text)


# --- the command ------------------------------------------------------------------------------------------------------


def wanted() -> dict[Path, str]:
    """Every generated file and its content."""
    return {README: readme(), EVENTS: events_page(), TABLES: table_pages.page(), **schema_files()}


def differences(files: Mapping[Path, str]) -> Iterator[Path]:
    """The files that are missing or different, and schemas of events that are no longer sent."""
    for path, content in files.items():
        if not path.exists() or path.read_text("utf-8") != content:
            yield path
    yield from (path for path in SCHEMAS.glob("*.json") if path not in files)


def main() -> None:
    """Write what differs, or with `--check` name it."""
    files = wanted()
    stale = sorted(differences(files))
    if "--check" in sys.argv[1:]:
        if stale:
            sys.exit("not what `make generate` gives:\n  " + "\n  ".join(str(path.relative_to(ROOT)) for path in stale))
        return
    for path in stale:
        if path in files:
            path.write_text(files[path], "utf-8")
        else:
            path.unlink()


if __name__ == "__main__":
    main()
