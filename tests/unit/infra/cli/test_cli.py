"""The command line: what each role's process may import, and refusals that name what would be right."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from infra.cli.group import wangge
from infra.local.settings import SERVICES

_PROBE = """
import json, sys
sys.argv = ["wangge", {role!r}, "--help"]
from infra.cli import main
try:
    main()
except SystemExit:
    pass
print(json.dumps([name for name in ("grpc", "eventlet", "nameko", "kombu", "sqlalchemy") if name in sys.modules]))
"""


def _imported(role: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", _PROBE.format(role=role)], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("role", ["api", "relay", "gateway", "status", "migrate"])
def test_no_command_but_worker_imports_eventlet(role: str) -> None:
    assert not _imported(role) & {"eventlet", "nameko", "kombu"}


def test_the_worker_is_green_before_anything_else_and_knows_no_grpc() -> None:
    assert _imported("worker") == {"eventlet"}


def test_help_names_every_command_without_importing_any() -> None:
    shown = CliRunner().invoke(wangge, ["--help"]).output
    assert all(name in shown for name in ("up", "down", "status", "migrate", "gateway", "department"))


def test_an_unknown_service_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(wangge, ["api", "regstry"])
    assert result.exit_code == 2
    assert all(name in result.output for name in ("regstry", *SERVICES))
