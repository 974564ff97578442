"""The import contracts of pyproject.toml hold, and each of them catches what it is there for."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]
NAMING = ("containers", "modules", "source_modules", "forbidden_modules")
SERVICES = sorted(each.parent.name for each in ROOT.glob("services/*/bootstrap.py"))

LAYERS = "One service from inside: upper layers import lower ones"
GATEWAY = "The gateway imports no service, no database, no worker's library"
WORKERS = "Workers reach no grpc: it freezes eventlet's green threads"
PURE = "Models and handlers are pure"

PLANTED = [
    (LAYERS, "services.incident.ports", "services.incident.handlers"),
    (LAYERS, "services.registry.messages", "services.registry.tables"),
    ("Services never import each other", "services.incident.schemas", "services.registry.messages"),
    ("The chassis imports no service", "services.chassis.ids", "services.assessment.messages"),
    (GATEWAY, "gateway.api.pages", "sqlalchemy"),
    (GATEWAY, "gateway.api.body", "services.liaison.errors"),
    (WORKERS, "services.liaison.worker", "grpc"),
    (WORKERS, "services.incident.bootstrap", "services.chassis.rpc.call"),
    ("The api role reaches no nameko, eventlet, kombu", "services.registry.api", "eventlet"),
    ("Nothing of nameko, eventlet or kombu outside the chassis worker", "services.incident.queries.paging", "nameko"),
    (PURE, "services.assessment.handlers", "sqlalchemy"),
    (PURE, "services.incident.model.limits", "marshmallow"),
]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the source tree in `folder` by its own pyproject.toml."""
    path = os.pathsep.join([str(folder), str(folder / "proto" / "gen")])
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache"],
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "300", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=90,
    )


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What the linter says of a copy of the source with every violation planted: contract name to its words."""
    folder = tmp_path_factory.mktemp("planted")
    for name in ("services", "gateway", "infra", "proto/gen"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for _, importer, imported in PLANTED:
        with source_of(folder, importer).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")
    return sections(lint(folder).stdout)


def source_of(folder: Path, module: str) -> Path:
    path = folder / module.replace(".", "/")
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"


def sections(output: str) -> dict[str, str]:
    """The linter's words on each broken contract, by the contract's name."""
    words = output.partition("Broken contracts")[2]
    names = [contract["name"] for contract in CONTRACTS]
    pattern = "^(" + "|".join(re.escape(name) for name in names) + ")$"
    parts = re.split(pattern, words, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_contracts_hold() -> None:
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in result.stdout


@pytest.mark.parametrize("contract", [each["name"] for each in CONTRACTS])
def test_every_contract_catches_something(verdicts: Mapping[str, str], contract: str) -> None:
    assert contract in {name for name, *_ in PLANTED}, "plant a violation of the new contract too"
    assert contract in verdicts


@pytest.mark.parametrize(("contract", "importer", "imported"), PLANTED)
def test_a_planted_violation_is_named(verdicts: Mapping[str, str], contract: str, importer: str, imported: str) -> None:
    assert re.search(rf"{re.escape(importer)}\s*->\s*{re.escape(imported)}\b", verdicts[contract])


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_under_every_contract(service: str) -> None:
    """A contract that names services names all of them, so that a new service cannot be forgotten."""
    for contract in CONTRACTS:
        listed = [name for key in NAMING for name in contract.get(key, ())]
        assert any(f"{name}.".startswith(f"services.{service}.") for name in listed), contract["name"]
