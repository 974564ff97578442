"""What is generated from the code is committed as it would be generated, and the golden messages agree with it."""

import json
import re
import subprocess
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infra import generate
from services.incident.model.workflow import ACTIONS, STATES

GOLDEN = sorted(generate.GOLDEN.glob("*.json"))
LATER: Mapping[str, Collection[str]] = {"incident": {"actor_id", "called_fine"}}
"""Fields that events got after their version had been sent to departments."""
ROW = re.compile(r"^\| `([\w-]+)` (\S+) \| (.+?) \| (.+?) \|", re.MULTILINE)


def schema(event_type: str) -> dict[str, Any]:
    return json.loads((generate.SCHEMAS / f"{event_type}.json").read_text("utf-8"))


def test_what_is_committed_is_what_would_be_generated() -> None:
    stale = [path.relative_to(generate.ROOT).as_posix() for path in generate.differences(generate.wanted())]
    assert stale == [], "run `make generate` and commit what it writes"


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_every_golden_message_agrees_with_the_schema_that_departments_get(golden: Path) -> None:
    event = json.loads(golden.read_text("utf-8"))
    described = schema(event["type"])
    Draft202012Validator.check_schema(described)
    assert list(Draft202012Validator(described).iter_errors(event["data"])) == []


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda path: path.stem)
def test_a_newer_sender_may_add_a_field_and_none_may_leave_one_out(golden: Path) -> None:
    """But for what a version got later: the log has events from before, and a department may ask for them again."""
    event = json.loads(golden.read_text("utf-8"))
    validator = Draft202012Validator(schema(event["type"]))
    assert validator.is_valid({**event["data"], "added_later": 1})
    for name in event["data"]:
        without = {key: value for key, value in event["data"].items() if key != name}
        assert validator.is_valid(without) is (name in LATER.get(event["type"].split(".")[0], ()))


def test_every_event_has_a_golden_message_a_schema_and_a_place_in_the_page() -> None:
    types = {event_type for service in generate.services() for event_type in generate.events(service)}
    assert {path.stem for path in GOLDEN} == types
    assert {path.stem for path in generate.SCHEMAS.glob("*.json")} == types
    page = generate.EVENTS.read_text("utf-8")
    assert all(f"\n### {event_type}\n" in page for event_type in types)


def test_every_field_of_every_event_says_what_it_means() -> None:
    silent = [
        f"{path.stem}.{name}"
        for path in generate.SCHEMAS.glob("*.json")
        for name, field in schema(path.stem)["properties"].items()
        if not field.get("description")
    ]
    assert silent == []


@pytest.mark.rule("INC-02")
def test_the_readme_has_the_table_of_the_code() -> None:
    text = generate.README.read_text("utf-8")
    found = {name: (title, moves, who) for name, title, moves, who in ROW.findall(text)}
    for action in ACTIONS:
        moves = "<br>".join(f"`{source}` → `{target}`" for source, target in action.moves)
        assert found[action.name] == (action.title, moves, ", ".join(action.who))
    assert len(found) == len(ACTIONS)
    assert all(f"| `{state.name}` | {state.title} |" in text for state in STATES)


def test_the_check_names_what_differs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, schemas = tmp_path / "events.md", tmp_path / "schemas"
    schemas.mkdir()
    page.write_text("old", "utf-8")
    (schemas / "gone.v1.json").write_text("{}", "utf-8")
    (schemas / "same.v1.json").write_text("same", "utf-8")
    monkeypatch.setattr(generate, "SCHEMAS", schemas)
    files = {page: "new", schemas / "same.v1.json": "same", schemas / "fresh.v1.json": "fresh"}
    differing = [path.name for path in generate.differences(files)]
    assert differing == ["events.md", "fresh.v1.json", "gone.v1.json"]


def test_the_command_agrees() -> None:
    command = [sys.executable, "-m", "infra.generate", "--check"]
    result = subprocess.run(command, cwd=generate.ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (0, "")
