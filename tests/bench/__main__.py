"""`python -m tests.bench [--cases N] [--only lists …] [--write]`: measure, print, exit 1 where a limit does not hold.

Below 100,000 cases it is a trial, which only shows that everything can be measured: one call each holds no limit.

Starts a PostgreSQL of its own as `make up` does, with the same settings, in a temporary folder, and removes it.
"""

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.local.ports import free_block
from infra.local.postgres import PostgresServer
from tests.bench import benches
from tests.bench.county_platform import CountyPlatform, county_platform
from tests.bench.report import PAGE, Report

PARTS = (*benches.BENCHES, *benches.ON_PLATFORM, *benches.AT_REST)


@contextmanager
def server() -> Iterator[PostgresServer]:
    """A running server that is gone afterwards. Its folder is reachable for the unprivileged user that it runs as."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-bench-", dir=os.environ.get("WANGGE_BENCH_FOLDER")))
    folder.chmod(0o711)
    started = PostgresServer(folder / "postgres", free_block(1), secrets.token_hex(8), folder / "postgres.log")
    try:
        started.start()
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many cases; other sizes follow from it")
    parser.add_argument("--only", nargs="*", choices=sorted(PARTS), help="which parts, all when none is named")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    asked = parser.parse_args()
    report = Report()
    wanted = asked.only or PARTS
    _alone([name for name in benches.BENCHES if name in wanted], asked.cases, report)
    for parts in (benches.ON_PLATFORM, benches.AT_REST):
        _on_platform({name: parts[name] for name in parts if name in wanted}, asked.cases >= benches.WHOLE, report)
    if not asked.only:
        report.failures += [f"nothing was asked about: {name}" for name in _missing(report)]
    if asked.write:
        before = PAGE.read_text("utf-8") if PAGE.exists() else ""
        PAGE.write_text(report.page("python -m tests.bench " + " ".join(sys.argv[1:]), before), "utf-8")
    if report.failures and asked.cases >= benches.WHOLE:
        sys.exit("over the limit:\n  " + "\n  ".join(report.failures))


def _missing(report: Report) -> list[str]:
    """The lists of the interface about which no part asked anything."""
    return sorted(set(benches.LISTS.values()) - report.asked)


def _alone(names: list[str], cases: int, report: Report) -> None:
    if not names:
        return
    with server() as postgres:
        for name in names:
            benches.BENCHES[name](postgres, cases, report)


def _on_platform(
    parts: Mapping[str, Callable[[CountyPlatform, bool, Report], None]], whole: bool, report: Report
) -> None:
    if not parts:
        return
    with county_platform(whole) as stage:
        for measure in parts.values():
            measure(stage, whole, report)


if __name__ == "__main__":
    main()
