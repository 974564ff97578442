"""How a department is set up, before any connection."""

import subprocess
import sys
from pathlib import Path

import pytest

from wangge_department import Department
from wangge_department.department import Habits

URI = "amqp://u:p@127.0.0.1:1/%2F?queue=q"


def test_pauses_grow_up_to_a_minute() -> None:
    assert [Habits(pause=1).pause_after(attempt) for attempt in (1, 2, 3, 8, 10_000)] == [1, 2, 4, 60, 60]


def test_a_type_has_one_callback() -> None:
    department = Department(URI)
    department.on("a", "b")(print)
    with pytest.raises(ValueError, match="b"):
        department.on("b")(print)


def test_a_department_without_callbacks_does_not_start() -> None:
    with pytest.raises(RuntimeError, match="no callback"):
        Department(URI).start()


def test_the_library_needs_pika_and_jsonschema_only() -> None:
    program = """
import sys
import wangge_department.command
foreign = {"services", "wangge", "opentelemetry", "kombu", "nameko", "marshmallow", "sqlalchemy"} & set(sys.modules)
sys.exit(str(foreign) if foreign else 0)
"""
    client = Path(__file__).parents[4] / "services" / "liaison" / "client"
    done = subprocess.run([sys.executable, "-c", program], cwd=client, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
