"""The house rules of docs/conventions.md that a program can check: names, sizes, the same modules everywhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for name in ("services", "gateway", "infra") for path in (ROOT / name).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
SERVICES = sorted(path.parent for path in ROOT.glob("services/*/bootstrap.py"))
MODULES = (
    *("model", "messages", "errors", "handlers", "ports", "tables", "repository", "queries", "schemas"),
    *("visibility", "api", "worker", "bootstrap", "migrations"),
)
NAMELESS = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "shared", "base", "core"}
COMMAND_LINES = ("infra/", "services/liaison/client/wangge_department/command.py")
MOST_LINES, MOST_IN_FUNCTION = 400, 45


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def is_migration(path: Path) -> bool:
    """A migration lists tables; it is written once and never grows."""
    return "/migrations/versions/" in name(path)


def test_modules_are_named_after_the_field_and_not_after_nothing() -> None:
    parts = {part for path in [*SOURCES, *TESTS] for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & NAMELESS == set()


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_every_service_has_the_same_modules(service: Path) -> None:
    there = {path.stem for path in service.iterdir()}
    assert set(MODULES) - there == set()
    assert (service / "README.md").exists()


def test_modules_stay_under_four_hundred_lines() -> None:
    lengths = {name(path): path.read_text("utf-8").count("\n") for path in SOURCES}
    assert {path: count for path, count in lengths.items() if count > MOST_LINES} == {}


def test_functions_stay_under_forty_five_lines() -> None:
    long = [
        f"{name(path)}:{each.lineno} {each.name} has {each.end_lineno - each.lineno + 1} lines"
        for path in SOURCES
        if not is_migration(path)
        for each in functions(path)
        if each.end_lineno is not None and each.end_lineno - each.lineno >= MOST_IN_FUNCTION
    ]
    assert long == []


def test_most_functions_are_short() -> None:
    lengths = sorted(
        each.end_lineno - each.lineno + 1 for path in SOURCES for each in functions(path) if each.end_lineno is not None
    )
    assert lengths[len(lengths) // 2] <= 9
    assert lengths[len(lengths) * 9 // 10] <= 20


def test_nothing_is_printed_but_by_commands() -> None:
    printing = [
        f"{name(path)}:{node.lineno}"
        for path in SOURCES
        if not name(path).startswith(COMMAND_LINES)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


def test_every_module_says_what_it_guarantees() -> None:
    silent = [
        name(path)
        for path in SOURCES
        if path.name not in ("__init__.py", "env.py") and not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "raise NotImpl" + "emented")
    left = [name(path) for path in SOURCES if any(word in path.read_text("utf-8") for word in words)]
    assert left == []


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_migrations_are_one_line(service: Path) -> None:
    """Two that follow the same one would leave every database where it was: alembic refuses two heads."""
    files = [path.read_text("utf-8") for path in sorted((service / "migrations" / "versions").glob("*.py"))]
    before = [re.search(r"^down_revision = (.+)$", text, re.MULTILINE) for text in files]
    follows = [found[1] for found in before if found]
    assert len(files) == len(follows) == len(set(follows)), "set down_revision to the newest one on main"
