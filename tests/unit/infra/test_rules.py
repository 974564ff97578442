"""The report of rules and their tests."""

import subprocess
import sys
from pathlib import Path

from infra.rules import RULES, known_rules, report


def _run(folder: Path, source: str) -> "subprocess.CompletedProcess[str]":
    (folder / "test_it.py").write_text(f"import pytest\n{source}")
    argv = [sys.executable, "-m", "infra.rules", str(folder)]
    return subprocess.run(argv, capture_output=True, text=True, check=False, cwd=RULES.parent.parent)


def test_marks_of_function_class_and_parameter_all_count(tmp_path: Path) -> None:
    done = _run(
        tmp_path,
        """
@pytest.mark.rule("ALL-05", "ALL-04")
class TestRefusals:
    @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.rule("INC-07"))])
    def test_limit(self, n): ...
""",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("TestRefusals::test_limit") == 3
    assert "3 / " in done.stdout


def test_a_rule_that_does_not_exist_is_an_error_that_names_the_test(tmp_path: Path) -> None:
    done = _run(tmp_path, '@pytest.mark.rule("INC-99")\ndef test_nothing(): ...\n')
    assert done.returncode == 1
    assert "INC-99" in done.stderr
    assert "test_it.py::test_nothing" in done.stderr


def test_every_rule_of_the_requirements_is_known_and_listed_where_unproved() -> None:
    rules = known_rules()
    assert {"REG-01", "PAT-01", "INC-21", "ENF-09", "CNV-06", "PTY-12", "ENV-10", "TRN-06"} <= rules.keys()
    assert {"ASM-12", "XCH-07", "ALL-05", "PRV-05"} <= rules.keys()
    lines = report(rules, {"REG-01": {"tests/a.py::test_b"}})
    assert f"REG-02 {rules['REG-02']}" in lines
    assert "    tests/a.py::test_b" in lines
