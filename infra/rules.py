"""`python -m infra.rules`: which tests prove which rule of docs/requirements-rules.tsv, and which rules nobody proves.

A test names its rules with `@pytest.mark.rule("INC-07", …)`. pytest itself collects, so parametrised, class and module
marks count. Exits 1 when a test names a rule that does not exist, or when the tests cannot be collected.
"""

import contextlib
import csv
import io
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "docs" / "requirements-rules.tsv"


class Collector:
    """A pytest plugin that notes the rules of every collected test, parametrised ones once."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            test = item.nodeid.partition("[")[0]
            for mark in item.iter_markers("rule"):
                for rule in mark.args:
                    self.tests.setdefault(rule, set()).add(test)


def known_rules(path: Path = RULES) -> dict[str, str]:
    """Rule id to its text, in the order of the requirements."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["text"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def collect(arguments: Iterable[str] = ("tests",)) -> dict[str, set[str]]:
    """Rule id to the tests that name it. Raises SystemExit with pytest's words when collecting fails."""
    collector, output = Collector(), io.StringIO()
    with contextlib.redirect_stdout(output):
        status = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", *arguments], plugins=[collector])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(output.getvalue())
    return collector.tests


def report(rules: Mapping[str, str], tests: Mapping[str, set[str]]) -> list[str]:
    """The lines to print: every proved rule with its tests, then those without, then the count."""
    proved = [rule for rule in rules if rule in tests]
    lines = [line for rule in proved for line in (f"{rule} {rules[rule]}", *(f"    {t}" for t in sorted(tests[rule])))]
    lines += ["", "没有测试的规则 / rules without a test:"]
    lines += [f"{rule} {text}" for rule, text in rules.items() if rule not in tests]
    return [*lines, "", f"{len(proved)} / {len(rules)} 条规则有测试 / rules have tests"]


def main() -> None:
    """Print the report; exit 1 for unknown rules."""
    rules, tests = known_rules(), collect(sys.argv[1:] or ("tests",))
    print("\n".join(report(rules, tests)))
    unknown = [f"{rule}: {', '.join(sorted(tests[rule]))}" for rule in sorted(tests.keys() - rules.keys())]
    if unknown:
        sys.exit("测试提到不存在的规则 / tests name rules that do not exist:\n  " + "\n  ".join(unknown))


if __name__ == "__main__":
    main()
