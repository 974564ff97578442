"""`python -m tests.bench [--cases N] [--only lists …] [--write]`: measure, print, exit 1 where a limit does not hold.

Starts a PostgreSQL of its own as `make up` does, with the same settings, in a temporary folder, and removes it.
"""

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.ports import free_block
from infra.local.postgres import PostgresServer
from tests.bench import benches
from tests.bench.report import PAGE, Report


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
    parser.add_argument(
        "--only", nargs="*", choices=sorted(benches.BENCHES), help="which parts, all when none is named"
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    asked = parser.parse_args()
    report = Report()
    with server() as postgres:
        for name in asked.only or benches.BENCHES:
            benches.BENCHES[name](postgres, asked.cases, report)
    if asked.write:
        PAGE.write_text(report.page("python -m tests.bench " + " ".join(sys.argv[1:])), "utf-8")
    if report.failures:
        sys.exit("over the limit:\n  " + "\n  ".join(report.failures))


if __name__ == "__main__":
    main()
